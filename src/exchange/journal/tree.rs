//! RFC 6962 section 2: leaf and node hashes, roots, and proofs of inclusion and of consistency;
//! verification as RFC 9162 sections 2.1.3.2 and 2.1.4.2 write it down.
//!
//! The same tree is used twice: over the journal's entries, and over the leaves of one bundle.

use sha2::{Digest as _, Sha256};

use crate::exchange::vocabulary::Digest;

/// SHA-256(0x00, leaf).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
}

/// SHA-256(0x01, left, right).
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root over leaf hashes; of none, the SHA-256 of nothing.
#[must_use]
pub fn tree_root(hashes: &[Digest]) -> Digest {
    let mut tree = Tree::default();
    for hash in hashes {
        tree.push_hash(*hash);
    }
    tree.root()
}

/// A tree that grows leaf by leaf and remembers only the roots of its complete subtrees: 64 hashes at
/// most, whatever its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// One root for each bit that is set in `size`, the largest subtree first.
    peaks: Vec<Digest>,
}

impl Tree {
    /// Adds a leaf's bytes and returns its hash.
    pub fn push(&mut self, leaf: &[u8]) -> Digest {
        let hash = leaf_hash(leaf);
        self.push_hash(hash);
        hash
    }

    /// Adds a leaf by its hash.
    pub fn push_hash(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Each bit that carries is a complete subtree that pairs with the one just completed.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a set bit has its peak");
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// A tree of `size` leaves by the roots of its complete subtrees, the largest first; `None` where
    /// their number does not fit.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Digest {
        fold(self.peaks.iter().copied())
    }
}

/// Joins the roots of neighbouring complete subtrees, each smaller than the one to its left.
fn fold(peaks: impl DoubleEndedIterator<Item = Digest>) -> Digest {
    peaks.rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| Digest::of(b""))
}

/// The path of leaf `index` in the tree over `hashes`, from its sibling up; `None` past the end.
/// Costs one hash for each leaf.
#[must_use]
pub fn path(hashes: &[Digest], index: usize) -> Option<Vec<Digest>> {
    (index < hashes.len()).then(|| {
        let found = path_from(index as u64, hashes.len() as u64, |level, at| Ok(complete(hashes, level, at)));
        found.unwrap_or_else(|never: std::convert::Infallible| match never {})
    })
}

/// The root of the complete subtree `at` of height `level` over `hashes`.
fn complete(hashes: &[Digest], level: u32, at: u64) -> Digest {
    // `path_from` asks only within the tree, whose size came from a slice's length.
    let start = usize::try_from(at << level).expect("within the slice");
    tree_root(&hashes[start..start + (1 << level)])
}

/// The complete subtrees of a tree that is held whole, for whoever wants the paths of many of its leaves:
/// each then costs its length, and not the whole tree.
pub struct Levels(Vec<Vec<Digest>>);

impl Levels {
    /// Those of the tree over these leaf hashes.
    #[must_use]
    pub fn of(hashes: Vec<Digest>) -> Self {
        let mut levels = vec![hashes];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
            levels.push(above);
        }
        Self(levels)
    }

    /// The path of the leaf at `index`; `None` if there is no such leaf.
    #[must_use]
    pub fn path(&self, index: u64) -> Option<Vec<Digest>> {
        let size = self.0[0].len() as u64;
        let node = |level: u32, at: u64| {
            let level = self.0.get(level as usize);
            level.and_then(|level| level.get(usize::try_from(at).ok()?)).copied().ok_or(())
        };
        if index >= size { None } else { path_from(index, size, node).ok() }
    }
}

/// The inclusion proof of leaf `index` in a tree of `size` leaves (RFC 6962 section 2.1.1), where
/// `node(level, at)` gives the root of the complete subtree over the leaves
/// `at * 2^level .. (at + 1) * 2^level`. Only subtrees within `size` are asked for.
///
/// # Errors
/// Those of `node`.
///
/// # Panics
/// If `index` is not below `size`.
pub fn path_from<E>(
    index: u64,
    size: u64,
    mut node: impl FnMut(u32, u64) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    assert!(index < size, "leaf {index} is in a tree of {size}");
    let (mut begin, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            proof.push(span(middle, end, &mut node)?);
            end = middle;
        } else {
            proof.push(span(begin, middle, &mut node)?);
            begin = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `size` leaves begins with the tree of `old` leaves (RFC 6962 section
/// 2.1.2); empty where they are equal or `old` is 0. `node` as in [`path_from`].
///
/// # Errors
/// Those of `node`.
///
/// # Panics
/// If `old` is above `size`.
pub fn consistency_from<E>(
    old: u64,
    size: u64,
    mut node: impl FnMut(u32, u64) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    assert!(old <= size, "a tree of {old} grew to {size}");
    if old == 0 || old == size {
        return Ok(Vec::new());
    }
    let (mut begin, mut end) = (0, size);
    let mut proof = Vec::new();
    while old != end {
        let middle = begin + split(end - begin);
        if old <= middle {
            proof.push(span(middle, end, &mut node)?);
            end = middle;
        } else {
            proof.push(span(begin, middle, &mut node)?);
            begin = middle;
        }
    }
    // The verifier knows the old root itself, so a subtree that is the whole old tree is left out.
    if begin != 0 {
        proof.push(span(begin, end, &mut node)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root over the first `size` leaves. `node` as in [`path_from`].
///
/// # Errors
/// Those of `node`.
pub fn root_from<E>(size: u64, mut node: impl FnMut(u32, u64) -> Result<Digest, E>) -> Result<Digest, E> {
    if size == 0 { Ok(Digest::of(b"")) } else { span(0, size, &mut node) }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root over the leaves `begin..end` (not none), where `begin` is a multiple of the largest power
/// of two in their number.
fn span<E>(begin: u64, end: u64, node: &mut impl FnMut(u32, u64) -> Result<Digest, E>) -> Result<Digest, E> {
    let mut peaks = Vec::new();
    let mut at = begin;
    while at < end {
        let level = (end - at).ilog2();
        peaks.push(node(level, at >> level)?);
        at += 1 << level;
    }
    Ok(fold(peaks.into_iter()))
}

/// Whether `path` leads from the leaf hash at `index` to the `root` of a tree of `size` leaves
/// (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(index: u64, size: u64, leaf: &Digest, path: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut here, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if here & 1 == 1 || here == last {
            hash = node_hash(sibling, &hash);
            while here & 1 == 0 && here != 0 {
                here >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        here >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `new_size` leaves with `new_root` begins with the tree of `old_size` leaves
/// with `old_root` (RFC 9162 section 2.1.4.2). Trees of one size are consistent if their roots are
/// equal and the proof is empty. The empty tree says nothing of its log, so from it nothing is proven:
/// `old_size` 0 is always false.
#[must_use]
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Digest,
    new_root: &Digest,
    proof: &[Digest],
) -> bool {
    if old_size == 0 || old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return proof.is_empty() && old_root == new_root;
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        match proof.split_first() {
            Some(split) => split,
            None => return false,
        }
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut here, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut old, mut new) = (*first, *first);
    if rest.is_empty() {
        return false;
    }
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if here & 1 == 1 || here == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            while here & 1 == 0 && here != 0 {
                here >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, sibling);
        }
        here >>= 1;
        last >>= 1;
    }
    last == 0 && old == *old_root && new == *new_root
}
