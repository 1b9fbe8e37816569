//! Where a volume's clusters lie, and the chains that its table makes of them. FAT and exFAT differ
//! here in nothing but the width of an entry.

use super::entries::ENTRY;
use super::once::{Blocks, Once, SECTOR, Spans};
use super::{MOST_ENTRIES, StickRefusal};

/// Runs of clusters of all that is taken from a stick, at most: the memory for them is bounded by it.
const MOST_RUNS: usize = 1 << 18;
/// Entries of tables that are followed, at most: more than twice as many as memory is given for, so that only
/// a stick gets there whose files lead through the same clusters again and again.
const MOST_STEPS: u32 = 1 << 24;
/// The bytes of a directory that are looked at.
pub(super) const LONGEST_DIRECTORY: u64 = (MOST_ENTRIES * ENTRY) as u64;

/// The width of a table's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Fat12,
    Fat16,
    /// 28 of its 32 bits count.
    Fat32,
    ExFat,
}

/// Where the directory at the top lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// Before the clusters, at this offset and of whole sectors (FAT12 and FAT16).
    Fixed { offset: u64, length: u64 },
    /// A chain from this cluster.
    Chain(u32),
}

/// A volume's parts, in bytes from the device's first one. Everything lies on the device: a volume
/// that claims more clusters than the device has is cut to those that it has.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) width: Width,
    /// The table that counts.
    pub(super) table: u64,
    /// All tables that are kept alike, that one among them; none where that is not known.
    pub(super) tables: Vec<u64>,
    /// Where a FAT32 keeps how much is free.
    pub(super) info: Option<u64>,
    pub(super) root: Root,
    /// Where cluster 2 lies, the first there is.
    pub(super) heap: u64,
    /// The bytes of a cluster.
    pub(super) cluster: u64,
    /// How many clusters there are.
    pub(super) clusters: u32,
}

/// Clusters that follow each other on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: u32,
    pub(super) count: u32,
}

/// What the table says of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Next(u32),
    End,
    Free,
    /// A cluster marked as bad, or a number that is none.
    Nowhere,
}

/// How far a chain is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// To its end: a directory's. One that is longer than is ever looked at is cut behind that.
    Whole,
    /// As far as so many bytes reach; what hangs on behind is nobody's concern.
    Bytes(u64),
}

impl Layout {
    /// Whether there is such a cluster.
    pub(super) fn has(&self, cluster: u32) -> bool {
        cluster >= 2 && cluster - 2 < self.clusters
    }

    /// Where a cluster lies.
    pub(super) fn offset(&self, cluster: u32) -> u64 {
        self.heap + u64::from(cluster - 2) * self.cluster
    }

    /// Where a run lies, from and how many bytes.
    pub(super) fn place(&self, run: Run) -> (u64, u64) {
        (self.offset(run.first), u64::from(run.count) * self.cluster)
    }

    /// How many clusters so many bytes fill.
    pub(super) fn needed(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.cluster)
    }

    /// Where a cluster's entry begins in a table, from the table's first byte.
    pub(super) fn entry(&self, cluster: u32) -> u64 {
        let cluster = u64::from(cluster);
        match self.width {
            Width::Fat12 => cluster + cluster / 2,
            Width::Fat16 => cluster * 2,
            Width::Fat32 | Width::ExFat => cluster * 4,
        }
    }

    /// What the table says of a cluster that there is.
    pub(super) fn link<B: Blocks>(&self, once: &mut Once<B>, cluster: u32) -> Result<Link, StickRefusal> {
        let mut bytes = [0; 4];
        let wide = if matches!(self.width, Width::Fat12 | Width::Fat16) { 2 } else { 4 };
        once.table(self.table + self.entry(cluster), &mut bytes[..wide])?;
        let raw = u32::from_le_bytes(bytes);
        // The last eight numbers of each width are "end", the one before them "bad".
        let (value, end) = match self.width {
            Width::Fat12 if cluster % 2 == 1 => (raw >> 4, 0xff8),
            Width::Fat12 => (raw & 0xfff, 0xff8),
            Width::Fat16 => (raw, 0xfff8),
            Width::Fat32 => (raw & 0x0fff_ffff, 0x0fff_fff8),
            Width::ExFat => (raw, 0xffff_fff8),
        };
        Ok(match value {
            0 => Link::Free,
            _ if value >= end => Link::End,
            _ if self.has(value) => Link::Next(value),
            _ => Link::Nowhere,
        })
    }
}

