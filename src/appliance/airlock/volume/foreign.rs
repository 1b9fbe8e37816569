//! What a stick is formatted as, where it is nothing that is read: so that people are told its name.

use super::StickRefusal;
use super::once::{Blocks, Once};
use super::partitions::Place;
use super::refusal::Format;

/// What each is known by: bytes at a place. The first that fits is it.
const MARKS: [(u64, &[u8], Format); 21] = [
    (3, b"NTFS    ", Format::Ntfs),
    (3, b"-FVE-FS-", Format::BitLocker),
    (424, &BITLOCKER_TO_GO, Format::BitLocker),
    (3, b"ReFS\0", Format::ReFs),
    (0, b"LUKS\xba\xbe", Format::Luks),
    (0, b"XFSB", Format::Xfs),
    (32, b"NXSB", Format::Apfs),
    (512, b"LABELONE", Format::Lvm),
    (1024, b"H+\0", Format::HfsPlus),
    (1024, b"HX\0", Format::HfsPlus),
    (1024, b"\x10\x20\xf5\xf2", Format::F2fs),
    (1080, b"\x53\xef", Format::Ext),
    (4086, b"SWAPSPACE2", Format::Swap),
    (65_600, b"_BHRfS_M", Format::Btrfs),
    (32_769, b"BEA01", Format::Udf),
    (34_817, b"BEA01", Format::Udf),
    (36_865, b"BEA01", Format::Udf),
    (32_769, b"CD001", Format::Iso9660),
    (37_633, b"CD001", Format::Iso9660),
    // The table's own entry comes first, in the second sector of 512 bytes or of 2,048.
    (512, b"PM\0\0", Format::ApplePartitionMap),
    (2048, b"PM\0\0", Format::ApplePartitionMap),
];

/// BitLocker To Go, which wears a small FAT32 volume as a coat.
const BITLOCKER_TO_GO: [u8; 16] =
    [0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01];

/// The name of what lies in a place, if it is one that is known.
pub(super) fn name<B: Blocks>(once: &mut Once<B>, place: Place) -> Result<Option<Format>, StickRefusal> {
    for (offset, mark, format) in MARKS {
        if offset + mark.len() as u64 > place.length {
            continue;
        }
        let mut bytes = [0; 16];
        let bytes = &mut bytes[..mark.len()];
        once.table(place.start + offset, bytes)?;
        if bytes == mark {
            return Ok(Some(format));
        }
    }
    Ok(None)
}

/// Whether a boot sector that looks like FAT's is BitLocker's.
pub(super) fn is_bitlocker(boot: &[u8]) -> bool {
    boot[3..11] == *b"-FVE-FS-" || boot[424..440] == BITLOCKER_TO_GO
}
