#![allow(clippy::unwrap_used)]

use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::support::words;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn every_disk_error_is_said_in_every_language() {
    words::assert_all_said(DiskError::CODES);
}

#[test]
fn a_file_written_atomically_is_the_old_one_or_the_new_one_whenever_the_disk_dies() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    write_atomically(&path, b"old", 0o600).unwrap();
    for n in 1.. {
        fault::die_at(n, None);
        let outcome = write_atomically(&path, b"new", 0o600);
        let died = fault::revive();
        let found = fs::read(&path).unwrap();
        assert!(found == b"old" || found == b"new", "{found:?}");
        if outcome.is_ok() && !died {
            assert_eq!(found, b"new");
            assert!(n > 2, "the fault never struck");
            break;
        }
        // What the dead one left behind does not disturb the next.
        write_atomically(&path, b"old", 0o640).unwrap();
        assert_eq!(mode(&path), 0o640);
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn two_threads_that_write_one_file_end_with_one_of_the_two_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = &dir.path().join("file");
    std::thread::scope(|scope| {
        for letter in [b'a', b'b'] {
            scope.spawn(move || {
                for _ in 0..20 {
                    write_atomically(path, &[letter; 4096], 0o600).unwrap();
                    let found = fs::read(path).unwrap();
                    assert!(found == [b'a'; 4096] || found == [b'b'; 4096]);
                }
            });
        }
    });
}

#[test]
fn directories_are_private_and_made_from_the_top() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/c");
    assert!(create_dir(&deep).unwrap_err().is_missing());
    create_dir_all(&deep).unwrap();
    create_dir_all(&deep).unwrap();
    assert_eq!(mode(&dir.path().join("a/b")), 0o700);
    fs::write(dir.path().join("file"), b"").unwrap();
    assert!(create_dir(&dir.path().join("file")).is_err());
}

#[test]
fn overwriting_in_place_keeps_the_size_and_refuses_another() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("slot");
    write_atomically(&path, &[1; 8], 0o600).unwrap();
    overwrite_in_place(&path, &[2; 8]).unwrap();
    assert_eq!(fs::read(&path).unwrap(), [2; 8]);
    assert!(matches!(overwrite_in_place(&path, &[3; 9]), Err(DiskError::WrongSize { .. })));
    assert_eq!(fs::read(&path).unwrap(), [2; 8]);
    assert!(overwrite_in_place(&dir.path().join("none"), &[3; 9]).unwrap_err().is_missing());
}

#[test]
fn a_log_is_cut_to_its_last_whole_record_when_it_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("entries");
    let mut log = Appender::open(&path, Some(4)).unwrap();
    assert_eq!(log.append(b"aaaabbbb").unwrap(), 0);
    assert_eq!(log.append(b"cc").unwrap(), 8);
    log.sync().unwrap();
    drop(log);
    let mut log = Appender::open(&path, Some(4)).unwrap();
    assert_eq!(log.len(), 8);
    assert_eq!(log.append(b"dddd").unwrap(), 8);
    let mut back = [0; 4];
    log.read_at(8, &mut back).unwrap();
    assert_eq!(&back, b"dddd");
    log.truncate_to(4).unwrap();
    assert!(log.truncate_to(5).is_err());
    assert_eq!(fs::read(&path).unwrap(), b"aaaa");
}

#[test]
fn a_lock_is_one_process_s_and_the_refusal_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    let held = Lock::exclusive(&path).unwrap();
    let refused = Lock::exclusive(&path).unwrap_err();
    assert!(matches!(&refused, DiskError::Locked { .. }));
    assert!(refused.to_string().contains("lock"));
    drop(held);
    Lock::exclusive(&path).unwrap();
}

#[test]
fn a_file_is_taken_over_only_when_nobody_can_write_to_it_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bundle");
    fs::write(&path, b"whole").unwrap();
    let writer = OpenOptions::new().write(true).open(&path).unwrap();
    assert!(matches!(take_over(&path), Err(DiskError::StillWritten { .. })));
    drop(writer);
    // Another test that starts a process right now lends it our descriptor until it executes.
    let taken = (0..500).find_map(|_| {
        take_over(&path).inspect_err(|_| std::thread::sleep(std::time::Duration::from_millis(5))).ok()
    });
    assert!(taken.is_some());
    assert_eq!(mode(&path), 0o400);
}

