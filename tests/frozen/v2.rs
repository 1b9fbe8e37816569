//! Version 2 of the certificate, frozen beside what version 1 froze: a *proven* one with two time tokens of an
//! invented authority, whose certificate is good for a century. The rules of the folder beside it hold here too.

use std::fs;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer as _, SigningKey};
use factuurkluis::exchange::bundle::certificate::{NotCovered, Root, TokenEvidence};
use factuurkluis::exchange::bundle::{
    BoxCard, CertificateV2, SignedBoxCard, SignedCertificate, Statement, labels,
};
use factuurkluis::exchange::journal::Checkpoint;
use factuurkluis::exchange::journal::tree::{leaf_hash, tree_root};
use factuurkluis::exchange::law::{BookYear, Term};
use factuurkluis::exchange::vocabulary::{BoxId, Class, Digest, EntityId, PublicKey, Word};
use factuurkluis::support::secret::Secret;
use jiff::Timestamp;
use serde_json::{Value, to_value};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/v2")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_frozen_certificate_still_holds() {
    let card = SignedBoxCard::open(&bytes("box.card")).unwrap();
    let certificate = SignedCertificate::read(&bytes("sample.certificate")).unwrap();
    certificate.verify(card.body().key).unwrap();
    assert_eq!(certificate.to_bytes(), bytes("sample.certificate"));
    assert_eq!(certificate.faults(), []);
    assert_eq!((certificate.version(), certificate.word(), certificate.tokens().len()), (2, Word::Proven, 2));
    assert_eq!(certificate.box_fingerprint(), card.fingerprint());
    let SignedCertificate::V2(statement) = &certificate else { panic!("another version") };
    let want: Value = serde_json::from_slice(&bytes("expected.json")).unwrap();
    assert_eq!(to_value(statement.body()).unwrap(), want["certificate"]);
    assert_eq!(to_value(certificate.digest()).unwrap(), want["digest"]);
}

#[test]
fn the_frozen_files_never_change() {
    let digests: Vec<String> = FROZEN_2
        .iter()
        .map(|line| {
            let name = line.split(' ').nth(1).unwrap();
            format!("{} {name}", &Digest::of(&bytes(name)).to_string()[..16])
        })
        .collect();
    assert_eq!(digests, FROZEN_2);
    assert_eq!(fs::read_dir(folder()).unwrap().count(), FROZEN_2.len());
}

const FROZEN_2: [&str; 4] = [
    "83f17c4ce5ab8545 authority.pem",
    "fcf7921ac495f65d box.card",
    "aecb674eae9d9536 expected.json",
    "f5c95146e1ca4651 sample.certificate",
];

