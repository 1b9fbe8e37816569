//! What a shop owner is told whose line is not there: in a network of its own, with a cable that is put in and taken
//! out.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::scene::Scene;
use crate::support;

/// What is said on a terminal, line by line.
struct Told(Receiver<String>);

impl Told {
    /// Waits until a line has these words in it.
    fn says(&self, words: &str) {
        let mut before = Vec::new();
        while let Ok(line) = self.0.recv_timeout(Duration::from_secs(30)) {
            if line.contains(words) {
                return;
            }
            before.push(line);
        }
        panic!("{words:?} is not said; only {before:#?}");
    }
}

/// A shell in a network with nothing in it. What it is told to do, it says.
struct Network {
    shell: std::process::Child,
    told: Told,
}

impl Network {
    fn new(shop: &std::path::Path) -> Option<Self> {
        let tried =
            Command::new("unshare").args(["-n", "-m", "ip", "link", "add", "shop0", "type", "veth"]).output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            support::skipped_for_want_of_a_kernel("a network of its own cannot be had here");
            return None;
        }
        let mut shell = Command::new("unshare")
            .args(["-n", "-m", "sh"])
            .env("KLUIS_SHOP", shop)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, told) = channel();
        let lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut network = Self { shell, told: Told(told) };
        // What the kernel says of interfaces, of this network.
        network.does("exec 2>&1; mount -t sysfs sysfs /sys");
        Some(network)
    }

    fn does(&mut self, order: &str) {
        use std::io::Write as _;
        writeln!(self.shell.stdin.as_mut().unwrap(), "{order}").unwrap();
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.does("kill $!; exit");
        let _ = self.shell.wait();
    }
}

#[test]
fn a_cable_that_is_out_is_said_and_waited_out() {
    let scene = Scene::new();
    let Some(mut network) = Network::new(&scene.folder.path().join("shop")) else { return };
    let outbox = scene.folder.path().join("outbox");
    std::fs::create_dir(&outbox).unwrap();
    std::fs::rename(scene.bundle(1, 5_000), outbox.join("000001.bundle")).unwrap();
    let send = |command: &str| {
        format!("{} {command} {} --to 192.168.77.2:8441", env!("CARGO_BIN_EXE_kluis-send"), outbox.display())
    };
    let push = format!("{}; echo rc $?", send("push"));

    network.does(&push);
    network.told.says("no interface of this computer leads there");
    network.told.says("rc 1");
    network.does("ip link add shop0 type veth peer name box0");
    network.does("ip addr add 192.168.77.1/30 dev shop0; ip link set shop0 up");
    network.does(&push);
    network.told.says("the interface shop0, which leads there, has no link");
    network.told.says("rc 1");
    network.does("ip link set box0 up");
    network.does(&push);
    network.told.says("ip neigh replace 192.168.77.2 lladdr BOX-MAC dev shop0 nud permanent");
    network.told.says("rc 1");
    network.does("ip neigh replace 192.168.77.2 lladdr 02:00:00:00:00:01 dev shop0 nud permanent");
    network.does(&push);
    network.told.says("One file was sent");
    network.told.says("rc 0");

    // An outbox outlives it.
    network.does("ip link set box0 down");
    network.does(&format!("{} &", send("outbox")));
    network.told.says("has no link. Put the cable in");
    network.does("ip link set box0 up");
    network.told.says("Something could be sent again");
    network.told.says("000001.bundle was sent");
    network.does("kill $!");
    network.told.says("The outbox is stopped");
}
