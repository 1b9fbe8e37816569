//! Time from outside: tokens are taken and struck, authorities pinned, and what two officers say of the
//! date is noted. The floor follows from it; `retention` says how.
//!
//! Order on the disk, of a token: the file into `journal/tokens`, with what it was judged by; the event;
//! the floor. Of a decision: the vault, so that no old image undoes it; the event; who decided; the floor.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::init::at_noon;
use super::take::Outcome;
use super::{Keeper, KeeperRefusal, OwnRefusal, Pair, held, utc_day};
use crate::appliance::reader;
use crate::appliance::retention::{Anchor, Claim, ClaimedBy, TokenTime};
use crate::appliance::vault::Contents;
use crate::exchange::bundle::{TokenEvidence, cbor};
use crate::exchange::journal::event::{FloorMoved, PinsChanged, TimeDeclared, TokenStruck, TokenTaken};
use crate::exchange::journal::{Event, JournalRefusal, SignedCheckpoint};
use crate::exchange::time::{Pin, TOKEN_LIMIT, TimeRefusal, Token};
use crate::exchange::vocabulary::Digest;
use crate::support::claimed_clock::claimed_now;
use crate::support::durable::{self, failpoint};
use crate::support::words::{self, Language};

/// Bytes of the vault's entry at most.
const AUTHORITIES_LIMIT: usize = 1 << 20;
/// Authorities that are believed at a time at most.
const MOST_PINS: usize = 16;
/// Declarations that are remembered, the latest dates.
const MOST_DECLARATIONS: usize = 16;
/// Days after which a box that got no token says so.
const WITHOUT_TOKEN: i64 = 365;

/// What the vault keeps of it, as canonical CBOR.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Authorities {
    /// Whose word on the time is taken.
    pins: Vec<Pin>,
    /// Tokens that two officers struck.
    struck: Vec<Digest>,
    /// What two officers said of the time.
    declared: Vec<Declaration>,
}

/// A time that two officers said has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The time.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub time: Timestamp,
    /// Powered seconds in the box's life when they said it.
    pub powered: u64,
}

impl Authorities {
    /// What a new box believes.
    ///
    /// # Errors
    /// [`OwnRefusal::TooManyPins`].
    pub(super) fn new(pins: Vec<Pin>) -> Result<Self, OwnRefusal> {
        if pins.len() > MOST_PINS {
            return Err(OwnRefusal::TooManyPins { limit: MOST_PINS });
        }
        Ok(Self { pins, ..Self::default() })
    }

    pub(super) fn read(contents: &Contents) -> Result<Self, KeeperRefusal> {
        if contents.authorities.is_empty() {
            return Ok(Self::default());
        }
        cbor::decode(&contents.authorities, AUTHORITIES_LIMIT)
            .map_err(|refusal| OwnRefusal::JournalBroken { reason: refusal.to_string() }.into())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}

/// A token that is here, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// The SHA-256 of the authority's answer, by which it is named.
    pub token: Digest,
    /// The time that it proves past.
    pub time: Timestamp,
    /// The fingerprint of the authority.
    pub authority: Digest,
    /// Whose that is, where it is pinned still and has a name.
    pub name: String,
    /// How many entries the journal had that it was made over.
    pub size: u64,
    /// Whether two officers struck it.
    pub struck: bool,
}

impl TokenView {
    /// What is said of it.
    pub(super) fn say(&self, file: &str, message: &str, language: Language) -> String {
        let fields = [
            ("file", file.into()),
            ("date", words::date(language, utc_day(self.time)).into()),
            ("size", self.size.to_string().into()),
        ];
        words::message(language, message, &fields)
    }
}

/// A pinned authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinView {
    /// Its certificate's or key's SHA-256.
    pub fingerprint: Digest,
    /// Its name, where it has one.
    pub name: String,
}

/// How the floor was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// From where.
    pub from: Timestamp,
    /// To where.
    pub to: Timestamp,
}

/// What the keeper knows of time from outside.
#[derive(Default)]
pub(super) struct Outside {
    authorities: Authorities,
    /// All that were taken, in the journal's order.
    taken: Vec<TokenTaken>,
}

impl Outside {
    pub(super) fn of(contents: &Contents) -> Result<Self, KeeperRefusal> {
        Ok(Self { authorities: Authorities::read(contents)?, taken: Vec::new() })
    }

