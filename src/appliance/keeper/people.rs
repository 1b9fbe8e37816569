//! Who stands at the console: officers, auditors with a pass, and why they look.

use data_encoding::HEXLOWER;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Keeper, KeeperRefusal, OwnRefusal, held, utc_day};
use crate::appliance::vault::{self, Officer, Pass, PassPhrase};
use crate::exchange::journal::SignedCheckpoint;
use crate::exchange::journal::event::{
    Decided, LogInRefused, LoggedIn, OfficerAppointed, OfficerDismissed, PassIssued, PassRevoked,
};

/// Bytes of an officer's name at most.
const LONGEST_NAME: usize = 80;

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

/// Two officers who decide together what one may not. Built by [`Keeper::pair`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    names: [String; 2],
}

impl Pair {
    /// Their names, for the journal.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.names.to_vec()
    }
}

/// An officer, as the list of them shows him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfficerView {
    /// The name.
    pub name: String,
    /// The day from which he can be one of two; none for those of the box's first day.
    pub counts_from: Option<Date>,
}

/// A new officer, and the pass-phrase that is shown this once.
pub struct Appointed {
    /// The name, which he types.
    pub name: String,
    /// Shown once, kept nowhere.
    pub pass_phrase: PassPhrase,
    /// The day from which he can be one of two.
    pub counts_from: Option<Date>,
}

/// A new pass, and the pass-phrase that is shown this once.
pub struct PassMade {
    /// The pass's name, which the auditor types.
    pub id: String,
    /// Shown once, kept nowhere.
    pub pass_phrase: PassPhrase,
    /// The last day on which it is good.
    pub until: Date,
    /// The journal's head that knows of it, for the slip: whoever keeps that can prove later that
    /// nothing of the journal was changed.
    pub checkpoint: SignedCheckpoint,
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

    /// Whether somebody who logged in before may still be here: his pass is good today, or he is an officer.
    #[must_use]
    pub fn still_lets_in(&self, visitor: &Visitor) -> bool {
        let vault = held(&self.vault);
        let contents = vault.contents();
        match visitor.role {
            Role::Officer => contents.officers.contains_key(&visitor.who),
            Role::Auditor => contents.passes.get(&visitor.who).is_some_and(|pass| {
                // The clock has its own lock, which is taken after the vault's.
                (pass.valid_from..=pass.valid_until).contains(&self.today())
            }),
        }
    }

    /// Ends a pass today: it lets nobody in any more, and whoever is in on it is out. Its name stays taken,
    /// so that the journal names one pass by it.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::NoSuchPass`]; the vault's and the journal's.
    pub fn revoke_pass(&self, by: &Visitor, name: &str) -> Result<(), KeeperRefusal> {
        if by.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        let yesterday = self.today().yesterday().unwrap_or(Date::MIN);
        let deciding = self.deciding();
        {
            let vault = held(&self.vault);
            if !vault.contents().passes.contains_key(name) {
                let list = vault.contents().passes.keys().cloned().collect::<Vec<_>>().join(", ");
                return Err(OwnRefusal::NoSuchPass { name: name.to_owned(), list }.into());
            }
        }
        let event = PassRevoked { at: self.now(), pass: name.to_owned(), by: vec![by.who.clone()] };
        let decided = deciding.keep(event, Vec::new(), |contents| {
            if let Some(pass) = contents.passes.get_mut(name) {
                pass.valid_until = pass.valid_until.min(yesterday);
            }
        })?;
        decided.tell()
    }

    /// Lets a second officer decide beside `first`, who has logged in. An officer appointed within a year
    /// counts for none of the two, by the floor: whoever appoints a straw man must live with him for a
    /// year first. Those of the box's first day count from then on.
    ///
    /// # Errors
    /// [`OwnRefusal::OfficersOnly`], [`OwnRefusal::TwoPeople`], [`OwnRefusal::OfficerTooNew`]; as
    /// [`Keeper::log_in_officer`].
    pub fn pair(&self, first: &Visitor, name: &str, typed: &str) -> Result<Pair, KeeperRefusal> {
        if first.role != Role::Officer {
            return Err(OwnRefusal::OfficersOnly.into());
        }
        if first.who == name {
            return Err(OwnRefusal::TwoPeople { name: name.to_owned() }.into());
        }
        let second = self.log_in_officer(name, typed)?;
        let today = utc_day(held(&self.clock).floor().instant());
        for name in [&first.who, &second.who] {
            let vault = held(&self.vault);
            let Some(officer) = vault.contents().officers.get(name) else {
                return Err(OwnRefusal::WrongPass.into());
            };
            if let Some(counts) = counts_from(officer).filter(|counts| today < *counts) {
                let (officer, counts) = (name.clone(), counts.to_string());
                return Err(OwnRefusal::OfficerTooNew { officer, counts }.into());
            }
        }
        Ok(Pair { names: [first.who.clone(), second.who] })
    }

