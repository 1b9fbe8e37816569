//! What a run keeps in memory: the fences, which say on which page a key would be, and the filter,
//! which says that a key is on none.
//!
//! Both hold words of names and numbers (the filter their hashes), so both are wiped when the term
//! closes, and are sealed like the entries on the disk.

use zeroize::Zeroizing;

use super::codec::{Malformed, Reader, put_bytes};
use super::row::Space;

/// Keys from `from` up to but not with `to` (or to the end of the space).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: Vec<u8>,
    pub(super) to: Option<Vec<u8>>,
    probe: Probe,
}

/// What a filter can be asked for a range.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Probe {
    /// This very key.
    Exact,
    /// Keys that begin so.
    Beginning,
    /// Nothing.
    None,
}

impl Range {
    pub(super) fn exact(key: &[u8]) -> Self {
        Self { from: key.to_vec(), to: Some([key, &[0]].concat()), probe: Probe::Exact }
    }

    pub(super) fn beginning(key: &[u8]) -> Self {
        let mut to = key.to_vec();
        while to.pop_if(|last| *last == 0xff).is_some() {}
        let to = to.last_mut().map(|last| *last += 1).is_some().then_some(to);
        Self { from: key.to_vec(), to, probe: Probe::Beginning }
    }

    /// Both ends are within.
    pub(super) fn between(from: Vec<u8>, to: Option<Vec<u8>>) -> Self {
        let to = to.map(|mut to| {
            to.push(0);
            to
        });
        Self { from, to, probe: Probe::None }
    }

    /// The same range from a later key on.
    pub(super) fn starting_at(self, from: Option<Vec<u8>>) -> Self {
        Self { from: from.unwrap_or(self.from), to: self.to, probe: Probe::None }
    }

    pub(super) fn holds(&self, key: &[u8]) -> bool {
        *key >= *self.from && !self.ends_before(key)
    }

    pub(super) fn ends_before(&self, key: &[u8]) -> bool {
        self.to.as_ref().is_some_and(|to| key >= to.as_slice())
    }

    /// Whether every key of `other` is in this one too.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.from <= other.from
            && match (&self.to, &other.to) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            }
    }

    /// What filters are asked for this range in `space`; they answer nothing for some.
    pub(super) fn question(&self, space: Space) -> Option<u64> {
        if !filtered(space) {
            return None;
        }
        match self.probe {
            Probe::Exact => Some(hash(space, WHOLE, &self.from)),
            Probe::Beginning => {
                let length = BEGINNINGS.into_iter().rev().find(|length| *length <= self.from.len())?;
                Some(hash(space, length as u8, &self.from[..length]))
            }
            Probe::None => None,
        }
    }
}

/// The first key of each page of a run, in order.
#[derive(Default)]
pub(super) struct Fences {
    /// Space byte and key, one after another.
    bytes: Zeroizing<Vec<u8>>,
    ends: Vec<u32>,
}

impl Fences {
    /// Adds the next page's first key, or says that the run is too large for this index.
    pub(super) fn push(&mut self, space: Space, key: &[u8]) -> Result<(), Malformed> {
        let end = self.bytes.len() + 1 + key.len();
        if end > self.bytes.capacity() {
            // Growing by hand: what is left behind must be wiped.
            let mut grown = Zeroizing::new(Vec::with_capacity((2 * end).max(256)));
            grown.extend_from_slice(&self.bytes);
            self.bytes = grown;
        }
        self.bytes.push(space as u8);
        self.bytes.extend_from_slice(key);
        self.ends.push(u32::try_from(end).map_err(|_| Malformed)?);
        Ok(())
    }

    fn fence(&self, page: usize) -> &[u8] {
        let start = page.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[page] as usize]
    }

    pub(super) fn pages(&self) -> usize {
        self.ends.len()
    }

    /// How many pages have a first key before (space, key).
    fn before(&self, space: Space, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let fence = self.fence(middle);
            if (fence[0], &fence[1..]) < (space as u8, key) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The pages that may hold keys of the range.
    pub(super) fn pages_of(&self, space: Space, range: &Range) -> std::ops::Range<usize> {
        // The page before the first fence that is not smaller may end with such keys.
        let first = self.before(space, &range.from).saturating_sub(1);
        let end = match &range.to {
            Some(to) => self.before(space, to),
            None => self.ends.len(),
        };
        first..end.max(first)
    }
}

/// Bits of the filter per key: with eight probes about one wrong "perhaps" in two thousand.
const BITS_PER_KEY: u64 = 16;
const PROBES: u64 = 8;
/// A filter is never larger; a run of more keys has a coarser one.
const FILTER_MOST: u64 = 8 << 20;
/// Lengths of the beginnings that are put into the filter beside the whole key.
const BEGINNINGS: [usize; 2] = [4, 8];
const WHOLE: u8 = 0;

/// Spaces that are asked for a key or a beginning.
fn filtered(space: Space) -> bool {
    matches!(space, Space::Number | Space::Customer | Space::Amount | Space::Article)
}

