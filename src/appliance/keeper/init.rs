//! Making a box.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_bytes::ByteBuf;

use super::law::{LawState, kept_by};
use super::terms::{KeptBy, Room, TermFacts, TermRecord};
use super::time::Authorities;
use super::{Keeper, KeeperRefusal, OwnRefusal, RELEASE, held, utc_day};
use crate::appliance::vault::{
    self, BootKey, Contents, Entity, Officer, PassPhrase, RootChoice, RootDescription, Vault, VaultRefusal,
};
use crate::exchange::bundle::{cbor, term_identity};
use crate::exchange::journal::event::{BoxMade, OfficerAppointed, PinsChanged, TermOpened};
use crate::exchange::law::{self, Policy, Slug, Table, Term};
use crate::exchange::time::Pin;
use crate::exchange::vocabulary::{Class, Digest, EntityId, PublicKey};
use crate::support::durable;

/// What a new box is told.
pub struct InitOptions {
    /// Whose books.
    pub entity_name: String,
    /// The word for them in term names; made from the name where it is not given.
    pub slug: Option<Slug>,
    /// Country, book years, lengthened terms.
    pub policy: Policy,
    /// Which classes of sales the shop has.
    pub classes: Vec<Class>,
    /// How many book years before the current one get a term.
    pub back_years: u8,
    /// The names of the first officers, two at least.
    pub officers: Vec<String>,
    /// Whose word on the time the box takes.
    pub authorities: Vec<Pin>,
    /// What opens its vault.
    pub root: RootChoice,
    /// Whose signature a later table of law needs; without it this box takes none.
    pub release_key: Option<PublicKey>,
    /// A box for showing, whose clock can be turned, for good.
    pub demo: bool,
    /// The day that terms are made for, by whoever sets the box up; where a demo's clock begins.
    pub today: Date,
}

/// A new box, and what its people must be told once.
pub struct Made {
    /// The open box.
    pub keeper: Keeper,
    /// Its first officers.
    pub officers: Vec<OfficerMade>,
    /// What opens its vault.
    pub root: RootDescription,
    /// With a TPM root: the key that approves how the computer starts. Shown once, kept nowhere.
    pub boot_key: Option<BootKey>,
}

/// A new officer and the pass-phrase that is shown this once.
pub struct OfficerMade {
    /// By this he logs in.
    pub name: String,
    /// Shown once, kept nowhere.
    pub pass_phrase: PassPhrase,
}

impl Keeper {
    /// Makes a box in `directory` and opens it.
    ///
    /// # Errors
    /// [`OwnRefusal::AlreadyABox`], [`OwnRefusal::TwoOfficers`]; the law's, the vault's, the disk's.
    pub fn init(directory: &Path, options: InitOptions) -> Result<Made, KeeperRefusal> {
        if directory.join("vault").exists() || directory.join("journal").exists() {
            return Err(OwnRefusal::AlreadyABox { directory: directory.display().to_string() }.into());
        }
        let mut names = options.officers.clone();
        names.sort();
        names.dedup();
        if names.len() < 2 {
            return Err(OwnRefusal::TwoOfficers.into());
        }
        let authorities = Authorities::new(options.authorities.clone())?;
        let slug = match options.slug.clone() {
            Some(slug) => slug,
            None => Slug::from_name(&options.entity_name)
                .ok_or(law::LawRefusal::SlugUnusable { slug: options.entity_name.clone() })?,
        };
        let entity_id = EntityId::random();
        let policy = &options.policy;
        let terms =
            law::terms_for(entity_id, &slug, policy, options.today, options.back_years, &options.classes)?;
        let entity = Entity {
            id: entity_id,
            name: options.entity_name.clone(),
            slug: slug.to_string(),
            country: policy.country(),
        };
        // What a demo's clock shows at first, and what an honest box's floor begins at.
        let opened = if options.demo { at_noon(options.today) } else { RELEASE };

        durable::create_dir_all(directory)?;
        // A demo takes no TPM unless it is told to: a TPM is one box's for good.
        let choice = match &options.root {
            RootChoice::Best if options.demo => RootChoice::File(None),
            choice => choice.clone(),
        };
        let (root, boot_key) = vault::root::create(&choice, directory)?;
        let mut officers = Vec::new();
        let table = Table::built_in();
        let kept: Vec<_> = terms.iter().map(|term| kept_by(table, term, policy)).collect::<Result<_, _>>()?;
        let vault = Vault::create(directory, root, entity, options.demo, |contents| {
            contents.law = cbor::encode(&LawState { release_key: options.release_key, taken: None });
            contents.policy = cbor::encode(policy);
            contents.authorities = authorities.to_bytes();
            for name in &options.officers {
                let (pass_phrase, verifier) = vault::issue_pass_phrase();
                let id = Digest::of(name.as_bytes()).to_string()[..16].to_owned();
                let officer = Officer { id, verifier, since: opened, at_init: true };
                contents.officers.insert(name.clone(), officer);
                officers.push(OfficerMade { name: name.clone(), pass_phrase });
            }
            for (term, kept) in terms.iter().zip(kept) {
                add_term(contents, term, kept, opened)?;
            }
            Ok(())
        })?;
        let root = vault.root();
        drop(vault);

        let keeper = Keeper::open(directory)?;
        if options.demo {
            keeper.turn_clock(opened)?;
        }
        keeper.write_first_events(&officers, &options.authorities)?;
        Ok(Made { keeper, officers, root, boot_key })
    }

