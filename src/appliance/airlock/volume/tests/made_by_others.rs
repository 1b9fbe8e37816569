//! `mkfs.fat`, `mkfs.exfat` and mtools.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use super::devices::Image;
use super::{contents, take};

/// Runs a tool; it is installed by `scripts/test`.
pub(super) fn run(tool: &str, arguments: &[&str]) {
    let done = Command::new(tool).args(arguments).env("MTOOLS_SKIP_CHECK", "1").output();
    let done = done.unwrap_or_else(|error| panic!("{tool}: {error} (scripts/test installs it)"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{tool} {arguments:?}: {said}{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn a_stick_of_every_kind_of_fat_gives_its_bundles() {
    let folder = tempfile::tempdir().unwrap();
    for (bits, size, more) in [
        ("12", 2_u64 << 20, &[][..]),
        ("16", 32 << 20, &[]),
        ("32", 64 << 20, &["-s", "1"]),
        ("32", 400 << 20, &["-S", "4096"]),
        ("16", 100 << 20, &["-S", "2048"]),
    ] {
        let path = folder.path().join("stick.img");
        File::create(&path).unwrap().set_len(size).unwrap();
        let image = path.to_str().unwrap();
        run("mkfs.fat", &[&["-F", bits], more, &[image]].concat());
        let put = |name: &str, bytes: &[u8]| {
            let local = folder.path().join("local");
            std::fs::write(&local, bytes).unwrap();
            run("mcopy", &["-i", image, local.to_str().unwrap(), &format!("::{name}")]);
        };
        let (long, short) = (contents(300_001, 1), contents(700, 2));
        put("trampoline-nl-ordinary-2026-12-000057.bundle", &long);
        put("TOKEN.TSR", &short);
        put("holiday.jpg", &short);
        run("mmd", &["-i", image, "::Kluis", "::photos"]);
        put("Kluis/box.CARD", &short);
        put("photos/not-here.bundle", &short);

        let (files, listing) = take(Image(File::open(Path::new(image)).unwrap())).unwrap();
        let expected = [
            ("trampoline-nl-ordinary-2026-12-000057.bundle", &long),
            ("TOKEN.TSR", &short),
            ("Kluis/box.CARD", &short),
        ];
        let expected: Vec<_> = expected.iter().map(|(n, b)| ((*n).to_owned(), (*b).clone())).collect();
        assert!(files == expected, "FAT{bits} {more:?}: {listing:?}");
        assert_eq!(listing.damaged, []);
        assert_eq!(listing.passed_over, 2);
    }
}