/// FNV-1a over space, kind of question and key, then the finish of SplitMix64. It needs no secret:
/// who makes keys collide makes look-ups read a page for nothing.
fn hash(space: Space, what: u8, key: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in [space as u8, what].iter().chain(key) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

/// How many hashes a key puts into the filter, at most.
pub(super) fn hashes_of(space: Space, key: &[u8]) -> u64 {
    if !filtered(space) {
        return 0;
    }
    1 + BEGINNINGS.iter().filter(|length| key.len() >= **length).count() as u64
}

/// A Bloom filter over a run's keys and their beginnings.
pub(super) struct Filter {
    bits: Zeroizing<Vec<u8>>,
    /// The last hashes put in: keys come sorted, so doubles follow each other.
    last: [u64; 3],
}

impl Filter {
    /// A filter for at most this many hashes.
    pub(super) fn for_hashes(count: u64) -> Self {
        let bytes = (count.saturating_mul(BITS_PER_KEY) / 8).clamp(8, FILTER_MOST);
        Self { bits: Zeroizing::new(vec![0; bytes as usize]), last: [0; 3] }
    }

    fn positions(&self, hash: u64) -> impl Iterator<Item = (usize, u8)> + use<> {
        let bits = self.bits.len() as u64 * 8;
        let step = hash.rotate_left(32) | 1;
        (0..PROBES).map(move |probe| {
            let bit = hash.wrapping_add(probe.wrapping_mul(step)) % bits;
            ((bit / 8) as usize, 1 << (bit % 8))
        })
    }

    fn put(&mut self, hash: u64) {
        for (byte, bit) in self.positions(hash) {
            self.bits[byte] |= bit;
        }
    }

    /// Puts a key and its beginnings in.
    pub(super) fn insert(&mut self, space: Space, key: &[u8]) {
        if !filtered(space) {
            return;
        }
        let beginnings = BEGINNINGS.into_iter().filter(|length| key.len() >= *length);
        let hashes = std::iter::once(hash(space, WHOLE, key))
            .chain(beginnings.map(|length| hash(space, length as u8, &key[..length])));
        for (slot, hash) in hashes.enumerate() {
            if self.last[slot] != hash {
                self.last[slot] = hash;
                self.put(hash);
            }
        }
    }

    /// False: the run has no such key. True: perhaps.
    pub(super) fn perhaps(&self, question: u64) -> bool {
        self.positions(question).all(|(byte, bit)| self.bits[byte] & bit != 0)
    }
}

/// Fences and filter as bytes, to be sealed.
pub(super) fn encode(fences: &Fences, filter: &Filter) -> Zeroizing<Vec<u8>> {
    let size = fences.bytes.len() + 3 * fences.pages() + filter.bits.len() + 10;
    let mut out = Zeroizing::new(Vec::with_capacity(size));
    for page in 0..fences.pages() {
        put_bytes(&mut out, fences.fence(page));
    }
    put_bytes(&mut out, &filter.bits);
    out
}

/// Reads what [`encode`] wrote for a run of `pages` pages.
pub(super) fn decode(pages: u32, bytes: &[u8]) -> Result<(Fences, Filter), Malformed> {
    let mut from = Reader(bytes);
    let mut fences = Fences::default();
    for _ in 0..pages {
        let (space, key) = from.bytes()?.split_first().ok_or(Malformed)?;
        fences.push(Space::of(*space)?, key)?;
    }
    let bits = from.bytes()?;
    from.end()?;
    if bits.is_empty() {
        return Err(Malformed);
    }
    Ok((fences, Filter { bits: Zeroizing::new(bits.to_vec()), last: [0; 3] }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_beginning_holds_what_begins_so_and_nothing_else() {
        let range = Range::beginning(b"jan");
        for (key, within) in [("jan", true), ("jansen", true), ("jao", false), ("ja", false)] {
            assert_eq!(range.holds(key.as_bytes()), within, "{key}");
        }
        assert!(Range::beginning(b"").holds(b"\xff\xff"));
        assert!(Range::beginning(b"\xff").holds(b"\xff\xff"));
    }

    #[test]
    fn the_filter_forgets_no_key() {
        let mut filter = Filter::for_hashes(3000);
        let keys: Vec<String> = (0..1000).map(|n| format!("customer{n:04}")).collect();
        keys.iter().for_each(|key| filter.insert(Space::Customer, key.as_bytes()));
        for key in &keys {
            assert!(filter.perhaps(Range::exact(key.as_bytes()).question(Space::Customer).unwrap()));
            assert!(
                filter.perhaps(Range::beginning(&key.as_bytes()[..9]).question(Space::Customer).unwrap())
            );
        }
        let wrong = (0..10_000)
            .filter(|n| {
                filter.perhaps(Range::exact(format!("{n}").as_bytes()).question(Space::Customer).unwrap())
            })
            .count();
        assert!(wrong < 30, "{wrong} wrong answers in 10,000");
    }
}
