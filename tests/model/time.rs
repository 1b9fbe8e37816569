//! What the model's keeper believes of the time: `retention::judge` in stretches of 30 days.

use super::Mutation;
use super::state::{APART, Day, Due, DueBy, EARLY, Hold, Journal, Table, Term, WAIT, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Dead,
    Kept,
    Held,
    BecomesDue(Due),
    Waits,
    NeedsSecondToken,
    Goes(Word),
}

/// All that a judgement looks at.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub end: Day,
    pub table: &'a Table,
    pub journal: &'a Journal,
    pub powered: Day,
    pub clock_claims: bool,
}

impl Facts<'_> {
    /// The floor, and the token that it is counted from; `but` is a token not to be looked at.
    pub fn floor(&self, but: Option<usize>) -> (Day, Option<usize>) {
        let mut floor = (self.powered, None);
        for (place, token) in self.tokens() {
            let counted = token.0 + self.powered.saturating_sub(token.1);
            if Some(place) != but && counted > floor.0 {
                floor = (counted, Some(place));
            }
        }
        floor
    }

    /// The places, times and arrivals of the tokens that are not struck.
    fn tokens(&self) -> impl Iterator<Item = (usize, (Day, Day))> + '_ {
        let kept = self.journal.tokens.iter().enumerate();
        kept.filter_map(|(place, token)| Some((place, (*token)?)))
            .filter(|(_, token)| !(token.lies && self.table.struck))
            .map(|(place, token)| (place, (token.at, token.powered)))
    }

    /// Whether the end is past by the rest of the evidence, whichever one token is left out.
    pub fn past_without_any_one_token(&self) -> bool {
        (0..self.journal.tokens.len()).all(|place| self.floor(Some(place)).0 >= self.end)
    }

    pub fn judge(&self, term: usize, mutation: Option<Mutation>) -> Verdict {
        if self.table.terms[term] != Term::Living {
            return Verdict::Dead;
        }
        let (floor, token) = self.floor(None);
        let by = match token {
            _ if self.powered >= self.end => DueBy::Box,
            Some(place) if floor >= self.end => DueBy::Token(place),
            _ if self.claimed(term) => DueBy::Claims,
            _ => return Verdict::Kept,
        };
        if term == EARLY && self.table.hold == Hold::Placed {
            return Verdict::Held;
        }
        let Some(due) = self.journal.due[term].filter(|due| self.still_counts(term, due, by, mutation))
        else {
            return Verdict::BecomesDue(Due { powered: self.powered, by });
        };
        if self.powered < due.powered + WAIT {
            return Verdict::Waits;
        }
        if !self.second_token(&due, mutation) {
            return Verdict::NeedsSecondToken;
        }
        let proven = self.tokens().any(|(_, (at, _))| at >= self.end);
        Verdict::Goes(match by {
            DueBy::Claims => Word::Declared,
            _ if proven || mutation == Some(Mutation::CallCountedProven) => Word::Proven,
            _ => Word::Counted,
        })
    }

    /// The clock says now that the term is over, and two officers have said it.
    fn claimed(&self, term: usize) -> bool {
        term == EARLY && self.clock_claims && self.journal.declared
    }

    /// `by` is what says now that the term is over.
    fn still_counts(&self, term: usize, due: &Due, by: DueBy, mutation: Option<Mutation>) -> bool {
        let released = match self.table.hold {
            Hold::Released(at) if term == EARLY => at,
            Hold::Released(_) | Hold::None | Hold::Placed => 0,
        };
        let still_so = match due.by {
            DueBy::Box => true,
            DueBy::Token(place) => self.tokens().any(|(kept, _)| kept == place),
            DueBy::Claims => {
                by == DueBy::Claims || mutation == Some(Mutation::TokenLiftsAClaim) && self.claimed(term)
            }
        };
        // A clock file that was lost may have put the release after now: then the days count from now.
        let released = match mutation {
            Some(Mutation::ReleaseAfterNow) => released,
            _ => released.min(self.powered),
        };
        still_so && due.powered >= released && due.powered <= self.powered
    }

    fn second_token(&self, due: &Due, mutation: Option<Mutation>) -> bool {
        let DueBy::Token(first) = due.by else { return true };
        let Some(first) = self.journal.tokens[first] else { return false };
        // Not only younger: it must itself show the end past.
        let enough = match mutation {
            Some(Mutation::NoSecondToken) => return true,
            Some(Mutation::SecondTokenOnlyYounger) => first.at + APART,
            _ => (first.at + APART).max(self.end),
        };
        self.powered >= self.end || self.tokens().any(|(_, (at, _))| at >= enough)
    }
}
