//! What the box lies on: an ext4 of its own in a raw image, which can be read from outside.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{copy_tree, run, skipped, text};

/// Room for a box and the 64 MiB that it keeps free. Sparse: what was never written is not there.
const IMAGE: u64 = 192 << 20;

/// How a medium treats what a filesystem frees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It forgets the blocks (ext4 mounted with `discard`; the loop device punches holes).
    Discards,
    /// They lie there until something else is written over them.
    Keeps,
    /// No image at all: a directory, where there are no loop devices. Only files are looked at.
    Directory,
}

impl Kind {
    /// The kinds that can be had here.
    pub(crate) fn here() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let made = Medium::make(folder.path(), Self::Discards);
        if made.is_some() {
            return vec![Self::Discards, Self::Keeps];
        }
        skipped("the raw image of a box (loop devices need root); a directory is looked at instead");
        vec![Self::Directory]
    }
}

/// A mounted medium; unmounted when dropped.
pub(crate) struct Medium {
    pub(crate) kind: Kind,
    image: PathBuf,
    mount: PathBuf,
}

impl Medium {
    /// A fresh one in `folder`. `None` if the system does not let us.
    pub(crate) fn make(folder: &Path, kind: Kind) -> Option<Self> {
        let (image, mount) = (folder.join("image"), folder.join("medium"));
        fs::create_dir_all(&mount).unwrap();
        if kind != Kind::Directory {
            File::create(&image).unwrap().set_len(IMAGE).unwrap();
            let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).output();
            made.ok().filter(|out| out.status.success())?;
        }
        let medium = Self { kind, image, mount };
        medium.mounted().then_some(medium)
    }

    /// The same again from a copy of its image, as if nothing had happened since.
    pub(crate) fn again(from: &Path, folder: &Path, kind: Kind) -> Self {
        let (image, mount) = (folder.join("image"), folder.join("medium"));
        fs::create_dir_all(&mount).unwrap();
        if kind == Kind::Directory {
            copy_tree(from, &mount);
        } else {
            let copied = Command::new("cp").arg("--sparse=always").args([from, &image]).status();
            assert!(copied.unwrap().success());
        }
        let medium = Self { kind, image, mount };
        assert!(medium.mounted());
        medium
    }

    fn mounted(&self) -> bool {
        let options = match self.kind {
            Kind::Discards => "loop,discard",
            Kind::Keeps => "loop,nodiscard",
            Kind::Directory => return true,
        };
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", options]).args([&self.image, &self.mount]);
        mount.output().is_ok_and(|out| out.status.success())
    }

    /// Where the box lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.mount.join("box")
    }

    /// Unmounts, and gives what [`Medium::again`] takes.
    pub(crate) fn put_away(self) -> PathBuf {
        if self.kind == Kind::Directory {
            return self.mount.clone();
        }
        self.image.clone()
    }

    /// Everything that lies on it, file or not, in stretches.
    pub(crate) fn raw(&self) -> Vec<Vec<u8>> {
        if self.kind == Kind::Directory {
            return files_of(&self.mount).into_values().collect();
        }
        let synced = Command::new("sync").arg("-f").arg(&self.mount).status();
        assert!(synced.unwrap().success());
        let image = File::open(&self.image).unwrap();
        let mut stretches = Vec::new();
        let mut at = 0;
        while let Ok(from) = rustix::fs::seek(&image, rustix::fs::SeekFrom::Data(at)) {
            let to = rustix::fs::seek(&image, rustix::fs::SeekFrom::Hole(from)).unwrap();
            let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
            image.read_exact_at(&mut bytes, from).unwrap();
            stretches.push(bytes);
            at = to;
        }
        stretches
    }

    /// [`Medium::raw`] as soon as `clean` holds of it: ext4 discards a moment after its commit. After
    /// five seconds whatever there is.
    pub(crate) fn raw_once(&self, clean: impl Fn(&[Vec<u8>]) -> bool) -> Vec<Vec<u8>> {
        let begun = Instant::now();
        loop {
            let raw = self.raw();
            if self.kind != Kind::Discards || clean(&raw) || begun.elapsed() > Duration::from_secs(5) {
                return raw;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Bytes on the medium that are in no file: written, synced, and removed again.
    pub(crate) fn write_and_remove(&self, bytes: &[u8]) {
        let path = self.mount.join("passing");
        fs::write(&path, bytes).unwrap();
        File::open(&path).unwrap().sync_all().unwrap();
        fs::remove_file(&path).unwrap();
    }
}

impl Drop for Medium {
    fn drop(&mut self) {
        if self.kind != Kind::Directory {
            let out = run(Command::new("umount").arg(&self.mount));
            if !out.status.success() && !std::thread::panicking() {
                panic!("umount: {}", text(&out));
            }
        }
    }
}

/// Opens a file as a backup program does that is in the midst of it.
pub(crate) fn hold_open(path: &Path) -> File {
    OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(path).unwrap()
}

/// All files below a directory by path.
pub(crate) fn files_of(path: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let mut files = std::collections::BTreeMap::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(directory) = waiting.pop() {
        let Ok(entries) = fs::read_dir(directory) else { continue };
        for entry in entries {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if kind.is_file() {
                files.insert(entry.path(), fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}
