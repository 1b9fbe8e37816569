//! A term's states, and the judgement that moves it from one to the next.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::floor::plus_seconds;
use super::{Anchor, Floor, Stint, Why, Word};
pub use crate::exchange::law::over_at;
use crate::exchange::vocabulary::Digest;

const DAY: u64 = 24 * 60 * 60;

/// Seconds by which a second time token must be younger than the one that made a term due.
const TOKENS_APART: u64 = 30 * DAY;

/// Powered seconds between the journaled due date and the destruction: 30 days, and one
/// [`Stint::EVERY`], because what the box lived through just before may be counted just after.
pub const WAIT: u64 = 30 * DAY + Stint::EVERY;

/// Months after a book year's last day, and after the term was opened on this box, in which late
/// invoices are still expected. Twelve, because a year's accounts are closed and its VAT is corrected
/// in the year after; and after the opening, because back years are brought in when a box is new.
pub const LATE_MONTHS: i32 = 12;

/// What the box knows about a term, all of it from its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The last day of its book year.
    pub last: Date,
    /// The last day on which it must be kept, by the law table and the officer.
    pub until: Date,
    /// The floor when the term was opened on this box.
    pub opened: Timestamp,
    /// The latest journaled due date.
    pub due: Option<Due>,
    /// Its end.
    pub destroyed: Option<Destroyed>,
}

/// The journaled event that a term has become due. The order of the fields is that of the CBOR map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The last day on which the term had to be kept; if that is moved, this event is void.
    pub until: Date,
    /// The floor when it became due.
    pub floor: Timestamp,
    /// Powered seconds in the box's life when it became due: the wait counts from here.
    pub powered: u64,
    /// What made it due.
    pub by: DueBy,
}

/// What made a term due. It counts for as long as that still says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueBy {
    /// What the box itself has lived through.
    Box,
    /// This token: without it the floor was not past the end.
    Token(Digest),
    /// The clock and two officers.
    Claims,
}

/// The end of a term, as its certificate has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// The floor when its key was destroyed.
    pub floor: Timestamp,
    /// How its end was known.
    pub word: Word,
    /// The certificate's place in the journal.
    pub certificate: u64,
}

/// What else the box knows, beside the term's facts.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The latest time proven past.
    pub floor: &'a Floor,
    /// Holds on the whole term, those that were released too: the wait begins anew.
    pub holds: &'a [Hold],
    /// Verified time tokens over checkpoints of this journal, without those that were struck.
    pub tokens: &'a [TokenTime],
    /// Times that are only said. None moves the floor; see [`judge`] for what they do together.
    pub claims: &'a [Claim],
}

/// A hold on a whole term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Powered seconds in the box's life when it was released; none while it holds.
    pub released: Option<u64>,
}

/// A verified time token over a checkpoint of this journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTime {
    /// Its time less its accuracy: not later than when the authority signed.
    pub at: Timestamp,
    /// Which it is.
    pub token: Digest,
}

impl TokenTime {
    pub(super) fn anchor(&self) -> Anchor {
        Anchor::Token { at: self.at, token: self.token }
    }
}

/// A time that is only said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The time.
    pub at: Timestamp,
    /// Who says it.
    pub by: ClaimedBy,
}

/// Who says a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimedBy {
    /// This machine's clock.
    HardwareClock,
    /// A sender's signing time.
    Sender,
    /// Two officers together.
    TwoOfficers {
        /// Powered seconds in the box's life when they said it.
        powered: u64,
    },
}

/// Where a term is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermState {
    /// Its invoices are expected.
    Open,
    /// Nothing more is expected; a late invoice is still taken, for the law still asks to keep it.
    Closed,
    /// Over. Documents are locked; numbers and dates are still listed, so that a hold can be decided.
    Due {
        /// The floor when it became due.
        since: Timestamp,
        /// The earliest floor at which it goes, if the box stays on.
        destroy_after: Timestamp,
    },
    /// Its key is gone.
    Destroyed {
        /// The floor when it went.
        on: Timestamp,
        /// The certificate's place in the journal.
        certificate: u64,
    },
}

impl TermState {
    /// Whether a bundle of this term is taken in.
    #[must_use]
    pub fn takes_bundles(self) -> bool {
        matches!(self, Self::Open | Self::Closed)
    }

