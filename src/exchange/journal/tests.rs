#![allow(clippy::unwrap_used)]

mod codes;
mod events;

use std::process::Command;

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::checkpoint::{key_id, origin, verifier_key};
use super::tree::{consistency_from, leaf_hash, node_hash, path, path_from, root_from, tree_root};
use super::*;
use crate::exchange::vocabulary::{BoxId, Digest, PublicKey};
use crate::support::words::assert_all_said;

fn box_id() -> BoxId {
    BoxId([0x6f; 16])
}

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey(key.verifying_key().to_bytes())
}

fn hashes(count: usize) -> Vec<Digest> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn checkpoint(leaves: &[Digest]) -> SignedCheckpoint {
    Checkpoint { box_id: box_id(), size: leaves.len() as u64, root: tree_root(leaves) }.sign(&signer())
}

/// A receipt over the middle one of `count` entries.
fn receipt(count: usize) -> Receipt {
    let index = count / 2;
    let opening = Opening::kept(EntryKind::Admission, [9; 32], b"what was admitted".to_vec());
    let mut leaves = hashes(count);
    leaves[index] = opening.entry().leaf_hash();
    let path = path(&leaves, index).unwrap();
    Receipt { index: index as u64, opening, path, checkpoint: checkpoint(&leaves) }
}

#[test]
fn every_refusal_is_said_in_every_language() {
    assert_all_said(JournalRefusal::CODES);
}

#[test]
fn the_tree_is_the_one_that_rfc_6962_defines() {
    // MTH by its recursive definition, against the growing tree.
    fn mth(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&mth(left), &mth(right))
            }
        }
    }
    let leaves = hashes(70);
    for size in 0..=leaves.len() {
        assert_eq!(tree_root(&leaves[..size]), mth(&leaves[..size]), "{size} leaves");
    }
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_no_other_leaf_is() {
    let leaves = hashes(33);
    for size in 1..=leaves.len() {
        let root = tree_root(&leaves[..size]);
        for index in 0..size {
            let path = path(&leaves[..size], index).unwrap();
            for (other, leaf) in leaves.iter().enumerate() {
                let held = verify_inclusion(index as u64, size as u64, leaf, &path, &root);
                assert_eq!(held, other == index, "leaf {other} as {index} of {size}");
            }
        }
    }
}

#[test]
fn every_small_tree_is_proven_to_begin_with_every_smaller_one() {
    let leaves = hashes(33);
    let complete = |level: u32, at: u64| -> Result<Digest, ()> {
        let start = (at << level) as usize;
        Ok(tree_root(&leaves[start..start + (1 << level)]))
    };
    for new in 1..=leaves.len() {
        let new_root = root_from(new as u64, complete).unwrap();
        assert_eq!(new_root, tree_root(&leaves[..new]));
        for old in 1..=new {
            let old_root = tree_root(&leaves[..old]);
            let proof = consistency_from(old as u64, new as u64, complete).unwrap();
            assert!(verify_consistency(old as u64, new as u64, &old_root, &new_root, &proof), "{old} {new}");
            let forged = leaf_hash(b"another history");
            assert!(!verify_consistency(old as u64, new as u64, &forged, &new_root, &proof), "{old} {new}");
        }
    }
}

proptest! {
    #[test]
    fn no_changed_path_is_taken(size in 1_usize..300, index: prop::sample::Index, at: prop::sample::Index, bit in 0_usize..256) {
        let leaves = hashes(size);
        let index = index.index(size);
        let root = tree_root(&leaves);
        let mut path = path(&leaves, index).unwrap();
        prop_assert!(verify_inclusion(index as u64, size as u64, &leaves[index], &path, &root));
        if !path.is_empty() {
            let at = at.index(path.len());
            path[at].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_inclusion(index as u64, size as u64, &leaves[index], &path, &root));
        }
    }

    #[test]
    fn a_huge_tree_costs_no_more_than_its_height(index: u64, size in 1_u64..) {
        let index = index % size;
        let asked = std::cell::Cell::new(0);
        let node = |_, _| -> Result<Digest, ()> { asked.set(asked.get() + 1); Ok(Digest([0; 32])) };
        let path = path_from(index, size, node).unwrap();
        prop_assert!(path.len() <= 64);
        prop_assert!(asked.get() <= 128);
        let _ = consistency_from(index, size, node).unwrap();
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "(.|\n){0,400}") {
        let _ = SignedCheckpoint::verify(&text, box_id(), &public(&signer()));
        let _ = Receipt::verify(&text, box_id(), &public(&signer()));
        let _ = text.parse::<ReceiptCode>();
    }

    #[test]
    fn a_receipt_with_one_changed_byte_is_not_taken(at: prop::sample::Index, to in b' '..=b'~') {
        let text = receipt(5).write();
        let at = at.index(text.len());
        let mut bytes = text.clone().into_bytes();
        bytes[at] = to;
        if let Ok(changed) = String::from_utf8(bytes) && changed != text {
            prop_assert!(Receipt::verify(&changed, box_id(), &public(&signer())).is_err(), "byte {}", at);
        }
    }
}

