//! Keys, and everything that they could open, by the pictures in FORMAT.md and nothing of the box's own
//! code: a key is any 32 bytes that ever stood in the vault, and what is derived from them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use factuurkluis::exchange::bundle::{HybridIdentity, labels};
use factuurkluis::support::secret::Secret;
use memchr::memmem;

use crate::medium::files_of;

/// What a vault's file begins with, and how much stands before its nonce.
const VAULT_MAGIC: &[u8; 16] = b"kluis vault\0\0\0\0\0";
const VAULT_HEAD: usize = 28;
/// A root's slot holds it twice, a page apart; where in a page the root stands.
const SLOT: usize = 2 * PAGE;
const PAGE: usize = 4096;
const SLOT_ROOT: usize = 28;
const AGE_MAGIC: &[u8] = b"age-encryption.org/v1\n";
const NONCE: usize = 24;

/// Every label of FORMAT.md under which something is derived from a key.
const LABELS: [&str; 5] = [
    labels::TERM_IDENTITY,
    labels::TERM_CATALOGUE,
    labels::TERM_EVENTS,
    "factuurkluis/vault",
    "factuurkluis/clock",
];

pub(crate) type Key = [u8; 32];

/// A key and its children.
pub(crate) fn family(key: &Key) -> Vec<Key> {
    let secret = Secret::from_bytes(key);
    let children = LABELS.iter().map(|label| *secret.child(label).expose());
    std::iter::once(*key).chain(children).collect()
}

/// The roots that a box has in its slots.
pub(crate) fn roots(path: &Path) -> BTreeSet<Key> {
    let slots = files_of(&path.join("root")).into_values().filter(|slot| slot.len() == SLOT);
    let pages = slots.flat_map(|slot| [slot[..PAGE].to_vec(), slot[PAGE..].to_vec()]);
    let roots = pages.map(|page| page[SLOT_ROOT..SLOT_ROOT + 32].try_into().unwrap());
    roots.filter(|root| *root != [0; 32]).collect()
}

/// What a vault's file holds, if it opens.
fn open_vault(file: &[u8], root: &Key) -> Option<Vec<u8>> {
    let key = Secret::from_bytes(root).child("factuurkluis/vault");
    open(file.get(VAULT_HEAD..)?, file.get(..VAULT_HEAD)?, key.expose())
}

fn open(sealed: &[u8], associated: &[u8], key: &Key) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let nonce = XNonce::try_from(nonce).ok()?;
    XChaCha20Poly1305::new(key.into()).decrypt(&nonce, Payload { msg: sealed, aad: associated }).ok()
}

/// Every 32 bytes that CBOR writes as a byte string of that length.
fn strings_of_32(cbor: &[u8]) -> impl Iterator<Item = Key> + '_ {
    memmem::find_iter(cbor, b"\x58\x20").filter_map(|at| cbor.get(at + 2..at + 34)?.try_into().ok())
}

/// All keys of a box: its roots, and what stands in its vault.
pub(crate) fn keys_of(path: &Path) -> BTreeSet<Key> {
    let roots = roots(path);
    let mut keys = roots.clone();
    for vault in files_of(&path.join("vault")).values() {
        for opened in roots.iter().filter_map(|root| open_vault(vault, root)) {
            keys.extend(strings_of_32(&opened));
        }
    }
    keys
}

/// Everything of a term that somebody could have kept, or find.
#[derive(Default)]
pub(crate) struct Remnants {
    term: String,
    vaults: Vec<Vec<u8>>,
    /// age files: kept sticks, recorded pushes, what was carved from the medium.
    ages: Vec<Vec<u8>>,
    /// Associated data and what is sealed, of each event of the term.
    events: Vec<(Vec<u8>, Vec<u8>)>,
    /// The same of what opens its catalogue.
    catalogue: Vec<(Vec<u8>, Vec<u8>)>,
}

/// How many of each kind of remnant a key opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opens {
    pub(crate) vaults: usize,
    pub(crate) ages: usize,
    pub(crate) events: usize,
    pub(crate) catalogue: usize,
}

impl Remnants {
    /// What a kept copy of a box has of a term.
    pub(crate) fn of_copy(copy: &Path, term: &str) -> Self {
        let mut these = Self { term: term.to_owned(), ..Self::default() };
        these.vaults = files_of(&copy.join("vault")).into_values().collect();
        for bundle in files_of(&copy.join("terms").join(term).join("bundles")).values() {
            these.carve_ages(bundle);
        }
        let entries = fs::read(copy.join("journal/entries")).unwrap();
        let events = fs::read(copy.join("terms").join(term).join("events")).unwrap_or_default();
        these.read_events(&events, &entries);
        these.read_catalogue(&copy.join("terms").join(term).join("catalogue"));
        these
    }

