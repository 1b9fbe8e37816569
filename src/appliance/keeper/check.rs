//! Checking everything that is on the disk, and making the catalogue anew.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Serialize;

use super::{Keeper, KeeperRefusal, OwnRefusal, held, utc_day};
use crate::appliance::archive::{self, ArchiveRefusal};
use crate::appliance::catalogue::Query;
use crate::appliance::journal::Place;
use crate::appliance::vault::KeyName;
use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::{BundleRefusal, Sealed, term_identity};
use crate::exchange::bundle::{SignedBoxCard, StatementRefusal};
use crate::support::durable;
use crate::support::words::{Language, Said};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which file or part.
    pub place: String,
    /// The stable code.
    pub code: String,
    /// The sentence, in English.
    pub sentence: String,
}

/// What a check of the whole box found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// Bundles checked from first byte to last.
    pub bundles: u64,
    /// Invoices in them.
    pub invoices: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Entries of the journal.
    pub entries: u64,
    /// Entries whose event could be opened and fits.
    pub opened: u64,
    /// Certificates whose signature holds.
    pub certificates: u64,
    /// Time tokens that are kept as they came.
    pub tokens: u64,
    /// Holds.
    pub holds: u64,
    /// Held invoices whose proof, receipt and documents hold.
    pub held: u64,
    /// Bundles that lie in a term and that the journal does not know: nobody has a receipt for them from it.
    pub strays: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What came of trying every key on a sealed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeysTried {
    /// How many keys the vault has.
    pub keys: usize,
    /// The name of the first that opens it.
    pub opened_by: Option<String>,
}

impl VerifyReport {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn found(&mut self, place: &str, said: &dyn Said) {
        let (code, sentence) = (said.code().into_owned(), said.say(Language::En));
        self.findings.push(Finding { place: place.to_owned(), code, sentence });
    }
}

