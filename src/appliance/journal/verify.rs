//! Checking everything that the journal has on the disk.

use std::collections::BTreeMap;
use std::path::Path;

use super::tiles::{BUNDLED, Edge, HASH, WIDTH, full_path, partial_tiles, read_log};
use super::{Journal, LogError, LogRefusal, Place, read_checkpoint};
use ed25519_dalek::SigningKey;

use crate::exchange::journal::{EntryKind, SignedCheckpoint};
use crate::exchange::vocabulary::{Digest, PublicKey};
use crate::support::durable::{self, DiskError};
use crate::support::secret::Secret;

/// The most findings that are listed; after so many, one more says nothing.
const MAX_FINDINGS: usize = 1000;

/// What [`Journal::verify`] found.
#[derive(Debug)]
pub struct Report {
    /// Entries in the log.
    pub size: u64,
    /// Entries that a record opens.
    pub opened: u64,
    /// Entries that no key at hand opens, by kind: of terms and years that are destroyed, or whose keys
    /// were not handed in.
    pub closed: BTreeMap<EntryKind, u64>,
    /// What is not as it must be, at most 1,000 findings.
    pub damage: Vec<LogError>,
}

impl Report {
    /// Whether all that could be checked is right.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }

    fn found(&mut self, damage: impl Into<LogError>) {
        if self.damage.len() < MAX_FINDINGS {
            self.damage.push(damage.into());
        }
    }
}

impl Journal {
    /// Works the tree out again from every entry, holds tiles and checkpoint against it, and opens every
    /// event that a key is at hand for (public ones need none). Reads everything; writes nothing. Events
    /// that are appended meanwhile are left out.
    ///
    /// # Errors
    /// The disk's, where it cannot go on. What is damaged is in the report.
    pub fn verify(&self, keys: &BTreeMap<Place, Secret>) -> Result<Report, LogError> {
        // The checkpoint first: what is durable now is at least what it covers.
        let public = PublicKey(SigningKey::from_bytes(self.signer.expose()).verifying_key().to_bytes());
        let signed = read_checkpoint(&self.directory.join("journal/checkpoint"), self.box_id, &public);
        let (size, root) = {
            let tiles = self.tiles();
            (tiles.size(), tiles.root())
        };
        let mut report = Report { size, opened: 0, closed: BTreeMap::new(), damage: Vec::new() };
        let signed = match signed {
            Ok(signed) => signed,
            Err(LogError::Refused(refusal)) => {
                report.found(refusal);
                None
            }
            Err(error) => return Err(error),
        };
        let entries = self.verify_entries(size, &mut report, signed.as_ref(), &root)?;
        let opened = self.verify_events(&entries, &mut report, keys)?;
        for (index, (kind, opened)) in (0..).zip(entries.into_iter().zip(opened)) {
            match kind {
                _ if opened => report.opened += 1,
                Some(kind) if kind.is_public() => report.found(LogRefusal::EventMissing { index }),
                Some(kind) => *report.closed.entry(kind).or_default() += 1,
                None => {}
            }
        }
        Ok(report)
    }

    /// Entries, tiles and checkpoint; returns the entries' kinds.
    fn verify_entries(
        &self,
        size: u64,
        report: &mut Report,
        signed: Option<&SignedCheckpoint>,
        root: &Digest,
    ) -> Result<Vec<Option<EntryKind>>, LogError> {
        let journal = self.directory.join("journal");
        let mut edge = Edge::default();
        let mut kinds = Vec::new();
        for (index, entry) in (0..).zip(read_log(&journal, 0, size)?) {
            let entry = entry?;
            for file in edge.push(&entry) {
                if !is_file(&journal.join(&file.path), &file.bytes)? {
                    report.found(LogRefusal::TileDamaged { path: file.path.display().to_string() });
                }
            }
            if entry.kind().is_none() {
                report.found(LogRefusal::EntryKind { index, kind: entry.0[0] });
            }
            kinds.push(entry.kind());
            if let Some(signed) = signed.filter(|signed| signed.size() == index + 1) {
                self.verify_head(&edge, signed, report)?;
            }
        }
        if edge.root() != *root {
            report.found(LogRefusal::EntriesDamaged { size });
        }
        self.verify_partials(&edge, report)?;
        Ok(kinds)
    }

