//! The box is made, the shop is made, and each gets the other's card.

use super::stage::{Stage, fields};
use super::{Places, REASON, Refused, YEARS_BACK, invoices, today};
use crate::appliance::keeper::{InitOptions, Keeper, KeeperRefusal, RootChoice, Visitor};
use crate::exchange::law::{Policy, Slug};
use crate::exchange::vocabulary::{Class, Country};
use crate::shop::{self, Settings, Shop};
use crate::support::durable;
use crate::support::words;

/// The two who answer for the box.
const OFFICERS: [&str; 2] = ["Anna", "Bram"];

/// The box and the shop, who know each other.
pub(super) struct Met {
    pub keeper: Keeper,
    pub shop: Shop,
    /// The first officer, with a reason to look.
    pub visitor: Visitor,
    /// Every officer's pass-phrase. In a show it stands on the screen anyway.
    pub pass_phrases: Vec<(String, String)>,
}

/// Makes both, exchanges their cards by stick, and compares the fingerprints.
pub(super) fn meet(stage: &mut Stage<'_>, places: &Places) -> Result<Met, Refused> {
    let netherlands: Country = "NL".parse().expect("two capital letters");
    let slug: Slug = "springveer".parse().expect("a word of small letters");
    let made = Keeper::init(
        &places.at("box"),
        InitOptions {
            entity_name: invoices::SHOP.to_owned(),
            slug: Some(slug),
            policy: Policy::of(netherlands).map_err(KeeperRefusal::from)?,
            classes: vec![Class::Ordinary, Class::OneStopShop],
            back_years: YEARS_BACK,
            officers: OFFICERS.map(str::to_owned).to_vec(),
            authorities: Vec::new(),
            root: RootChoice::File(None),
            release_key: None,
            demo: true,
            today: today(),
        },
    )?;
    let keeper = made.keeper;
    let pass_phrases: Vec<_> =
        made.officers.iter().map(|one| (one.name.clone(), one.pass_phrase.expose().to_owned())).collect();

    stage.heading("demo-box-title");
    stage.say("demo-box", &fields(&[("shop", invoices::SHOP)]));
    stage.say("demo-box-officers", &[]);
    for (name, pass_phrase) in &pass_phrases {
        stage.line(&format!("{name:6} {pass_phrase}"));
    }

    stage.heading("demo-meet-title");
    stage.say("demo-meet", &[]);
    let stick = places.at("stick");
    durable::create_dir_all(&stick)?;
    let card = keeper.write_card()?;
    durable::write_atomically(&stick.join("box.card"), &card.to_bytes(), 0o644)?;
    let settings =
        Settings::new(invoices::SHOP_NAME, Some(netherlands), true).map_err(shop::Refused::from)?;
    let mut shop = Shop::init(&places.at("shop"), settings, stage.language())?;
    let offer = shop.consider(&read(&stick.join("box.card"))?)?;
    compared(stage, "demo-meet-box", &card.fingerprint(), &offer.fingerprint())?;
    shop.enrol(offer, true)?;

    let own = shop.card(keeper.now(), None)?;
    durable::write_atomically(&stick.join("shop.card"), &own.to_bytes(), 0o644)?;
    let read_card = keeper.read_sender_card("shop.card", &read(&stick.join("shop.card"))?)?;
    compared(stage, "demo-meet-shop", &own.fingerprint(), &read_card.fingerprint())?;
    let (name, pass_phrase) = &pass_phrases[0];
    let officer = keeper.log_in_officer(name, pass_phrase)?;
    // Five years of invoices come from this shop: the officer says so here, and none of them waits.
    keeper.enrol(&read_card, &own.fingerprint(), &officer, true)?;
    stage.say("demo-meet-done", &[]);
    let visitor = keeper.with_reason(officer, REASON)?;
    Ok(Met { keeper, shop, visitor, pass_phrases })
}

/// Shows a card's fingerprint as both ends read it out.
fn compared(stage: &mut Stage<'_>, whose: &str, sent: &str, received: &str) -> Result<(), Refused> {
    if sent != received {
        return Err(Refused::went_wrong("two fingerprints of one card"));
    }
    let whose = words::text(stage.language(), whose);
    stage.line(&format!("{whose:22} {sent}  =  {received}"));
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<u8>, Refused> {
    Ok(durable::read_up_to(path, 1 << 20)?)
}
