//! Checking a stored bundle from its first byte to its last.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use super::{Layout, OpenBundle, StreamHead, Why};
use crate::appliance::vault::Lease;
use crate::exchange::bundle::{BundleRefusal, Measured, Place, Sealed};
use crate::exchange::law::TermName;
use crate::exchange::vocabulary::PublicKey;

/// Something that is not as it was admitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The file, relative to the box's directory.
    pub file: String,
    /// What is wrong.
    pub why: Why,
}

/// Checks one bundle: signature, the age file's length and digest, leaves against root, every
/// document's digest; that it is the one that the journal admitted; that nobody can write it.
/// Returns its bytes.
///
/// # Errors
/// The first [`Fault`].
pub fn verify_bundle(layout: &Layout, head: &StreamHead, key: PublicKey, lease: Lease) -> Result<u64, Fault> {
    let place = Place { sender: head.sender, stream: head.stream, number: head.number };
    let file = format!("terms/{}/bundles/{}-{:06}.bundle", head.term, head.stream, head.number.0);
    verify(layout, head, place, key, lease).map_err(|why| Fault { file, why })
}

fn verify(
    layout: &Layout,
    head: &StreamHead,
    place: Place,
    key: PublicKey,
    lease: Lease,
) -> Result<u64, Why> {
    let term: TermName = head.term.parse()?;
    let path = layout.bundle(&term, place);
    let mut file = BufReader::new(File::open(&path).map_err(BundleRefusal::from)?);
    let authentic = Sealed::read(&mut file)?.authenticate(key)?;
    file.seek(SeekFrom::Start(authentic.offset())).map_err(BundleRefusal::from)?;
    let measured = Measured::while_copying(&mut file, &mut std::io::sink()).map_err(BundleRefusal::from)?;
    let offset = authentic.offset();
    authentic.intact(measured)?;
    let mut bundle = OpenBundle::open(layout, &term, place, head.header, key, lease)?;
    bundle.opened().documents::<Why>(|_| Ok(()))?;
    Ok(offset + measured.length)
}