    /// A token of the journal.
    pub(super) fn enter(&mut self, taken: TokenTaken) {
        self.taken.push(taken);
    }

    /// A strike of the journal. The vault has it first; here an older vault is put right.
    pub(super) fn enter_struck(&mut self, token: Digest) {
        if !self.authorities.struck.contains(&token) {
            self.authorities.struck.push(token);
        }
    }

    /// The tokens that count.
    pub(super) fn tokens(&self) -> Vec<TokenTime> {
        let counts = |taken: &&TokenTaken| !self.authorities.struck.contains(&taken.token);
        let counting = self.taken.iter().filter(counts);
        counting.map(|taken| TokenTime { at: taken.time, token: taken.token }).collect()
    }

    /// What is said of a token that is here already.
    fn here(&self, token: Digest) -> Result<Option<Outcome>, OwnRefusal> {
        let Some(known) = self.taken.iter().find(|taken| taken.token == token) else { return Ok(None) };
        let view = self.view(known);
        if view.struck {
            Err(OwnRefusal::TokenWasStruck { token })
        } else {
            Ok(Some(Outcome::TokenHere(view)))
        }
    }

    fn view(&self, taken: &TokenTaken) -> TokenView {
        let pin = self.authorities.pins.iter().find(|pin| pin.fingerprint() == taken.authority);
        TokenView {
            token: taken.token,
            time: taken.time,
            authority: taken.authority,
            name: pin.map(|pin| pin.name().to_owned()).unwrap_or_default(),
            size: taken.size,
            struck: self.authorities.struck.contains(&taken.token),
        }
    }
}

impl Keeper {
    /// Takes a time token: has it checked by a process without keys, sees that it is over a head of this
    /// journal, keeps it as evidence, and lets it move the floor.
    pub(super) fn take_token(&self, path: &Path) -> Result<Outcome, KeeperRefusal> {
        self.take_token_file(&durable::read_up_to(path, TOKEN_LIMIT as u64)?)
    }

    /// The same of a token's file that was read already.
    pub(super) fn take_token_file(&self, file: &[u8]) -> Result<Outcome, KeeperRefusal> {
        if let Some(stopped) = self.stopped() {
            return Err(stopped);
        }
        // Without the lock, because everybody who asks where a term stands waits for it.
        let pins = held(&self.outside).authorities.pins.clone();
        let reader::Checked { token, verdict } = reader::check_token(file, &pins)??;
        let name = token.digest();
        if let Some(here) = held(&self.outside).here(name)? {
            return Ok(here);
        }
        if pins.is_empty() {
            return Err(OwnRefusal::NoAuthority.into());
        }
        let verified = verdict?;
        let seen = self.head_under(&token)?;
        self.judge_head(&seen)?;

        // Held to the end: two that come at once are taken one after the other, and what officers decided
        // meanwhile counts.
        let mut outside = held(&self.outside);
        if let Some(here) = outside.here(name)? {
            return Ok(here);
        }
        let pins = &outside.authorities.pins;
        let pin = pins.iter().find(|pin| pin.fingerprint() == verified.authority);
        let authority = || TimeRefusal::NotPinned { authority: verified.authority.to_string() };
        let pin = pin.ok_or_else(authority)?;
        let evidence = self.directory.join("journal/tokens");
        durable::create_dir_all(&evidence)?;
        let authority = evidence.join(format!("{}.authority.der", verified.authority));
        if !authority.exists() {
            durable::write_atomically(&authority, pin.as_der(), 0o644)?;
        }
        durable::write_atomically(&evidence.join(format!("{name}.tsr")), file, 0o644)?;
        failpoint("token-kept");
        let taken = TokenTaken {
            at: self.now(),
            token: name,
            time: verified.past(),
            authority: verified.authority,
            size: seen.size(),
        };
        self.write_public(taken.clone())?;
        failpoint("token-journaled");
        let view = outside.view(&taken);
        outside.enter(taken);
        self.settle_floor(&outside.tokens(), Some(name))?;
        Ok(Outcome::Token(view))
    }