    /// Whether its documents may be opened.
    #[must_use]
    pub fn opens_documents(self) -> bool {
        matches!(self, Self::Open | Self::Closed)
    }

    /// Whether the numbers and dates of its invoices are listed.
    #[must_use]
    pub fn lists_numbers(self) -> bool {
        !matches!(self, Self::Destroyed { .. })
    }

    /// The message of its name: "open", "due".
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Open => "retention-state-open",
            Self::Closed => "retention-state-closed",
            Self::Due { .. } => "retention-state-due",
            Self::Destroyed { .. } => "retention-state-destroyed",
        }
    }
}

/// What the keeper is to do about a term now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Journal that it is due. The wait begins once that is durable.
    BecomeDue(Due),
    /// Destroy its key, with this word on the certificate.
    Destroy(Word),
}

/// What follows from a term's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Where it is.
    pub state: TermState,
    /// What is to be done now, if anything.
    pub deed: Option<Deed>,
    /// The sentence.
    pub why: Why,
    /// How its end is known, once it is.
    pub word: Option<Word>,
    /// The tokens that prove it, the earliest first; none where the word is another than *proven*.
    pub proven_by: Vec<Digest>,
}

/// Whether the floor or only claims are past a term's end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Floor,
    Claims,
}

/// What is due and why. Asked again and again; the same facts give the same answer.
///
/// A term is over when the floor is past its end. Where it is not, it is over too when the machine's clock
/// says so today and two officers have said so (*declared*): either alone does nothing. From then on it
/// waits, and goes by the deed that comes out of here and by no other way.
#[must_use]
pub fn judge(facts: &Facts, evidence: &Evidence<'_>) -> Judgement {
    if let Some(Destroyed { floor: on, word, certificate }) = facts.destroyed {
        return Judgement {
            state: TermState::Destroyed { on, certificate },
            deed: None,
            why: Why::Destroyed { on, certificate },
            word: Some(word),
            proven_by: Vec::new(),
        };
    }
    let until = facts.until;
    let over = if evidence.floor.instant() >= over_at(until) {
        Over::Floor
    } else if clock_claims(until, evidence) && declared(until, evidence).is_some() {
        Over::Claims
    } else {
        return kept(facts, evidence);
    };
    if evidence.holds.iter().any(|hold| hold.released.is_none()) {
        let why = Why::Held { until };
        return Judgement { state: TermState::Closed, deed: None, why, word: None, proven_by: Vec::new() };
    }
    let proven_by = if over == Over::Floor { proving(until, evidence.tokens) } else { Vec::new() };
    let word = match over {
        Over::Claims => Word::Declared,
        Over::Floor if proven_by.is_empty() => Word::Counted,
        Over::Floor => Word::Proven,
    };
    let (floor, powered) = (evidence.floor.instant(), evidence.floor.powered());
    let Some(due) = facts.due.as_ref().filter(|due| still_counts(due, over, facts, evidence)) else {
        let by = match (over, evidence.floor.anchor()) {
            (Over::Claims, _) => DueBy::Claims,
            (Over::Floor, Anchor::Token { token, .. })
                if evidence.floor.without_tokens() < over_at(until) =>
            {
                DueBy::Token(*token)
            }
            (Over::Floor, _) => DueBy::Box,
        };
        let due = Due { until, floor, powered, by };
        return Judgement {
            state: TermState::Due { since: floor, destroy_after: plus_seconds(floor, WAIT) },
            deed: Some(Deed::BecomeDue(due)),
            why: Why::BecomesDue { until },
            word: Some(word),
            proven_by,
        };
    };
    let left = due.powered.saturating_add(WAIT).saturating_sub(powered);
    let destroy_after = plus_seconds(floor, left);
    let (deed, why) = if left > 0 {
        let days = left.saturating_sub(Stint::EVERY).div_ceil(DAY).max(1);
        let (since, after) = (due.floor, destroy_after);
        let why = match over {
            Over::Floor => Why::Waits { since, after, days },
            Over::Claims => Why::WaitsDeclared { until, days },
        };
        (None, why)
    } else if !second_token(due, facts, evidence) {
        (None, Why::NeedsSecondToken { since: due.floor })
    } else {
        (Some(Deed::Destroy(word)), Why::Goes { since: due.floor })
    };
    let state = TermState::Due { since: due.floor, destroy_after };
    Judgement { state, deed, why, word: Some(word), proven_by }
}

