//! A box with three terms, what somebody could have kept of one of them, and that term's end.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use factuurkluis::support::secret::Secret;

use crate::keys::{Key, Remnants, family, keys_of, roots};
use crate::medium::{Kind, Medium, files_of, hold_open};
use crate::support::{Box, Invoice, OLD_TERM, TERM, Taken, copy_tree, json, kluis_at, record, run, text};

/// Stands in every number, name, article and document of the term that dies.
pub(crate) const MARK: &str = "doodsbriefje";
/// The same of the terms that live.
const LIVING: &str = "levensteken";
/// The day on which the term is due, and one on which its wait is over.
const DUE: &str = "2032-01-03";
pub(crate) const OVER: &str = "2032-03-03";

pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) kind: Kind,
    /// What [`Medium::again`] makes the medium from.
    image: PathBuf,
    /// Everything that could have been kept of the term: a copy of the whole box. Its bundles are also
    /// the sticks in the drawer, and what a push sends, byte for byte.
    pub(crate) kept: Remnants,
    /// Bytes of its files that stand nowhere else.
    pub(crate) fragments: Vec<Vec<u8>>,
    /// All keys that ever lived in the box.
    pub(crate) keys: BTreeSet<Key>,
    /// The key of the term.
    pub(crate) doomed: Key,
    /// It, its children, and the roots under which it was kept.
    pub(crate) dying: BTreeSet<Key>,
}

impl Scene {
    /// Makes the box, looks things up in it, lets one term become due.
    pub(crate) fn set(kind: Kind) -> Self {
        let mut the = Box::new();
        let (old, new) = (the.folder.path().join("old"), the.folder.path().join("new"));
        for number in 0..3 {
            seal(&mut the, &old, OLD_TERM, MARK, number);
        }
        for term in [TERM, "trampoline-bv-nl-ordinary-2025-12"] {
            seal(&mut the, &new, term, LIVING, 0);
        }
        let medium = Medium::make(the.folder.path(), kind).expect("it could be made a moment ago");
        let path = medium.path();
        the.copy_to(&path);
        let mut keys = keys_of(&path);
        for stick in [&old, &new] {
            let taken = Taken::of(run(kluis_at(&path, ["take", "--json"]).arg(stick)));
            assert_eq!(taken.exit, Some(0), "{taken:?}");
        }
        let found = find(&the.folder, &path, MARK);
        assert_eq!(found["totals"]["count"], 3 * INVOICES as u64, "{found}");
        let first = &found["rows"][0];
        let place = format!("{}:{}", first["bundle"].as_str().unwrap(), first["leaf"]);
        let out = the.folder.path().join("document");
        let mut show = kluis_at(&path, ["show", &place, "--document", "0", "--reason", "tax-audit"]);
        let shown = run(show.arg("--out").arg(&out).args(the.anna()));
        assert!(shown.status.success(), "{}", text(&shown));
        assert!(fs::read_to_string(&out).unwrap().contains(MARK));
        // A later generation of the vault.
        let pass = ["pass", "Belastingdienst", "--reason", "tax-audit", "--until", "2026-12-31"];
        assert!(run(kluis_at(&path, pass).args(the.anna())).status.success());
        assert!(run(&mut kluis_at(&path, ["clock", "--turn", DUE])).status.success());
        keys.extend(keys_of(&path));

        let copy = the.folder.path().join("kept");
        copy_tree(&path, &copy);
        let kept = Remnants::of_copy(&copy, OLD_TERM);
        let opens = |key: &&Key| kept.opened_by(key).ages > 0;
        let mut of_term = keys.iter().filter(opens);
        let doomed = *of_term.next().expect("one of the vault's keys opens the term's bundles");
        assert!(of_term.next().is_none(), "and one only");
        let mut dying: BTreeSet<Key> = family(&doomed).into_iter().collect();
        for root in roots(&path) {
            let child = Secret::from_bytes(&root).child("factuurkluis/vault");
            dying.extend([root, *child.expose()]);
        }
        let fragments = fragments(&copy.join("terms").join(OLD_TERM));
        let image = medium.put_away();
        let base = the.folder.path().join("base");
        fs::rename(&image, &base).unwrap();
        let scene = Self { folder: the.folder, kind, image: base, kept, fragments, keys, doomed, dying };
        scene.proves_itself();
        scene
    }

