//! Pass-phrases of officers and passes: they authorise, they open no key.

use std::fmt::Write as _;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD};
use zeroize::Zeroizing;

use super::{Officer, Pass, Vault};

/// 19 MiB, twice, one lane: OWASP's smallest. The pass-phrases have 100 random bits, so this guards
/// only against a mistake elsewhere.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Characters of a pass-phrase without its hyphens: 5 bits each.
const CHARACTERS: usize = 20;

/// A pass-phrase as it is shown once: `Q2WM-5RTA-YX7K-3JEV-BH4N`. Wiped on drop, never printed by
/// accident.
pub struct PassPhrase(Zeroizing<String>);

impl PassPhrase {
    /// The text, to be shown to the one person whom it is for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A new random pass-phrase of 100 bits, and the verifier that the vault keeps of it.
///
/// # Panics
/// If the kernel has no randomness to give.
#[must_use]
pub fn issue_pass_phrase() -> (PassPhrase, String) {
    // 13 bytes give 21 characters; the last one is dropped.
    let mut random = Zeroizing::new([0; 13]);
    getrandom::fill(&mut *random).expect("the kernel's random generator answers");
    let plain = Zeroizing::new(BASE32_NOPAD.encode(&*random));
    let mut shown = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / 4));
    for (n, character) in plain.chars().take(CHARACTERS).enumerate() {
        if n > 0 && n % 4 == 0 {
            shown.push('-');
        }
        shown.push(character);
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).expect("the kernel's random generator answers");
    let verifier = argon2()
        .hash_password_with_salt(normal(&shown).as_bytes(), &salt)
        .expect("parameters and salt are within Argon2's bounds")
        .to_string();
    (PassPhrase(shown), verifier)
}

impl Vault {
    /// The officer of this name, if `typed` is his pass-phrase. An unknown name costs as much time as
    /// a wrong pass-phrase.
    #[must_use]
    pub fn verify_officer(&self, name: &str, typed: &str) -> Option<&Officer> {
        let officer = self.contents.officers.get(name);
        holds(officer.map(|officer| &officer.verifier), typed).then_some(officer)?
    }

    /// The pass of this id, if `typed` is its pass-phrase. Whether it is valid today is for the keeper
    /// to say, who knows the time.
    #[must_use]
    pub fn verify_pass(&self, id: &str, typed: &str) -> Option<&Pass> {
        let pass = self.contents.passes.get(id);
        holds(pass.map(|pass| &pass.verifier), typed).then_some(pass)?
    }
}

/// Checks against the verifier or, where there is none, against one that nothing fits.
fn holds(verifier: Option<&String>, typed: &str) -> bool {
    let nobody;
    let text = match verifier {
        Some(text) => text,
        None => {
            nobody = nobody_s_verifier();
            &nobody
        }
    };
    let Ok(parsed) = PasswordHash::new(text) else { return false };
    // All verifiers are of our parameters, also if the table should say otherwise: nobody makes the
    // console take a gigabyte.
    let ours = Params::try_from(&parsed).is_ok_and(|params| {
        params.m_cost() <= MEMORY_KIB && params.t_cost() <= PASSES && params.p_cost() <= LANES
    });
    ours && argon2().verify_password(normal(typed).as_bytes(), &parsed).is_ok() && verifier.is_some()
}

/// A verifier of the right form and cost whose digest is random.
fn nobody_s_verifier() -> String {
    let mut random = [0; 16 + 32];
    getrandom::fill(&mut random).expect("the kernel's random generator answers");
    let (salt, digest) = random.split_at(16);
    let mut text = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    let _ = write!(text, "{}${}", BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(digest));
    text
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A typed pass-phrase without what people add and mistake: hyphens, spaces, small letters, and the
/// digits that are no base32 for the letters that they look like. Never longer than a right one plus
/// one, so that a huge input costs nothing.
fn normal(typed: &str) -> Zeroizing<String> {
    let mut normal = Zeroizing::new(String::with_capacity(4 * (CHARACTERS + 1)));
    let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    for character in kept.take(CHARACTERS + 1) {
        normal.push(match character.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        });
    }
    normal
}