    /// Every partial tile that lies there, of earlier checkpoints too: each is the beginning of what its tile
    /// is now. Those of entries that came meanwhile are left out.
    fn verify_partials(&self, edge: &Edge, report: &mut Report) -> Result<(), LogError> {
        let journal = self.directory.join("journal");
        let now: BTreeMap<_, _> =
            edge.partial().into_iter().map(|file| (full_path(&file.path), file)).collect();
        for path in partial_tiles(&journal)? {
            let full = full_path(&path);
            let unit = if full.starts_with("tile/entries") { BUNDLED } else { HASH };
            // What has no number for a name is a file that is being written.
            let Some(width) = path.file_name().and_then(|name| name.to_str()?.parse::<usize>().ok()) else {
                continue;
            };
            let whole = match now.get(&full) {
                Some(file) if width.saturating_mul(unit) > file.bytes.len() => continue,
                Some(file) => file.bytes.clone(),
                None => match durable::read_up_to(&journal.join(&full), (WIDTH * BUNDLED) as u64) {
                    Ok(bytes) => bytes,
                    // Of a tile that has not begun yet for this check.
                    Err(error) if error.is_missing() => continue,
                    Err(error) => return Err(error.into()),
                },
            };
            let want = whole.get(..width.saturating_mul(unit));
            if !want.map_or(Ok(false), |want| is_file(&journal.join(&path), want))? {
                report.found(LogRefusal::TileDamaged { path: path.display().to_string() });
            }
        }
        Ok(())
    }

    /// The checkpoint's root, and the partial tiles that it must have where no full one took their place.
    fn verify_head(
        &self,
        edge: &Edge,
        signed: &SignedCheckpoint,
        report: &mut Report,
    ) -> Result<(), LogError> {
        if edge.root() != signed.root() {
            report.found(LogRefusal::LogContradicts { signed: signed.size() });
        }
        let journal = self.directory.join("journal");
        for file in edge.partial() {
            // `tile/0/000` for `tile/0/000.p/7`.
            let replaced =
                file.path.parent().is_some_and(|partial| journal.join(partial.with_extension("")).exists());
            if !replaced && !is_file(&journal.join(&file.path), &file.bytes)? {
                report.found(LogRefusal::TileDamaged { path: file.path.display().to_string() });
            }
        }
        Ok(())
    }

    /// Opens what there are keys for; returns which entries were opened.
    fn verify_events(
        &self,
        entries: &[Option<EntryKind>],
        report: &mut Report,
        keys: &BTreeMap<Place, Secret>,
    ) -> Result<Vec<bool>, LogError> {
        let mut opened = vec![false; entries.len()];
        for place in Place::all_in(&self.directory)? {
            let key = keys.get(&place);
            if key.is_none() && place != Place::Public {
                continue;
            }
            for event in self.read_events(&place, key)? {
                match event {
                    Ok(event) => {
                        let index = usize::try_from(event.index).ok();
                        if let Some(opened) = index.and_then(|index| opened.get_mut(index)) {
                            *opened = true;
                        }
                    }
                    Err(LogError::Refused(refusal)) => report.found(refusal),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(opened)
    }
}

/// Whether the file is there and has exactly these bytes.
fn is_file(path: &Path, bytes: &[u8]) -> Result<bool, DiskError> {
    match durable::read_up_to(path, bytes.len() as u64) {
        Ok(there) => Ok(there == bytes),
        Err(DiskError::Missing { .. } | DiskError::TooLarge { .. } | DiskError::NotAFile { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