    /// Everything that will be looked for is there now, and whatever will be tried opens now.
    fn proves_itself(&self) {
        let trial = self.begin("", None);
        let opens = self.kept.opened_by(&self.doomed);
        assert!(opens.ages == 3 && opens.events > 3 && opens.catalogue > 0, "{opens:?}");
        assert!(self.roots().iter().any(|root| self.kept.opened_by(root).vaults == 2));
        let raw = trial.medium.raw();
        let holds = |bytes: &[u8]| raw.iter().any(|part| memchr::memmem::find(part, bytes).is_some());
        assert!(self.fragments.iter().all(|fragment| holds(fragment)), "its bytes lie on the medium");
        assert!(self.roots().iter().any(|root| holds(root.as_slice())), "its root lies on the medium");
        let carved = self.carved(&raw, &trial);
        assert!(carved.opened_by(&self.doomed).ages >= 3, "its bundles are carved from the medium");
        assert!(self.roots().iter().any(|root| carved.opened_by(root).vaults >= 2), "vaults are carved");
        // Whether something lies on the medium although it is in no file.
        trial.medium.write_and_remove(b"0123456789 is in no file any more");
        let forgets = self.kind == Kind::Directory || self.kind == Kind::Discards;
        let passing = trial.medium.raw_once(|raw| !raw.iter().any(|part| holds_passing(part)));
        assert_eq!(passing.iter().any(|part| holds_passing(part)), !forgets, "{:?}", self.kind);
        let memory = trial.running.memory();
        assert!(!memory.words(MARK).is_empty(), "its words are in memory");
        let secret = self.dying.iter().any(|key| memory.holds(key) > 0);
        assert!(secret || memory.has_secret_pages, "its key is in memory");
    }

    /// What is found on the medium, in files or not.
    pub(crate) fn carved(&self, raw: &[Vec<u8>], trial: &Trial) -> Remnants {
        let mut lengths = self.kept.vault_lengths();
        lengths.extend(files_of(&trial.medium.path().join("vault")).values().map(Vec::len));
        Remnants::carved(raw, OLD_TERM, &lengths)
    }

    fn roots(&self) -> Vec<&Key> {
        self.dying.iter().filter(|key| self.keys.contains(*key)).collect()
    }

    /// The box on a fresh medium, running, after somebody has looked the term up; one of its bundles is
    /// held open by another program.
    pub(crate) fn begin(&self, failpoint: &str, mutation: Option<&str>) -> Trial {
        let medium = Medium::again(&self.image, self.folder.path(), self.kind);
        let path = medium.path();
        let bundles = files_of(&path.join("terms").join(OLD_TERM).join("bundles"));
        let held = hold_open(bundles.keys().next().unwrap());
        let running = Running::start(&path, failpoint, mutation);
        if !running.is_over() {
            // A failpoint may be on this way too.
            let _ = run(find_order(&path, MARK).args(anna(&self.folder)));
        }
        Trial { running, _held: held, medium }
    }

    /// The end of the term, however often the power goes on the way.
    pub(crate) fn destroy(&self, failpoint: &str, mutation: Option<&str>) -> Trial {
        let mut trial = self.begin(failpoint, mutation);
        let path = trial.medium.path();
        let turned = run(&mut kluis_at(&path, ["clock", "--turn", OVER]));
        if trial.running.is_over() {
            trial.running = Running::start(&path, "", mutation);
            let again = run(&mut kluis_at(&path, ["clock", "--turn", "2032-06-03"]));
            assert!(again.status.success(), "{failpoint}: {}", text(&again));
        } else {
            assert!(turned.status.success(), "{failpoint}: {}", text(&turned));
        }
        trial
    }

