//! Vectors and tools made by others against the cryptography that we use: the age test vectors of C2SP (its
//! post-quantum hybrid above all, whose recipient is ours), the Ed25519 edge cases of C2SP, and typage, age's
//! implementation in TypeScript by age's author, in both directions.
//!
//! `KLUIS_VECTORS` names the folder of vectors; without it these tests say SKIPPED, under CI they fail.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use age::{DecryptError, Decryptor, Encryptor, Identity};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{Signature, VerifyingKey};
use factuurkluis::exchange::bundle::HybridIdentity;
use factuurkluis::exchange::vocabulary::Digest;
use factuurkluis::support::secret::Secret;

fn vectors(kind: &str) -> Option<PathBuf> {
    match std::env::var_os("KLUIS_VECTORS") {
        Some(folder) => {
            let folder = PathBuf::from(folder).join(kind);
            assert!(folder.is_dir(), "{} is not there", folder.display());
            Some(folder)
        }
        None if std::env::var_os("CI").is_some() => panic!("KLUIS_VECTORS is not set, and this is CI"),
        None => {
            eprintln!("SKIPPED: KLUIS_VECTORS is not set, so no {kind} vector was tried");
            None
        }
    }
}

/// Where the age crate is kinder than its specification: stanzas as age wrote them before its first release,
/// without the short last line of a body. The header's MAC covers them all the same, and a body of our own
/// stanza has one short line of 43 characters, so at most a `-grease` stanza can be spelled so.
const KINDER: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

/// One age vector: what it expects, the identities that it names, and the age file.
struct AgeVector {
    name: String,
    expect: String,
    payload: Option<String>,
    identities: Vec<String>,
    passphrase: bool,
    armored: bool,
    file: Vec<u8>,
}

impl AgeVector {
    /// Header lines, an empty line, the file: plain or compressed with zlib.
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let all = |name: &str| -> Vec<String> {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).collect()
        };
        let one = |name: &str| all(name).pop();
        let mut file = bytes[end + 2..].to_vec();
        match one("compressed").as_deref() {
            None => {}
            Some("zlib") => {
                let packed = std::mem::take(&mut file);
                flate2::read::ZlibDecoder::new(packed.as_slice()).read_to_end(&mut file).unwrap();
            }
            Some(other) => panic!("compressed with {other}"),
        }
        Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            expect: one("expect").unwrap(),
            payload: one("payload"),
            identities: all("identity"),
            passphrase: one("passphrase").is_some(),
            armored: one("armored").is_some(),
            file,
        }
    }

    /// What came of it, in the vectors' words, and the plaintext as far as it came out.
    fn run(&self) -> (&'static str, Vec<u8>) {
        let identities: Vec<Box<dyn Identity>> = self.identities.iter().map(|text| identity(text)).collect();
        let mut plain = Vec::new();
        let opened = Decryptor::new(self.file.as_slice())
            .and_then(|decryptor| decryptor.decrypt(identities.iter().map(|identity| &**identity)));
        let outcome = match opened {
            Err(DecryptError::NoMatchingKeys) => "no match",
            Err(DecryptError::InvalidMac) => "HMAC failure",
            // age reads the payload's nonce together with the header.
            Err(DecryptError::Io(_) | DecryptError::InvalidHeader | DecryptError::UnknownFormat) => {
                "header failure"
            }
            Err(other) => panic!("{}: {other}", self.name),
            Ok(mut reader) => match reader.read_to_end(&mut plain) {
                Ok(_) => "success",
                Err(_) => "payload failure",
            },
        };
        (outcome, plain)
    }
}

fn identity(text: &str) -> Box<dyn Identity> {
    match HybridIdentity::parse(text) {
        Some(hybrid) => Box::new(hybrid),
        None => Box::new(text.parse::<age::x25519::Identity>().unwrap()),
    }
}

