//! The liar: a shell script in the place of the program that caged processes are started from. It finds its orders
//! where the honest one finds a stranger's bytes: on the stick, in the folder of the line, or beside itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use factuurkluis::appliance::cage;
use factuurkluis::exchange::bundle::cbor;
use serde::Serialize;

use crate::support::KLUIS;

const SCRIPT: &str = r#"#!/bin/sh
kluis=KLUIS
case "$1 $2" in
"reader compare")
    [ -e "$0.compare" ] || exec "$kluis" "$1" "$2"
    orders=$0.compare
    ;;
"airlock stick") orders=/proc/self/fd/2 ;;
"airlock push" | "airlock join") orders=$PWD/../$2 ;;
*) orders=$0.$2 ;;
esac
shut() { printf '\000\000'; }
say() { tail -c +1025 "$orders" | head -c "$length"; }
eval "$(head -c 1024 "$orders")"
"#;
/// Bytes of the orders, which are words of the shell; behind them lies what `say` says.
const ORDERS: usize = 1024;

static LIAR: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    let liar = folder.join("liar");
    fs::write(&liar, SCRIPT.replace("KLUIS", KLUIS)).unwrap();
    fs::set_permissions(&liar, fs::Permissions::from_mode(0o700)).unwrap();
    cage::program(&liar);
    liar
});

/// From here on the liar is started in this test program; where it lies.
pub(crate) fn lies() -> &'static Path {
    &LIAR
}

/// What lies beside the one liar is for all its processes: one test at a time has it, and no other is disturbed.
static ALONE: Mutex<()> = Mutex::new(());

/// Has readers compare honestly.
pub(crate) fn readers_are_honest() -> MutexGuard<'static, ()> {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = fs::remove_file(lies().with_extension("compare"));
    alone
}

/// Has readers of a kind do this.
pub(crate) fn readers_lie(kind: &str, how: &str, words: &[u8]) -> MutexGuard<'static, ()> {
    let alone = readers_are_honest();
    fs::write(lies().with_extension(kind), orders(how, words)).unwrap();
    alone
}

/// Orders, and what it is to say by them.
pub(crate) fn orders(orders: &str, words: &[u8]) -> Vec<u8> {
    let mut bytes = format!("length={}; {orders}", words.len()).into_bytes();
    assert!(bytes.len() <= ORDERS);
    bytes.resize(ORDERS, b' ');
    [bytes, words.to_vec()].concat()
}

/// A message of the length that it has.
pub(crate) fn message(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

/// A message in CBOR.
pub(crate) fn frame(told: &impl Serialize) -> Vec<u8> {
    message(&cbor::encode(told))
}

/// Does something, and holds it to an end in this time.
pub(crate) fn within<T>(most: Duration, what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    assert!(begun.elapsed() <= most, "{what}: it took {:?}", begun.elapsed());
    done
}

/// What is shown to people steers nothing.
pub(crate) fn assert_clean(text: &str) {
    assert!(!text.chars().any(factuurkluis::support::words::steers), "{text:?}");
}

/// Kilobytes of this process's own memory now.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