    fn write_first_events(&self, officers: &[OfficerMade], pins: &[Pin]) -> Result<(), KeeperRefusal> {
        let at = self.now();
        if !pins.is_empty() {
            self.write_public(PinsChanged { at, pins: pins.iter().map(Pin::fingerprint).collect() })?;
        }
        for room in self.all_rooms() {
            self.write_term_opened(&room)?;
        }
        for officer in officers {
            self.write_of_year(OfficerAppointed { at, officer: officer.name.clone(), by: vec![] })?;
        }
        let card = self.write_card()?;
        self.write_public(BoxMade { at, card: ByteBuf::from(card.to_bytes()) })?;
        Ok(())
    }
}

impl Keeper {
    fn write_term_opened(&self, room: &Room) -> Result<(), KeeperRefusal> {
        let (facts, kept) = (&room.facts, room.enter().kept.clone());
        self.write_public(TermOpened {
            at: self.now(),
            term: room.name().to_owned(),
            entity: facts.term.entity(),
            country: facts.term.country(),
            class: facts.term.class(),
            first: facts.term.first(),
            last: facts.term.last(),
            kept_until: kept.kept.until,
            law: kept.law_table.to_string(),
            recipient: Digest::of(facts.recipient.as_bytes()),
        })?;
        Ok(())
    }

    /// Opens the terms that a new year needs, of the classes that the box has: the current book year
    /// and the next. Today is the machine's clock's word; it is believed within ten years of the
    /// floor, because a term too many harms nothing and one too few keeps invoices out.
    ///
    /// # Errors
    /// The law's, the vault's, the journal's.
    pub fn open_new_terms(&self) -> Result<Vec<String>, KeeperRefusal> {
        let _opening = held(&self.opening);
        let floor = utc_day(self.clock().floor);
        let today = self.today();
        if today.year() < floor.year() || today.year() > floor.year() + 10 {
            return Ok(Vec::new());
        }
        let mut classes: Vec<_> = self.all_rooms().iter().map(|room| room.facts.term.class()).collect();
        classes.sort();
        classes.dedup();
        let entity = &self.facts.entity;
        let slug = entity.slug.parse()?;
        let wanted = law::terms_for(entity.id, &slug, &self.facts.policy, today, 0, &classes)?;
        let opened = self.clock().floor;
        let mut names = Vec::new();
        for term in wanted {
            let name = term.name().to_string();
            if self.room(&name).is_some() {
                continue;
            }
            let kept = kept_by(&self.law_table(), &term, &self.facts.policy)?;
            held(&self.vault).update(|contents| add_term(contents, &term, kept, opened))?;
            self.layout.create_term(term.name())?;
            let facts = held(&self.vault).contents().term_facts(&name).map(<[u8]>::to_vec);
            let record: TermRecord = cbor::decode(&facts.unwrap_or_default(), 1 << 20)
                .map_err(|refusal| OwnRefusal::JournalBroken { reason: refusal.to_string() })?;
            let room = Arc::new(Room::new(record));
            self.write_term_opened(&room)?;
            self.rooms.write().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), room);
            names.push(name);
        }
        if !names.is_empty() {
            self.write_card()?;
        }
        Ok(names)
    }
}

/// Gives a term its secret and lays down what is known of it. The secret is durable, with the vault,
/// before any card can name it.
pub(super) fn add_term(
    contents: &mut Contents,
    term: &Term,
    kept: KeptBy,
    opened: Timestamp,
) -> Result<(), VaultRefusal> {
    contents.add_term(term.name().as_str(), |secret| {
        let recipient = term_identity(secret).recipient().to_text();
        let facts = TermFacts { term: term.clone(), opened, recipient };
        cbor::encode(&TermRecord { facts, kept, released: None })
    })
}

/// Noon, by which a day is the same day almost everywhere.
pub(super) fn at_noon(day: Date) -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(RELEASE)
}
