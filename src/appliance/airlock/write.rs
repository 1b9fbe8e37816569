//! One file onto a stick: what must be written where is worked out by the same kind of process that reads a
//! stick, which has it open for reading only; it is written here, once all of it is known.
//!
//! System calls of the happy path: `open` (a device with `O_EXCL`, and `O_SYNC`: a stick that fails is no
//! reason for the box to stop, as a failed `fsync` of its own disk is), `pwrite64`.

use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::device::Device;
use super::frames::{Asked, PIECE_LIMIT, Told};
use super::refusal::{AirlockRefusal, NotRead};
use super::stick::{SILENT, SILENT_IN_ALL};
use super::volume::LONGEST_WRITTEN;
use crate::appliance::cage::{self, Kind, Lost, Patience, Started, plain};

/// Bytes of tables and directories beside the file's own, at most.
const MOST_BESIDE: usize = 8 << 20;
/// What is written begins and ends with a sector. So there are no more pieces than there are sectors in all
/// that may be written, and the memory for them is bounded.
const SECTOR: u32 = 512;

/// Writes a file into free space of a stick (a device, or an image of one), and gives back the name that it
/// got. Nothing else on the stick is touched.
///
/// # Errors
/// [`NotRead`]. Until all is known that must be written, nothing is.
pub fn write_onto(path: &Path, name: &str, bytes: &[u8]) -> Result<String, NotRead> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length as usize <= LONGEST_WRITTEN);
    let length = length.ok_or(AirlockRefusal::Protocol)?;
    let device = Device::open_for_writing(path)?;
    let handed = device.read_only()?;
    let Started { process, mut given, mut answers } =
        cage::start(Kind::Stick, Some(handed.into())).map_err(AirlockRefusal::from)?;
    // A process that does not listen is found out when its answer is read; it listens before it answers.
    let _ = Asked::Write { device: device.length, name: name.to_owned(), length }
        .write(&mut given)
        .and_then(|()| given.write_all(bytes));
    let mut patience = Patience::of(SILENT, SILENT_IN_ALL).within(SILENT_IN_ALL);
    let mut plan: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut left = bytes.len() + MOST_BESIDE;
    let lost = loop {
        match Told::next(&mut answers, &mut patience) {
            Ok(Told::Put { offset, length })
                if (SECTOR..=PIECE_LIMIT).contains(&length) && length as usize <= left =>
            {
                let whole = length.is_multiple_of(SECTOR) && offset.is_multiple_of(u64::from(SECTOR));
                let end = offset.checked_add(u64::from(length)).filter(|_| whole);
                if end.is_none_or(|end| end > device.length) {
                    break Lost::Nonsense;
                }
                let mut piece = vec![0; length as usize];
                if let Err(lost) = answers.fill(&mut piece, &mut patience) {
                    break lost;
                }
                left -= piece.len();
                plan.push((offset, piece));
            }
            Ok(Told::Written { name }) => {
                process.end();
                return carry_out(&device, &plan, &name);
            }
            Ok(Told::No(no)) => {
                return Err(NotRead::of(&no));
            }
            Ok(_) => break Lost::Nonsense,
            Err(lost) => break lost,
        }
    };
    Err(NotRead::lost(process.fault(lost)))
}

fn carry_out(device: &Device, plan: &[(u64, Vec<u8>)], name: &str) -> Result<String, NotRead> {
    let name = plain(name);
    for (offset, piece) in plan {
        device.file.write_all_at(piece, *offset).map_err(|error| {
            if device.is_there() {
                AirlockRefusal::NotWritten { file: name.clone(), reason: error.to_string() }
            } else {
                AirlockRefusal::PulledOut
            }
        })?;
    }
    Ok(name)
}
