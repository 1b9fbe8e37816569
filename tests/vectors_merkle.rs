//! The Merkle proofs of transparency-dev, good and broken, against ours. `KLUIS_VECTORS` names the
//! folder of vectors; under CI it must be there.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use factuurkluis::exchange::journal::{verify_consistency, verify_inclusion};
use factuurkluis::exchange::vocabulary::Digest;
use serde_json::Value;

fn vectors(kind: &str) -> Option<Vec<PathBuf>> {
    let folder = match std::env::var_os("KLUIS_VECTORS") {
        Some(folder) => PathBuf::from(folder).join("merkle").join(kind),
        None if std::env::var_os("CI").is_some() => panic!("KLUIS_VECTORS is not set, and this is CI"),
        None => {
            eprintln!("SKIPPED: KLUIS_VECTORS is not set, so no Merkle vector was tried");
            return None;
        }
    };
    let mut files = Vec::new();
    collect(&folder, &mut files);
    Some(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.as_str().map(|text| BASE64.decode(text.as_bytes()).unwrap()).unwrap_or_default()
}

/// Ours can hold nothing but 32 bytes: a hash of another length is refused by whoever reads it, before
/// the maths.
fn hash(value: &Value) -> Option<Digest> {
    bytes(value).try_into().ok().map(Digest)
}

/// One consistency vector wants two equal roots of 12 bytes ("dont care 2") to be consistent. Such
/// roots are stretched, which keeps equal ones equal and wrong ones wrong.
fn stretched(value: &Value) -> Digest {
    let mut root = bytes(value);
    root.resize(32, 0);
    Digest(root.try_into().unwrap())
}

fn path(value: &Value) -> Option<Vec<Digest>> {
    let hashes = value.as_array().cloned().unwrap_or_default();
    hashes.iter().map(hash).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn each(kind: &str, expected: usize, holds: impl Fn(&Value) -> bool) {
    let Some(files) = vectors(kind) else { return };
    for file in &files {
        let vector: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let wanted = !vector["wantErr"].as_bool().unwrap();
        assert_eq!(holds(&vector), wanted, "{}: {}", file.display(), vector["desc"]);
    }
    println!("{kind}: {} vectors", files.len());
    assert_eq!(files.len(), expected, "the number of {kind} vectors");
}

#[test]
fn inclusion_proofs_of_others_get_the_expected_answer() {
    each("inclusion", INCLUSION, |vector| {
        let (index, size) = (number(&vector["leafIdx"]), number(&vector["treeSize"]));
        match (hash(&vector["leafHash"]), path(&vector["proof"]), hash(&vector["root"])) {
            (Some(leaf), Some(path), Some(root)) => verify_inclusion(index, size, &leaf, &path, &root),
            _ => false,
        }
    });
}

#[test]
fn consistency_proofs_of_others_get_the_expected_answer() {
    each("consistency", CONSISTENCY, |vector| {
        path(&vector["proof"]).is_some_and(|proof| {
            let (old, new) = (number(&vector["size1"]), number(&vector["size2"]));
            verify_consistency(old, new, &stretched(&vector["root1"]), &stretched(&vector["root2"]), &proof)
        })
    });
}

const INCLUSION: usize = 98;
const CONSISTENCY: usize = 98;
