//! One invoice's proof.

use super::super::http::{Kind, Response};
use super::super::page::Tab;
use super::super::pages::proof::{ProofView, proof};
use super::look_up::{Place, day_of, file_name, file_stem, kind_of, place_text};
use super::{Asked, No, Page};
use crate::appliance::keeper::{KeeperRefusal, OwnRefusal, Visitor};
use crate::exchange::bundle::Proof;
use crate::exchange::journal::Receipt;
use crate::support::words::Said;

impl Asked<'_> {
    /// The proof is made, and checked as a stranger would, before the page says that it holds.
    pub(super) fn proof(&self, visitor: &Visitor, place: Place) -> Result<Response, No> {
        let shown = self.keeper().show(visitor, place.0, place.1)?;
        let bytes = self.keeper().proof(visitor, place.0, place.1)?;
        let broken =
            |said: &dyn Said| KeeperRefusal::from(OwnRefusal::JournalBroken { reason: said.say(self.say.0) });
        let proven = Proof::parse(&bytes).and_then(|proof| proof.verify()).map_err(|error| broken(&error))?;
        let facts = self.keeper().facts();
        let receipt = proven.receipt.as_deref().unwrap_or_default();
        let receipt = Receipt::verify(receipt, facts.box_id, &facts.key).map_err(|error| broken(&error))?;
        let number = proven.invoice.record.number;
        let documents = &proven.invoice.documents;
        let file = format!("{}.proof", file_stem(&number));
        let saved =
            documents.first().map(|first| file_name(&number, 0, &first.media_type)).unwrap_or_default();
        let view = ProofView {
            id: place_text(place),
            sender: shown.sender,
            sender_key: proven.key,
            signed: day_of(shown.sealed_at),
            admitted: day_of(shown.admitted_at),
            bundle: place.0.1.0,
            leaf: (place.1, proven.header.leaves),
            documents: documents.iter().map(|one| (kind_of(&one.media_type), one.sha256)).collect(),
            entry: (receipt.index(), receipt.checkpoint().size()),
            checkpoint: receipt.checkpoint().note().to_owned(),
            command: format!(
                "python3 scripts/read-bundle.py --proof {file} --box-card box.card --document {saved}"
            ),
            digest_command: format!("openssl dgst -sha256 {saved}"),
            file,
            number,
            back: self.back(),
        };
        let title = self.say.with("console-proof-title", &[("number", &view.number)]);
        Ok(self.page(&Page { title, main: proof(self.say, &view), tab: Tab::Search }))
    }

    pub(super) fn proof_file(&self, visitor: &Visitor, place: Place) -> Result<Response, No> {
        let bytes = self.keeper().proof(visitor, place.0, place.1)?;
        let proof = Proof::parse(&bytes).and_then(|proof| proof.verify());
        let number = proof.map(|proven| proven.invoice.record.number).unwrap_or_default();
        Ok(saved(&format!("{}.proof", file_stem(&number)), bytes))
    }

    /// The box's card, which a stranger checks proofs and certificates with.
    pub(super) fn card_file(&self) -> Result<Response, No> {
        Ok(saved("box.card", self.keeper().write_card()?.to_bytes()))
    }
}

/// A file of the box's own, to save.
pub(super) fn saved(name: &str, bytes: Vec<u8>) -> Response {
    Response::file(name, Kind::Bytes, bytes.len() as u64, Box::new(std::io::Cursor::new(bytes)))
}
