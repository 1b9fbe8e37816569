//! The certificate of a term's destruction: what goes onto it, and where it lies.
//!
//! It is made from the [`Obituary`] alone, which the vault keeps from the switch on, so that a start
//! after a crash writes the very certificate that the interrupted run would have written. The journal
//! has it; the file in `certificates/` is for people, and is made again where it is missing.

use super::terms::Obituary;
use super::{Keeper, KeeperRefusal, OwnRefusal, held};
use crate::appliance::journal::Place;
use crate::appliance::vault::RootDescription;
use crate::exchange::bundle::certificate::{
    NotCovered, OVER_LIMIT, Root, TOKEN_LIMIT, TOKENS_LIMIT, TokenEvidence,
};
use crate::exchange::bundle::{CertificateV2, SignedCertificate};
use crate::exchange::journal::Event;
use crate::exchange::vocabulary::Digest;
use crate::support::durable;

impl Keeper {
    /// The evidence of time that a certificate can carry, of the tokens that prove a term over. Where there
    /// are more than fit, the first, which made the term due, and the latest.
    pub(super) fn evidence_of(&self, proven_by: &[Digest]) -> Vec<TokenEvidence> {
        let fits = |one: &TokenEvidence| one.token.len() <= TOKEN_LIMIT && one.over.len() <= OVER_LIMIT;
        let evidence = proven_by.iter().filter_map(|token| self.token_evidence(*token));
        let mut tokens: Vec<_> = evidence.filter(fits).collect();
        tokens.sort_by_key(|one| one.time);
        if tokens.len() > TOKENS_LIMIT {
            tokens.drain(1..=tokens.len() - TOKENS_LIMIT);
        }
        tokens
    }

    /// Makes and signs the certificate over today's head of the journal.
    pub(super) fn certificate_of(
        &self,
        name: &str,
        obituary: &Obituary,
    ) -> Result<SignedCertificate, KeeperRefusal> {
        let checkpoint = self.checkpoint()?.note().to_owned();
        let vault = held(&self.vault);
        let generation = vault.contents().dead_terms().get(name).map_or(0, |dead| dead.generation);
        let root = match vault.root() {
            RootDescription::File { same_device: true, .. } => Root::FileOnDataDevice,
            RootDescription::File { same_device: false, .. } => Root::FileElsewhere,
            RootDescription::Tpm { .. } => Root::Tpm,
        };
        let body = CertificateV2 {
            box_id: self.facts.box_id,
            key: self.facts.key,
            demo: self.facts.demo,
            entity: self.facts.entity.id,
            entity_name: self.facts.entity.name.clone(),
            term: obituary.facts.term.clone(),
            kept_until: obituary.kept.kept.until,
            article: obituary.kept.kept.article.clone(),
            law_table: obituary.kept.law_table.to_string(),
            bundles: u32::try_from(obituary.heads.len()).unwrap_or(u32::MAX),
            invoices: obituary.heads.iter().map(|head| u64::from(head.invoices)).sum(),
            bytes: obituary.heads.iter().map(|head| head.bytes).sum(),
            entries: obituary.entries,
            entries_digest: obituary.entries_digest,
            held: obituary.held,
            word: obituary.word,
            floor: obituary.floor,
            powered_since_due: obituary.powered_since_due,
            tokens: obituary.tokens.clone(),
            root,
            generation,
            not_covered: NotCovered::codes(root, obituary.held),
            checkpoint,
            destroyed_at: self.now(),
        };
        Ok(SignedCertificate::sign_with(body, &self.facts.key, |bytes| vault.sign(bytes)))
    }

    /// Writes the file of a certificate that is in the journal, where it is not there as it must be.
    pub(super) fn write_certificate(&self, term: &str) -> Result<(), KeeperRefusal> {
        let bytes = self.certificate(term)?.to_bytes();
        let certificates = self.directory.join("certificates");
        let file = certificates.join(format!("{term}.certificate"));
        if durable::read_up_to(&file, bytes.len() as u64).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        durable::create_dir_all(&certificates)?;
        Ok(durable::write_atomically(&file, &bytes, 0o644)?)
    }

    /// The certificate of a destroyed term, from the journal.
    ///
    /// # Errors
    /// [`OwnRefusal::NoSuchCertificate`] if there is none; the journal's.
    pub fn certificate(&self, term: &str) -> Result<SignedCertificate, KeeperRefusal> {
        for written in self.journal.read_events(&Place::Public, None)? {
            if let Event::Destroyed(end) = super::start::read_event(&written?)?
                && end.term == term
            {
                let certificate = SignedCertificate::read(&end.certificate)?;
                certificate.verify(self.facts.key)?;
                return Ok(certificate);
            }
        }
        Err(OwnRefusal::NoSuchCertificate { term: term.to_owned() }.into())
    }
}
