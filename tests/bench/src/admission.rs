//! Admission of a folder of bundles, and sealing, against age and openssl.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Scale;
use crate::pair::{Pair, time};
use crate::sealing::{Sealer, write_documents};
use crate::shop::{self, Kind, copy_tree};

/// Takes bundles of plain PDFs, against the peer; then Factur-X against plain.
pub fn run(scale: &Scale, kluis: &Path, scratch: &Path) {
    let plain = Stick::sealed(scale, &Kind::plain(100_000), &scratch.join("plain"));
    let peer = Peer::of(&plain.bundles, &scratch.join("peer"));
    let what = format!("Admission: {} bundles of {} plain PDFs of 100 kB", scale.bundles, scale.invoices);
    let pair = Pair::measure(scale.rounds, || plain.take(kluis), || peer.run());
    pair.print(&what, "kluis take FOLDER", "age -d | openssl dgst -sha256; cp, sync", 1.0);
    drop(peer);
    let hybrid = Stick::sealed(scale, &Kind::FacturX(100_000), &scratch.join("facturx"));
    let pair = Pair::measure(scale.rounds, || hybrid.take(kluis), || plain.take(kluis));
    pair.print("The same with Factur-X, compared by the reader", "Factur-X", "plain PDFs", 2.0);
}

/// A folder of bundles and the box that they are for.
struct Stick {
    place: PathBuf,
    bundles: PathBuf,
}

impl Stick {
    fn sealed(scale: &Scale, kind: &Kind, place: &Path) -> Self {
        let bundles = place.join("bundles");
        fs::create_dir_all(&bundles).expect("the scratch folder can be written");
        let (_, mut shop) = shop::make(&place.join("box"));
        for bundle in 0..scale.bundles {
            let file = bundles.join(format!("{bundle:02}.bundle"));
            shop.seal_made(kind, bundle * scale.invoices, scale.invoices, &file);
        }
        Self { place: place.to_owned(), bundles }
    }

    /// Takes all into a fresh copy of the box.
    fn take(&self, kluis: &Path) -> Duration {
        let directory = self.place.join("taking");
        copy_tree(&self.place.join("box"), &directory);
        settle(&directory);
        let mut command = Command::new(kluis);
        command.arg("--box").arg(&directory).arg("take").arg(&self.bundles).stdout(Stdio::null());
        let took = time(|| succeed(&mut command));
        fs::remove_dir_all(&directory).expect("it is ours");
        took
    }
}

/// What others' tools do: decrypt and digest, copy and sync. Files of the same size, by `age -r`.
struct Peer {
    place: PathBuf,
    files: Vec<PathBuf>,
}

impl Peer {
    fn of(bundles: &Path, place: &Path) -> Self {
        fs::create_dir_all(place.join("files")).expect("the scratch folder can be written");
        let recipient = keygen(place);
        let mut files = Vec::new();
        for entry in fs::read_dir(bundles).expect("it was written") {
            let bundle = entry.expect("it can be read").path();
            let file = place.join("files").join(bundle.file_name().expect("it has a name"));
            // The bundle's own bytes do not compress either, and so the size is the same to 0.1 %.
            succeed(Command::new("age").args(["-r", &recipient, "-o"]).arg(&file).arg(&bundle));
            File::open(&file).and_then(|file| file.sync_all()).expect("synced");
            files.push(file);
        }
        files.sort();
        Self { place: place.to_owned(), files }
    }

    fn run(&self) -> Duration {
        let copy = self.place.join("copy");
        fs::create_dir(&copy).expect("the scratch folder can be written");
        settle(&copy);
        let key = self.place.join("key");
        let took = time(|| {
            for file in &self.files {
                let mut age = Command::new("age")
                    .arg("-d")
                    .arg("-i")
                    .arg(&key)
                    .arg(file)
                    .stdout(Stdio::piped())
                    .spawn()
                    .expect("age starts");
                let given = age.stdout.take().expect("asked for");
                let mut openssl = Command::new("openssl");
                succeed(openssl.args(["dgst", "-sha256"]).stdin(given).stdout(Stdio::null()));
                assert!(age.wait().expect("it was started").success(), "age -d");
            }
            succeed(Command::new("cp").args(&self.files).arg(&copy));
            // Of these files only: the rest of a shared machine is none of the peer's business.
            let copies = self.files.iter().map(|file| copy.join(file.file_name().expect("it has a name")));
            succeed(Command::new("sync").args(copies).arg(&copy));
        });
        fs::remove_dir_all(&copy).expect("it is ours");
        took
    }
}

/// Sealing documents that lie in a folder, against `age -r` of the same bytes in one file.
pub fn seal(scale: &Scale, sealer: &Sealer, scratch: &Path) {
    let place = scratch.join("sealing");
    let documents = place.join("documents");
    let (kind, count) = (Kind::plain(100_000), scale.bundles * scale.invoices / 4);
    write_documents(&kind, count, 0, &documents);
    let all = place.join("all");
    let mut one = File::create(&all).expect("the scratch folder can be written");
    for number in 0..count {
        std::io::Write::write_all(&mut one, &kind.document(number))
            .expect("the scratch folder can be written");
    }
    let recipient = keygen(&place);
    let ours = || {
        let out = place.join("sealed");
        settle(&place);
        let took = sealer.seal(&documents, &out);
        fs::remove_dir_all(&out).expect("it is ours");
        took
    };
    let theirs = || {
        let sealed = place.join("all.age");
        settle(&place);
        let took = time(|| {
            succeed(Command::new("age").args(["-r", &recipient, "-o"]).arg(&sealed).arg(&all));
            succeed(Command::new("openssl").args(["dgst", "-sha256"]).arg(&sealed).stdout(Stdio::null()));
            succeed(Command::new("sync").arg(&sealed));
        });
        fs::remove_file(&sealed).expect("it is ours");
        took
    };
    let pair = Pair::measure(scale.rounds, ours, theirs);
    let what = format!("Sealing: {count} PDFs of 100 kB from a folder");
    pair.print(&what, "kluis-send seal FOLDER", "age -r; openssl dgst -sha256; sync", 1.0);
}

/// Lets what was written before reach the disk, so that nobody waits for it later.
fn settle(directory: &Path) {
    succeed(Command::new("sync").arg("-f").arg(directory));
}

fn keygen(place: &Path) -> String {
    let key = place.join("key");
    succeed(Command::new("age-keygen").arg("-o").arg(&key).stderr(Stdio::null()));
    let public = Command::new("age-keygen").arg("-y").arg(&key).output().expect("age-keygen starts");
    String::from_utf8(public.stdout).expect("it prints text").trim().to_owned()
}

/// Runs a command that must succeed.
pub fn succeed(command: &mut Command) {
    let done = command.status();
    assert!(done.as_ref().is_ok_and(|done| done.success()), "{command:?}: {done:?}");
}