/// The chains that were followed, and the clusters that are therefore somebody's.
#[derive(Debug, Default)]
pub(super) struct Chains {
    taken: Spans,
    runs: usize,
    steps: u32,
}

impl Chains {
    /// Follows the chain from `first`. `file` is what the refusals call it.
    pub(super) fn follow<B: Blocks>(
        &mut self,
        once: &mut Once<B>,
        layout: &Layout,
        first: u32,
        extent: Extent,
        file: &str,
    ) -> Result<Vec<Run>, StickRefusal> {
        let outside = || StickRefusal::Outside { file: file.to_owned() };
        let mut left = match extent {
            Extent::Whole => u64::from(layout.clusters).min(layout.needed(LONGEST_DIRECTORY) + 1),
            Extent::Bytes(bytes) => layout.needed(bytes),
        };
        if left > u64::from(layout.clusters) || !layout.has(first) {
            return Err(outside());
        }
        debug_assert!(left > 0, "an empty file has no chain");
        let mut runs = Vec::new();
        let mut run = Run { first, count: 1 };
        loop {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(StickRefusal::Twice);
            }
            left -= 1;
            let last = run.first + (run.count - 1);
            match layout.link(once, last)? {
                Link::End | Link::Next(_) if left == 0 => break,
                Link::Next(next) if next == last + 1 => run.count += 1,
                Link::Next(next) => {
                    self.claim(&mut runs, run, file)?;
                    run = Run { first: next, count: 1 };
                }
                Link::End if extent == Extent::Whole => break,
                Link::End | Link::Free => return Err(StickRefusal::Short { file: file.to_owned() }),
                Link::Nowhere => return Err(outside()),
            }
        }
        self.claim(&mut runs, run, file)?;
        Ok(runs)
    }

    /// Clusters in a row, of which no table tells.
    pub(super) fn contiguous(
        &mut self,
        layout: &Layout,
        first: u32,
        bytes: u64,
        file: &str,
    ) -> Result<Vec<Run>, StickRefusal> {
        let outside = || StickRefusal::Outside { file: file.to_owned() };
        let count = u32::try_from(layout.needed(bytes)).map_err(|_| outside())?;
        let last = first.checked_add(count.saturating_sub(1)).ok_or_else(outside)?;
        if count == 0 || !layout.has(first) || !layout.has(last) {
            return Err(outside());
        }
        let mut runs = Vec::new();
        self.claim(&mut runs, Run { first, count }, file)?;
        Ok(runs)
    }

    /// Whether a cluster belongs to what was followed.
    pub(super) fn has(&self, cluster: u32) -> bool {
        self.taken.touches(u64::from(cluster), u64::from(cluster) + 1)
    }

    fn claim(&mut self, runs: &mut Vec<Run>, run: Run, file: &str) -> Result<(), StickRefusal> {
        let (start, end) = (u64::from(run.first), u64::from(run.first) + u64::from(run.count));
        if !self.taken.take(start, end) {
            let own =
                |old: &Run| u64::from(old.first) < end && start < u64::from(old.first) + u64::from(old.count);
            let file = file.to_owned();
            let circular = runs.iter().any(own);
            return Err(if circular {
                StickRefusal::Circular { file }
            } else {
                StickRefusal::Crossing { file }
            });
        }
        self.runs += 1;
        if self.runs > MOST_RUNS {
            return Err(StickRefusal::Scattered);
        }
        runs.push(run);
        Ok(())
    }
}

/// Runs in order, cut into pieces of at most `most` bytes, up to `length` bytes in all (rounded up to
/// whole sectors): offset and length.
pub(super) fn pieces(
    layout: &Layout,
    runs: &[Run],
    length: u64,
    most: u64,
) -> impl Iterator<Item = (u64, u64)> {
    let mut left = length.checked_next_multiple_of(SECTOR).unwrap_or(u64::MAX);
    runs.iter().flat_map(move |run| {
        let (offset, bytes) = layout.place(*run);
        let here = bytes.min(left);
        left -= here;
        cut(offset, here, most)
    })
}

/// What lies from `offset`, in pieces of at most `most` bytes.
pub(super) fn cut(offset: u64, bytes: u64, most: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..bytes.div_ceil(most)).map(move |piece| (offset + piece * most, (bytes - piece * most).min(most)))
}