#[test]
fn a_signed_checkpoint_comes_back_as_it_was_signed() {
    let signed = checkpoint(&hashes(5));
    let read = SignedCheckpoint::verify(signed.note(), box_id(), &public(&signer())).unwrap();
    assert_eq!(read, signed);
    assert_eq!(read.size(), 5);
    assert!(signed.note().starts_with("factuurkluis.internal/6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f\n5\n"));
}

#[test]
fn a_checkpoint_of_another_box_or_key_is_refused() {
    let note = checkpoint(&hashes(5)).note().to_owned();
    let other = BoxId([1; 16]);
    assert!(matches!(
        SignedCheckpoint::verify(&note, other, &public(&signer())),
        Err(JournalRefusal::CheckpointOfAnother { .. })
    ));
    let stranger = public(&SigningKey::from_bytes(&[8; 32]));
    assert_eq!(
        SignedCheckpoint::verify(&note, box_id(), &stranger),
        Err(JournalRefusal::CheckpointUnsigned { expected: origin(box_id()) })
    );
}

#[test]
fn signatures_of_witnesses_are_kept_and_ignored() {
    let mine = checkpoint(&hashes(5)).note().to_owned();
    let witness = format!("— witness.example/w1 {}\n", BASE64.encode(&[3; 80]));
    let both = mine.clone() + &witness;
    let read = SignedCheckpoint::verify(&both, box_id(), &public(&signer())).unwrap();
    assert_eq!(read.note(), both);

    // Only a witness: nothing that the box said.
    let (text, _) = mine.split_once("\n\n").unwrap();
    let alone = format!("{text}\n\n{witness}");
    assert!(matches!(
        SignedCheckpoint::verify(&alone, box_id(), &public(&signer())),
        Err(JournalRefusal::CheckpointUnsigned { .. })
    ));
}

#[test]
fn a_false_signature_in_the_boxs_name_spoils_a_true_one() {
    let mine = checkpoint(&hashes(5)).note().to_owned();
    let other = checkpoint(&hashes(6)).note().to_owned();
    let (_, false_line) = other.split_once("\n\n").unwrap();
    let spoiled = mine + false_line;
    assert!(matches!(
        SignedCheckpoint::verify(&spoiled, box_id(), &public(&signer())),
        Err(JournalRefusal::CheckpointUnsigned { .. })
    ));
}

#[test]
fn a_checkpoint_has_one_written_form() {
    let note = checkpoint(&hashes(5)).note().to_owned();
    let root = note.lines().nth(2).unwrap().to_owned();
    let edits: [(&str, &str, usize); 7] = [
        ("\n5\n", "\n05\n", 2),
        ("\n5\n", "\n+5\n", 2),
        ("\n5\n", "\n99999999999999999999\n", 2),
        (&root, &root[..43], 3),
        ("=\n\n", "=\nan extension\n\n", 4),
        ("\n5\n", "\n5\r\n", 2),
        ("— ", "- ", 5),
    ];
    for (from, to, line) in edits {
        let changed = note.replacen(from, to, 1);
        assert_ne!(changed, note);
        assert_eq!(
            SignedCheckpoint::verify(&changed, box_id(), &public(&signer())),
            Err(JournalRefusal::CheckpointForm { line }),
            "{to:?}"
        );
    }
    let unended = note.strip_suffix('\n').unwrap();
    assert!(SignedCheckpoint::verify(unended, box_id(), &public(&signer())).is_err());
}

#[test]
fn the_verifier_key_names_the_key_that_signed() {
    let key = verifier_key(box_id(), &public(&signer()));
    let [name, id, _] = key.split('+').collect::<Vec<_>>()[..] else { panic!("{key}") };
    let note = checkpoint(&hashes(1)).note().to_owned();
    let signature = BASE64.decode(note.trim_end().rsplit(' ').next().unwrap().as_bytes()).unwrap();
    assert_eq!(name, origin(box_id()));
    assert_eq!(id, data_encoding::HEXLOWER.encode(&signature[..4]));
}

