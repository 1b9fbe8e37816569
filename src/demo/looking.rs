//! Looking at what is in the box: an invoice as it was sent, and a copy in which a byte was changed.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::stage::{Stage, fields};
use super::window::Window;
use super::{Places, Refused, invoices};
use crate::appliance::catalogue::{Match, Query};
use crate::appliance::keeper::{Found, Keeper, Visitor};
use crate::exchange::bundle::Proof;
use crate::support::durable::{self, DiskError};
use crate::support::words;

/// All invoices of the customer whom the show searches.
pub(super) fn search(keeper: &Keeper, visitor: &Visitor) -> Result<Found, Refused> {
    let customer = Some(Match::Exact(invoices::heroine()));
    Ok(keeper.find(visitor, &Query { customer, limit: 20, ..Query::default() })?)
}

/// Shows what a search found; of a locked term only number and date.
pub(super) fn list(stage: &mut Stage<'_>, found: &Found) {
    for hit in &found.rows {
        let row = &hit.row;
        let (language, day) = (stage.language(), words::date(stage.language(), row.issue_date));
        let rest = if hit.locked {
            words::text(language, "demo-locked")
        } else {
            let name = row.buyer.as_deref().unwrap_or_default();
            format!("{name:20} {:>12}", words::amount(language, row.gross.0, row.currency))
        };
        stage.line(&format!("{:12} {day:18} {rest}", row.number));
    }
}

/// Finds the customer's first invoice, takes it along as it was sent, with its proof.
pub(super) fn as_it_was_sent(
    stage: &mut Stage<'_>,
    places: &Places,
    keeper: &Keeper,
    visitor: &Visitor,
    window: &Window,
) -> Result<(), Refused> {
    stage.heading("demo-sent-title");
    let found = search(keeper, visitor)?;
    stage.say("demo-sent-search", &fields(&[("name", &invoices::heroine())]));
    list(stage, &found);
    let row = &found.rows.first().ok_or_else(|| Refused::went_wrong("the search finds nothing"))?.row;
    let shown = keeper.show(visitor, row.bundle, row.leaf)?;
    let number = &shown.invoice.record.number;
    let mut document = Vec::new();
    keeper.document(visitor, row.bundle, row.leaf, 0, &mut document)?;

    let year = shown.invoice.record.issue_date.year();
    let sent = places.at("invoices").join(format!("{year}/{number}.pdf"));
    let original = fs::read(&sent).map_err(|error| DiskError::of("read", &sent, &error))?;
    if original != document {
        return Err(Refused::went_wrong(format!("{number} is not what was sent")));
    }
    let along = places.at("taken-along");
    durable::create_dir_all(&along)?;
    let copy = along.join(format!("{number}.pdf"));
    durable::write_atomically(&copy, &document, 0o644)?;
    let proof = keeper.proof(visitor, row.bundle, row.leaf)?;
    let broken = |_| Refused::went_wrong(format!("the proof of {number}"));
    let proven = Proof::parse(&proof).and_then(|proof| proof.verify()).map_err(broken)?;
    if proven.invoice != shown.invoice {
        return Err(Refused::went_wrong(format!("the proof of {number}")));
    }
    durable::write_atomically(&along.join(format!("{number}.proof")), &proof, 0o644)?;

    let since = jiff::tz::Offset::UTC.to_datetime(shown.admitted_at).date();
    let since = words::date(stage.language(), since);
    let bytes = document.len().to_string();
    let values = [("number", &**number), ("since", &since), ("bytes", &bytes)];
    stage.say("demo-sent-unchanged", &fields(&values));
    stage.line(&copy.display().to_string());
    stage.say("demo-sent-proof", &[]);
    stage.say("demo-in-browser", &[]);
    stage.line(&window.invoice(row.bundle, row.leaf));
    Ok(())
}

/// Changes one byte in the copy of the box, and has the copy and the box check themselves.
pub(super) fn a_changed_byte(stage: &mut Stage<'_>, keeper: &Keeper, copy: &Path) -> Result<(), Refused> {
    stage.heading("demo-flip-title");
    let file = largest_bundle(copy)?;
    let length = flip(&file)?;
    let name = file.strip_prefix(copy).unwrap_or(&file).display().to_string();
    stage.say("demo-flip", &fields(&[("bytes", &length.to_string())]));
    stage.line(&name);

    let report = {
        let copied = Keeper::open(copy)?;
        let bar = stage.bar("demo-flip-bar", 0);
        let report = copied.verify(&mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })?;
        bar.finish_and_clear();
        report
    };
    let [finding] = report.findings.as_slice() else {
        return Err(Refused::went_wrong(format!("{} findings for one byte", report.findings.len())));
    };
    if finding.place != name {
        return Err(Refused::went_wrong(format!("{} is named for {name}", finding.place)));
    }
    stage.say("demo-flip-found", &[]);
    stage.quote(&finding.sentence);

    let report = keeper.verify(&mut |_, _| {})?;
    if let Some(finding) = report.findings.first() {
        return Err(Refused::went_wrong(finding.sentence.clone()));
    }
    let values = [("invoices", &*report.invoices.to_string()), ("entries", &report.entries.to_string())];
    stage.say("demo-flip-sound", &fields(&values));
    Ok(())
}

/// The largest sealed file of a box: a byte in its middle is a byte of an invoice.
fn largest_bundle(copy: &Path) -> Result<PathBuf, Refused> {
    let terms = copy.join("terms");
    let below = |folder: &Path| -> Result<Vec<PathBuf>, DiskError> {
        let failed = |error| DiskError::of("read", folder, &error);
        let entries = fs::read_dir(folder).map_err(failed)?;
        entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
    };
    let mut largest = (0, PathBuf::new());
    for term in below(&terms)? {
        let bundles = term.join("bundles");
        if !bundles.is_dir() {
            continue;
        }
        for bundle in below(&bundles)? {
            let length = bundle.metadata().map_err(|error| DiskError::of("read", &bundle, &error))?.len();
            largest = largest.max((length, bundle));
        }
    }
    Ok(largest.1)
}

/// Changes the byte in the middle of a file, and returns the file's length.
fn flip(file: &Path) -> Result<u64, DiskError> {
    let failed = |error: std::io::Error| DiskError::of("write", file, &error);
    let before = fs::metadata(file).map_err(failed)?;
    fs::set_permissions(file, Permissions::from_mode(0o600)).map_err(failed)?;
    let open = OpenOptions::new().read(true).write(true).open(file).map_err(failed)?;
    let middle = before.len() / 2;
    let mut byte = [0];
    open.read_exact_at(&mut byte, middle).map_err(failed)?;
    open.write_all_at(&[byte[0] ^ 1], middle).map_err(failed)?;
    fs::set_permissions(file, before.permissions()).map_err(failed)?;
    Ok(before.len())
}
