//! The console of the show, and links into it that open by a click.

use std::path::Path;
use std::sync::Arc;

use super::stage::{Stage, fields};
use super::{Refused, invoices};
use crate::appliance::catalogue::BundleRef;
use crate::appliance::console::{self, Links, gate::Gate, http::encoded};
use crate::appliance::keeper::{Keeper, Visitor, bundle_text};
use crate::support::durable::DiskError;
use crate::support::words::Language;

/// The open console. Dropping it closes the port.
pub(super) struct Window {
    links: Links,
    visitor: Visitor,
    language: Language,
    _gate: Gate,
}

impl Window {
    /// Opens the console on loopback, and says where, with the search already filled in.
    pub(super) fn open(
        stage: &mut Stage<'_>,
        keeper: &Arc<Keeper>,
        port: u16,
        visitor: &Visitor,
        pass_phrases: &[(String, String)],
    ) -> Result<Self, Refused> {
        let (gate, links) = console::open_with_link(Arc::clone(keeper), port)
            .map_err(|error| DiskError::of("listen", Path::new("127.0.0.1"), &error))?;
        let window = Self { links, visitor: visitor.clone(), language: stage.language(), _gate: gate };
        stage.heading("demo-console-title");
        stage.say("demo-console", &[]);
        stage.line(&window.link(&format!("/search?customer={}", encoded(&invoices::heroine()))));
        for (name, pass_phrase) in pass_phrases.iter().take(1) {
            stage.say("demo-console-log-in", &fields(&[("name", name), ("pass", pass_phrase)]));
        }
        Ok(window)
    }

    /// A link that logs in, once, to the page of an invoice.
    pub(super) fn invoice(&self, bundle: BundleRef, leaf: u32) -> String {
        let place = format!("{}:{leaf}", bundle_text(bundle));
        self.link(&format!("/invoice/{}", encoded(&place)))
    }

    /// A link that logs in, once, to the timeline.
    pub(super) fn terms(&self) -> String {
        self.link("/terms")
    }

    /// A link that logs in, once, to a term's certificate.
    pub(super) fn certificate(&self, term: &str) -> String {
        self.link(&format!("/terms/{term}/certificate"))
    }

    /// By way of the language, so that the pages speak as the show does.
    fn link(&self, to: &str) -> String {
        let to = format!("/language/{}?to={}", self.language.tag(), encoded(to));
        self.links.to(self.visitor.clone(), &to)
    }
}
