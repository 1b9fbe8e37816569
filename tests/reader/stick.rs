//! A stick's process that is killed, and a stick that vanishes, while a file is read.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

use factuurkluis::appliance::airlock::{MOST_DEATHS, Stick};
use factuurkluis::appliance::cage;
use factuurkluis::support::words::Said as _;
use rustix::process::{Pid, Signal, kill_process};

/// A FAT image with files of 4 MiB called `a.bundle` and so on.
fn image(folder: &tempfile::TempDir, names: &[&str]) -> PathBuf {
    cage::program(env!("CARGO_BIN_EXE_kluis"));
    let image = folder.path().join("stick.img");
    File::create(&image).unwrap().set_len(64 << 20).unwrap();
    let tool = |tool: &str, arguments: &[&str]| {
        let done = Command::new(tool).args(arguments).output();
        let done = done.unwrap_or_else(|error| panic!("{tool}: {error} (scripts/test installs it)"));
        assert!(done.status.success(), "{tool}: {}", String::from_utf8_lossy(&done.stderr));
    };
    tool("mkfs.fat", &[image.to_str().unwrap()]);
    for (number, name) in names.iter().enumerate() {
        let file = folder.path().join(format!("{name}.bundle"));
        fs::write(&file, vec![number as u8 + 1; 4 << 20]).unwrap();
        tool("mcopy", &["-i", image.to_str().unwrap(), file.to_str().unwrap(), "::"]);
    }
    image
}

fn kill(process: Option<u32>) {
    let process = Pid::from_raw(process.unwrap().cast_signed()).unwrap();
    kill_process(process, Signal::KILL).unwrap();
}

#[test]
fn a_process_that_is_killed_costs_the_file_in_hand_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut stick = Stick::open(&image(&folder, &["a", "b", "c"])).unwrap();
    assert_eq!(
        stick.files().iter().map(|file| &*file.path).collect::<Vec<_>>(),
        ["a.bundle", "b.bundle", "c.bundle"]
    );
    let mut bytes = Vec::new();
    stick.copy(0).unwrap().read_to_end(&mut bytes).unwrap();
    assert!(bytes == vec![1; 4 << 20]);

    let mut second = stick.copy(1).unwrap();
    second.read_exact(&mut [0; 1000]).unwrap();
    kill(second.process_id());
    assert!(second.read_to_end(&mut Vec::new()).is_err());
    let refusal = second.refusal().unwrap();
    assert_eq!(refusal.code(), "airlock-failed-at");
    assert!(refusal.to_string().contains("b.bundle"), "{refusal}");
    drop(second);

    let mut bytes = Vec::new();
    let mut third = stick.copy(2).unwrap();
    third.read_to_end(&mut bytes).unwrap();
    assert_eq!(third.refusal(), None);
    assert!(bytes == vec![3; 4 << 20], "a new process reads the next one");
}

#[test]
fn a_stick_that_kills_every_process_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut stick = Stick::open(&image(&folder, &["a"])).unwrap();
    for _ in 0..MOST_DEATHS {
        let mut incoming = stick.copy(0).unwrap();
        incoming.read_exact(&mut [0; 1000]).unwrap();
        drop(incoming);
        let mut incoming = stick.copy(0).unwrap();
        incoming.read_exact(&mut [0; 1000]).unwrap();
        kill(incoming.process_id());
        assert!(incoming.read_to_end(&mut Vec::new()).is_err());
    }
    let refusal = stick.copy(0).err().unwrap();
    assert_eq!(refusal.code(), "airlock-failed");
}

#[test]
fn a_stick_that_is_pulled_out_in_the_midst_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = image(&folder, &["a", "b"]);
    let mut stick = Stick::open(&path).unwrap();
    let mut first = stick.copy(0).unwrap();
    first.read_exact(&mut [0; 1000]).unwrap();
    // What is on its way comes; what is not there any more does not.
    File::options().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
    assert!(first.read_to_end(&mut Vec::new()).is_err());
    assert_eq!(first.refusal().unwrap().code(), "airlock-pulled-out");
}

#[test]
fn without_a_cage_no_stick_is_read() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let folder = tempfile::tempdir().unwrap();
    let path = image(&folder, &["a"]);
    let refusal = std::thread::spawn(move || {
        let filter = SeccompFilter::new(
            [(libc::SYS_landlock_create_ruleset, vec![])].into_iter().collect(),
            SeccompAction::Allow,
            SeccompAction::Errno(libc::ENOSYS as u32),
            std::env::consts::ARCH.try_into().unwrap(),
        );
        seccompiler::apply_filter(&BpfProgram::try_from(filter.unwrap()).unwrap()).unwrap();
        Stick::open(&path).err()
    });
    assert_eq!(refusal.join().unwrap().unwrap().code(), "airlock-unavailable");
}

/// Beside `dd` into `openssl dgst`, which `scripts/bench stick` measures without the pipe.
#[test]
#[ignore = "measures"]
fn how_fast_a_stick_comes_through_the_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..15).map(|number| format!("{number:02}")).collect();
    let image = image(&folder, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut stick = Stick::open(&image).unwrap();
    let (begun, mut bytes) = (std::time::Instant::now(), 0);
    let mut buffer = vec![0; 1 << 20];
    for index in 0..names.len() {
        let mut incoming = stick.copy(index).unwrap();
        loop {
            match incoming.read(&mut buffer).unwrap() {
                0 => break,
                count => bytes += count,
            }
        }
    }
    println!("{} MiB in {:?}", bytes >> 20, begun.elapsed());
}