#[test]
fn whoever_has_it_mapped_is_a_writer_too_and_nobody_becomes_one_afterwards() {
    use std::os::unix::fs::OpenOptionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bundle");
    fs::write(&path, b"whole").unwrap();
    let writer = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let (both, shared) =
        (rustix::mm::ProtFlags::READ | rustix::mm::ProtFlags::WRITE, rustix::mm::MapFlags::SHARED);
    // SAFETY: a mapping of its own, unmapped below, and written to once while it is there.
    #[allow(unsafe_code)]
    let mapping = unsafe { rustix::mm::mmap(std::ptr::null_mut(), 5, both, shared, &writer, 0).unwrap() };
    drop(writer);
    for _ in 0..3 {
        assert!(
            matches!(take_over(&path), Err(DiskError::StillWritten { .. })),
            "its descriptor is closed, it is not"
        );
    }
    // SAFETY: as above.
    #[allow(unsafe_code)]
    unsafe {
        mapping.cast::<u8>().write(b'W');
        rustix::mm::munmap(mapping, 5).unwrap();
    }
    let taken = (0..500).find_map(|_| {
        take_over(&path).inspect_err(|_| std::thread::sleep(std::time::Duration::from_millis(5))).ok()
    });
    let taken = taken.unwrap();
    // Also for root, whom the mode does not stop.
    let late = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(&path).unwrap_err();
    assert!(
        matches!(late.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::PermissionDenied),
        "{late}"
    );
    assert_eq!(std::io::read_to_string(taken).unwrap(), "Whole");
}

#[test]
fn a_link_a_pipe_a_directory_or_a_second_name_is_not_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("file"), b"").unwrap();
    std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    fs::create_dir(at("dir")).unwrap();
    for name in ["link", "pipe", "dir"] {
        let refused = take_over(&at(name)).unwrap_err();
        assert!(matches!(refused, DiskError::NotAFile { .. }), "{name}: {refused:?}");
    }
    fs::hard_link(at("file"), at("second")).unwrap();
    assert!(matches!(take_over(&at("file")), Err(DiskError::NotAFile { .. })));
}

#[test]
fn a_tree_is_removed_whole_and_links_out_of_it_are_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("term");
    create_dir_all(&tree.join("bundles")).unwrap();
    write_atomically(&tree.join("bundles/1.bundle"), &[7; 5000], 0o400).unwrap();
    write_atomically(&tree.join("events"), &[7; 50], 0o600).unwrap();
    fs::write(dir.path().join("outside"), b"stays").unwrap();
    std::os::unix::fs::symlink(dir.path().join("outside"), tree.join("link")).unwrap();
    let removed = remove_tree(&tree, true).unwrap();
    assert_eq!((removed.files, removed.bytes), (2, 5050));
    assert!(!tree.exists());
    assert_eq!(fs::read(dir.path().join("outside")).unwrap(), b"stays");
    assert_eq!(remove_tree(&tree, true).unwrap(), Removed::default(), "gone is gone");
}

#[test]
fn no_more_is_read_than_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, [1; 10]).unwrap();
    assert_eq!(read_up_to(&path, 10).unwrap(), [1; 10]);
    assert!(matches!(read_up_to(&path, 9), Err(DiskError::TooLarge { limit: 9, .. })));
    assert!(matches!(read_up_to(Path::new("/dev/zero"), 9), Err(DiskError::NotAFile { .. })));
}

#[test]
fn a_full_disk_has_its_own_code() {
    let full = std::io::Error::from_raw_os_error(libc::ENOSPC);
    let error = DiskError::of("write", Path::new("vault/a"), &full);
    assert!(matches!(error, DiskError::Full { .. }));
}

/// Runs one test of this file in a process of its own, with `KLUIS_TEST_CHILD` set.
fn in_a_child(test: &str, failpoint: &str, scratch: &Path) -> std::process::ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("support::durable::tests::{test}"), "--nocapture"])
        .env("KLUIS_TEST_CHILD", scratch)
        .env("KLUIS_FAILPOINT", failpoint)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
}

#[test]
fn after_a_failed_fsync_nothing_is_written_any_more() {
    let test = "after_a_failed_fsync_nothing_is_written_any_more";
    let Some(scratch) = std::env::var_os("KLUIS_TEST_CHILD") else {
        let dir = tempfile::tempdir().unwrap();
        assert!(in_a_child(test, "", dir.path()).success());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        return;
    };
    // Linux refuses to sync this one.
    let null = fs::File::open("/dev/null").unwrap();
    assert!(matches!(sync_file(&null, Path::new("/dev/null")), Err(DiskError::SyncFailed { .. })));
    let path = Path::new(&scratch).join("file");
    assert_eq!(write_atomically(&path, b"x", 0o600), Err(DiskError::Poisoned));
    assert_eq!(create_dir(&path), Err(DiskError::Poisoned));
    assert!(Appender::open(&path, None).is_err());
}

#[test]
fn a_failpoint_kills_the_process_at_the_time_it_names() {
    use std::os::unix::process::ExitStatusExt;
    let test = "a_failpoint_kills_the_process_at_the_time_it_names";
    let Some(scratch) = std::env::var_os("KLUIS_TEST_CHILD") else {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        assert_eq!(in_a_child(test, "durable-before-rename", dir.path()).signal(), Some(9));
        assert!(!file.exists());
        assert_eq!(in_a_child(test, "durable-before-rename:2", dir.path()).signal(), Some(9));
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert!(in_a_child(test, "", dir.path()).success());
        assert_eq!(fs::read(&file).unwrap(), b"second");
        return;
    };
    let path = Path::new(&scratch).join("file");
    write_atomically(&path, b"first", 0o600).unwrap();
    write_atomically(&path, b"second", 0o600).unwrap();
}
