//! Reading the bundles on a stick, beside `dd` and openssl reading all of its bytes.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

use factuurkluis::appliance::airlock::volume::{Blocks, Volume};
use sha2::{Digest, Sha256};

use crate::Scale;
use crate::admission::succeed;
use crate::pair::{Pair, time};
use crate::shop::Chance;

/// Bundles on the stick.
const BUNDLES: u64 = 8;
/// At least half as fast as they.
const MOST: f64 = 2.0;

struct Image(File);

impl Blocks for Image {
    fn length(&self) -> u64 {
        self.0.metadata().expect("it is open").len()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }
}

/// Formats an image as FAT32, fills nearly all of it with bundles, and reads and digests them.
pub fn run(scale: &Scale, _kluis: &Path, scratch: &Path) {
    let place = scratch.join("stick");
    fs::create_dir_all(&place).expect("the scratch folder can be written");
    let image = place.join("stick.img");
    File::create(&image)
        .and_then(|file| file.set_len(scale.stick))
        .expect("the scratch folder can be written");
    succeed(Command::new("mkfs.fat").args(["-F", "32"]).arg(&image).stdout(Stdio::null()));
    // A hundredth is left for the tables.
    let mut bytes = vec![0; (scale.stick / BUNDLES * 99 / 100) as usize];
    let bundle = place.join("bundle");
    for number in 0..BUNDLES {
        Chance(number + 1).fill(&mut bytes);
        fs::write(&bundle, &bytes).expect("the scratch folder can be written");
        let mut copy = Command::new("mcopy");
        copy.arg("-i").arg(&image).arg(&bundle).arg(format!("::trampoline-{number:06}.bundle"));
        succeed(&mut copy);
    }
    let ours = || {
        time(|| {
            let mut volume =
                Volume::open(Image(File::open(&image).expect("it is ours"))).expect("it is FAT32");
            let listing = volume.list().expect("it is sound");
            assert_eq!(listing.found.len() as u64, BUNDLES);
            for found in &listing.found {
                let mut digest = Sha256::new();
                volume
                    .copy(found, &mut |piece| {
                        digest.update(piece);
                        Ok(())
                    })
                    .expect("it is sound");
                std::hint::black_box(digest.finalize());
            }
        })
    };
    let theirs = || {
        time(|| {
            let mut dd = Command::new("dd");
            dd.arg(format!("if={}", image.display()))
                .arg("bs=1M")
                .stdout(Stdio::piped())
                .stderr(Stdio::null());
            let mut dd = dd.spawn().expect("dd is installed");
            let mut openssl = Command::new("openssl");
            openssl.args(["dgst", "-sha256"]).stdin(dd.stdout.take().expect("it is piped"));
            succeed(openssl.stdout(Stdio::null()));
            assert!(dd.wait().expect("it was started").success());
        })
    };
    Pair::measure(scale.rounds, ours, theirs).print(
        &format!("Reading a stick of {} MiB (FAT32, {BUNDLES} bundles)", scale.stick >> 20),
        "list, read and digest each bundle",
        "dd bs=1M | openssl dgst -sha256",
        MOST,
    );
    fs::remove_dir_all(&place).expect("it is ours");
}
