//! Five years of invoices go from the shop into the box, and receipts come back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rust_decimal::Decimal;

use super::invoices;
use super::meeting::Met;
use super::stage::{Stage, fields};
use super::{Places, Refused, SEED, YEARS_BACK, today};
use crate::appliance::keeper::{Admitted, Outcome};
use crate::exchange::journal::ReceiptCode;
use crate::shop::{self, Order, Progress, Sealing};
use crate::support::durable::{self, DiskError};
use crate::support::words;

/// What lies on the stick, which somebody keeps in a drawer.
pub(super) struct Delivered {
    /// Each sealed file with its term.
    pub files: Vec<(String, PathBuf)>,
}

/// Writes the invoices, seals them onto the stick, takes them in, checks the receipts.
pub(super) fn deliver(stage: &mut Stage<'_>, places: &Places, met: &Met) -> Result<Delivered, Refused> {
    let count = write(stage, places)?;
    let sealing = seal(stage, places, met, count)?;
    let admitted = take(stage, places, met, count)?;
    acknowledge(stage, places, met, &admitted, count)?;
    let files = sealing.made.into_iter().map(|made| (made.term.to_string(), made.path)).collect();
    Ok(Delivered { files })
}

fn write(stage: &mut Stage<'_>, places: &Places) -> Result<u64, Refused> {
    let today = today();
    let first_year = today.year() - i16::from(YEARS_BACK);
    let all = invoices::invoices(SEED, first_year, today);
    stage.heading("demo-years-title");
    let bar = stage.bar("demo-years-bar", all.len() as u64);
    let folder = places.at("invoices");
    let mut gross = Decimal::ZERO;
    for invoice in &all {
        // Made anew at every show: nothing is lost that a sync would save.
        let put = |name: &str, bytes: &[u8]| -> Result<(), DiskError> {
            let path = folder.join(name);
            let within = path.parent().unwrap_or(&folder);
            std::fs::create_dir_all(within).map_err(|error| DiskError::of("create", within, &error))?;
            std::fs::write(&path, bytes).map_err(|error| DiskError::of("write", &path, &error))
        };
        put(&invoice.file_name(), &invoice.document())?;
        if let Some((name, bytes)) = invoice.sidecar() {
            put(&name, &bytes)?;
        }
        gross += invoice.record().gross.0;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let count = all.len() as u64;
    let gross = words::amount(stage.language(), gross, "EUR");
    let (first, last) = (first_year.to_string(), today.year().to_string());
    let values = [("count", &*count.to_string()), ("first", &first), ("last", &last), ("gross", &gross)];
    stage.say("demo-years", &fields(&values));
    stage.line(&folder.display().to_string());
    Ok(count)
}

fn seal(stage: &mut Stage<'_>, places: &Places, met: &Met, count: u64) -> Result<Sealing, Refused> {
    stage.heading("demo-seal-title");
    let order = Order {
        paths: vec![places.at("invoices")],
        to: places.at("stick"),
        class: None,
        replaces: None,
        again: false,
        all_or_nothing: true,
        now: met.keeper.now(),
    };
    let bar = stage.bar("demo-seal-bar", 2 * count);
    let mut sealed = 0;
    let sealing = met.shop.seal(&order, &mut |progress| match progress {
        Progress::Reading { done, .. } => bar.set_position(done as u64),
        // A bundle that is whole counts as a share of the second half.
        Progress::Sealing { number, .. } if number.0 > sealed => {
            sealed = number.0;
            bar.set_position(count + sealed * 10);
        }
        Progress::Sealing { .. } => {}
    })?;
    bar.finish_and_clear();
    let invoices: u64 = sealing.made.iter().map(|made| u64::from(made.invoices)).sum();
    if let Some(refused) = sealing.stopped {
        return Err(refused.into());
    }
    if let Some((_, refused)) = sealing.refused.into_iter().next() {
        return Err(refused.into());
    }
    if invoices != count {
        return Err(Refused::went_wrong(format!("{invoices} of {count} invoices sealed")));
    }
    let bytes: u64 = sealing.made.iter().map(|made| made.bytes).sum();
    let values = [
        ("invoices", &*invoices.to_string()),
        ("files", &sealing.made.len().to_string()),
        ("megabytes", &megabytes(bytes)),
    ];
    stage.say("demo-seal", &fields(&values));
    Ok(Sealing { made: sealing.made, ..Sealing::default() })
}

/// `3.4`.
fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

fn take(stage: &mut Stage<'_>, places: &Places, met: &Met, count: u64) -> Result<Vec<Admitted>, Refused> {
    stage.heading("demo-take-title");
    let stick = places.at("stick");
    let bar = stage.bar("demo-take-bar", 0);
    let copied: Mutex<BTreeMap<String, (u64, u64)>> = Mutex::default();
    let report = met.keeper.take(&stick, &|progress| {
        let mut copied = copied.lock().unwrap_or_else(PoisonError::into_inner);
        copied.insert(progress.file, (progress.done, progress.total));
        bar.set_length(copied.values().map(|(_, total)| total).sum());
        bar.set_position(copied.values().map(|(done, _)| done).sum());
    })?;
    bar.finish_and_clear();
    let mut admitted = Vec::new();
    for (file, outcome) in report.files {
        match outcome {
            Outcome::Admitted(one) => admitted.push(one),
            Outcome::Refused(refusal) => return Err(refusal.into()),
            Outcome::Token(_) | Outcome::TokenHere(_) | Outcome::Card(_) | Outcome::CardHere => {}
            Outcome::Waiting(_) => return Err(Refused::went_wrong(format!("{file} waits"))),
            Outcome::AlreadyHere(_) => return Err(Refused::went_wrong(format!("{file} was here before"))),
        }
    }
    let invoices: u64 = admitted.iter().map(|one| u64::from(one.invoices)).sum();
    if invoices != count {
        return Err(Refused::went_wrong(format!("{invoices} of {count} invoices taken in")));
    }
    stage.say("demo-take", &fields(&[("invoices", &invoices.to_string())]));
    for term in met.keeper.terms().iter().filter(|term| term.invoices > 0) {
        let until = words::date(stage.language(), term.kept.until);
        let (name, invoices) = (&term.name, term.invoices.to_string());
        let values = fields(&[("term", name), ("invoices", &invoices), ("until", &until)]);
        stage.line(&words::message(stage.language(), "demo-take-term", &values));
    }
    Ok(admitted)
}

fn acknowledge(
    stage: &mut Stage<'_>,
    places: &Places,
    met: &Met,
    admitted: &[Admitted],
    count: u64,
) -> Result<(), Refused> {
    stage.heading("demo-receipts-title");
    let receipts = places.at("receipts");
    durable::create_dir_all(&receipts)?;
    let mut known = 0;
    let mut sizes: Vec<_> = admitted.iter().collect();
    // In the order of the journal, as a stick brings them back.
    sizes.sort_by_key(|one| one.number);
    for one in sizes {
        let file = receipts.join(format!("{:06}.tlog-proof", one.number.0));
        durable::write_atomically(&file, one.receipt.as_bytes(), 0o644)?;
        known += met.shop.take_receipt(&one.receipt, met.keeper.now())?.invoices;
    }
    let mut purgeable = 0;
    met.shop.purgeable(|_| purgeable += 1)?;
    if (known, purgeable) != (count, count) {
        return Err(Refused::went_wrong(format!("receipts for {known} of {count} invoices")));
    }
    let files = admitted.len().to_string();
    stage.say("demo-receipts", &fields(&[("receipts", &files), ("invoices", &count.to_string())]));
    // The last number's code stands for all.
    let last = admitted.iter().filter_map(|one| one.code.clone().map(|code| (code_number(&code), code)));
    if let Some((_, code)) = last.max() {
        let parsed = code.parse::<ReceiptCode>().map_err(shop::Refused::from)?;
        met.shop.take_code(&parsed, met.keeper.now())?;
        stage.say("demo-receipts-code", &[]);
        stage.line(&code);
    }
    stage.say("demo-receipts-purge", &[]);
    Ok(())
}

/// The number that a code begins with: it speaks for all up to it.
fn code_number(code: &str) -> u64 {
    code.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