impl Keeper {
    /// Checks everything on the disk: the vault's twins and slots, the journal's every entry, every
    /// bundle with every leaf and document, the catalogue against the journal, every certificate and
    /// time token, every held copy with its proof, receipt and documents.
    /// `progress` is told bundles done and bundles in all.
    ///
    /// # Errors
    /// If the check itself cannot go on. What is wrong stands in the report.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, KeeperRefusal> {
        let mut report = VerifyReport::default();
        if let Err(error) = held(&self.vault).check() {
            report.found("vault", &error);
        }
        if let Err(error) = held(&self.clock).check() {
            report.found("clock", &error);
        }
        if let Some(stopped) = self.stopped() {
            report.found("journal", &stopped);
        }
        report.strays = self.strays().len() as u64;
        self.verify_card(&mut report);
        self.verify_journal(&mut report)?;
        let heads: Vec<_> = held(&self.streams).iter().cloned().collect();
        let living: Vec<_> = heads.iter().filter(|head| self.has_key(&head.term)).collect();
        for (done, head) in living.iter().enumerate() {
            progress(done as u64, living.len() as u64);
            let Some(sender) = self.sender(head.sender, head.stream) else { continue };
            let Some(lease) = held(&self.vault).lease_term(&head.term) else { continue };
            match archive::verify_bundle(&self.layout, head, sender.card.key, lease) {
                Ok(bytes) => {
                    report.bundles += 1;
                    report.invoices += u64::from(head.invoices);
                    report.bytes += bytes;
                }
                Err(fault) => report.found(&fault.file.clone(), &fault.why.of(&fault.file)),
            }
        }
        progress(living.len() as u64, living.len() as u64);
        self.verify_catalogues(&mut report);
        self.verify_certificates(&mut report);
        self.verify_tokens(&mut report);
        self.verify_holds(&mut report);
        Ok(report)
    }

    /// The tokens that the journal names lie where evidence is kept, as they were.
    fn verify_tokens(&self, report: &mut VerifyReport) {
        for token in self.clock().tokens {
            let place = format!("journal/tokens/{}.tsr", token.token);
            match self.is_kept(&token) {
                Ok(true) => report.tokens += 1,
                Ok(false) => report.found(&place, &OwnRefusal::TokenLost { token: token.token }),
                Err(refusal) => report.found(&place, &refusal),
            }
        }
    }

    /// Tries every key that the vault has on a bundle's file, each as if it were the term's secret:
    /// after a destruction, none opens what was kept.
    ///
    /// # Errors
    /// [`OwnRefusal::Unreadable`] if the file cannot be read or is no bundle;
    /// [`OwnRefusal::NoSuchBundle`] if no enrolled sender signed it.
    pub fn try_every_key(&self, bundle: &Path) -> Result<KeysTried, KeeperRefusal> {
        let unreadable =
            |reason: String| OwnRefusal::Unreadable { path: bundle.display().to_string(), reason };
        let file = || File::open(bundle).map_err(|error| unreadable(error.to_string()));
        let sealed =
            Sealed::read(&mut BufReader::new(file()?)).map_err(|error| unreadable(error.to_string()))?;
        let claimed = sealed.claimed();
        let unknown = || OwnRefusal::NoSuchBundle { number: claimed.number.to_string() };
        let sender = self.sender(claimed.sender, claimed.stream).ok_or_else(unknown)?;
        let authentic =
            sealed.authenticate(sender.card.key).map_err(|error| unreadable(error.to_string()))?;
        let names = held(&self.vault).contents().keys();
        let mut tried = KeysTried { keys: 0, opened_by: None };
        for name in names {
            let lease = held(&self.vault).lease(&name);
            let Some(identity) = lease.as_ref().and_then(|lease| lease.with(term_identity)) else { continue };
            tried.keys += 1;
            match authentic.clone().as_admitted().open(BufReader::new(file()?), &identity) {
                Ok(_) => {
                    tried.opened_by = Some(name.to_string());
                    break;
                }
                Err(BundleRefusal::WrongKey) => {}
                Err(error) => return Err(unreadable(error.to_string()).into()),
            }
        }
        Ok(tried)
    }

    /// Whether a term's key lives.
    pub(super) fn has_key(&self, term: &str) -> bool {
        held(&self.vault).contents().term_facts(term).is_some()
    }

    fn verify_journal(&self, report: &mut VerifyReport) -> Result<(), KeeperRefusal> {
        let mut keys = BTreeMap::new();
        let names: Vec<_> = self.rooms().keys().cloned().collect();
        for name in names {
            if let Some(key) = self.event_key(&name) {
                keys.insert(Place::Term(name), key);
            }
        }
        for hold in self.all_holds() {
            let key = self.hold_key(&hold.name)?;
            keys.insert(Place::Hold(hold.name.clone()), key);
        }
        let years: Vec<_> = held(&self.vault).contents().journal_years().collect();
        for year in years {
            let lease = held(&self.vault).lease(&KeyName::JournalYear(year));
            if let Some(key) = lease.and_then(|lease| lease.with(Clone::clone)) {
                keys.insert(Place::Year(year), key);
            }
        }
        let journal = self.journal.verify(&keys)?;
        (report.entries, report.opened) = (journal.size, journal.opened);
        for damage in &journal.damage {
            report.found("journal", damage);
        }
        // Years die from the oldest on: while the first lives, only dead terms' entries stay closed.
        let first = self.all_rooms().iter().map(|room| utc_day(room.facts.opened).year()).min();
        if first.is_some_and(|first| keys.contains_key(&Place::Year(first))) && journal.damage.is_empty() {
            let closed: u64 = journal.closed.values().sum();
            let dead: u64 = self.obituaries()?.values().map(|dead| dead.entries).sum();
            let dead = dead + self.dead_hold_entries()?;
            if closed > dead {
                report.found("journal", &OwnRefusal::EntriesLost { count: closed - dead });
            }
        }
        Ok(())
    }

    /// The card that lies in the box for the shop to take: whole, and this box's.
    fn verify_card(&self, report: &mut VerifyReport) {
        let path = self.directory.join("box.card");
        let card = match durable::read_up_to(&path, CARD_LIMIT as u64) {
            Ok(bytes) => SignedBoxCard::open(&bytes),
            Err(error) => return report.found("box.card", &error),
        };
        match card {
            Ok(card) if card.body().key == self.facts.key => {}
            Ok(_) => report.found("box.card", &StatementRefusal::BadSignature),
            Err(error) => report.found("box.card", &error),
        }
    }

    fn verify_catalogues(&self, report: &mut VerifyReport) {
        let rooms = self.all_rooms();
        for room in rooms.iter().filter(|room| self.has_key(room.name())) {
            let place = format!("terms/{}/catalogue", room.name());
            let all = Query { limit: 0, ..Query::default() };
            let found = self.with_catalogue(room, |catalogue| {
                catalogue.check()?;
                // What is being admitted just now is in the catalogue a moment after the journal.
                let indexed = catalogue.indexed();
                let streams = held(&self.streams);
                let heads = streams.of_term(room.name());
                let heads = heads.filter(|head| indexed.contains(&(head.stream, head.number)));
                let counted: u64 = heads.map(|head| u64::from(head.invoices)).sum();
                Ok((catalogue.find(&all)?.totals.count, counted))
            });
            match found {
                Ok((found, counted)) if found == counted => {}
                Ok((found, counted)) => report.found(&place, &OwnRefusal::CatalogueCounts { found, counted }),
                Err(error) => report.found(&place, &error),
            }
        }
    }

    fn verify_certificates(&self, report: &mut VerifyReport) {
        let rooms = self.all_rooms();
        for room in rooms.iter().filter(|room| room.enter().destroyed.is_some()) {
            match self.certificate(room.name()) {
                Ok(_) => report.certificates += 1,
                Err(error) => report.found(&format!("certificates/{}", room.name()), &error),
            }
        }
    }

    fn verify_holds(&self, report: &mut VerifyReport) {
        for hold in self.all_holds() {
            let _gate = hold.enter();
            report.holds += 1;
            if hold.facts.invoices == 0 {
                continue;
            }
            let place = format!("holds/{}", hold.name);
            let scan = match self.copies(&hold) {
                Ok(copies) => copies.scan(),
                Err(error) => {
                    report.found(&place, &error);
                    continue;
                }
            };
            let (found, counted) = (scan.invoices, u64::from(hold.facts.invoices));
            if let Some(damage) = scan.damage {
                report.found(&place, &damage);
            } else if found != counted {
                let hold = hold.name.clone();
                report.found(&place, &ArchiveRefusal::HeldCounts { hold, found, counted });
            }
            for at in scan.covers.values().flat_map(|covered| covered.invoices.values()) {
                let checked = self.copies(&hold).and_then(|copies| {
                    let mut invoice = copies.invoice(*at)?;
                    Ok(invoice.verify(self.facts.box_id, &self.facts.key)?)
                });
                match checked {
                    Ok(_) => report.held += 1,
                    Err(error) => report.found(&place, &error),
                }
            }
            if let Err(error) = self.with_hold_catalogue(&hold, |catalogue| catalogue.check()) {
                report.found(&format!("{place}/catalogue"), &error);
            }
        }
    }

    /// Makes the catalogues of all terms and holds anew from the bundles and copies. Returns how many.
    ///
    /// # Errors
    /// The catalogue's, or those of a bundle that cannot be read.
    pub fn rebuild(&self) -> Result<usize, KeeperRefusal> {
        let rooms = self.all_rooms();
        let mut made = 0;
        for room in rooms.iter().filter(|room| self.has_key(room.name())) {
            // Shared, so that the term is not destroyed meanwhile.
            let _life = room.enter();
            *held(&room.catalogue) = None;
            self.remove_catalogue(room)?;
            self.with_catalogue(room, |catalogue| catalogue.check())?;
            made += 1;
        }
        Ok(made + self.rebuild_holds()?)
    }
}
