//! The images with which dosfstools and exfatprogs test themselves: sound ones are read right, damaged
//! ones read right or refused. `KLUIS_VECTORS` names their folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::{Kind, Volume};
use super::devices::{Image, Sparse};
use super::{StickRefusal, copy};

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

/// What is on an image, every file being taken: name and length, or why not.
fn told<B: super::super::Blocks>(image: B) -> Result<Vec<String>, StickRefusal> {
    let mut volume = Volume::open(image)?;
    volume.kind = |_| Some(Kind::Bundle);
    let listing = volume.list()?;
    let files = listing.found.iter().map(|found| match copy(&mut volume, found) {
        Ok(bytes) => format!("{} {}", found.path(), bytes.len()),
        Err(refusal) => format!("{refusal:?}"),
    });
    let files: Vec<_> = files.collect();
    Ok(files.into_iter().chain(listing.damaged.iter().map(|refusal| format!("{refusal:?}"))).collect())
}

#[test]
fn every_fat_image_of_dosfstools_is_read_or_refused() {
    let Some(paths) = vectors("fs-fat") else { return };
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".xxd") || name.ends_with(".fsck") {
            eprintln!("{name}: {:?}", told(dumped(&path)));
        }
    }
}

#[test]
fn every_exfat_image_of_exfatprogs_is_read_or_refused() {
    let Some(paths) = vectors("fs-exfat") else { return };
    for path in paths {
        let folder = tempfile::tempdir().unwrap();
        let packed = path.join("exfat.img.tar.xz");
        let status = Command::new("tar").arg("xJf").arg(packed).arg("-C").arg(folder.path()).status();
        assert!(status.unwrap().success());
        let image = Image(fs::File::open(folder.path().join("exfat.img")).unwrap());
        eprintln!("{}: {:?}", path.file_name().unwrap().to_string_lossy(), told(image));
    }
}
