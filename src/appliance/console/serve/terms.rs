//! What is no look-up: the timeline, certificates, receipts.

use super::super::http::Response;
use super::super::page::Tab;
use super::super::pages::certificate::{CertificateView, certificate};
use super::super::pages::receipts::{Newest, ReceiptsView, ShopLine, receipts};
use super::super::pages::terms::{TermLine, TimelineView, timeline};
use super::super::refusal::ConsoleRefusal;
use super::look_up::day_of;
use super::proof::saved;
use super::{Asked, No, Page};
use crate::appliance::keeper::{Admitted, SenderStanding, TermState, TermView, Why};
use crate::exchange::journal::receipt::EXTENSION;
use crate::exchange::law::BookYear;
use crate::exchange::vocabulary::{Class, StreamId};

impl Asked<'_> {
    pub(super) fn timeline(&self) -> Response {
        let clock = self.keeper().clock();
        let view = TimelineView {
            today: day_of(clock.floor),
            clock: clock.say(self.say.0),
            terms: self.keeper().terms().iter().map(|term| self.term_line(term)).collect(),
            officer: self.is_officer(),
        };
        let title = self.say.text("console-terms-title");
        self.page(&Page { title, main: timeline(self.say, &view), tab: Tab::Terms })
    }

    fn term_line(&self, term: &TermView) -> TermLine {
        let end = match term.state {
            TermState::Due { destroy_after, .. } => day_of(destroy_after),
            TermState::Destroyed { on, .. } => day_of(on),
            TermState::Open | TermState::Closed => term.kept.until,
        };
        let said_by_the_law = matches!(term.why, Why::Open { .. } | Why::Closed { .. });
        TermLine {
            name: term.name.clone(),
            title: self.term_title(term.class, BookYear { first: term.first, last: term.last }),
            days: (term.first, term.last),
            until: term.kept.until,
            kept: term.kept.say(self.say.0),
            moved: term.moved,
            state: term.state,
            invoices: term.invoices,
            end,
            why: (!said_by_the_law).then(|| term.say(self.say.0)),
            held: (term.held_whole, term.held),
        }
    }

    /// What people call a term: "Ordinary invoices of 2026".
    pub(super) fn term_title(&self, class: Class, year: BookYear) -> String {
        let year = year.label(self.say.0);
        self.say.with(&format!("console-term-{class}"), &[("year", &year)])
    }

    pub(super) fn certificate(&self, name: &str) -> Result<Response, No> {
        let signed = self.keeper().certificate(name)?;
        let view = CertificateView::of(self.say, &signed, &format!("{name}.certificate"));
        let title = format!("{} {}", self.say.text("console-certificate-kind"), view.term);
        Ok(self.page(&Page { title, main: certificate(self.say, &view), tab: Tab::Terms }))
    }

    pub(super) fn certificate_file(&self, name: &str) -> Result<Response, No> {
        let signed = self.keeper().certificate(name)?;
        Ok(saved(&format!("{}.certificate", signed.term().name()), signed.to_bytes()))
    }

    pub(super) fn receipts(&self) -> Result<Response, No> {
        let mut shops = Vec::new();
        let waiting = self.keeper().waiting()?;
        let heard = self.keeper().heard();
        for one in self.keeper().senders().into_iter().filter(|one| one.last.is_none()) {
            let newest = self.keeper().newest_receipt(one.stream)?.map(newest);
            let its_own = waiting.iter().filter(|waiting| waiting.bundle.sender == one.sender);
            let dates: Vec<_> = its_own.map(|waiting| waiting.bundle.oldest).collect();
            let blocked = one.standing == SenderStanding::Blocked;
            let waiting = dates.iter().min().map(|oldest| (dates.len() as u64, *oldest));
            let heard = heard.iter().find(|heard| heard.stream == one.stream);
            let heard = heard.map(|heard| self.heard_line(heard));
            let stream = one.stream.to_string();
            shops.push(ShopLine { name: one.name, stream, blocked, waiting, heard, newest });
        }
        let title = self.say.text("console-receipts-title");
        let main = receipts(self.say, &ReceiptsView { shops });
        Ok(self.page(&Page { title, main, tab: Tab::Receipts }))
    }

    pub(super) fn receipt_file(&self, stream: &str) -> Result<Response, No> {
        let stream: StreamId = stream.parse().map_err(|_| ConsoleRefusal::NoSuchPage)?;
        let admitted = self.keeper().newest_receipt(stream)?.ok_or(ConsoleRefusal::NoSuchPage)?;
        // The name that `kluis run` gives it.
        let name = format!("{stream}-{:06}.{EXTENSION}", admitted.number.0);
        Ok(saved(&name, admitted.receipt.into_bytes()))
    }
}

pub(super) fn newest(admitted: Admitted) -> Newest {
    Newest {
        number: admitted.number.0,
        code: admitted.code,
        gaps: admitted.gaps.iter().map(|number| number.0).collect(),
        receipt: admitted.receipt,
    }
}
