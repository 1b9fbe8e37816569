//! A term dies: its end, the thirty days, the destruction; then everything that was tried before is
//! tried again; then the certificate, and what it does not cover.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};

use super::delivery::Delivered;
use super::looking::{list, search};
use super::stage::{Stage, fields};
use super::window::Window;
use super::{Options, Refused};
use crate::appliance::catalogue::Query;
use crate::appliance::keeper::{Happened, Keeper, Outcome, TermView, Visitor, years_after};
use crate::appliance::retention::{self, TermState};
use crate::exchange::vocabulary::Class;
use crate::support::durable;
use crate::support::words;

/// Days between due and destruction.
const WAIT_DAYS: u64 = retention::WAIT / (24 * 60 * 60);

/// What the last scenes play with.
pub(super) struct Scene<'a> {
    pub keeper: &'a Keeper,
    pub visitor: &'a Visitor,
    /// The stick that lay in a drawer.
    pub delivered: &'a Delivered,
    /// The copy of the disk from before.
    pub copy: &'a Path,
    pub window: &'a Window,
}

/// Turns the clock forward, past the end of the oldest term of ordinary invoices if the years are
/// enough.
pub(super) fn a_term_ends(
    stage: &mut Stage<'_>,
    options: &Options,
    scene: &Scene<'_>,
) -> Result<(), Refused> {
    let keeper = scene.keeper;
    stage.heading("demo-end-title");
    stage.say("demo-end-clock", &[]);
    let target = years_after(keeper.now(), i64::from(options.fast_forward));
    let oldest = oldest(keeper)?;
    let over = retention::over_at(oldest.kept.until);
    let gone = over + i64::try_from(retention::WAIT).unwrap_or(i64::MAX).seconds();
    if target < gone {
        keeper.turn_clock(target)?;
        return not_yet(stage, keeper, &oldest);
    }
    locked(stage, scene, &oldest, over)?;
    stage.wait_for_enter("demo-enter-destroy")?;
    destroyed(stage, keeper, &oldest, gone)?;
    tried_again(stage, scene, &oldest)?;
    certificate(stage, scene, &oldest)?;
    further(stage, keeper, target)
}

fn oldest(keeper: &Keeper) -> Result<TermView, Refused> {
    let terms = keeper.terms().into_iter();
    terms
        .filter(|term| term.class == Class::Ordinary && term.invoices > 0)
        .min_by_key(|term| term.kept.until)
        .ok_or_else(|| Refused::went_wrong("no term has an invoice"))
}

fn day(stage: &Stage<'_>, at: Timestamp) -> String {
    words::date(stage.language(), jiff::tz::Offset::UTC.to_datetime(at).date())
}

fn not_yet(stage: &mut Stage<'_>, keeper: &Keeper, oldest: &TermView) -> Result<(), Refused> {
    let (now, until) = (day(stage, keeper.now()), words::date(stage.language(), oldest.kept.until));
    stage.say("demo-end-not-yet", &fields(&[("now", &now), ("term", &oldest.name), ("until", &until)]));
    Ok(())
}

/// The term is over: locked, and listed by number and date.
fn locked(
    stage: &mut Stage<'_>,
    scene: &Scene<'_>,
    oldest: &TermView,
    over: Timestamp,
) -> Result<(), Refused> {
    scene.keeper.turn_clock(over)?;
    let (now, until) = (day(stage, over), words::date(stage.language(), oldest.kept.until));
    let year = oldest.last.year().to_string();
    stage.say("demo-end-due", &fields(&[("now", &now), ("year", &year), ("until", &until)]));
    let found = search(scene.keeper, scene.visitor)?;
    if found.rows.is_empty() || found.rows.iter().any(|row| !row.locked) {
        return Err(Refused::went_wrong("a term that is over is not locked"));
    }
    stage.say("demo-end-locked", &[]);
    list(stage, &found);
    stage.say("demo-in-browser", &[]);
    stage.line(&scene.window.terms());
    Ok(())
}

fn destroyed(
    stage: &mut Stage<'_>,
    keeper: &Keeper,
    oldest: &TermView,
    gone: Timestamp,
) -> Result<(), Refused> {
    let happened = keeper.turn_clock(gone)?;
    let died = |one: &Happened| matches!(one, Happened::Destroyed { term, .. } if *term == oldest.name);
    if !happened.iter().any(died) {
        return Err(Refused::went_wrong("the term was not destroyed"));
    }
    let (now, days) = (day(stage, gone), WAIT_DAYS.to_string());
    let values = [("days", &*days), ("now", &now), ("term", &oldest.name)];
    stage.say("demo-end-destroyed", &fields(&values));
    Ok(())
}

