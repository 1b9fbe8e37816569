//! An invoice's proof: the sentence, what it rests on, and the command with which a stranger checks
//! it.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::page::{Say, Tone, facts, notice, plain, qr};
use super::invoice::address;
use crate::exchange::vocabulary::{Digest, PublicKey};

/// The page.
pub struct ProofView {
    /// The invoice's part of the address.
    pub id: String,
    /// The invoice's number.
    pub number: String,
    /// Who signed it.
    pub sender: String,
    /// The key that signed.
    pub sender_key: PublicKey,
    /// The day that the sender says he signed: a claim.
    pub signed: Date,
    /// The day of its admission by the box: a claim of the box's clock.
    pub admitted: Date,
    /// The bundle's number in the sender's series.
    pub bundle: u64,
    /// The invoice's place in it, and how many leaves there are.
    pub leaf: (u32, u32),
    /// SHA-256 of each document.
    pub documents: Vec<(String, Digest)>,
    /// The place of the admission in the journal, and the journal's size at the checkpoint.
    pub entry: (u64, u64),
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// What the proof's file is called.
    pub file: String,
    /// The command that checks it.
    pub command: String,
    /// The command that takes a saved document's digest.
    pub digest_command: String,
    /// The search to go back to.
    pub back: Option<String>,
}

/// The proof of one invoice.
#[must_use]
pub fn proof(say: Say, view: &ProofView) -> Markup {
    let invoice = address(&view.id, "", view.back.as_deref());
    html! {
        p.back { a href=(invoice) { "← " (say.with("console-original-back", &[("number", &view.number)])) } }
        h1 { (say.with("console-proof-title", &[("number", &view.number)])) }
        (notice(Tone::Good, &html! {
            p { (say.with("console-proof-sentence", &[
                ("number", &view.number),
                ("sender", &view.sender),
                ("signed", &say.date(view.signed)),
                ("admitted", &say.date(view.admitted)),
            ])) }
        }))
        section.card aria-labelledby="check" {
            h2 #check { (say.text("console-proof-check")) }
            ol.steps {
                li {
                    p { (say.text("console-proof-take")) }
                    p {
                        a.button.strong href=(address(&view.id, "/proof/file", None)) { (say.text("console-proof-save")) }
                        " " code { (view.file) }
                    }
                    p {
                        a.button href="/box.card" { (say.text("console-proof-save-card")) } " " code { "box.card" }
                    }
                }
                li {
                    p { (say.text("console-proof-run")) }
                    pre.command { code { (view.command) } }
                }
                li { p { (say.text("console-proof-compare")) " " code.digest { (view.sender_key) } } }
                li {
                    p { (say.text("console-proof-openssl")) }
                    pre.command { code { (view.digest_command) } }
                }
            }
            p.hint { (say.text("console-proof-nobody-else")) }
        }
        section.card aria-labelledby="rests" {
            h2 #rests { (say.text("console-proof-rests")) }
            (facts(&rests(say, view)))
            h3 #checkpoint { (say.text("console-proof-checkpoint")) }
            div.beside {
                pre.text tabindex="0" role="region" aria-labelledby="checkpoint" { code { (view.checkpoint) } }
                (qr(&view.checkpoint, &say.text("console-proof-checkpoint-qr")))
            }
        }
    }
}

fn rests(say: Say, view: &ProofView) -> Vec<(String, Markup)> {
    let (leaf, leaves) = view.leaf;
    let mut facts = vec![
        (say.text("console-proof-signed-by"), html! { (view.sender) ", " code.digest { (view.sender_key) } }),
        (
            say.text("console-proof-place"),
            plain(say.with(
                "console-proof-leaf",
                &[
                    ("leaf", &leaf.to_string()),
                    ("leaves", &leaves.to_string()),
                    ("bundle", &view.bundle.to_string()),
                ],
            )),
        ),
    ];
    for (kind, digest) in &view.documents {
        let name = say.with("console-proof-digest", &[("kind", kind)]);
        facts.push((name, html! { code.digest { (digest) } }));
    }
    let (entry, size) = view.entry;
    let fields = [("entry", &*entry.to_string()), ("size", &*size.to_string())];
    facts.push((say.text("console-proof-journal"), plain(say.with("console-proof-entry", &fields))));
    facts
}
