//! A Python with the packages of `scripts/read-bundle.py`, made once in `target/`.
#![allow(unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use factuurkluis::exchange::vocabulary::Digest;

/// The Python that has the reader's packages; `None` where they could not be had.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(install).as_deref()
}

fn install() -> Option<PathBuf> {
    let pins = scripts().join("read-bundle.requirements.txt");
    let pinned = Digest::of(&fs::read(&pins).unwrap()).to_string();
    // The name says which pins it was made with, so changed pins make it anew.
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("read-bundle-{}", &pinned[..16]));
    let python = venv.join("bin/python");
    let done = venv.join("done");
    if done.exists() {
        return Some(python);
    }
    let run =
        |command: &mut Command| command.stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let made = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
        && run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&pins));
    if made {
        fs::write(done, "").unwrap();
        return Some(python);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the second reader's packages cannot be installed, and this is CI"
    );
    eprintln!("SKIPPED: the second reader's packages cannot be installed, so it was not tried");
    None
}

/// Where the reader is.
pub fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}