    /// A token as a certificate carries it; none where its file does not lie there as it was taken.
    pub(super) fn token_evidence(&self, name: Digest) -> Option<TokenEvidence> {
        let taken = held(&self.outside).taken.iter().find(|taken| taken.token == name)?.clone();
        let path = self.directory.join("journal/tokens").join(format!("{name}.tsr"));
        let file = durable::read_up_to(&path, TOKEN_LIMIT as u64).ok()?;
        let token = Token::open(&file).ok().filter(|token| token.digest() == name)?;
        Some(TokenEvidence {
            digest: name,
            authority: taken.authority,
            time: taken.time,
            over: std::str::from_utf8(token.over()).ok()?.to_owned(),
            token: token.response().to_vec(),
        })
    }

    /// Whether a token's evidence lies there as it was taken, and still proves what the journal says of it:
    /// checked once more by a process without keys, against the authority that is kept beside it.
    pub(super) fn is_kept(&self, taken: &TokenView) -> Result<bool, KeeperRefusal> {
        let evidence = self.directory.join("journal/tokens");
        let read = |name: String| durable::read_up_to(&evidence.join(name), TOKEN_LIMIT as u64);
        let file = read(format!("{}.tsr", taken.token));
        let authority = read(format!("{}.authority.der", taken.authority));
        let (Ok(file), Ok(authority)) = (file, authority) else { return Ok(false) };
        let Ok(pin) = Pin::read(&authority) else { return Ok(false) };
        if pin.fingerprint() != taken.authority {
            return Ok(false);
        }
        let Ok(checked) = reader::check_token(&file, std::slice::from_ref(&pin))? else { return Ok(false) };
        let proves = checked.verdict.is_ok_and(|verified| verified.past() == taken.time);
        Ok(proves && checked.token.digest() == taken.token)
    }

    /// The head of this box's journal that a token is over.
    fn head_under(&self, token: &Token<'_>) -> Result<SignedCheckpoint, KeeperRefusal> {
        let no_note = JournalRefusal::CheckpointForm { line: 1 };
        let note = std::str::from_utf8(token.over()).map_err(|_| no_note);
        let seen = note.and_then(|note| SignedCheckpoint::verify(note, self.facts.box_id, &self.facts.key));
        seen.map_err(|refusal| OwnRefusal::TokenOverOther { reason: refusal.to_string() }.into())
    }

    /// Lets the floor follow from the tokens that count, and journals where that moves it.
    pub(super) fn settle_floor(
        &self,
        tokens: &[TokenTime],
        token: Option<Digest>,
    ) -> Result<Option<Moved>, KeeperRefusal> {
        let moved = {
            let mut clock = held(&self.clock);
            let from = clock.floor().instant();
            clock.believe(tokens)?;
            Moved { from, to: clock.floor().instant() }
        };
        if moved.from == moved.to {
            return Ok(None);
        }
        self.write_public(FloorMoved { at: self.now(), from: moved.from, to: moved.to, token })?;
        Ok(Some(moved))
    }

    /// Two officers strike a token that others contradict: nothing rests on it any more.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchToken`]; the vault's and the journal's.
    pub fn strike_token(&self, by: &Pair, named: &str) -> Result<(Digest, Option<Moved>), KeeperRefusal> {
        let mut outside = held(&self.outside);
        let names: BTreeSet<_> = outside.tokens().into_iter().map(|token| token.token.to_string()).collect();
        let mut fitting = outside.taken.iter().filter(|taken| {
            let name = taken.token.to_string();
            names.contains(&name) && named.len() >= 8 && name.starts_with(named)
        });
        let (Some(taken), None) = (fitting.next(), fitting.next()) else {
            let list = names.iter().map(|name| name[..16].to_owned()).collect::<Vec<_>>().join(", ");
            return Err(OwnRefusal::NoSuchToken { token: named.to_owned(), list }.into());
        };
        let token = taken.token;
        let struck = |authorities: &mut Authorities| authorities.struck.push(token);
        let event = |_: &Authorities| TokenStruck { at: self.now(), token }.into();
        self.decide_time(&mut outside, by.names(), struck, event)?;
        let moved = self.settle_floor(&outside.tokens(), Some(token))?;
        Ok((token, moved))
    }

