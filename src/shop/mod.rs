//! The webshop's side: from a folder of invoices to bundles on a stick, and from the box's receipt
//! to the list of what the shop may delete.
//!
//! ```text
//!  invoices -> collect -> reading -> seal -> place -> stick, folder
//!              (which)    (record,   (term,   (durable, a number
//!                          digest)    bundle)  signed once)
//!                                      |  ^
//!                                   ledger <- receipts <- code, receipt file
//! ```
//! In: files and folders of invoices ([`collect`], [`reading`]), the box's card ([`enrol`]), receipts
//! ([`receipts`]). Out: bundles, time tokens ([`Shop::fetch_time`]), the shop's own card, and what a person is told ([`report`]).
//!
//! **Promised.** A number is signed once, whatever crashes, fills up or is killed: the ledger holds
//! the signed header, durably, before the signature reaches the bundle's file ([`place`] has the
//! order). A file that is refused stops no other. A document is sealed as it is, bit for bit, and is
//! refused if it changes while it is sealed. Memory does not grow with the documents, only by some
//! hundred bytes a file (measured: `tests/shop.rs`).
//!
//! **Not promised.** That the shop's own copies are gone: this program deletes nothing, it lists what
//! may be deleted. That two copies of one shop folder give different numbers: keep one, and do not
//! put an old backup back (what can show that, a bundle on the stick or a receipt, is refused with a
//! sentence). That what a person types as the fingerprint was compared.
//!
//! **Personal data.** The ledger has, for each invoice, its number, date of issue, the paths of its
//! files and the document's SHA-256: no buyer, no amount. File names are the shop's own; where they
//! hold names of customers, so does the ledger. It stays on the shop's machine, mode 0600.
//!
//! ```text
//! SHOP/               mode 0700
//!   config.toml       what the owner may set                    (settings)
//!   keys              ids and secrets, mode 0600                (keys)
//!   box.card          the enrolled box's newest card, signed    (enrol)
//!   ledger            append-only, JSON lines                   (ledger)
//!   succeeds          the receipt that it carries on from, if it does (succession)
//!   lock              one process at a time
//! ```
//! System calls of the happy path of one bundle: `open(.….new)` `write…` `fsync`, then the ledger's
//! `pwrite` `fdatasync` `pwrite` `fdatasync`, then `write` `fsync` `rename` `fsync(folder)`.

pub mod collect;
pub mod enrol;
pub mod inspect;
mod keys;
mod ledger;
mod order;
pub mod place;
pub mod progress;
pub mod push;
pub mod reading;
pub mod receipts;
mod refusal;
pub mod report;
mod seal;
pub mod settings;
mod succession;
mod time;

use std::path::{Path, PathBuf};

pub use enrol::{Change, Offer};
pub use inspect::{Inspection, Until};
pub use ledger::{FilePath, InvoiceLine, SealedBundle};
pub use order::{Made, Order, Progress, Sealing, Skipped};
pub use receipts::Acknowledged;
pub use refusal::{Refused, ShopRefusal, shown, shown_path};
pub use settings::Settings;
pub use time::TokenMade;

use crate::exchange::bundle::card::CARD_LIMIT;
use crate::exchange::bundle::{BoxCard, CardTerm};
use crate::exchange::vocabulary::{Class, Country, StreamId};
use crate::support::durable::{create_dir_all, read_up_to};
use crate::support::words::Language;
use collect::Source;
use enrol::OurBox;
use keys::Keys;
use ledger::{Book, Ledger, Whose};
use reading::Known;

const CONFIG: &str = "config.toml";
const KEYS: &str = "keys";
const CARD: &str = "box.card";
const LEDGER: &str = "ledger";
const LOCK: &str = "lock";

/// A shop folder, opened.
pub struct Shop {
    folder: PathBuf,
    keys: Keys,
    settings: Settings,
    our_box: Option<OurBox>,
}

/// What `status` shows.
pub struct Status {
    /// Every bundle, in the order of the numbers.
    pub bundles: Vec<SealedBundle>,
    /// The length of the longest journal that the box has shown.
    pub journal: Option<u64>,
}

