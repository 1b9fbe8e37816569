//! A time authority of the tests' own: `openssl ts -reply`, with a clock that is turned by a few lines of
//! C between it and the system, and a small HTTP server before it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use factuurkluis::exchange::time::request;
use factuurkluis::exchange::vocabulary::Digest;
use jiff::Timestamp;

/// `gettimeofday`, `time` and `clock_gettime` say what `FAKE_TIME` says.
const TURNED_CLOCK: &str = "
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static time_t said(void) { return (time_t)atoll(getenv(\"FAKE_TIME\")); }
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    (void)zone; at->tv_sec = said(); at->tv_usec = 250000; return 0;
}
time_t time(time_t *at) { time_t now = said(); if (at) *at = now; return now; }
int clock_gettime(clockid_t clock, struct timespec *at) {
    (void)clock; at->tv_sec = said(); at->tv_nsec = 0; return 0;
}
";

/// How an authority signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    Rsa,
    RsaRootPss,
    P256,
    P384,
}

/// A root and a time-stamping certificate under it.
pub(crate) struct Authority {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl Authority {
    /// One whose certificates are good from 2020 on for so many days.
    pub(crate) fn new(name: &str, keys: Keys, days: u32) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap(), keys };
        let c = made.path("clock.c");
        fs::write(&c, TURNED_CLOCK).unwrap();
        made.run(
            Command::new("gcc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(made.path("clock.so")).arg(c),
        );
        for key in ["root.key", "tsa.key"] {
            let kind: &[&str] = match keys {
                Keys::Rsa | Keys::RsaRootPss => &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                Keys::P256 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                Keys::P384 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            };
            made.run(
                made.openssl("2020-01-01").args(["genpkey", "-algorithm"]).args(kind).args(["-out", key]),
            );
        }
        let pss: &[&str] = match keys {
            Keys::RsaRootPss => &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"],
            _ => &[],
        };
        let days = days.to_string();
        made.run(
            made.openssl("2020-01-01")
                .args([
                    "req", "-x509", "-new", "-key", "root.key", "-out", "root.pem", "-sha256", "-days", &days,
                ])
                .args(["-subj", &format!("/O=Invented/CN={name} Root")])
                .args(["-addext", "keyUsage=critical,keyCertSign"])
                .args(pss),
        );
        made.run(
            made.openssl("2020-01-01")
                .args(["req", "-new", "-key", "tsa.key", "-out", "tsa.csr"])
                .args(["-subj", &format!("/O=Invented/CN={name}")]),
        );
        fs::write(
            made.path("tsa.ext"),
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
             extendedKeyUsage=critical,timeStamping\n",
        )
        .unwrap();
        made.run(
            made.openssl("2020-01-01")
                .args(["x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key"])
                .args([
                    "-CAcreateserial",
                    "-days",
                    &days,
                    "-sha256",
                    "-extfile",
                    "tsa.ext",
                    "-out",
                    "tsa.pem",
                ])
                .args(pss),
        );
        fs::write(made.path("serial"), "01\n").unwrap();
        fs::write(
            made.path("tsa.cnf"),
            "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\nsigner_digest = sha256\n\
             default_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1, millisecs:500\n\
             ess_cert_id_alg = sha256\n",
        )
        .unwrap();
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The root's certificate.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("root.pem")
    }

    /// The time-stamping certificate itself.
    pub(crate) fn own(&self) -> PathBuf {
        self.path("tsa.pem")
    }

    pub(crate) fn keys(&self) -> Keys {
        self.keys
    }

    fn openssl(&self, at: &str) -> Command {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path()).env("LD_PRELOAD", self.path("clock.so"));
        command.env("FAKE_TIME", noon(at).as_second().to_string());
        command
    }

    fn run(&self, command: &mut Command) {
        let out = command.current_dir(self.folder.path()).output().unwrap();
        assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// The answer to a request, at noon of this day.
    pub(crate) fn answer(&self, request: &[u8], at: &str) -> Vec<u8> {
        fs::write(self.path("query.tsq"), request).unwrap();
        self.run(
            self.openssl(at)
                .args(["ts", "-reply", "-config", "tsa.cnf", "-section", "t", "-queryfile", "query.tsq"])
                .args(["-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "reply.tsr"]),
        );
        fs::read(self.path("reply.tsr")).unwrap()
    }

    /// A token's file over a note, of noon of this day.
    pub(crate) fn token(&self, note: &[u8], at: &str) -> Vec<u8> {
        [self.answer(&request(&Digest::of(note)), at), note.to_vec()].concat()
    }

    /// Serves at an address of its own; what day it answers for can be changed.
    pub(crate) fn serve(self: &Arc<Self>, at: &str) -> (String, Arc<Mutex<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let day = Arc::new(Mutex::new(at.to_owned()));
        let (authority, of) = (Arc::clone(self), Arc::clone(&day));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut length, mut line) = (0, String::new());
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut request = vec![0; length];
                reader.read_exact(&mut request).unwrap();
                let answer = authority.answer(&request, &of.lock().unwrap());
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    answer.len()
                );
                let _ = stream.write_all(&[head.as_bytes(), &answer].concat());
            }
        });
        (url, day)
    }
}

/// What `openssl ts -verify` says of a token's file over `note` at this day, by this root.
pub(crate) fn openssl_says(file: &[u8], note: &[u8], root: &Path, at: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (token, over) = (folder.path().join("x.tsr"), folder.path().join("note"));
    fs::write(&token, file).unwrap();
    fs::write(&over, note).unwrap();
    let at = noon(at).as_second().to_string();
    let out = Command::new("openssl")
        .args(["ts", "-verify", "-attime", &at, "-in"])
        .arg(&token)
        .arg("-data")
        .arg(&over)
        .arg("-CAfile")
        .arg(root)
        .output()
        .unwrap();
    out.status.success()
}

pub(crate) fn noon(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}
