//! Who stands at the console: officers, auditors with a pass, and why they look.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Keeper, KeeperRefusal, OwnRefusal, held, utc_day};
use crate::appliance::vault::{self, Pass, PassPhrase};
use crate::exchange::journal::event::{LogInRefused, LoggedIn, PassIssued};

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers for the box.
    Officer,
    /// Looks things up on a pass.
    Auditor,
}

/// Somebody who has logged in, and why he looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The officer's name, or the pass's.
    pub who: String,
    /// What he may do.
    pub role: Role,
    /// The reason's code; an auditor's is his pass.
    pub reason: String,
}

/// A new pass, and the pass-phrase that is shown this once.
pub struct PassMade {
    /// The pass's name, which the auditor types.
    pub id: String,
    /// Shown once, kept nowhere.
    pub pass_phrase: PassPhrase,
    /// The last day on which it is good.
    pub until: Date,
}

impl Keeper {
    /// Lets in whoever has this name: an officer, or an auditor by his pass.
    ///
    /// # Errors
    /// As [`Keeper::log_in_officer`] and [`Keeper::log_in_auditor`].
    pub fn log_in(&self, name: &str, typed: &str) -> Result<Visitor, KeeperRefusal> {
        if held(&self.vault).contents().passes.contains_key(name) {
            self.log_in_auditor(name, typed)
        } else {
            self.log_in_officer(name, typed)
        }
    }

    /// Lets an officer in.
    ///
    /// # Errors
    /// [`OwnRefusal::WrongPass`]; the journal's.
    pub fn log_in_officer(&self, name: &str, typed: &str) -> Result<Visitor, KeeperRefusal> {
        let known = held(&self.vault).verify_officer(name, typed).is_some();
        self.logged_in(known, name)?;
        Ok(Visitor { who: name.to_owned(), role: Role::Officer, reason: String::new() })
    }

    /// Lets an auditor in on his pass.
    ///
    /// # Errors
    /// [`OwnRefusal::WrongPass`], [`OwnRefusal::PassNotGood`]; the journal's.
    pub fn log_in_auditor(&self, pass: &str, typed: &str) -> Result<Visitor, KeeperRefusal> {
        let known = held(&self.vault).verify_pass(pass, typed).cloned();
        self.logged_in(known.is_some(), pass)?;
        let Some(Pass { valid_from, valid_until, .. }) = known else {
            return Err(OwnRefusal::WrongPass.into());
        };
        // The machine's clock is a claim; it is the best there is for a pass's days.
        let today = self.today();
        if today < valid_from || today > valid_until {
            let (from, until) = (valid_from.to_string(), valid_until.to_string());
            return Err(OwnRefusal::PassNotGood { from, until }.into());
        }
        Ok(Visitor { who: pass.to_owned(), role: Role::Auditor, reason: format!("pass-{pass}") })
    }

    fn logged_in(&self, known: bool, who: &str) -> Result<(), KeeperRefusal> {
        let at = self.now();
        if known {
            self.write_of_year(LoggedIn { at, who: who.to_owned() })?;
            return Ok(());
        }
        self.write_of_year(LogInRefused { since: at, until: at, attempts: 1 })?;
        Err(OwnRefusal::WrongPass.into())
    }

    /// Issues a pass to an auditor.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`]; the vault's and the journal's.
    pub fn issue_pass(
        &self,
        by: &Visitor,
        holder: &str,
        reason: &str,
        until: Date,
    ) -> Result<PassMade, KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let from = self.today();
        let (pass_phrase, verifier) = vault::issue_pass_phrase();
        let id = held(&self.vault).update(|contents| {
            let id = (1..)
                .map(|number| format!("A{number}"))
                .find(|id| !contents.passes.contains_key(id))
                .expect("there is always another number");
            let pass = Pass {
                label: holder.to_owned(),
                verifier,
                reason: reason.to_owned(),
                valid_from: from,
                valid_until: until,
            };
            contents.passes.insert(id.clone(), pass);
            Ok(id)
        })?;
        let (pass, holder, by) = (id.clone(), holder.to_owned(), vec![by.who.clone()]);
        self.write_of_year(PassIssued { at: self.now(), pass, holder, until, by })?;
        Ok(PassMade { id, pass_phrase, until })
    }

    /// Today, by the machine's clock or the demo's.
    #[must_use]
    pub fn today(&self) -> Date {
        utc_day(self.now())
    }
}
