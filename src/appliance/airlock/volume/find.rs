//! Finding the file system: on the bare device, or in a partition of it.

use super::clusters::Layout;
use super::once::{Blocks, Once, SECTOR, SECTOR_BYTES};
use super::partitions::{self, Place};
use super::{Format, StickRefusal, exfat, fat, foreign};

/// What begins at a place.
struct Beginning {
    sector: [u8; SECTOR_BYTES],
    /// The file system, or why it cannot be the one that it looks like.
    layout: Option<Result<Layout, StickRefusal>>,
}

/// The file system of a device: on it as it is, or in the first partition that has one.
pub(super) fn layout<B: Blocks>(once: &mut Once<B>) -> Result<Layout, StickRefusal> {
    let whole = Place { start: 0, length: once.length() };
    let Some(bare) = beginning(once, whole)? else { return Err(StickRefusal::Unknown) };
    let mut refusal = match bare.layout {
        Some(Ok(layout)) => return Ok(layout),
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    let partitions = match partitions::find(once, &bare.sector) {
        Ok(partitions) => partitions,
        Err(StickRefusal::Partitions) => {
            refusal.get_or_insert(StickRefusal::Partitions);
            Vec::new()
        }
        Err(refusal) => return Err(refusal),
    };
    for place in &partitions {
        match beginning(once, *place)?.and_then(|found| found.layout) {
            Some(Ok(layout)) => return Ok(layout),
            Some(Err(error)) => refusal = refusal.or(Some(error)),
            None => {}
        }
    }
    for place in partitions.into_iter().chain([whole]) {
        if let Some(format) = foreign::name(once, place)? {
            return Err(StickRefusal::Foreign { format });
        }
    }
    let extended =
        partitions::has_extended(&bare.sector).then_some(StickRefusal::Foreign { format: Format::Extended });
    Err(refusal.or(extended).unwrap_or(StickRefusal::Unknown))
}

fn beginning<B: Blocks>(once: &mut Once<B>, place: Place) -> Result<Option<Beginning>, StickRefusal> {
    let Place { start, length } = place;
    if length < SECTOR {
        return Ok(None);
    }
    let mut sector = [0; SECTOR_BYTES];
    once.table(start, &mut sector)?;
    let layout = if exfat::looks_like(&sector) {
        match exfat::layout(once, &sector, start, length) {
            Err(unreadable @ StickRefusal::Unreadable { .. }) => return Err(unreadable),
            layout => Some(layout),
        }
    } else if fat::looks_like(&sector) && !foreign::is_bitlocker(&sector) {
        Some(fat::layout(&sector, start, length).ok_or(StickRefusal::Geometry))
    } else {
        None
    };
    Ok(Some(Beginning { sector, layout }))
}
