//! One file onto a stick: what must be written where is worked out by the same kind of process that reads a
//! stick, which has it open for reading only; it is written here, once all of it is known.
//!
//! System calls of the happy path: `open` (a device with `O_EXCL`, and `O_SYNC`: a stick that fails is no
//! reason for the box to stop, as a failed `fsync` of its own disk is), `pwrite64`.

use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::device::Device;
use super::frames::Asked;
use super::heard::{self, Planned};
use super::refusal::{AirlockRefusal, NotRead};
use super::stick::{ANSWERS_WITHIN, IN_ALL};
use super::volume::LONGEST_WRITTEN;
use crate::appliance::cage::{self, Kind, Patience, Started};

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
    let asked = Asked::Write { device: device.length, name: name.to_owned(), length };
    let mut patience = Patience::of(ANSWERS_WITHIN, IN_ALL);
    let planned = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that does not listen is found out by its answer, and its end ends this.
            let _ = asked.write(&mut given).and_then(|()| given.write_all(bytes));
        });
        let planned = heard::planned(&mut answers, &mut patience, device.length, length.into());
        let planned = planned.map_err(|unheard| unheard.at(&process));
        // Nobody is waited for any more, at either of its pipes.
        process.end();
        drop(answers);
        planned
    })?;
    carry_out(&device, &planned)
}

fn carry_out(device: &Device, planned: &Planned) -> Result<String, NotRead> {
    for (offset, piece) in &planned.pieces {
        device.file.write_all_at(piece, *offset).map_err(|error| {
            if device.is_there() {
                AirlockRefusal::NotWritten { file: planned.name.clone(), reason: error.to_string() }
            } else {
                AirlockRefusal::PulledOut
            }
        })?;
    }
    Ok(planned.name.clone())
}