    /// Two officers pin an authority.
    ///
    /// # Errors
    /// [`OwnRefusal::PinThere`], [`OwnRefusal::TooManyPins`]; the vault's and the journal's.
    pub fn pin_authority(&self, by: &Pair, pin: &Pin) -> Result<PinView, KeeperRefusal> {
        let mut outside = held(&self.outside);
        let fingerprint = pin.fingerprint();
        if outside.authorities.pins.iter().any(|known| known.fingerprint() == fingerprint) {
            return Err(OwnRefusal::PinThere { fingerprint }.into());
        }
        if outside.authorities.pins.len() >= MOST_PINS {
            return Err(OwnRefusal::TooManyPins { limit: MOST_PINS }.into());
        }
        let pinned = |authorities: &mut Authorities| authorities.pins.push(pin.clone());
        self.decide_time(&mut outside, by.names(), pinned, |now| self.pins_changed(now))?;
        Ok(PinView { fingerprint, name: pin.name().to_owned() })
    }

    /// Two officers take the word of an authority no longer. Its earlier tokens stay until they are struck.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchPin`]; the vault's and the journal's.
    pub fn unpin_authority(&self, by: &Pair, named: &str) -> Result<PinView, KeeperRefusal> {
        let mut outside = held(&self.outside);
        let pins = &outside.authorities.pins;
        let mut fitting =
            pins.iter().filter(|pin| named.len() >= 8 && pin.fingerprint().to_string().starts_with(named));
        let (Some(pin), None) = (fitting.next(), fitting.next()) else {
            let list = pins.iter().map(|pin| pin.fingerprint().to_string()[..16].to_owned());
            let list = list.collect::<Vec<_>>().join(", ");
            return Err(OwnRefusal::NoSuchPin { fingerprint: named.to_owned(), list }.into());
        };
        let view = PinView { fingerprint: pin.fingerprint(), name: pin.name().to_owned() };
        let unpinned = |authorities: &mut Authorities| {
            authorities.pins.retain(|pin| pin.fingerprint() != view.fingerprint);
        };
        self.decide_time(&mut outside, by.names(), unpinned, |now| self.pins_changed(now))?;
        Ok(view)
    }

    /// Two officers say that this day has come. It is a claim: by itself it moves nothing.
    ///
    /// # Errors
    /// The vault's and the journal's.
    pub fn declare_time(&self, by: &Pair, day: Date) -> Result<Declaration, KeeperRefusal> {
        let mut outside = held(&self.outside);
        let declaration = Declaration { time: at_noon(day), powered: held(&self.clock).floor().powered() };
        let declared = |authorities: &mut Authorities| {
            authorities.declared.push(declaration);
            authorities.declared.sort_by_key(|one| std::cmp::Reverse(one.time));
            authorities.declared.truncate(MOST_DECLARATIONS);
        };
        let Declaration { time, powered } = declaration;
        let event = |_: &Authorities| TimeDeclared { at: self.now(), by: by.names(), time, powered }.into();
        self.decide_time(&mut outside, Vec::new(), declared, event)?;
        Ok(declaration)
    }

    /// Changes what the vault keeps of it, and tells the journal.
    fn decide_time(
        &self,
        outside: &mut Outside,
        by: Vec<String>,
        change: impl FnOnce(&mut Authorities),
        event: impl FnOnce(&Authorities) -> Event,
    ) -> Result<(), KeeperRefusal> {
        let mut next = outside.authorities.clone();
        change(&mut next);
        let keep = |contents: &mut Contents| contents.authorities = next.to_bytes();
        let decided = self.deciding().keep(event(&next), by, keep)?;
        outside.authorities = next;
        decided.tell()
    }

    fn pins_changed(&self, now: &Authorities) -> Event {
        PinsChanged { at: self.now(), pins: now.pins.iter().map(Pin::fingerprint).collect() }.into()
    }

    /// What is said of the time: by this machine's clock, which reads `clock`, and by two officers. A
    /// demo's clock is turned by hand and claims nothing.
    pub(super) fn claims(&self, clock: Timestamp) -> Vec<Claim> {
        if self.facts.demo {
            return Vec::new();
        }
        let outside = held(&self.outside);
        let officers = outside.authorities.declared.iter().map(|declared| Claim {
            at: declared.time,
            by: ClaimedBy::TwoOfficers { powered: declared.powered },
        });
        officers.chain([Claim { at: clock, by: ClaimedBy::HardwareClock }]).collect()
    }

