//! A box whose root is in a TPM, from outside: the built `kluis` and a real TPM in software.
//!
//! What needs `swtpm` and `tpm2-tools` says SKIPPED aloud where they are missing; under CI that is a
//! failure. One box is made; every test begins with a copy of it and of its TPM's state.
#![allow(clippy::unwrap_used)]

mod support;
#[path = "support/swtpm.rs"]
mod swtpm;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use factuurkluis::exchange::bundle::SignedBoxCard;
use serde_json::Value;

use support::{Invoice, KLUIS, OLD_TERM, SWITCH_STEPS, Shop, copy_tree, kluis_at, run, skipped, text};
use swtpm::SoftwareTpm;

/// The term that ends first, and a day by which it is destroyed.
const DOOMED: &str = OLD_TERM;
const ITS_END: &str = "2032-03-01";

/// A box with a shop, one bundle in [`DOOMED`], and the TPM that opens it.
struct Made {
    folder: tempfile::TempDir,
    init: Value,
}

/// `None` without the programs.
static MADE: LazyLock<Option<Made>> = LazyLock::new(|| {
    let Some(mut tpm) = SoftwareTpm::start() else {
        skipped("a root in a TPM (swtpm, tpm2-tools)");
        return None;
    };
    // An honest start: firmware measures what it hands over to.
    tpm.measure(4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box");
    let out = run(Command::new(KLUIS)
        .args([
            "init",
            "--json",
            "--language",
            "en",
            "--demo",
            "--entity",
            "Trampoline BV",
            "--back-years",
            "2",
        ])
        .args(["--officer", "Anna", "--officer", "Bram", "--class", "ordinary", "--root", "tpm"])
        .arg(&path)
        .env("KLUIS_TPM", tpm.place()));
    assert!(out.status.success(), "{}", text(&out));
    let init: Value = serde_json::from_slice(&out.stdout).unwrap();
    for (name, file) in [("Anna", "anna"), ("Bram", "bram")] {
        let officers = init["officers"].as_array().unwrap();
        let officer = officers.iter().find(|officer| officer["name"] == name).unwrap();
        fs::write(folder.path().join(file), officer["pass_phrase"].as_str().unwrap()).unwrap();
    }
    fs::write(folder.path().join("boot-key"), init["boot_key"].as_str().unwrap()).unwrap();
    let mut shop = Shop::new(SignedBoxCard::open(&fs::read(path.join("box.card")).unwrap()).unwrap());
    let card = folder.path().join("shop.card");
    fs::write(&card, shop.card.to_bytes()).unwrap();
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let invoice = Invoice::plain(&shop, DOOMED, "2024-0001");
    fs::write(stick.join("000001.bundle"), shop.seal(DOOMED, &[invoice])).unwrap();
    let made = Made { folder, init };
    let the = Here { path: path.clone(), tpm: tpm.place(), made: &made };
    the.done(
        the.kluis(["enrol", "--back-years", "--fingerprint", &shop.card.fingerprint()])
            .arg(card)
            .args(the.anna()),
    );
    the.done(the.kluis(["take"]).arg(stick));
    tpm.copy_state_to(&made.folder.path().join("state"));
    Some(made)
});

/// A box and where its TPM is.
struct Here<'m> {
    path: PathBuf,
    tpm: String,
    made: &'m Made,
}

impl Here<'_> {
    fn kluis<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = kluis_at(&self.path, arguments);
        command.env("KLUIS_TPM", &self.tpm);
        command
    }

    fn anna(&self) -> [std::ffi::OsString; 4] {
        ["--as".into(), "Anna".into(), "--pass-file".into(), self.made.folder.path().join("anna").into()]
    }

    fn bram(&self) -> [std::ffi::OsString; 4] {
        [
            "--with".into(),
            "Bram".into(),
            "--with-pass-file".into(),
            self.made.folder.path().join("bram").into(),
        ]
    }

    fn done(&self, command: &mut Command) -> Output {
        let out = run(command);
        assert!(out.status.success(), "{command:?}: {}", text(&out));
        out
    }

    /// What an unopened box says.
    fn refused(&self) -> (String, String) {
        let out = run(&mut self.kluis(["verify", "--json"]));
        assert_eq!(out.status.code(), Some(1), "{}", text(&out));
        let answer: Value = serde_json::from_slice(&out.stdout).unwrap();
        let field = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (field("code"), field("sentence"))
    }

    fn sound(&self) -> Value {
        serde_json::from_slice(&self.done(&mut self.kluis(["verify", "--json"])).stdout).unwrap()
    }

    /// The file of the doomed term's certificate, once it is there.
    fn certificate(&self) -> Option<PathBuf> {
        Some(self.path.join(format!("certificates/{DOOMED}.certificate"))).filter(|file| file.exists())
    }

    fn approve(&self, key: &Path) -> Output {
        run(self.kluis(["approve-start"]).arg("--boot-key").arg(key))
    }
}

