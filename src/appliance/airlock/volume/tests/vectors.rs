//! The images with which dosfstools and exfatprogs test themselves: sound ones are read right, damaged
//! ones read right or refused. `KLUIS_VECTORS` names their folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::{Blocks, Kind, Volume};
use super::devices::{Image, Sparse};
use super::{StickRefusal, copy};
use crate::support::words::Said;

fn vectors(kind: &str) -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("KLUIS_VECTORS") else {
        assert!(std::env::var_os("CI").is_none(), "KLUIS_VECTORS is not set, and this is CI");
        eprintln!("SKIPPED: KLUIS_VECTORS is not set, so no {kind} image was tried");
        return None;
    };
    let folder = PathBuf::from(folder).join(kind);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Some(paths)
}

/// What `xxd` wrote: `offset: two bytes in hex, eight times  text`.
fn dumped(path: &Path) -> Sparse {
    let mut image = Sparse::default();
    for line in fs::read_to_string(path).unwrap().lines() {
        // A line that stands for zeros has none.
        let Some((offset, rest)) = line.split_once(": ") else { continue };
        let digits: String = rest.split("  ").next().unwrap().split(' ').collect();
        let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap();
        let offset = u64::from_str_radix(offset, 16).unwrap();
        image.put(offset, &bytes);
        image.length = image.length.max(offset + bytes.len() as u64);
    }
    image.length = image.length.next_multiple_of(512);
    image
}

/// What is on an image, every file being taken: its name and length, or why not.
fn told<B: Blocks>(image: B) -> String {
    let told = |refusal: &StickRefusal| {
        let file = refusal.fields().into_iter().find(|(field, _)| *field == "file");
        format!("{} {}", refusal.code(), file.map_or(String::new(), |(_, file)| file))
    };
    let read = || {
        let mut volume = Volume::open(image)?;
        volume.kind = |_| Some(Kind::Bundle);
        let listing = volume.list()?;
        let mut lines = Vec::new();
        for found in &listing.found {
            lines.push(format!("{} {}", found.path(), copy(&mut volume, found)?.len()));
        }
        lines.extend(listing.damaged.iter().map(told));
        Ok(lines.join(", "))
    };
    read().unwrap_or_else(|refusal| told(&refusal))
}

/// Where something is on them. A `.fsck` is as damaged as its name says, the `.xxd` what fsck makes of it.
const FAT: [(&str, &str); 12] = [
    (
        "check-bad_names.fsck",
        "stick-empty  AME1.BIN, stick-empty , stick-empty NAME3.BIN, stick-empty N>ME4.BIN",
    ),
    (
        "check-bad_names.xxd",
        "stick-empty FSCK0000.000, stick-empty FSCK0000.001, stick-empty NAME3.BIN, stick-empty FSCK0000.002",
    ),
    ("check-chain_to_free_cluster.fsck", "TEST.TXT 5"),
    ("check-chain_to_free_cluster.xxd", "TEST.TXT 5"),
    ("check-chain_too_long.fsck", "TEST.TXT 7"),
    ("check-chain_too_long.xxd", "TEST.TXT 7"),
    ("check-circular_chain.fsck", "stick-circular TEST4CLS.TXT"),
    ("check-circular_chain.xxd", "TEST4CLS.TXT 12288, FSCK0000.REC 4096"),
    (
        "check-encryption_with_duplicate_dirent.fsck",
        "test_encrypted.txt.PFILE 4112, test_encrypted_2.txt.PFILE 4112",
    ),
    ("check-encryption_with_duplicate_dirent.xxd", "test_encrypted.txt.PFILE 4112, FSCK0000.000 4112"),
    (
        "check-encryption_with_invalid_83.fsck",
        "test_encrypted.txt.PFILE 4112, test_encrypted_2.txt.PFILE 4112",
    ),
    ("check-encryption_with_invalid_83.xxd", "FSCK0000.000 4112, test_encrypted_2.txt.PFILE 4112"),
];

/// Damaged as their names say.
const EXFAT: [(&str, &str); 12] = [
    ("bad_bitmap", "child_01 8192, child_02 8192, child_03 8192"),
    ("bad_bitmap_size", ""),
    ("bad_dentries", ""),
    ("bad_dentries2", ""),
    ("bad_file_size", "child_01 8192, child_02 8192, child_03 8192"),
    ("bad_first_clu", "child_01 8192, child_02 8192, stick-entry bad_child_01"),
    ("bs_bad_csum", ""),
    (
        "de_bad_csum",
        "stick-empty l0_file_00, stick-empty l0_file_01, stick-entry l0_dir_00, stick-empty l0_file_02",
    ),
    (
        "duplicated_name",
        "duplicated-filename-test 131072, duplicated-filename-test 393216, stick-empty 00001, stick-empty 00040",
    ),
    (
        "file_invalid_clus",
        "stick-empty l0_file_00, stick-empty l0_file_01, stick-empty l0_file_02, stick-entry zero_file_bad_start, stick-short file_invalid_clus, stick-short file_duplicated_clus, stick-entry smaller_file, stick-entry larger_file",
    ),
    ("invalid_name", "41 names"),
    ("rename_dot_entry", ""),
];

#[test]
fn every_fat_image_of_dosfstools_is_read_right_or_refused() {
    let Some(paths) = vectors("fs-fat") else { return };
    let mut tried = 0;
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".mkfs") {
            continue;
        }
        let expected = FAT.iter().find(|(image, _)| *image == name).map_or("", |(_, expected)| expected);
        assert_eq!(told(dumped(&path)), expected, "{name}");
        tried += 1;
    }
    assert_eq!(tried, 33);
}

#[test]
fn every_exfat_image_of_exfatprogs_is_read_right_or_refused() {
    let Some(paths) = vectors("fs-exfat") else { return };
    assert_eq!(paths.len(), EXFAT.len());
    for path in paths {
        let folder = tempfile::tempdir().unwrap();
        let packed = path.join("exfat.img.tar.xz");
        let status = Command::new("tar").arg("xJf").arg(packed).arg("-C").arg(folder.path()).status();
        assert!(status.unwrap().success());
        let image = Image(fs::File::open(folder.path().join("exfat.img")).unwrap());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (_, expected) = EXFAT.iter().find(|(image, _)| *image == name).unwrap();
        let told = told(image);
        // Every name of one letter that may not be in a name.
        let told = if name == "invalid_name" { format!("{} names", told.split(", ").count()) } else { told };
        assert_eq!(told, *expected, "{name}");
    }
}
