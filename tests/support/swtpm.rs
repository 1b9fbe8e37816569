//! A TPM 2.0 in software (`swtpm`), one for each test, that can be switched off, restarted and copied.
#![allow(dead_code, unreachable_pub)]

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running TPM. Its state lies in a folder; what it has measured since its start does not.
pub struct SoftwareTpm {
    folder: tempfile::TempDir,
    running: Option<Child>,
    port: u16,
}

impl SoftwareTpm {
    /// `None` where `swtpm` or `tpm2-tools` is not installed.
    pub fn start() -> Option<Self> {
        for program in ["swtpm", "tpm2_pcrextend"] {
            Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .ok()?;
        }
        let mut tpm = Self { folder: tempfile::tempdir().unwrap(), running: None, port: 0 };
        std::fs::create_dir(tpm.state()).unwrap();
        tpm.switch_on();
        Some(tpm)
    }

    /// What `KLUIS_TPM` says to reach it.
    pub fn place(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Starts it: the registers are zero, as after a power cut.
    pub fn switch_on(&mut self) {
        assert!(self.running.is_none());
        for _ in 0..20 {
            let port = free_pair(self.port);
            let running = Command::new("swtpm")
                .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
                .args(["--tpmstate", &format!("dir={}", self.state().display())])
                .args(["--server", &format!("type=tcp,port={port},bindaddr=127.0.0.1")])
                .args(["--ctrl", &format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1)])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            (self.running, self.port) = (Some(running), port);
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(10) {
                if self.running.as_mut().unwrap().try_wait().unwrap().is_some() {
                    break; // Somebody else took the port in between.
                }
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            self.switch_off();
            self.port = 0;
        }
        panic!("swtpm does not start");
    }

    /// As a power cut does.
    pub fn switch_off(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.kill();
            let _ = running.wait();
        }
    }

    /// Off and on.
    pub fn reset(&mut self) {
        self.switch_off();
        self.switch_on();
    }

    /// Measures something into a register, as firmware does before it starts something else.
    pub fn measure(&self, register: u8) {
        let digest = "57".repeat(32);
        assert!(self.tool("tpm2_pcrextend", &[&format!("{register}:sha256={digest}")]));
    }

    /// Whether a program of tpm2-tools succeeds on it.
    pub fn tool(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(program);
        command.args(arguments).env("TPM2TOOLS_TCTI", self.place());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    /// Copies the state; the TPM is off meanwhile.
    pub fn copy_state_to(&mut self, to: &Path) {
        self.switch_off();
        copy_files(&self.state(), to);
        self.switch_on();
    }

    /// Puts a copied state back. No real TPM can do that; it saves the tests making box after box.
    pub fn put_back_state(&mut self, from: &Path) {
        self.switch_off();
        copy_files(from, &self.state());
        self.switch_on();
    }
}

impl Drop for SoftwareTpm {
    fn drop(&mut self) {
        self.switch_off();
    }
}

fn copy_files(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Two ports next to each other that are free now; the one from before if it is.
fn free_pair(wanted: u16) -> u16 {
    let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
    for attempt in 0..1000 {
        let first = free(if attempt == 0 { wanted } else { 0 });
        let Some(port) = first.as_ref().map(|first| first.local_addr().unwrap().port()) else { continue };
        if port < u16::MAX && free(port + 1).is_some() {
            return port;
        }
    }
    panic!("no two free ports");
}
