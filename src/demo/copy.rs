//! The box is switched off, its disk is copied, and it is switched on again.

use std::fs;
use std::path::{Path, PathBuf};

use super::stage::{Stage, fields};
use super::{Places, Refused};
use crate::appliance::catalogue::Query;
use crate::appliance::keeper::{Keeper, Visitor};
use crate::support::durable::DiskError;

/// What belongs to one process or one place, and to no copy: the lock, the socket, and the note of
/// where the root is, which would lead the copy to the root of the box itself.
const LEFT: [&str; 3] = ["lock", "keeper.sock", "root.path"];

/// Switches the box off and on. Returns the box, and where a whole copy of its disk lies, root and all.
pub(super) fn switched_off_and_on(
    stage: &mut Stage<'_>,
    places: &Places,
    keeper: Keeper,
    visitor: &Visitor,
) -> Result<(Keeper, PathBuf), Refused> {
    stage.heading("demo-copy-title");
    let (directory, copy) = (places.at("box"), places.at("copy"));
    keeper.stop()?;
    drop(keeper);
    copy_tree(&directory, &copy)?;
    let keeper = Keeper::open(&directory)?;
    let all = keeper.find(visitor, &Query { limit: 0, ..Query::default() })?;
    stage.say("demo-copy", &fields(&[("invoices", &all.totals.count.to_string())]));
    Ok((keeper, copy))
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), DiskError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| DiskError::of("read", &path, &error)
    };
    fs::create_dir_all(to).map_err(|error| DiskError::of("create", to, &error))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (name, path) = (entry.file_name(), entry.path());
        if LEFT.iter().any(|left| name == *left) {
            continue;
        }
        if entry.file_type().map_err(failed(&path))?.is_dir() {
            copy_tree(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).map_err(failed(&path))?;
        }
    }
    Ok(())
}
