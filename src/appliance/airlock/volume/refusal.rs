//! What is refused.

use std::fmt;

/// What a stick is formatted as, where it is nothing that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Ntfs,
    Ext,
    Iso9660,
    Udf,
    HfsPlus,
    Apfs,
    Luks,
    BitLocker,
    Btrfs,
    Xfs,
    ReFs,
    F2fs,
    Swap,
    Lvm,
    ApplePartitionMap,
    Extended,
}

impl fmt::Display for Format {
    /// The name by which people know it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ntfs => "NTFS",
            Self::Ext => "ext2/3/4",
            Self::Iso9660 => "ISO 9660",
            Self::Udf => "UDF",
            Self::HfsPlus => "HFS+",
            Self::Apfs => "APFS",
            Self::Luks => "LUKS",
            Self::BitLocker => "BitLocker",
            Self::Btrfs => "Btrfs",
            Self::Xfs => "XFS",
            Self::ReFs => "ReFS",
            Self::F2fs => "F2FS",
            Self::Swap => "swap",
            Self::Lvm => "LVM",
            Self::ApplePartitionMap => "Apple Partition Map",
            Self::Extended => "MBR (extended)",
        })
    }
}

crate::refusals! {
    /// Why a stick, or a file on it, is not read or written. `file` is the file's name as it is shown to
    /// people, `top` for the stick's own list of files.
    pub enum StickRefusal {
        /// The device does not answer: worn out, or pulled out.
        Unreadable { at: u64 } = "stick-unreadable",
        /// Formatted as something else.
        Foreign { format: Format } = "stick-format",
        /// Formatted as nothing that is known here.
        Unknown = "stick-unknown",
        /// The partition table contradicts itself.
        Partitions = "stick-partitions",
        /// The file system states sizes that cannot be.
        Geometry = "stick-geometry",
        /// A sector would have to be read twice.
        Twice = "stick-twice",
        /// In more pieces than are kept track of.
        Scattered = "stick-scattered",
        /// More entries in the folders that are looked into.
        TooManyEntries { limit: usize } = "stick-too-many-entries",
        /// More files to take.
        TooManyFiles { limit: usize } = "stick-too-many-files",
        /// A file's clusters go in a circle.
        Circular { file: String } = "stick-circular",
        /// A file claims clusters that belong to another.
        Crossing { file: String } = "stick-crossing",
        /// A file's clusters lie where nothing is, or where the stick is known to be bad.
        Outside { file: String } = "stick-outside",
        /// A file has fewer clusters than its length needs.
        Short { file: String } = "stick-short",
        /// A file's entry does not agree with its own checksum.
        Entry { file: String } = "stick-entry",
        /// A file of no bytes.
        Empty { file: String } = "stick-empty",
        /// A file that was not written to its end.
        Unfinished { file: String } = "stick-unfinished",
        /// Longer than such a file may be.
        TooLong { file: String, limit: u64 } = "stick-too-long",
        /// What was read could not be handed on.
        NotHandedOn { file: String, reason: String } = "stick-not-handed-on",
        /// Nothing fits on it any more.
        NoRoom { file: String } = "stick-no-room",
        /// A file system that says too little of itself, or too much, to add something.
        Unwritable { file: String } = "stick-unwritable",
        /// A name that is not written onto a stick.
        NameUnfit { file: String } = "stick-name-unfit",
        /// The device did not take what was to be written.
        NotWritten { file: String, reason: String } = "stick-not-written",
    }
}

impl StickRefusal {
    /// Whether a file's entry and the table contradict each other.
    pub(super) fn is_of_clusters(&self) -> bool {
        matches!(
            self,
            Self::Circular { .. } | Self::Crossing { .. } | Self::Outside { .. } | Self::Short { .. }
        )
    }

    /// Whether it is about one file, and the others are read all the same.
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(
            self,
            Self::Circular { .. }
                | Self::Crossing { .. }
                | Self::Outside { .. }
                | Self::Short { .. }
                | Self::Entry { .. }
                | Self::Empty { .. }
                | Self::Unfinished { .. }
                | Self::TooLong { .. }
        )
    }
}