#[test]
fn age_files_made_by_others_are_opened_or_refused_as_their_makers_say() {
    let Some(folder) = vectors("age") else { return };
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let vectors = names.iter().map(|path| AgeVector::read(path));
    // We write neither armor nor passphrases.
    let ours: Vec<AgeVector> = vectors.filter(|vector| !vector.armored && !vector.passphrase).collect();
    let hybrid = ours.iter().filter(|vector| vector.name.starts_with("hybrid")).count();
    let mut wrong = Vec::new();
    for vector in &ours {
        let (outcome, plain) = vector.run();
        let payload_right =
            vector.payload.as_ref().is_none_or(|want| Digest::of(&plain).to_string() == *want);
        let expect = if KINDER.contains(&vector.name.as_str()) { "success" } else { vector.expect.as_str() };
        if outcome != expect || !payload_right {
            wrong.push(format!("{}: {outcome}, not {expect}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ours.len(), wrong.join("\n"));
    assert!(hybrid >= 18 && ours.len() >= 80, "only {hybrid} of {} vectors are hybrid", ours.len());
    println!("{} age vectors, {hybrid} of them hybrid", ours.len());
}

#[test]
fn a_signature_is_taken_exactly_if_it_is_sound_or_only_of_mixed_order() {
    let Some(folder) = vectors("ed25519") else { return };
    let rows: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("ed25519vectors.json")).unwrap()).unwrap();
    let rows = rows.as_array().unwrap();
    let mut taken = 0;
    for row in rows {
        let hex = |name: &str| HEXLOWER_PERMISSIVE.decode(row[name].as_str().unwrap().as_bytes()).unwrap();
        let key: [u8; 32] = hex("key").try_into().unwrap();
        let message = row["msg"].as_str().unwrap().as_bytes();
        let held = VerifyingKey::from_bytes(&key)
            .and_then(|key| key.verify_strict(message, &Signature::from_slice(&hex("sig"))?))
            .is_ok();
        let flags = row["flags"].as_array().cloned().unwrap_or_default();
        let sound =
            flags.iter().all(|flag| flag == "low_order_component_R" || flag == "low_order_component_A");
        assert_eq!(held, sound, "row {}: {flags:?}", row["number"]);
        taken += usize::from(held);
    }
    assert_eq!(rows.len(), 914);
    assert!(taken > 0);
    println!("914 Ed25519 vectors, {taken} taken");
}

/// Node's folder with typage in it; `None` where npm cannot fetch it.
fn typage() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typage-0.3.1");
    let done = folder.join("done");
    if !done.exists() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("package.json"), r#"{"private":true,"type":"module"}"#).unwrap();
        fs::write(folder.join("typage.js"), TYPAGE).unwrap();
        let npm = [
            "install",
            "--save-exact",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "age-encryption@0.3.1",
        ];
        let installed = Command::new("npm").args(npm).current_dir(&folder).stdout(Stdio::null()).status();
        if !installed.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "typage cannot be installed, and this is CI");
            eprintln!("SKIPPED: typage cannot be installed, so it was not tried");
            return None;
        }
        fs::write(done, "").unwrap();
    }
    Some(folder)
}

/// One command a run: the file in hex on standard input, the answer on standard output.
const TYPAGE: &str = r#"
import * as age from "age-encryption"
import { readFileSync } from "node:fs"
const [command, key] = process.argv.slice(2)
const input = Buffer.from(readFileSync(0, "utf8"), "hex")
const hex = (bytes) => Buffer.from(bytes).toString("hex")
if (command === "generate") {
  const identity = await age.generateHybridIdentity()
  console.log(identity + " " + await age.identityToRecipient(identity))
} else if (command === "encrypt") {
  const encrypter = new age.Encrypter()
  encrypter.addRecipient(key)
  console.log(hex(await encrypter.encrypt(input)))
} else {
  const decrypter = new age.Decrypter()
  decrypter.addIdentity(key)
  console.log(hex(await decrypter.decrypt(input, "uint8array")))
}
"#;

fn run_typage(folder: &Path, command: &str, key: &str, input: &[u8]) -> String {
    let mut child = Command::new("node")
        .args(["typage.js", command, key])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(HEXLOWER.encode(input).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "typage could not {command}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn typage_opens_what_we_write_and_we_open_what_it_writes() {
    let Some(folder) = typage() else { return };
    let generated = run_typage(&folder, "generate", "", b"");
    let (identity, recipient) = generated.split_once(' ').unwrap();
    let theirs = HybridIdentity::parse(identity).unwrap();
    assert_eq!(theirs.recipient().to_text(), recipient);

    let seed = Secret::random();
    let prefix = bech32::Hrp::parse("age-secret-key-pq-").unwrap();
    let ours_text = bech32::encode::<bech32::Bech32>(prefix, seed.expose()).unwrap().to_uppercase();
    let ours = HybridIdentity::from_seed(seed);

    for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        for (identity, text) in [(&theirs, identity), (&ours, ours_text.as_str())] {
            let encryptor = Encryptor::with_recipients(std::iter::once(&identity.recipient() as _)).unwrap();
            let mut file = Vec::new();
            let mut writer = encryptor.wrap_output(&mut file).unwrap();
            writer.write_all(&plain).unwrap();
            writer.finish().unwrap();
            assert_eq!(run_typage(&folder, "decrypt", text, &file), HEXLOWER.encode(&plain));
        }
        let recipient = ours.recipient().to_text();
        let file = HEXLOWER.decode(run_typage(&folder, "encrypt", &recipient, &plain).as_bytes()).unwrap();
        let decryptor = Decryptor::new(file.as_slice()).unwrap();
        let mut opened = Vec::new();
        decryptor.decrypt(std::iter::once(&ours as _)).unwrap().read_to_end(&mut opened).unwrap();
        assert!(opened == plain, "{length} bytes of typage's came out otherwise");
    }
}
