//! Time tokens: asked of an authority over the last head of the box's journal that this shop verified,
//! and put beside the bundles. The box judges them; here is only seen that the authority answered this
//! question.
//!
//! Plain `http://`: a token proves itself, and the question is a digest that tells nobody anything. What
//! somebody on the way can do is keep the answer back, which is said.
//!
//! There is no time before the first head: the card that was enrolled carries one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::ledger::Ledger;
use super::refusal::{shown, shown_path};
use super::{Refused, Shop, ShopRefusal};
use crate::exchange::bundle::header::SEEN_LIMIT;
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::time::{self, REQUEST_TYPE, RESPONSE_LIMIT};
use crate::support::durable::write_atomically;

/// How long an authority may take. Sealing waits for it once, at its end.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// A token that was fetched. Whether the box believes it, the box decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMade {
    /// The time that it states.
    pub at: Timestamp,
    /// How many entries the journal had at the head that it is over.
    pub size: u64,
    /// Its file.
    pub path: PathBuf,
}

impl Shop {
    /// Fetches a token over the last verified head and puts it into `to`.
    ///
    /// # Errors
    /// [`ShopRefusal::NoTimeAuthority`], [`ShopRefusal::TimeUnreachable`]; [`Refused::Time`] where the
    /// answer is none.
    pub fn fetch_time(&self, to: &Path) -> Result<TokenMade, Refused> {
        if !to.is_dir() {
            return Err(ShopRefusal::NoTarget { path: shown_path(to) }.into());
        }
        let authority = self.settings.time_authority.as_deref().ok_or(ShopRefusal::NoTimeAuthority)?;
        let ledger = self.ledger()?;
        let seen = self.last_seen(&ledger)?;
        let imprint = seen.digest();
        let answer = ask(authority, &time::request(&imprint)).map_err(|reason| {
            ShopRefusal::TimeUnreachable { url: shown(authority), reason: shown(&reason) }
        })?;
        let at = time::answers(&answer, &imprint)?;
        let stamp = jiff::tz::Offset::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string();
        let path = to.join(format!("{}-{stamp}.tsr", &self.keys.stream.to_string()[..8]));
        write_atomically(&path, &[&answer, seen.note().as_bytes()].concat(), 0o644)?;
        Ok(TokenMade { at, size: seen.size(), path })
    }

    /// The longest verified head of the box's journal that a header and a certificate have room for: a
    /// newer one with many witnesses may be too long, and an older one says nearly as much.
    pub(super) fn last_seen<'a>(&'a self, ledger: &'a Ledger) -> Result<&'a SignedCheckpoint, ShopRefusal> {
        let of_card = &self.our_box()?.checkpoint;
        let seen = [ledger.seen(), Some(of_card)].into_iter().flatten();
        let fitting = seen.filter(|checkpoint| checkpoint.note().len() <= SEEN_LIMIT);
        Ok(fitting.max_by_key(|checkpoint| checkpoint.size()).unwrap_or(of_card))
    }
}

/// One POST; the reason where it brings nothing.
fn ask(url: &str, question: &[u8]) -> Result<Vec<u8>, String> {
    let config = ureq::Agent::config_builder().timeout_global(Some(ANSWERS_WITHIN)).max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    let answer = agent.post(url).header("content-type", REQUEST_TYPE).send(question);
    let mut answer = answer.map_err(|error| error.to_string())?;
    let body = answer.body_mut().with_config().limit(RESPONSE_LIMIT as u64);
    body.read_to_vec().map_err(|error| error.to_string())
}