impl Shop {
    /// Makes a shop folder with fresh ids and keys. The comments of its settings are in `language`.
    ///
    /// # Errors
    /// [`ShopRefusal::AlreadyAShop`]: keys are never overwritten.
    pub fn init(folder: &Path, settings: Settings, language: Language) -> Result<Self, Refused> {
        for name in [KEYS, LEDGER] {
            if folder.join(name).symlink_metadata().is_ok() {
                return Err(ShopRefusal::AlreadyAShop { path: shown_path(folder) }.into());
            }
        }
        create_dir_all(folder)?;
        settings.write(&folder.join(CONFIG), language)?;
        let keys = Keys::random();
        // Last: where the keys are, all else is.
        keys.write(&folder.join(KEYS))?;
        Ok(Self { folder: folder.to_owned(), keys, settings, our_box: None })
    }

    /// Opens a shop folder.
    ///
    /// # Errors
    /// [`ShopRefusal::NotAShop`]; what is wrong with one of its files.
    pub fn open(folder: &Path) -> Result<Self, Refused> {
        if folder.join(KEYS).symlink_metadata().is_err() {
            return Err(ShopRefusal::NotAShop { path: shown_path(folder) }.into());
        }
        let keys = Keys::read(&folder.join(KEYS))?;
        let settings = Settings::read(&folder.join(CONFIG))?;
        let our_box = match read_up_to(&folder.join(CARD), CARD_LIMIT as u64) {
            Ok(card) => Some(OurBox::open(&card)?),
            Err(error) if error.is_missing() => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { folder: folder.to_owned(), keys, settings, our_box })
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The stream that its bundles are numbered in.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        self.keys.stream
    }

    /// The enrolled box's card.
    #[must_use]
    pub fn box_card(&self) -> Option<&BoxCard> {
        self.our_box.as_ref().map(|our_box| our_box.card.body())
    }

    /// The terms that the enrolled box takes bundles for.
    #[must_use]
    pub fn terms(&self) -> &[CardTerm] {
        self.box_card().map_or(&[], |card| &card.terms)
    }

    /// Looks at one invoice without sealing it; see [`inspect`].
    ///
    /// # Errors
    /// Why it cannot be read. That no term takes it stands in the inspection.
    pub fn inspect(
        &self,
        source: &Source,
        class: Option<Class>,
        country: Option<Country>,
    ) -> Result<Inspection, Refused> {
        inspect::inspect(source, &Known { class, ..self.known() }, self.our_box.as_ref(), country)
    }

    /// What has become of every bundle.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn status(&self) -> Result<Status, Refused> {
        let ledger = self.ledger()?;
        let seen = ledger.seen().into_iter().chain(self.our_box.as_ref().map(|our_box| &our_box.checkpoint));
        let journal = seen.map(crate::exchange::journal::SignedCheckpoint::size).max();
        Ok(Status { bundles: ledger.bundles().to_vec(), journal })
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn known(&self) -> Known {
        Known {
            country: self.settings.country.or(self.box_card().map(|card| card.country)),
            one_stop_shop: self.settings.one_stop_shop,
            class: None,
        }
    }

    fn our_box(&self) -> Result<&OurBox, ShopRefusal> {
        self.our_box.as_ref().ok_or(ShopRefusal::NoBox)
    }

    fn whose(&self) -> Whose {
        let of_box = self.box_card().map(|card| (card.box_id, card.key));
        Whose { sender: self.keys.public(), of_box }
    }

    /// The ledger for reading; what another process is writing just now is not in it.
    fn ledger(&self) -> Result<Ledger, Refused> {
        Ledger::read(&self.place(LEDGER), self.whose())
    }

    /// The ledger for writing, under its lock.
    fn book(&self) -> Result<Book, Refused> {
        Book::open(&self.place(LEDGER), &self.place(LOCK), self.whose())
    }
}

/// Looks at one invoice where there is no shop folder.
///
/// # Errors
/// As [`Shop::inspect`].
pub fn inspect_alone(
    source: &Source,
    class: Option<Class>,
    country: Option<Country>,
) -> Result<Inspection, Refused> {
    let known = Known { country, one_stop_shop: false, class };
    inspect::inspect(source, &known, None, country)
}