/// A term whose end nothing has passed that counts. Where the journal has it as due, an old copy of the
/// clock lowered the floor, a token was struck, or its end was moved: it is kept again, and nothing is
/// lost.
fn kept(facts: &Facts, evidence: &Evidence<'_>) -> Judgement {
    let (floor, until) = (evidence.floor.instant(), facts.until);
    let late = |day: Date| over_at(day.saturating_add(LATE_MONTHS.months()));
    let closed = floor >= late(facts.last) && floor >= late(day_of(facts.opened));
    let state = if closed { TermState::Closed } else { TermState::Open };
    let claimed = evidence.claims.iter().any(|claim| claim.at >= over_at(until));
    let why = if declared(until, evidence).is_some() {
        Why::OnlyDeclared { until }
    } else if claimed {
        Why::OnlyClaimed { until, floor }
    } else if closed {
        Why::Closed { until }
    } else {
        Why::Open { until }
    };
    Judgement { state, deed: None, why, word: None, proven_by: Vec::new() }
}

/// Whether this machine's clock says now that the term is over.
fn clock_claims(until: Date, evidence: &Evidence<'_>) -> bool {
    let past = |claim: &Claim| claim.by == ClaimedBy::HardwareClock && claim.at >= over_at(until);
    evidence.claims.iter().any(past)
}

/// The powered seconds at which two officers first said that the term is over.
fn declared(until: Date, evidence: &Evidence<'_>) -> Option<u64> {
    let past = evidence.claims.iter().filter(|claim| claim.at >= over_at(until));
    past.filter_map(|claim| match claim.by {
        ClaimedBy::TwoOfficers { powered } => Some(powered),
        ClaimedBy::HardwareClock | ClaimedBy::Sender => None,
    })
    .min()
}

/// The tokens that are later than a term's end, the earliest first: two at most that are as far apart as
/// [`second_token`] asks, because a certificate names them, and more say no more.
fn proving(until: Date, tokens: &[TokenTime]) -> Vec<Digest> {
    let mut past: Vec<_> = tokens.iter().filter(|token| token.at >= over_at(until)).collect();
    past.sort_by_key(|token| (token.at, token.token.0));
    let second = past.first().and_then(|first| past.iter().find(|other| are_apart(first.at, other.at)));
    past.first().into_iter().chain(second).map(|token| token.token).collect()
}

/// Whether a journaled due date still counts: the term's end was not moved since, no hold was
/// released since, the box's powered seconds are not fewer than they were then (an old copy of
/// the clock: it becomes due once more, and waits once more), and what made it due still says so. What
/// claims made due becomes due anew when the floor passes its end, so that no single token takes the place
/// of what two officers said, nor the certificate a stronger word than was waited for.
fn still_counts(due: &Due, over: Over, facts: &Facts, evidence: &Evidence<'_>) -> bool {
    let released = evidence.holds.iter().filter_map(|hold| hold.released).max().unwrap_or(0);
    let still_so = match due.by {
        DueBy::Box => true,
        DueBy::Token(token) => evidence.tokens.iter().any(|known| known.token == token),
        DueBy::Claims => over == Over::Claims,
    };
    still_so && due.until == facts.until && due.powered >= released && due.powered <= evidence.floor.powered()
}

/// Where a token made a term due, a second one must be at least 30 days younger and past the end itself,
/// unless the box has lived through to the end in the meantime: one wrong token destroys nothing, and an
/// honest one from before the end does not help it.
fn second_token(due: &Due, facts: &Facts, evidence: &Evidence<'_>) -> bool {
    let DueBy::Token(first) = due.by else { return true };
    let first = evidence.tokens.iter().find(|token| token.token == first);
    evidence.floor.without_tokens() >= over_at(facts.until)
        || first.is_some_and(|first| {
            let confirms =
                |other: &TokenTime| are_apart(first.at, other.at) && other.at >= over_at(facts.until);
            evidence.tokens.iter().any(confirms)
        })
}

fn are_apart(first: Timestamp, second: Timestamp) -> bool {
    second >= plus_seconds(first, TOKENS_APART)
}

/// The day of an instant, in UTC.
pub(super) fn day_of(instant: Timestamp) -> Date {
    Offset::UTC.to_datetime(instant).date()
}