/// The same search, the same stick, every key that is left.
fn tried_again(stage: &mut Stage<'_>, scene: &Scene<'_>, oldest: &TermView) -> Result<(), Refused> {
    let (keeper, visitor) = (scene.keeper, scene.visitor);
    let found = search(keeper, visitor)?;
    if !found.rows.is_empty() {
        return Err(Refused::went_wrong("a destroyed invoice is still found"));
    }
    stage.say("demo-again-search", &[]);

    let kept: Vec<&PathBuf> =
        scene.delivered.files.iter().filter(|(term, _)| *term == oldest.name).map(|(_, file)| file).collect();
    stage.say("demo-again-stick", &[]);
    for file in &kept {
        let report = keeper.take(file, &|_| {})?;
        for (name, outcome) in report.files {
            match outcome {
                Outcome::Refused(refusal) => {
                    stage.quote(&Outcome::Refused(refusal).say(&name, stage.language()))
                }
                _ => return Err(Refused::went_wrong(format!("{name} was taken in again"))),
            }
        }
    }
    let mut keys = 0;
    for file in &kept {
        let tried = keeper.try_every_key(file)?;
        if let Some(key) = tried.opened_by {
            return Err(Refused::went_wrong(format!("the key “{key}” opens it")));
        }
        keys = tried.keys;
    }
    if keys == 0 || kept.is_empty() {
        return Err(Refused::went_wrong("no key or no file to try"));
    }
    stage.say("demo-again-keys", &fields(&[("keys", &keys.to_string())]));
    let rest = keeper.find(visitor, &Query { limit: 0, ..Query::default() })?.totals.count;
    stage.say("demo-again-others", &fields(&[("invoices", &rest.to_string())]));
    Ok(())
}

fn certificate(stage: &mut Stage<'_>, scene: &Scene<'_>, oldest: &TermView) -> Result<(), Refused> {
    let keeper = scene.keeper;
    stage.heading("demo-certificate-title");
    let signed = keeper.certificate(&oldest.name)?;
    let (on, until) = (day(stage, signed.destroyed_at()), words::date(stage.language(), signed.kept_until()));
    let values = [
        ("on", &*on),
        ("term", signed.term().name().as_str()),
        ("entity", signed.entity_name()),
        ("invoices", &signed.invoices().to_string()),
        ("until", &until),
        ("article", signed.article()),
    ];
    stage.say("demo-certificate", &fields(&values));
    let word = words::text(stage.language(), signed.word().message());
    stage.say("demo-certificate-word", &fields(&[("word", &word)]));
    let file = keeper.directory().join("certificates").join(format!("{}.certificate", oldest.name));
    stage.line(&file.display().to_string());
    stage.say("demo-certificate-not", &[]);
    stage.say("demo-certificate-copies", &[]);
    // Said because it is so: the copy of the disk that was made before has the old root beside it.
    let still = {
        let copied = Keeper::open(scene.copy)?;
        search(&copied, scene.visitor)?.rows.len()
    };
    stage.say("demo-certificate-root", &fields(&[("count", &still.to_string())]));
    durable::remove_tree(scene.copy, false)?;
    stage.say("demo-in-browser", &[]);
    stage.line(&scene.window.certificate(&oldest.name));
    Ok(())
}

/// On to where the years end, if that is later, with what happens on the way.
fn further(stage: &mut Stage<'_>, keeper: &Keeper, target: Timestamp) -> Result<(), Refused> {
    if target <= keeper.now() {
        return Ok(());
    }
    let happened = keeper.turn_clock(target)?;
    let now = day(stage, target);
    stage.say("demo-further", &fields(&[("now", &now)]));
    for one in &happened {
        let (name, term) = match one {
            Happened::Due { term } => ("demo-further-due", term),
            Happened::Destroyed { term, .. } => ("demo-further-destroyed", term),
            // Nobody places a hold in a demonstration.
            Happened::HoldEnded { hold } => ("kluis-run-hold-ended", hold),
        };
        let line = words::message(stage.language(), name, &fields(&[("term", term)]));
        stage.line(&line);
    }
    let living =
        keeper.terms().iter().filter(|term| !matches!(term.state, TermState::Destroyed { .. })).count();
    stage.say("demo-further-living", &fields(&[("terms", &living.to_string())]));
    Ok(())
}