#[test]
fn a_key_id_is_the_one_that_others_work_out() {
    // The example of Go's golang.org/x/mod/sumdb/note.
    let key = BASE64.decode(b"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let key = PublicKey(key[1..].try_into().unwrap());
    assert_eq!(key_id("PeterNeumann", &key), [0xc7, 0x4f, 0x20, 0xa3]);
}

#[test]
fn openssl_agrees_with_a_checkpoints_signature() {
    // The DER around a raw Ed25519 public key (RFC 8410).
    const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let note = checkpoint(&hashes(5)).note().to_owned();
    let (text, line) = note.split_once("\n\n").unwrap();
    let signature = BASE64.decode(line.trim_end().rsplit(' ').next().unwrap().as_bytes()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let key = file("key.der", &[&SPKI[..], &public(&signer()).0].concat());
    let signature = file("signature", &signature[4..]);
    for (signed, expected) in [(format!("{text}\n"), true), (format!("{text} \n"), false)] {
        let message = file("message", signed.as_bytes());
        let output = Command::new("openssl")
            .args(["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey"])
            .arg(&key)
            .arg("-in")
            .arg(&message)
            .arg("-sigfile")
            .arg(&signature)
            .output()
            .expect("openssl is on every Debian");
        assert_eq!(output.status.success(), expected, "{output:?}");
    }
}

#[test]
fn a_receipt_opens_its_own_leaf() {
    for count in [1, 2, 5, 300] {
        let text = receipt(count).write();
        let read = Receipt::verify(&text, box_id(), &public(&signer())).unwrap();
        assert_eq!(read.index(), count as u64 / 2);
        assert_eq!(read.kind(), EntryKind::Admission);
        assert_eq!(read.body(), b"what was admitted");
        assert_eq!(read.checkpoint().size(), count as u64);
    }
}

#[test]
fn a_receipt_of_another_event_is_not_proven() {
    let mut other = receipt(5);
    other.opening = Opening::kept(EntryKind::Admission, [9; 32], b"what was not".to_vec());
    assert!(matches!(
        Receipt::verify(&other.write(), box_id(), &public(&signer())),
        Err(JournalRefusal::ReceiptUnproven { index: 2, size: 5 })
    ));
    // The kind is under the leaf hash too.
    let mut other = receipt(5);
    other.opening = Opening::kept(EntryKind::LookUp, [9; 32], b"what was admitted".to_vec());
    assert!(Receipt::verify(&other.write(), box_id(), &public(&signer())).is_err());
}

#[test]
fn an_entry_says_its_kind_and_nothing_else() {
    let (one, two) = (
        Opening::fresh(EntryKind::Admission, b"the same".to_vec()),
        Opening::fresh(EntryKind::Admission, b"the same".to_vec()),
    );
    assert_eq!(one.entry().kind(), Some(EntryKind::Admission));
    assert_ne!(one.entry(), two.entry());
    assert_eq!(Opening::kept(one.kind(), *one.key(), one.body().to_vec()).entry(), one.entry());
}

#[test]
fn a_commitment_is_the_hmac_of_rfc_4231() {
    // Test case 1 of RFC 4231 has a key of 20 bytes; HMAC pads it with zeroes.
    let mut key = [0; 32];
    key[..20].copy_from_slice(&[0x0b; 20]);
    let entry = Entry::commit(EntryKind::Admission, &key, b"Hi There");
    let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert_eq!(data_encoding::HEXLOWER.encode(&entry.0[1..]), expected);
}

#[test]
fn kinds_keep_their_numbers() {
    for (at, kind) in EntryKind::ALL.iter().enumerate() {
        assert_eq!(EntryKind::from_number(kind.number()), Some(*kind));
        assert!(EntryKind::ALL[at + 1..].iter().all(|later| later.number() > kind.number()));
    }
    assert_eq!(EntryKind::BoxMade.number(), 0x01);
    assert_eq!(EntryKind::Intent.number(), 0x25);
    assert_eq!(EntryKind::Admission.number(), 0x30);
    assert_eq!(EntryKind::LookUp.number(), 0x40);
    assert_eq!(EntryKind::from_number(0), None);
}
