//! The stick that is in, and what goes onto it when an officer asks.

use super::super::http::Response;
use super::super::page::{Tab, Tone};
use super::super::pages::receipts::ShopLine;
use super::super::pages::stick::{ReadView, StickPage, Where, stick};
use super::super::refusal::ConsoleRefusal;
use super::terms::newest;
use super::{Asked, No, Page};
use crate::appliance::keeper::{
    Admitted, KeeperRefusal, Outcome, OwnRefusal, Role, StickState, TakeReport, Visitor,
};
use crate::exchange::vocabulary::StreamId;
use crate::support::words::Said as _;

impl Asked<'_> {
    pub(super) fn stick(&self) -> Result<Response, No> {
        self.stick_page(None)
    }

    /// Writes the receipt of a stream, or the box's card, onto the stick that is in. The page that says so is
    /// asked for by itself: loading it again writes nothing.
    pub(super) fn write_onto_stick(&self, visitor: &Visitor) -> Result<Response, No> {
        self.console.sessions.check(self.request, self.caller)?;
        if visitor.role != Role::Officer {
            return Err(KeeperRefusal::from(OwnRefusal::OfficersOnly).into());
        }
        let written = match self.request.form("what") {
            "card" => self.keeper().write_card_onto_plugged(),
            stream => {
                let stream: StreamId = stream.parse().map_err(|_| ConsoleRefusal::NoSuchPage)?;
                self.keeper().write_receipt_onto_plugged(stream)
            }
        };
        match written {
            Ok(_) => Ok(Response::go_to("/stick")),
            Err(refusal) => self.stick_page(Some(refusal.say(self.say.0))),
        }
    }

    fn stick_page(&self, not_written: Option<String>) -> Result<Response, No> {
        let view = self.keeper().stick_view();
        // Why nothing was written is read in peace; and the address of that page is none that can be asked for again.
        let still = not_written.is_some() || !self.request.query("still").is_empty();
        let written = not_written.map(Err).or_else(|| view.written.map(Ok));
        let readable = matches!(view.state, StickState::Taken(_));
        let stick_is = match &view.state {
            StickState::Empty => Where::Empty,
            StickState::Reading { files, done, total } => Where::Reading(*files, *done, *total),
            StickState::Taken(report) => Where::Read(self.read_view(report, true)?),
            StickState::Out(report) => Where::Read(self.read_view(report, false)?),
            StickState::Refused(refusal) => {
                Where::Refused(refusal.say(self.say.0), refusal.code() == "airlock-pulled-out")
            }
        };
        let cards = self.keeper().waiting_cards().map_err(KeeperRefusal::from)?;
        let token = self.token();
        let page = StickPage {
            token: &token,
            stick: stick_is,
            another: view.another,
            cards: cards.iter().map(|card| format!("kluis enrol {}", card.display())).collect(),
            line: self.line_part(),
            writable: self.is_officer() && readable && view.device.is_some(),
            still,
            written,
        };
        let title = self.say.text("console-stick-title");
        let main = stick(self.say, &page);
        Ok(self.page_again(&Page { title, main, tab: Tab::Stick }, page.again()))
    }

    fn read_view(&self, report: &TakeReport, inside: bool) -> Result<ReadView, No> {
        let rest = report.stick.unwrap_or_default();
        let mut lines: Vec<_> = report
            .files
            .iter()
            .map(|(name, outcome)| (tone(outcome), outcome.say(name, self.say.0)))
            .collect();
        // What went wrong first; else by name.
        lines.sort_by_key(|(tone, _)| match tone {
            Tone::Wrong => 0,
            Tone::Care => 1,
            Tone::Note | Tone::Good => 2,
        });
        let new: Vec<&Admitted> = report.files.iter().filter_map(|(_, outcome)| admitted(outcome)).collect();
        let here = report.files.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::AlreadyHere(admitted) => Some(admitted),
            other => admitted(other),
        });
        let streams: std::collections::BTreeSet<_> =
            here.map(|admitted| (admitted.sender.clone(), admitted.stream)).collect();
        let mut shops = Vec::new();
        for (name, stream) in streams {
            let newest = self.keeper().newest_receipt(stream)?.map(newest);
            let stream = stream.to_string();
            shops.push(ShopLine { name, stream, blocked: false, waiting: None, heard: None, newest });
        }
        Ok(ReadView {
            inside,
            pulled_out: rest.pulled_out,
            taken: (new.len() as u64, new.iter().map(|one| u64::from(one.invoices)).sum()),
            lines,
            unread: rest.unread as u64,
            passed_over: rest.passed_over,
            shops,
        })
    }
}

fn admitted(outcome: &Outcome) -> Option<&Admitted> {
    match outcome {
        Outcome::Admitted(admitted) => Some(admitted),
        _ => None,
    }
}

pub(super) fn tone(outcome: &Outcome) -> Tone {
    match outcome {
        Outcome::Admitted(_) | Outcome::AlreadyHere(_) | Outcome::Token(_) | Outcome::TokenHere(_) => {
            Tone::Good
        }
        Outcome::CardHere => Tone::Note,
        Outcome::Waiting(_) | Outcome::Card(_) => Tone::Care,
        Outcome::Refused(_) => Tone::Wrong,
    }
}