    /// What lies on a medium, in files or not; vaults have one of these lengths.
    pub(crate) fn carved(raw: &[Vec<u8>], term: &str, vault_lengths: &BTreeSet<usize>) -> Self {
        let mut these = Self { term: term.to_owned(), ..Self::default() };
        for stretch in raw {
            these.carve_ages(stretch);
            for at in memmem::find_iter(stretch, VAULT_MAGIC) {
                let ends = vault_lengths.iter().filter_map(|length| stretch.get(at..at + length));
                these.vaults.extend(ends.map(<[u8]>::to_vec));
            }
        }
        these
    }

    fn carve_ages(&mut self, bytes: &[u8]) {
        // A header and a first chunk are enough to see whether it opens.
        let ages = memmem::find_iter(bytes, AGE_MAGIC);
        self.ages.extend(ages.map(|at| bytes[at..(at + (1 << 20)).min(bytes.len())].to_vec()));
    }

    /// `length 4 | index 8 | nonce, sealed | length 4`, one behind the other.
    fn read_events(&mut self, mut log: &[u8], entries: &[u8]) {
        while let Some((length, rest)) = log.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            let Some((content, rest)) = rest.split_at_checked(length) else { break };
            let (index, sealed) = content.split_first_chunk::<8>().unwrap();
            let kind = entries[usize::try_from(u64::from_be_bytes(*index)).unwrap() * 33];
            let place = format!("term:{}", self.term);
            let associated = [b"factuurkluis/event".as_slice(), &[kind], index, place.as_bytes()].concat();
            self.events.push((associated, sealed.to_vec()));
            log = &rest[4..];
        }
    }

    /// Of the pages in sled, the one that says what the others are.
    fn read_catalogue(&mut self, path: &Path) {
        // As its file of parameters says.
        let db = sled::Config::new().path(path).segment_size(128 << 10).open().unwrap();
        for name in db.tree_names() {
            for (_, value) in db.open_tree(name).unwrap().iter().filter_map(Result::ok) {
                let Some((generation, sealed)) = value.split_first_chunk::<8>() else { continue };
                let length = (self.term.len() as u64).to_be_bytes();
                let associated =
                    [&[1], length.as_slice(), self.term.as_bytes(), &[0; 12], generation].concat();
                self.catalogue.push((associated, sealed.to_vec()));
            }
        }
    }

    /// What this key or a child of it opens.
    pub(crate) fn opened_by(&self, key: &Key) -> Opens {
        let mut opens = Opens {
            vaults: self.vaults.iter().filter(|v| open_vault(v, key).is_some()).count(),
            ..Opens::default()
        };
        for key in family(key) {
            let identity = HybridIdentity::from_seed(Secret::from_bytes(&key));
            opens.ages += self.ages.iter().filter(|age| opens_age(age, &identity)).count();
            let opened = |sealed: &[(Vec<u8>, Vec<u8>)]| {
                sealed.iter().filter(|(associated, sealed)| open(sealed, associated, &key).is_some()).count()
            };
            opens.events += opened(&self.events);
            opens.catalogue += opened(&self.catalogue);
        }
        opens
    }

    /// What the vaults among them hold, under any of these keys.
    pub(crate) fn vaults_opened_by(&self, keys: &BTreeSet<Key>) -> Vec<Vec<u8>> {
        let opened =
            self.vaults.iter().flat_map(|vault| keys.iter().filter_map(|key| open_vault(vault, key)));
        opened.collect()
    }

    /// The lengths of the vaults among them.
    pub(crate) fn vault_lengths(&self) -> BTreeSet<usize> {
        self.vaults.iter().map(Vec::len).collect()
    }

    pub(crate) fn vaults(&self) -> usize {
        self.vaults.len()
    }
}

impl std::fmt::Display for Remnants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { vaults, ages, events, catalogue, .. } = self;
        let [vaults, ages] = [vaults, ages].map(Vec::len);
        let [events, pages] = [events, catalogue].map(Vec::len);
        write!(f, "{ages} bundles, {events} events, {pages} pages, {vaults} vaults")
    }
}

fn opens_age(age: &[u8], identity: &HybridIdentity) -> bool {
    let Ok(decryptor) = age::Decryptor::new(age) else { return false };
    let Ok(mut plain) = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)) else {
        return false;
    };
    // The header's MAC held; a first byte shows that the content opens too.
    plain.read(&mut [0]).is_ok()
}
