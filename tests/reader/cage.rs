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
    use std::net::UdpSocket;
    use std::os::fd::OwnedFd;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, ExitStatus, Stdio};

    use factuurkluis::appliance::cage::Kind;

    /// How a caged process of a kind ends that does this.
    fn ends(kind: Kind, deed: &str) -> ExitStatus {
        ends_with(kind, deed, Stdio::null())
    }

    fn ends_with(kind: Kind, deed: &str, handed: Stdio) -> ExitStatus {
        Command::new(env!("CARGO_BIN_EXE_kluis"))
            .args(kind.words())
            .arg(deed)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(handed)
            .output()
            .unwrap()
            .status
    }

    #[test]
    fn a_caged_process_dies_when_it_opens_connects_starts_kills_or_makes_code() {
        for kind in Kind::ALL {
            for deed in
                ["try-open", "try-socket", "try-thread", "try-program", "try-kill", "try-executable-memory"]
            {
                assert_eq!(ends(kind, deed).signal(), Some(libc::SIGSYS), "{kind:?} {deed}");
            }
            assert_eq!(ends(kind, "nothing").code(), Some(0), "the cage itself kills nobody");
        }
    }

    #[test]
    fn the_receiver_dies_when_it_sends_by_any_call() {
        for deed in [
            "try-sendto",
            "try-send",
            "try-sendmsg",
            "try-sendmmsg",
            "try-connect",
            "try-write-handed",
            "try-pwrite-handed",
            "try-ioctl-handed",
        ] {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let listening = UdpSocket::bind("127.0.0.1:0").unwrap();
            // So that a send without an address would arrive.
            socket.connect(listening.local_addr().unwrap()).unwrap();
            let ended = ends_with(Kind::Push, deed, OwnedFd::from(socket).into());
            assert_eq!(ended.signal(), Some(libc::SIGSYS), "{deed}");
            listening.set_nonblocking(true).unwrap();
            assert!(listening.recv(&mut [0]).is_err(), "{deed}: a datagram went out");
        }
    }

    #[test]
    fn the_reader_of_a_stick_dies_when_it_writes_to_it_and_last_words_do_not_reach_it() {
        let stick = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(stick.path(), [7; 512]).unwrap();
        let open = || std::fs::File::open(stick.path()).unwrap();
        assert_eq!(ends_with(Kind::Stick, "try-pwrite-handed", open().into()).signal(), Some(libc::SIGSYS));
        assert_eq!(ends_with(Kind::Stick, "try-write-handed", open().into()).code(), Some(0));
        assert_eq!(ends_with(Kind::Stick, "memory", open().into()).signal(), Some(libc::SIGABRT));
        assert_eq!(std::fs::read(stick.path()).unwrap(), [7; 512]);
    }

    #[test]
    fn a_caged_process_without_memory_aborts_and_a_panicking_one_ends() {
        assert_eq!(ends(Kind::Compare, "memory").signal(), Some(libc::SIGABRT));
        assert_eq!(ends(Kind::Compare, "stack").signal(), Some(libc::SIGABRT));
        assert_eq!(ends(Kind::Compare, "panic").code(), Some(101));
        assert_eq!(ends(Kind::Push, "panic").code(), Some(101));
    }
}
