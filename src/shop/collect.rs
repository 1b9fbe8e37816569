//! Which files are meant: those that are named, and in folders those that the settings' patterns
//! take, in the order of their names. Hidden files are left alone and symbolic links not followed,
//! so a folder never leads out of itself.

use std::collections::HashSet;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use super::refusal::shown_path;
use super::settings::Settings;
use super::{Refused, ShopRefusal};
use crate::support::durable::DiskError;

/// One invoice's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The document, its path resolved.
    pub document: PathBuf,
    /// What lies beside it: `invoice.pdf.json`, or else `invoice.json`.
    pub sidecar: Option<PathBuf>,
}

impl Source {
    /// The document with the sidecar that lies beside it, if one does.
    pub(super) fn at(document: PathBuf) -> Self {
        let mut name = document.clone().into_os_string();
        name.push(".json");
        let beside = [PathBuf::from(name), document.with_extension("json")];
        let sidecar = beside
            .into_iter()
            .find(|path| *path != document && fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()));
        Self { document, sidecar }
    }
}

/// What was found under the paths that were named. Takes some hundred bytes of memory a file.
#[derive(Default)]
pub struct Collected {
    /// Each once, in order.
    pub sources: Vec<Source>,
    /// What was named and cannot be taken, or what could not be looked into.
    pub refused: Vec<(PathBuf, Refused)>,
    /// Files of folders that no pattern takes, sidecars not counted.
    pub left_alone: usize,
}

/// Looks at every path that is named.
#[must_use]
pub fn collect(paths: &[PathBuf], settings: &Settings) -> Collected {
    let mut collected = Collected::default();
    let mut known = HashSet::new();
    for path in paths {
        if let Err(refusal) = named(path, settings, &mut collected, &mut known) {
            collected.refused.push((path.clone(), refusal));
        }
    }
    collected
}

fn named(
    path: &Path,
    settings: &Settings,
    to: &mut Collected,
    known: &mut HashSet<PathBuf>,
) -> Result<(), Refused> {
    let meta = fs::symlink_metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ShopRefusal::NoSuchFile { path: shown_path(path) }.into(),
        _ => Refused::from(DiskError::of("open", path, &error)),
    })?;
    // The ledger keeps the path, so it must mean the same from every other folder.
    let real = fs::canonicalize(path).map_err(|error| DiskError::of("open", path, &error))?;
    if meta.is_dir() {
        folder(&real, settings, to, known);
    } else if meta.is_file() {
        take(real, to, known);
    } else {
        return Err(ShopRefusal::NotAFile { path: shown_path(path) }.into());
    }
    Ok(())
}

fn folder(path: &Path, settings: &Settings, to: &mut Collected, known: &mut HashSet<PathBuf>) {
    // A stack instead of recursion: folders may be nested deeper than a thread's stack is.
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        let entries = match entries(&path) {
            Ok(entries) => entries,
            Err(error) => {
                to.refused.push((path, error.into()));
                continue;
            }
        };
        let mut folders = Vec::new();
        for (path, kind) in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && settings.takes(&name) {
                take(path, to, known);
            } else if kind.is_file() && !name.to_lowercase().ends_with(".json") {
                to.left_alone += 1;
            }
        }
        waiting.extend(folders.into_iter().rev());
    }
}

/// A folder's entries in the order of their names.
fn entries(folder: &Path) -> Result<Vec<(PathBuf, FileType)>, DiskError> {
    let failed = |error: std::io::Error| DiskError::of("read", folder, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.path(), entry.file_type().map_err(failed)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

fn take(document: PathBuf, to: &mut Collected, known: &mut HashSet<PathBuf>) {
    if known.insert(document.clone()) {
        to.sources.push(Source::at(document));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_folder_is_walked_by_name_without_hidden_files_and_never_left() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.xml"), "x").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("2025")).unwrap();
        for name in ["b.xml", "a.pdf", "a.json", "2025/z.xml", ".hidden.xml", "notes.txt", "c.PDF"] {
            fs::write(at(name), name).unwrap();
        }
        symlink(outside.path(), at("linked")).unwrap();
        symlink(outside.path().join("secret.xml"), at("linked.xml")).unwrap();

        let settings = Settings::new("x", None, false).unwrap();
        let twice = [at("2025/../b.xml"), folder.path().to_owned(), at("linked.xml"), at("nothing")];
        let collected = collect(&twice, &settings);
        let names: Vec<_> = collected
            .sources
            .iter()
            .map(|source| source.document.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["b.xml", "a.pdf", "c.PDF", "2025/z.xml"]);
        assert_eq!(collected.sources[1].sidecar, Some(at("a.json")));
        assert_eq!(collected.left_alone, 1);
        assert!(matches!(collected.refused[0].1, Refused::Shop(ShopRefusal::NotAFile { .. })));
        assert!(matches!(collected.refused[1].1, Refused::Shop(ShopRefusal::NoSuchFile { .. })));
    }
}