    /// What the box says to somebody who looks for the word.
    pub(crate) fn finds(&self, trial: &Trial) -> bool {
        find(&self.folder, &trial.medium.path(), MARK)["totals"]["count"] != 0
    }

    /// Whether the other terms are as they were.
    pub(crate) fn the_others_live(&self, trial: &Trial) -> bool {
        let found = find(&self.folder, &trial.medium.path(), LIVING);
        found["totals"]["count"] == 2 * INVOICES as u64
    }
}

fn holds_passing(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"0123456789 is in no file any more").is_some()
}

/// A box that runs on its medium. Ended, let go of and unmounted in this order.
pub(crate) struct Trial {
    pub(crate) running: Running,
    _held: File,
    pub(crate) medium: Medium,
}

/// `kluis run`; ended when dropped.
pub(crate) struct Running(std::cell::RefCell<Child>);

impl Running {
    fn start(path: &Path, failpoint: &str, mutation: Option<&str>) -> Self {
        let mut command = kluis_at(path, ["run", "--port", "0"]);
        command.env("KLUIS_FAILPOINT", failpoint).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(mutation) = mutation {
            command.env("KLUIS_MUTATE", mutation);
        }
        let mut child = command.spawn().unwrap();
        // Its first line says that it is ready; none that it is not.
        let _ = BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Self(child.into())
    }

    pub(crate) fn is_over(&self) -> bool {
        // One that was killed may be on its way out.
        std::thread::sleep(std::time::Duration::from_millis(20));
        self.0.borrow_mut().try_wait().unwrap().is_some()
    }

    pub(crate) fn memory(&self) -> crate::memory::Memory {
        crate::memory::memory_of(self.0.borrow().id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let child = self.0.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Invoices in a bundle.
const INVOICES: usize = 30;

/// Seals a bundle of invoices that are full of `mark` into a file of `folder`.
fn seal(the: &mut Box, folder: &Path, term: &str, mark: &str, nth: usize) {
    fs::create_dir_all(folder).unwrap();
    let day = the.shop.term(term).term.first();
    let invoices: Vec<_> = (0..INVOICES)
        .map(|n| {
            let n = nth * INVOICES + n;
            let mut record = record(&format!("{mark}-{n:04}"), day);
            record.buyer.name = Some(format!("Sanne {mark} {n}"));
            record.buyer.customer = Some(format!("K-{mark}-{n}"));
            record.articles = vec![format!("artikel-{mark}-{n}")];
            // One of them is longer than a chunk of age's.
            let lines = if n.is_multiple_of(INVOICES) { 8000 } else { 40 };
            let document = format!("{mark}, line of document {n}\n").repeat(lines).into_bytes();
            Invoice { record, documents: vec![("text/plain", document)] }
        })
        .collect();
    let bundle = the.shop.seal(term, &invoices);
    fs::write(folder.join(format!("{:06}.bundle", the.shop.number)), bundle).unwrap();
}

/// Pieces of a term's files that look like chance, so that they stand nowhere else.
fn fragments(term: &Path) -> Vec<Vec<u8>> {
    let mut fragments = Vec::new();
    for bytes in files_of(term).values() {
        let pieces = bytes.chunks_exact(64).step_by(8).filter(|piece| {
            let different: BTreeSet<_> = piece.iter().collect();
            different.len() > 48
        });
        let pieces: Vec<_> = pieces.map(<[u8]>::to_vec).collect();
        fragments.extend(pieces.iter().step_by(pieces.len() / 32 + 1).cloned());
    }
    fragments
}

fn anna(folder: &tempfile::TempDir) -> [std::ffi::OsString; 4] {
    ["--as".into(), "Anna".into(), "--pass-file".into(), folder.path().join("anna").into()]
}

fn find_order(path: &Path, mark: &str) -> std::process::Command {
    kluis_at(path, ["find", "--json", "--number", &format!("{mark}*"), "--reason", "tax-audit"])
}

fn find(folder: &tempfile::TempDir, path: &Path, mark: &str) -> serde_json::Value {
    json(find_order(path, mark).args(anna(folder)))
}