    /// The officers, by name.
    #[must_use]
    pub fn officers(&self) -> Vec<OfficerView> {
        let vault = held(&self.vault);
        let officers = vault.contents().officers.iter();
        officers
            .map(|(name, officer)| OfficerView { name: name.clone(), counts_from: counts_from(officer) })
            .collect()
    }

    /// Makes somebody an officer.
    ///
    /// # Errors
    /// [`OwnRefusal::NameTaken`]; the vault's and the journal's.
    pub fn appoint(&self, by: &Pair, name: &str) -> Result<Appointed, KeeperRefusal> {
        let name = name.trim();
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(OwnRefusal::NameUnfit { limit: LONGEST_NAME }.into());
        }
        let (pass_phrase, verifier) = vault::issue_pass_phrase();
        let since = held(&self.clock).floor().instant();
        let deciding = self.deciding();
        {
            let vault = held(&self.vault);
            let contents = vault.contents();
            if contents.officers.contains_key(name) || contents.passes.contains_key(name) {
                return Err(OwnRefusal::NameTaken { name: name.to_owned() }.into());
            }
        }
        let mut id = [0; 8];
        getrandom::fill(&mut id).expect("the kernel's random generator answers");
        let officer = Officer { id: HEXLOWER.encode(&id), verifier, since, at_init: false };
        let counts_from = counts_from(&officer);
        let event = OfficerAppointed { at: self.now(), officer: name.to_owned(), by: by.names() };
        let decided = deciding.keep(event, Vec::new(), |contents| {
            contents.officers.insert(name.to_owned(), officer);
        })?;
        decided.tell()?;
        Ok(Appointed { name: name.to_owned(), pass_phrase, counts_from })
    }

    /// Takes the office from somebody. Two always stay whose word counts today.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchOfficer`], [`OwnRefusal::TwoMustStay`]; the vault's and the journal's.
    pub fn dismiss(&self, by: &Pair, name: &str) -> Result<(), KeeperRefusal> {
        let today = utc_day(held(&self.clock).floor().instant());
        let deciding = self.deciding();
        {
            let vault = held(&self.vault);
            let officers = &vault.contents().officers;
            if !officers.contains_key(name) {
                let list = officers.keys().cloned().collect::<Vec<_>>().join(", ");
                return Err(OwnRefusal::NoSuchOfficer { name: name.to_owned(), list }.into());
            }
            let others = officers.iter().filter(|(other, _)| *other != name);
            if others.filter(|(_, officer)| counts_on(officer, today)).count() < 2 {
                return Err(OwnRefusal::TwoMustStay { name: name.to_owned() }.into());
            }
        }
        let event = OfficerDismissed { at: self.now(), officer: name.to_owned(), by: by.names() };
        let decided = deciding.keep(event, Vec::new(), |contents| {
            contents.officers.remove(name);
        })?;
        decided.tell()
    }

    /// Writes down who decided what entry `event` says.
    pub(super) fn decided(&self, event: u64, by: Vec<String>) -> Result<(), KeeperRefusal> {
        self.write_of_year(Decided { at: self.now(), by, event })?;
        Ok(())
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
        let deciding = self.deciding();
        let id = (1..)
            .map(|number| format!("A{number}"))
            .find(|id| !held(&self.vault).contents().passes.contains_key(id))
            .expect("there is always another number");
        let pass = Pass {
            label: holder.to_owned(),
            verifier,
            reason: reason.to_owned(),
            valid_from: from,
            valid_until: until,
        };
        let (holder, by) = (holder.to_owned(), vec![by.who.clone()]);
        let event = PassIssued { at: self.now(), pass: id.clone(), holder, until, by };
        let decided = deciding.keep(event, Vec::new(), |contents| {
            contents.passes.insert(id.clone(), pass);
        })?;
        decided.tell()?;
        Ok(PassMade { id, pass_phrase, until, checkpoint: self.checkpoint()? })
    }

    /// Today, by the machine's clock or the demo's.
    #[must_use]
    pub fn today(&self) -> Date {
        utc_day(self.now())
    }
}

/// The day from which an officer can be one of a pair: a year after he was appointed, by the floor.
fn counts_from(officer: &Officer) -> Option<Date> {
    (!officer.at_init).then(|| utc_day(officer.since).saturating_add(1.year()))
}

fn counts_on(officer: &Officer, today: Date) -> bool {
    counts_from(officer).is_none_or(|from| today >= from)
}