/// A copy of the box with a TPM of its own, started as the box's computer starts.
struct Copied {
    here: Here<'static>,
    tpm: SoftwareTpm,
    folder: tempfile::TempDir,
}

impl Copied {
    fn of_the_box() -> Option<Self> {
        let made = MADE.as_ref()?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box");
        let tpm = SoftwareTpm::start().unwrap();
        let mut copied = Self { here: Here { path, tpm: String::new(), made }, tpm, folder };
        copied.as_made();
        Some(copied)
    }

    /// Disk and TPM as they were when the box was made.
    fn as_made(&mut self) {
        let _ = fs::remove_dir_all(&self.here.path);
        copy_tree(&self.here.made.folder.path().join("box"), &self.here.path);
        self.tpm.put_back_state(&self.here.made.folder.path().join("state"));
        self.started(&[4]);
    }

    /// The computer has started, and measured these.
    fn started(&mut self, registers: &[u8]) {
        registers.iter().for_each(|register| self.tpm.measure(*register));
        self.here.tpm = self.tpm.place();
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    /// Exchanges the disk for the image of it.
    fn put_image_back(&self) {
        fs::remove_dir_all(&self.here.path).unwrap();
        copy_tree(&self.image(), &self.here.path);
    }
}

#[test]
fn a_box_with_a_tpm_root_lives_destroys_and_says_which_root_it_has() {
    let Some(the) = Copied::of_the_box() else { return };
    let root = the.here.made.init["root"].as_str().unwrap();
    assert!(root.contains("TPM") && root.contains("no foreign boot stick"), "{root}");
    assert_eq!(the.here.sound()["bundles"], 1);
    the.here.done(&mut the.here.kluis(["clock", "--turn", ITS_END]));
    let certificate = the.here.certificate().unwrap();
    let out = the.here.done(the.here.kluis(["verify-certificate", "--json"]).arg(certificate));
    let certificate: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(certificate["certificate"]["root"], "tpm");
    let report = the.here.sound();
    assert_eq!(report["bundles"], 0, "{report}");
}

#[test]
fn a_process_killed_at_any_step_of_a_destruction_under_a_tpm_root_is_finished_by_the_next() {
    let Some(mut the) = Copied::of_the_box() else { return };
    for (failpoint, dies) in SWITCH_STEPS {
        the.as_made();
        let mut turn = the.here.kluis(["clock", "--turn", ITS_END]);
        let out = run(turn.env("KLUIS_FAILPOINT", failpoint));
        assert_eq!(out.status.signal(), Some(9), "{failpoint}: {}", text(&out));
        let report = the.here.sound();
        assert_eq!(report["bundles"], i32::from(!dies), "{failpoint}");
        assert_eq!(the.here.certificate().is_some(), dies, "{failpoint}");
        the.here.done(&mut the.here.kluis(["clock", "--turn", ITS_END]));
        assert!(the.here.certificate().is_some(), "{failpoint}");
        the.here.sound();
    }
}

#[test]
fn an_image_of_the_whole_disk_from_before_a_destruction_is_refused_and_the_box_says_why() {
    let Some(the) = Copied::of_the_box() else { return };
    copy_tree(&the.here.path, &the.image());
    the.here.done(&mut the.here.kluis(["clock", "--turn", ITS_END]));
    the.put_image_back();
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-old-copy", "{sentence}");
    assert!(sentence.contains("An earlier image of the disk was put back"), "{sentence}");
}

#[test]
fn an_image_of_the_whole_disk_from_before_an_officer_was_appointed_is_refused_too() {
    let Some(mut the) = Copied::of_the_box() else { return };
    for (failpoint, changed) in [
        ("switch-2-root-written", false),
        ("switch-3-vault-written", false),
        ("switch-5-old-root-killed", true),
        ("switch-6-old-root-refused", true),
        ("", true),
    ] {
        the.as_made();
        let _ = fs::remove_dir_all(the.image());
        copy_tree(&the.here.path, &the.image());
        let mut appoint = the.here.kluis(["officer", "--appoint", "Carla", "--json"]);
        let out = run(appoint.args(the.here.anna()).args(the.here.bram()).env("KLUIS_FAILPOINT", failpoint));
        assert_eq!(out.status.signal(), (!failpoint.is_empty()).then_some(9), "{failpoint}: {}", text(&out));
        the.here.sound();
        let officers = text(&the.here.done(&mut the.here.kluis(["officer", "--json"])));
        assert_eq!(officers.contains("Carla"), changed, "{failpoint}: {officers}");
        the.put_image_back();
        if changed {
            assert_eq!(the.here.refused().0, "vault-old-copy", "{failpoint}");
        } else {
            the.here.sound();
        }
    }
}

#[test]
fn a_computer_started_in_another_way_does_not_open_the_box_until_the_boot_key_approves_it() {
    let Some(mut the) = Copied::of_the_box() else { return };
    // A foreign stick: another boot manager.
    the.tpm.reset();
    the.started(&[4, 4]);
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-tpm-other-start");
    assert!(sentence.contains("boot stick") && sentence.contains("kluis approve-start"), "{sentence}");
    for register in [2, 7, 11, 12] {
        the.tpm.reset();
        the.started(&[4, register]);
        assert_eq!(the.here.refused().0, "vault-tpm-other-start", "register {register}");
    }
    // The box's own start, with something measured that it is not bound to.
    the.tpm.reset();
    the.started(&[4, 0, 8]);
    the.here.sound();
    // Something started after the box was opened is no start of the box.
    the.tpm.measure(4);
    assert_eq!(the.here.refused().0, "vault-tpm-other-start");

    // An update: the wrong key does not help, the right one does, however it was written down.
    the.tpm.reset();
    the.started(&[4, 11]);
    let key = the.folder.path().join("key");
    fs::write(&key, "00".repeat(31) + "01").unwrap();
    let out = the.here.approve(&key);
    assert!(!out.status.success() && text(&out).contains("not the boot key"), "{}", text(&out));
    assert_eq!(the.here.refused().0, "vault-tpm-other-start");
    let right = fs::read_to_string(the.here.made.folder.path().join("boot-key")).unwrap();
    fs::write(&key, format!(" {}\n", right.to_uppercase().replace('-', " "))).unwrap();
    let out = the.here.approve(&key);
    assert!(out.status.success(), "{}", text(&out));
    the.here.sound();
    // And the way back stays open.
    the.tpm.reset();
    the.started(&[4]);
    the.here.sound();
    // Also after a destruction.
    the.here.done(&mut the.here.kluis(["clock", "--turn", ITS_END]));
    the.tpm.reset();
    the.started(&[4, 11]);
    the.here.sound();
}

#[test]
fn nobody_but_the_box_reads_writes_or_defines_its_slots() {
    let Some(the) = Copied::of_the_box() else { return };
    for index in ["0x018A4B10", "0x018A4B11"] {
        assert!(the.tpm.tool("tpm2_nvreadpublic", &[index]), "the test proves nothing: there is no {index}");
        assert!(!the.tpm.tool("tpm2_nvread", &[index]));
        assert!(!the.tpm.tool("tpm2_nvread", &["-C", "o", index]));
        assert!(!the.tpm.tool("tpm2_nvread", &["-C", index, index]));
        let zeros = the.folder.path().join("zeros");
        fs::write(&zeros, [0; 92]).unwrap();
        let zeros = zeros.display().to_string();
        assert!(!the.tpm.tool("tpm2_nvwrite", &["-C", "o", "-i", &zeros, index]));
        assert!(!the.tpm.tool("tpm2_nvwrite", &["-C", index, "-i", &zeros, index]));
        assert!(!the.tpm.tool("tpm2_nvundefine", &["-C", "o", index]));
    }
    the.here.sound();
}

#[test]
fn a_tpm_that_is_gone_cleared_or_taken_is_told_apart() {
    let Some(mut the) = Copied::of_the_box() else { return };
    let init = |place: &str, path: &Path| {
        let mut init = Command::new(KLUIS);
        init.args([
            "init",
            "--json",
            "--demo",
            "--entity",
            "Second BV",
            "--officer",
            "Anna",
            "--officer",
            "Bram",
        ])
        .args(["--root", "tpm"])
        .arg(path)
        .env("KLUIS_TPM", place);
        text(&run(&mut init))
    };
    let second = the.folder.path().join("second");
    assert!(init(&the.here.tpm, &second).contains("vault-tpm-taken"));
    the.here.sound();

    the.tpm.switch_off();
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-tpm-missing", "{sentence}");
    the.tpm.switch_on();
    the.started(&[4]);
    the.here.sound();

    assert!(the.tpm.tool("tpm2_clear", &["-c", "l"]));
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-tpm-forgotten");
    assert!(sentence.contains("cleared, or this is another computer"), "{sentence}");
    // A cleared TPM takes a new box; one that belongs to somebody does not.
    assert!(the.tpm.tool("tpm2_changeauth", &["-c", "owner", "somebody"]));
    assert!(init(&the.here.tpm, &second).contains("vault-tpm-owned"));
    assert!(the.tpm.tool("tpm2_changeauth", &["-c", "owner", "-p", "somebody"]));
    let made = init(&the.here.tpm, &second);
    assert!(made.contains("boot_key"), "{made}");
    // The old box's disk does not open with the new box's root.
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-tpm-forgotten", "{sentence}");
}

#[test]
fn a_damaged_note_of_the_tpm_root_is_read_from_its_twin_and_both_are_written_anew_with_the_boot_key() {
    let Some(the) = Copied::of_the_box() else { return };
    let damage = |name: &str, at: usize| {
        let path = the.here.path.join("root").join(name);
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    damage("tpm.a", 100);
    the.here.sound();
    damage("tpm.b", 3);
    let (code, sentence) = the.here.refused();
    assert_eq!(code, "vault-tpm-note", "{sentence}");
    let out = the.here.approve(&the.here.made.folder.path().join("boot-key"));
    assert!(out.status.success(), "{}", text(&out));
    the.here.sound();
}
