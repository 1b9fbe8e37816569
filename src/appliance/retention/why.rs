//! The sentences: where a term is, why, and what its certificate's word means.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::state::day_of;
use crate::support::words::{self, Language, Said};

/// Why a term is where it is. `Said` gives its fields with days as `2033-12-31`, for scripts; the
/// sentence writes them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its invoices are expected.
    Open {
        /// The last day on which it must be kept.
        until: Date,
    },
    /// Nothing more is expected.
    Closed {
        /// The last day on which it must be kept.
        until: Date,
    },
    /// By a claim it is over; the floor has not got there.
    OnlyClaimed {
        /// The last day on which it must be kept.
        until: Date,
        /// The latest time proven past.
        floor: Timestamp,
    },
    /// Two officers said that it is over; the machine's clock does not say so now.
    OnlyDeclared {
        /// The last day on which it must be kept.
        until: Date,
    },
    /// Clock and two officers say that it is over, and the wait is not.
    WaitsDeclared {
        /// The last day on which it had to be kept.
        until: Date,
        /// Powered days that are left, begun ones counted.
        days: u64,
    },
    /// It is over, and held.
    Held {
        /// The last day on which it had to be kept.
        until: Date,
    },
    /// It is over; the journal does not know it yet.
    BecomesDue {
        /// The last day on which it had to be kept.
        until: Date,
    },
    /// It is due, and the wait is not over.
    Waits {
        /// The floor when it became due.
        since: Timestamp,
        /// The earliest floor at which it goes.
        after: Timestamp,
        /// Powered days that are left, begun ones counted.
        days: u64,
    },
    /// It is due by a time token, and a second one is wanted.
    NeedsSecondToken {
        /// The floor when it became due.
        since: Timestamp,
    },
    /// The wait is over: it is destroyed now.
    Goes {
        /// The floor when it became due.
        since: Timestamp,
    },
    /// Its key is gone.
    Destroyed {
        /// The floor when it went.
        on: Timestamp,
        /// The certificate's place in the journal.
        certificate: u64,
    },
}

enum Field {
    Day(Date),
    Number(u64),
}

impl Why {
    /// Whether only claims say that it is over.
    #[must_use]
    pub fn is_only_said(&self) -> bool {
        matches!(self, Self::OnlyClaimed { .. } | Self::OnlyDeclared { .. })
    }

    fn named(&self) -> (&'static str, Vec<(&'static str, Field)>) {
        use Field::{Day, Number};
        let day = |instant: Timestamp| Day(day_of(instant));
        match *self {
            Self::Open { until } => ("retention-open", vec![("until", Day(until))]),
            Self::Closed { until } => ("retention-closed", vec![("until", Day(until))]),
            Self::OnlyClaimed { until, floor } => {
                ("retention-only-claimed", vec![("until", Day(until)), ("floor", day(floor))])
            }
            Self::OnlyDeclared { until } => ("retention-only-declared", vec![("until", Day(until))]),
            Self::WaitsDeclared { until, days } => {
                ("retention-waits-declared", vec![("until", Day(until)), ("days", Number(days))])
            }
            Self::Held { until } => ("retention-held", vec![("until", Day(until))]),
            Self::BecomesDue { until } => ("retention-becomes-due", vec![("until", Day(until))]),
            Self::Waits { since, after, days } => (
                "retention-waits",
                vec![("since", day(since)), ("after", day(after)), ("days", Number(days))],
            ),
            Self::NeedsSecondToken { since } => ("retention-needs-second-token", vec![("since", day(since))]),
            Self::Goes { since } => ("retention-goes", vec![("since", day(since))]),
            Self::Destroyed { on, certificate } => {
                ("retention-destroyed", vec![("on", day(on)), ("certificate", Number(certificate))])
            }
        }
    }
}

impl Said for Why {
    fn code(&self) -> Cow<'static, str> {
        self.named().0.into()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let written = |field| match field {
            Field::Day(day) => day.to_string(),
            Field::Number(number) => number.to_string(),
        };
        self.named().1.into_iter().map(|(key, field)| (key, written(field))).collect()
    }

    fn say(&self, language: Language) -> String {
        let (code, fields) = self.named();
        let written = |field| match field {
            Field::Day(day) => words::date(language, day),
            Field::Number(number) => number.to_string(),
        };
        let fields: Vec<_> = fields.into_iter().map(|(key, field)| (key, written(field).into())).collect();
        words::message(language, code, &fields)
    }
}