/// What wrote them, on 25 November 2026. It writes nothing where they are.
#[test]
#[ignore = "wrote the frozen files once"]
fn write_the_frozen_files() {
    assert!(!folder().exists(), "frozen files are never written again");
    let key = SigningKey::from_bytes(Secret::random().expose());
    let public = PublicKey(key.verifying_key().to_bytes());
    let (box_id, entity) = (BoxId::random(), EntityId::random());
    let authority = Authority::new();
    let head = |size: u8| {
        let leaves: Vec<_> = (0..size).map(|leaf| leaf_hash(&[leaf])).collect();
        let root = tree_root(&leaves);
        Checkpoint { box_id, size: size.into(), root }.sign(&key).note().to_owned()
    };
    let token = |over: String| {
        let (token, time) = authority.sign(over.as_bytes());
        TokenEvidence { digest: Digest::of(&token), authority: authority.fingerprint, time, over, token }
    };
    let tokens = vec![token(head(57)), token(head(90))];
    let now = tokens[1].time;
    let days = BookYear { first: "2018-01-01".parse().unwrap(), last: "2018-12-31".parse().unwrap() };
    let term =
        Term::new(&"trampoline".parse().unwrap(), entity, "NL".parse().unwrap(), Class::Ordinary, days)
            .unwrap();
    let body = CertificateV2 {
        box_id,
        key: public,
        demo: false,
        entity,
        entity_name: "Trampoline B.V. — Zoë".to_owned(),
        term,
        kept_until: "2025-12-31".parse().unwrap(),
        article: "AWR art. 52 lid 4".to_owned(),
        law_table: "2026-11".to_owned(),
        bundles: 52,
        invoices: 1388,
        bytes: 104_857_600,
        entries: 61,
        entries_digest: Digest::of(b"indexes"),
        held: 2,
        word: Word::Proven,
        floor: now,
        powered_since_due: 2_592_600,
        tokens,
        root: Root::FileElsewhere,
        generation: 70_000,
        not_covered: NotCovered::codes(Root::FileElsewhere, 2),
        checkpoint: head(91),
        destroyed_at: now,
    };
    let certificate =
        SignedCertificate::sign_with(body.clone(), &public, |message| key.sign(message).to_bytes());
    let card = BoxCard {
        box_id,
        demo: false,
        key: public,
        entity,
        entity_name: body.entity_name.clone(),
        country: "NL".parse().unwrap(),
        law_table: body.law_table.clone(),
        issued_at: now,
        terms: vec![],
        push_key: vec![7; 32],
        checkpoint: head(91),
    };
    fs::create_dir_all(folder()).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder().join(name), bytes).unwrap();
    write("sample.certificate", &certificate.to_bytes());
    write("box.card", &Statement::sign(labels::BOX_CARD, card, &key).to_bytes());
    write("authority.pem", &authority.pem());
    let expected = serde_json::json!({ "digest": certificate.digest(), "certificate": body });
    write("expected.json", format!("{expected:#}\n").as_bytes());
}

/// A time-stamping authority of `openssl ts`.
struct Authority {
    folder: tempfile::TempDir,
    fingerprint: Digest,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tsa.cnf"), CONFIGURATION).unwrap();
        fs::write(folder.path().join("serial"), "01\n").unwrap();
        let authority = Self { folder, fingerprint: Digest([0; 32]) };
        authority.openssl("req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.pem -days 36500 -subj /CN=Invented@root -config tsa.cnf -extensions ca");
        authority.openssl("req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Invented@authority -config tsa.cnf");
        authority.openssl("x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 36500 -extfile tsa.cnf -extensions tsa");
        authority.openssl("x509 -in ca.pem -outform DER -out ca.der");
        let fingerprint = Digest::of(&fs::read(authority.folder.path().join("ca.der")).unwrap());
        Self { fingerprint, ..authority }
    }

    fn openssl(&self, arguments: &str) {
        let arguments = arguments.split(' ').map(|one| one.replace('@', " "));
        let out = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    fn pem(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("ca.pem")).unwrap()
    }

    /// The reply over these bytes, and its time.
    fn sign(&self, over: &[u8]) -> (Vec<u8>, Timestamp) {
        fs::write(self.folder.path().join("over"), over).unwrap();
        self.openssl("ts -query -data over -sha256 -cert -out query");
        self.openssl("ts -reply -config tsa.cnf -section authority -queryfile query -out reply");
        let reply = fs::read(self.folder.path().join("reply")).unwrap();
        // GeneralizedTime, 15 bytes: the first in the reply is the token's.
        let at = reply.windows(2).position(|pair| pair == [0x18, 15]).unwrap() + 2;
        let digits = String::from_utf8(reply[at..at + 14].to_vec()).unwrap();
        let part = |range: std::ops::Range<usize>| &digits[range];
        let text = format!(
            "{}-{}-{}T{}:{}:{}Z",
            part(0..4),
            part(4..6),
            part(6..8),
            part(8..10),
            part(10..12),
            part(12..14)
        );
        (reply, text.parse().unwrap())
    }
}

const CONFIGURATION: &str = "
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
extendedKeyUsage = critical,timeStamping
[authority]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
";
