//! The cage, tried from inside (in debug builds, which know the deeds), and not shut.

use factuurkluis::appliance::reader::{self, Reader, ReaderRefusal};

#[test]
fn where_the_cage_cannot_be_shut_the_reader_refuses_to_start() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    for (missing, says) in [(libc::SYS_landlock_create_ruleset, "landlock"), (libc::SYS_seccomp, "seccomp")] {
        // A kernel without it, for this thread and what it starts.
        let refusal = std::thread::spawn(move || {
            reader::program(env!("CARGO_BIN_EXE_kluis"));
            let filter = SeccompFilter::new(
                [(missing, vec![])].into_iter().collect(),
                SeccompAction::Allow,
                SeccompAction::Errno(libc::ENOSYS as u32),
                std::env::consts::ARCH.try_into().unwrap(),
            );
            seccompiler::apply_filter(&BpfProgram::try_from(filter.unwrap()).unwrap()).unwrap();
            Reader::start().err()
        })
        .join()
        .unwrap();
        match refusal {
            Some(ReaderRefusal::Unavailable { reason }) => assert!(reason.contains(says), "{reason}"),
            other => panic!("without {says}: {other:?}"),
        }
    }
}

#[cfg(debug_assertions)]
mod deeds {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus, Stdio};

    /// How a caged process ends that does this.
    fn ends(deed: &str) -> ExitStatus {
        Command::new(env!("CARGO_BIN_EXE_kluis"))
            .args(["reader", deed])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .output()
            .unwrap()
            .status
    }

    #[test]
    fn a_caged_process_dies_when_it_opens_connects_starts_kills_or_makes_code() {
        for deed in
            ["try-open", "try-socket", "try-thread", "try-program", "try-kill", "try-executable-memory"]
        {
            assert_eq!(ends(deed).signal(), Some(libc::SIGSYS), "{deed}");
        }
        assert_eq!(ends("nothing").code(), Some(0), "the cage itself kills nobody");
    }

    #[test]
    fn a_caged_process_without_memory_aborts_and_a_panicking_one_ends() {
        assert_eq!(ends("memory").signal(), Some(libc::SIGABRT));
        assert_eq!(ends("stack").signal(), Some(libc::SIGABRT));
        assert_eq!(ends("panic").code(), Some(101));
    }
}