    /// What the box believes about the time, and why.
    #[must_use]
    pub fn clock(&self) -> ClockView {
        let outside = held(&self.outside);
        let (floor, anchor, powered) = {
            let clock = held(&self.clock);
            (clock.floor().instant(), *clock.floor().anchor(), clock.floor().powered())
        };
        let claimed = claimed_now();
        let tokens: Vec<_> = outside.taken.iter().map(|taken| outside.view(taken)).collect();
        let newest = tokens.iter().filter(|token| !token.struck).map(|token| token.time).max();
        let since = newest.or_else(|| self.all_rooms().iter().map(|room| room.facts.opened).min());
        let latest = if self.facts.demo { floor } else { floor.max(claimed) };
        let late = |since: &Timestamp| utc_day(*since).saturating_add(WITHOUT_TOKEN.days()) < utc_day(latest);
        ClockView {
            floor,
            anchor,
            powered,
            claimed,
            demo: self.facts.demo,
            declared: outside.authorities.declared.clone(),
            pins: outside
                .authorities
                .pins
                .iter()
                .map(|pin| PinView { fingerprint: pin.fingerprint(), name: pin.name().to_owned() })
                .collect(),
            tokens,
            without_token_since: since.filter(late),
        }
    }
}

/// What the box believes about the time, and why.
#[derive(Clone, Debug)]
pub struct ClockView {
    /// The latest time proven past.
    pub floor: Timestamp,
    /// What it is counted from.
    pub anchor: Anchor,
    /// Seconds that the box was powered in its life.
    pub powered: u64,
    /// The machine's clock: a claim.
    pub claimed: Timestamp,
    /// Whether the clock of this box can be turned.
    pub demo: bool,
    /// What two officers said: claims too.
    pub declared: Vec<Declaration>,
    /// Whose word on the time is taken.
    pub pins: Vec<PinView>,
    /// The tokens that were taken, in the journal's order.
    pub tokens: Vec<TokenView>,
    /// Since when no token has come, where that is more than a year.
    pub without_token_since: Option<Timestamp>,
}

impl ClockView {
    /// All of it in sentences: the floor and what it rests on, what is only claimed, and what is missing.
    #[must_use]
    pub fn say(&self, language: Language) -> Vec<String> {
        let day = |at: Timestamp| words::date(language, utc_day(at));
        let of = |name: &str, fields: &[(&str, String)]| {
            let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, value.as_str().into())).collect();
            words::message(language, name, &fields)
        };
        let since = self.floor.as_second().saturating_sub(self.anchor.at().as_second()).max(0);
        let counted = [
            ("floor", day(self.floor)),
            ("from", day(self.anchor.at())),
            ("days", (since / 86_400).to_string()),
        ];
        let mut said = vec![match &self.anchor {
            Anchor::Release { .. } => of("keeper-clock-release", &counted),
            Anchor::Token { token, .. } => {
                let known = self.tokens.iter().find(|known| known.token == *token);
                let authority = known.map(TokenView::authority_name).unwrap_or_default();
                of("keeper-clock-token", &[&counted[..], &[("authority", authority)]].concat())
            }
            Anchor::Turned { .. } => of("keeper-clock-turned", &counted),
        }];
        if self.demo {
            return said;
        }
        said.push(of("keeper-clock-claimed", &[("claimed", day(self.claimed))]));
        if let Some(declared) = self.declared.first() {
            said.push(of("keeper-clock-declared", &[("declared", day(declared.time))]));
        }
        for token in self.tokens.iter().filter(|token| token.struck) {
            let token = [("time", day(token.time)), ("authority", token.authority_name())];
            said.push(of("keeper-clock-struck", &token));
        }
        if self.pins.is_empty() {
            said.push(of("keeper-clock-no-authority", &[]));
        } else if let Some(since) = self.without_token_since {
            said.push(of("keeper-clock-no-token", &[("since", day(since))]));
        }
        said
    }
}

impl TokenView {
    /// The authority's name, or else the beginning of its fingerprint.
    fn authority_name(&self) -> String {
        if self.name.is_empty() { self.authority.to_string()[..16].to_owned() } else { self.name.clone() }
    }
}
