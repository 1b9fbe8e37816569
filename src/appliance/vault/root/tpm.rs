//! The root in a TPM 2.0: two NV indices that no copy of a disk has.
//!
//! ```text
//!   NV index a, b:  root and generation, 92 bytes, one write          a dead one: zeros
//!     may be read and written by whom?   PolicyAuthorize(boot key)
//!     who satisfies that?                a session over the registers 2 4 7 11 12 as they are now,
//!                                        if the boot key has signed this policy   (root/tpm.a, .b)
//! ```
//! **Promised.** A slot is written and killed by one command, which the TPM carries out wholly or not at
//! all (`WRITEALL`), and read back. What is killed is nowhere else. A computer that was started from a
//! foreign stick has other registers and opens nothing. An update of the program changes registers too:
//! it is approved with the boot key, before or after ([`TpmRoot::approve`]), and nothing in the TPM has
//! to change for it. Owner authorisation is random and forgotten from the making on, so nobody can define
//! these indices anew under the box's feet. Roots cross the bus to the TPM encrypted (a session that is
//! salted for a key of the TPM): whoever only listens there learns nothing.
//!
//! **Which registers.** 2 (code of extension cards), 4 (the boot manager, and a unified kernel image as a
//! whole), 7 (secure boot: which keys are trusted), 11 (what a unified kernel image holds) and 12 (a command
//! line that was put in its place). Not 0: whoever replaces the firmware can have it measure what he
//! likes, while an honest update of it would close the box. Not 8 and 9, where GRUB measures every menu
//! command: after a power cut it takes other ways. So a kernel behind GRUB is bound less tightly (its
//! command line is not), and an appliance starts a unified kernel image.
//!
//! **The boot key** is made at `init`, shown once and kept nowhere in the box: on the disk, a thief with
//! a stick would have it too. Who has the key *and* the box can approve a start of his own and open what
//! lives; what was destroyed is dead to him as well. Without it the box opens for as long as it starts as
//! it did; so it belongs in the owner's safe. A vendor of appliances makes it his release key and brings
//! the signed policy with each update: that is the same file, and no other code.
//!
//! **Not promised.** That an approval ends: an older program that was approved once can be started
//! again. That a TPM is not broken open or talked to in the middle of its bus. A clear of the TPM (the
//! firmware's menu, or `tpm2_clear -c l`) kills both slots, and with them everything that the box holds;
//! it is also the only way to make a new box on this computer, for its owner authorisation is gone.
//!
//! Commands of the happy path, for each reading or writing: `GetCapability` `NV_ReadPublic` `LoadExternal`
//! (is this ours?) `CreatePrimary` (null hierarchy; for the salt) `StartAuthSession` `PolicyPCR`
//! `PolicyGetDigest` `LoadExternal` `VerifySignature` `PolicyAuthorize`, then `NV_Read`, or `NV_Write` and all
//! of it again for the `NV_Read` after it; and the flushes.

use std::path::Path;
use std::str::FromStr;

use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature as BootSignature, SigningKey, VerifyingKey};
use serde_bytes::ByteArray;
use tss_esapi::attributes::{NvIndexAttributesBuilder, ObjectAttributesBuilder, SessionAttributesBuilder};
use tss_esapi::constants::{CapabilityType, PropertyTag, SessionType};
use tss_esapi::handles::{AuthHandle, KeyHandle, NvIndexHandle, NvIndexTpmHandle, TpmHandle};
use tss_esapi::interface_types::algorithm::{HashingAlgorithm, PublicAlgorithm};
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::interface_types::resource_handles::{Hierarchy, NvAuth, Provision};
use tss_esapi::interface_types::session_handles::{AuthSession, PolicySession};
use tss_esapi::structures::{
    Auth, CapabilityData, Digest as TpmDigest, EccParameter, EccPoint, EccScheme, EccSignature, HashScheme,
    MaxNvBuffer, Name, Nonce, NvPublicBuilder, PcrSelectionList, PcrSelectionListBuilder, PcrSlot, Public,
    PublicBuilder, PublicEccParametersBuilder, Signature, SymmetricDefinition, SymmetricDefinitionObject,
};
use tss_esapi::{Context, TctiNameConf};

use super::note::{Approval, Note};
use super::{BootKey, COPY_LENGTH, Held, Root, RootDescription, Slot, State, decode, encode};
use crate::appliance::vault::{VaultError, VaultRefusal};
use crate::exchange::vocabulary::Digest;
use crate::support::durable;
use crate::support::secret::Secret;

/// The registers of a start, as bits; see above.
const REGISTERS: u32 = 1 << 2 | 1 << 4 | 1 << 7 | 1 << 11 | 1 << 12;
/// The register that every measured start changes.
const BOOT_MANAGER: u32 = 1 << 4;
/// The two indices, in the range that belongs to the owner.
const FIRST_INDEX: u32 = 0x018A_4B10;
/// What the boot key's approvals are for (`policyRef`); in the table of `exchange/bundle/FORMAT.md`.
const LABEL: &[u8] = b"factuurkluis/boot";
/// `TPM_CC_PolicyAuthorize`.
const POLICY_AUTHORIZE: u32 = 0x0000_016A;
/// Where the TPM is, if not here: a TCTI of the TPM software stack, as `swtpm:host=127.0.0.1,port=2321`.
const ELSEWHERE: &str = "KLUIS_TPM";
const DEVICE: &str = "/dev/tpmrm0";

/// Whether this computer has a TPM.
pub(super) fn present() -> bool {
    std::env::var_os(ELSEWHERE).is_some() || Path::new(DEVICE).exists()
}

fn place() -> String {
    std::env::var(ELSEWHERE).unwrap_or_else(|_| format!("device:{DEVICE}"))
}

/// The root in the TPM.
pub struct TpmRoot {
    /// Where the TPM is.
    place: String,
    note: Note,
    measured: bool,
}

impl TpmRoot {
    /// Defines the two slots, empty, for a box whose data are in `data`, approves how this computer has
    /// started now, and makes the owner authorisation a random one that nobody knows. This is the last
    /// step: where it was cut off before, it can be done again.
    ///
    /// # Errors
    /// [`VaultRefusal::TpmTaken`], [`VaultRefusal::TpmOwned`], [`VaultRefusal::TpmMissing`]; what the TPM
    /// and the disk refuse.
    pub fn create(data: &Path) -> Result<(Self, BootKey), VaultError> {
        Self::create_at(&place(), data)
    }

    /// [`TpmRoot::create`] in the TPM at `place`.
    pub(in crate::appliance::vault) fn create_at(
        place: &str,
        data: &Path,
    ) -> Result<(Self, BootKey), VaultError> {
        let mut tpm = Tpm::connect(place)?;
        let there = tpm.indices()?;
        let measured = tpm.is_measured()?;
        if tpm.is_owned()? {
            let refusal = if there.is_empty() { VaultRefusal::TpmOwned } else { VaultRefusal::TpmTaken };
            return Err(refusal.into());
        }
        for index in there {
            Tpm::connect(place)?.undefine(index)?;
        }
        let key = BootKey(random_scalar());
        let mut note = Note::new(public_of(&key)?.to_sec1_point(true).as_bytes());
        note.approve(Tpm::connect(place)?.approval(&key)?);
        for slot in Slot::BOTH {
            Tpm::connect(place)?.define(slot, &note)?;
            write(place, slot, &note, &[0; COPY_LENGTH])?;
        }
        durable::create_dir_all(&data.join("root"))?;
        note.write(data)?;
        Tpm::connect(place)?.forget_owner()?;
        Ok((Self { place: place.to_owned(), note, measured }, key))
    }

    /// The root of the box whose data are in `data`.
    ///
    /// # Errors
    /// [`VaultRefusal::TpmMissing`], [`VaultRefusal::TpmForgotten`], [`VaultRefusal::TpmNote`].
    pub fn open(data: &Path) -> Result<Self, VaultError> {
        Self::open_at(&place(), data)
    }

    /// [`TpmRoot::open`] in the TPM at `place`.
    pub(in crate::appliance::vault) fn open_at(place: &str, data: &Path) -> Result<Self, VaultError> {
        let note = Note::need(data)?;
        let measured = Tpm::connect(place)?.is_measured()?;
        Ok(Self { place: place.to_owned(), note, measured })
    }

    /// Approves how this computer has started now, beside what was approved before.
    ///
    /// # Errors
    /// [`VaultRefusal::BootKeyWrong`]; what the TPM and the disk refuse.
    pub fn approve(data: &Path, key: &BootKey) -> Result<(), VaultError> {
        let place = &place();
        let public = public_of(key)?.to_sec1_point(true);
        // Where both notes are damaged, the key is all that it takes to write them anew.
        let mut note = Note::read(data)?.unwrap_or_else(|| Note::new(public.as_bytes()));
        if note.key.as_slice() != public.as_bytes() {
            return Err(VaultRefusal::BootKeyWrong.into());
        }
        note.approve(Tpm::connect(place)?.approval(key)?);
        // The TPM is asked before the note says so.
        Tpm::connect(place)?.read(Slot::A, &note)?;
        note.write(data)
    }
}

impl Root for TpmRoot {
    fn read(&self, slot: Slot) -> Result<State, VaultError> {
        let bytes = Tpm::connect(&self.place)?.read(slot, &self.note)?;
        if bytes.iter().all(|&byte| byte == 0) {
            return Ok(State::Empty);
        }
        Ok(decode(&bytes).map_or(State::Torn, State::Living))
    }

    fn write(&mut self, slot: Slot, held: &Held) -> Result<(), VaultError> {
        write(&self.place, slot, &self.note, &encode(held))
    }

    fn kill(&mut self, slot: Slot) -> Result<(), VaultError> {
        write(&self.place, slot, &self.note, &[0; COPY_LENGTH])
    }

    fn mend(&mut self, _: Slot) -> Result<(), VaultError> {
        Ok(())
    }

    fn describe(&self) -> RootDescription {
        RootDescription::Tpm { measured: self.measured }
    }
}

/// Writes the whole slot by one command, and reads it back.
fn write(place: &str, slot: Slot, note: &Note, bytes: &[u8; COPY_LENGTH]) -> Result<(), VaultError> {
    #[cfg(test)]
    if let Some(torn) = durable::fault::torn() {
        let mut half = [0; COPY_LENGTH];
        half[..torn.min(COPY_LENGTH)].copy_from_slice(&bytes[..torn.min(COPY_LENGTH)]);
        Tpm::connect(place)?.put(slot, note, &half)?;
    }
    // A process that no longer knows its disk changes nothing here either.
    durable::sound()?;
    Tpm::connect(place)?.put(slot, note, bytes)?;
    if Tpm::connect(place)?.read(slot, note)?.value() == bytes {
        Ok(())
    } else {
        Err(durable::DiskError::ReadBack { path: format!("TPM {slot}") }.into())
    }
}

/// A connection to the TPM, for one errand: the keys and the session that it needs there end with it, so
/// that a TPM with room for three of each has room for the next.
struct Tpm {
    context: Context,
}

impl Tpm {
    fn connect(place: &str) -> Result<Self, VaultError> {
        let context = TctiNameConf::from_str(place).and_then(Context::new).map_err(|error| {
            VaultRefusal::TpmMissing { place: place.to_owned(), reason: error.to_string() }
        })?;
        Ok(Self { context })
    }

    /// Which of our indices are defined.
    fn indices(&mut self) -> Result<Vec<Slot>, VaultError> {
        let (found, _) = self
            .context
            .get_capability(CapabilityType::Handles, FIRST_INDEX, 2)
            .map_err(|error| failed("GetCapability", &error))?;
        let CapabilityData::Handles(found) = found else { return Ok(Vec::new()) };
        let there = |slot: &Slot| found.iter().any(|handle| u32::from(*handle) == index_of(*slot));
        Ok(Slot::BOTH.into_iter().filter(there).collect())
    }

    /// Whether somebody has set an owner authorisation.
    fn is_owned(&mut self) -> Result<bool, VaultError> {
        let permanent = self.context.get_tpm_property(PropertyTag::Permanent);
        Ok(permanent.map_err(|error| failed("GetCapability", &error))?.unwrap_or(0) & 1 != 0)
    }

    /// Whether something has been measured before the system was started.
    fn is_measured(&mut self) -> Result<bool, VaultError> {
        let (_, _, values) = registers(BOOT_MANAGER)
            .and_then(|list| self.context.pcr_read(list))
            .map_err(|error| failed("PCR_Read", &error))?;
        Ok(values.value().iter().any(|value| value.value().iter().any(|&byte| byte != 0)))
    }

    fn define(mut self, slot: Slot, note: &Note) -> Result<(), VaultError> {
        let run = |tpm: &mut Self| {
            let (_, name) = tpm.boot_key(note)?;
            let attributes = NvIndexAttributesBuilder::new()
                .with_policy_read(true)
                .with_policy_write(true)
                .with_write_all(true)
                .with_no_da(true)
                .build()?;
            let index = NvPublicBuilder::new()
                .with_nv_index(NvIndexTpmHandle::new(index_of(slot))?)
                .with_index_name_algorithm(HashingAlgorithm::Sha256)
                .with_index_attributes(attributes)
                .with_index_auth_policy(TpmDigest::try_from(policy_of(&name).as_slice())?)
                .with_data_area_size(COPY_LENGTH)
                .build()?;
            tpm.context
                .execute_with_session(Some(AuthSession::Password), |context| {
                    context.nv_define_space(Provision::Owner, None, index)
                })
                .map(drop)
        };
        run(&mut self).map_err(|error| failed("NV_DefineSpace", &error))
    }

    fn undefine(mut self, slot: Slot) -> Result<(), VaultError> {
        let run = |tpm: &mut Self| {
            let index = tpm.index(slot)?;
            tpm.context.execute_with_session(Some(AuthSession::Password), |context| {
                context.nv_undefine_space(Provision::Owner, index)
            })
        };
        run(&mut self).map_err(|error| failed("NV_UndefineSpace", &error))
    }

    fn forget_owner(mut self) -> Result<(), VaultError> {
        let run = |tpm: &mut Self| {
            let unknown = Auth::try_from(Secret::random().expose().as_slice())?;
            let session = tpm.session(SessionType::Hmac)?;
            tpm.context.execute_with_session(Some(session), |context| {
                context.hierarchy_change_auth(AuthHandle::Owner, unknown)
            })
        };
        run(&mut self).map_err(|error| failed("HierarchyChangeAuth", &error))
    }

    fn read(mut self, slot: Slot, note: &Note) -> Result<MaxNvBuffer, VaultError> {
        self.defined(slot, note)?;
        let session = self.satisfied(note)?;
        let run = |tpm: &mut Self| {
            let index = tpm.index(slot)?;
            tpm.context.execute_with_session(Some(session), |context| {
                context.nv_read(NvAuth::NvIndex(index), index, COPY_LENGTH as u16, 0)
            })
        };
        run(&mut self).map_err(|error| failed("NV_Read", &error))
    }

    fn put(mut self, slot: Slot, note: &Note, bytes: &[u8; COPY_LENGTH]) -> Result<(), VaultError> {
        self.defined(slot, note)?;
        let session = self.satisfied(note)?;
        let run = |tpm: &mut Self| {
            let index = tpm.index(slot)?;
            let bytes = MaxNvBuffer::try_from(bytes.as_slice())?;
            tpm.context.execute_with_session(Some(session), |context| {
                context.nv_write(NvAuth::NvIndex(index), index, bytes, 0)
            })
        };
        run(&mut self).map_err(|error| failed("NV_Write", &error))
    }

    /// Sees that the index is there, and that it is this box's: that its policy pins our boot key.
    fn defined(&mut self, slot: Slot, note: &Note) -> Result<(), VaultError> {
        if !self.indices()?.contains(&slot) {
            return Err(VaultRefusal::TpmForgotten.into());
        }
        let run = |tpm: &mut Self| {
            let index = tpm.index(slot)?;
            let (public, _) = tpm.context.nv_read_public(index)?;
            let (key, name) = tpm.boot_key(note)?;
            tpm.context.flush_context(key.into())?;
            Ok(public.authorization_policy().value() == policy_of(&name))
        };
        let ours = run(self).map_err(|error| failed("NV_ReadPublic", &error))?;
        if ours { Ok(()) } else { Err(VaultRefusal::TpmForgotten.into()) }
    }

    fn index(&mut self, slot: Slot) -> tss_esapi::Result<NvIndexHandle> {
        let handle = TpmHandle::NvIndex(NvIndexTpmHandle::new(index_of(slot))?);
        Ok(self.context.tr_from_tpm_public(handle)?.into())
    }

    /// The boot key's signature over the registers as they are now.
    fn approval(mut self, key: &BootKey) -> Result<Approval, VaultError> {
        let session = self.session(SessionType::Trial).map_err(|error| failed("StartAuthSession", &error))?;
        let policy = self.policy_over(session, REGISTERS).map_err(|error| failed("PolicyPCR", &error))?;
        let signing = SigningKey::from_slice(key.0.expose()).map_err(|_| VaultRefusal::BootKeyWrong)?;
        let signature: BootSignature =
            signing.sign_prehash(&approved(&policy).0).map_err(|_| VaultRefusal::BootKeyWrong)?;
        let signature: [u8; 64] = signature.to_bytes().into();
        Ok(Approval { pcrs: REGISTERS, policy: ByteArray::new(policy), signature: ByteArray::new(signature) })
    }

    /// A session that the slots' policy lets in, if an approval fits the registers as they are now.
    fn satisfied(&mut self, note: &Note) -> Result<AuthSession, VaultError> {
        let session =
            self.session(SessionType::Policy).map_err(|error| failed("StartAuthSession", &error))?;
        for approval in &note.approved {
            let now =
                self.policy_over(session, approval.pcrs).map_err(|error| failed("PolicyPCR", &error))?;
            if now == *approval.policy {
                self.authorise(session, note, approval).map_err(|error| failed("PolicyAuthorize", &error))?;
                return Ok(session);
            }
        }
        Err(VaultRefusal::TpmOtherStart.into())
    }

    /// The digest of a session that has seen these registers and nothing else.
    fn policy_over(&mut self, session: AuthSession, pcrs: u32) -> tss_esapi::Result<[u8; 32]> {
        let session = PolicySession::try_from(session)?;
        self.context.policy_restart(session)?;
        self.context.policy_pcr(session, TpmDigest::default(), registers(pcrs)?)?;
        let digest = self.context.policy_get_digest(session)?;
        let mut policy = [0; 32];
        // SHA-256 was asked for; a digest of another length equals no approved one.
        if digest.value().len() == policy.len() {
            policy.copy_from_slice(digest.value());
        }
        Ok(policy)
    }

    fn authorise(&mut self, session: AuthSession, note: &Note, approval: &Approval) -> tss_esapi::Result<()> {
        let (key, name) = self.boot_key(note)?;
        let (r, s) = approval.signature.split_at(32);
        let signature = EccSignature::create(
            HashingAlgorithm::Sha256,
            EccParameter::try_from(r)?,
            EccParameter::try_from(s)?,
        )?;
        let signed = TpmDigest::try_from(approved(&approval.policy).0.as_slice())?;
        let ticket = self.context.verify_signature(key, signed, Signature::EcDsa(signature))?;
        self.context.policy_authorize(
            PolicySession::try_from(session)?,
            TpmDigest::try_from(approval.policy.as_slice())?,
            Nonce::try_from(LABEL)?,
            &name,
            ticket,
        )
    }

    /// Loads the boot key's public half. Its name, which the slots' policy pins, is over everything here.
    fn boot_key(&mut self, note: &Note) -> tss_esapi::Result<(KeyHandle, Name)> {
        let attributes =
            ObjectAttributesBuilder::new().with_user_with_auth(true).with_sign_encrypt(true).build()?;
        let scheme = EccScheme::EcDsa(HashScheme::new(HashingAlgorithm::Sha256));
        // A note that holds no point of the curve is refused by the TPM.
        let point = VerifyingKey::from_sec1_bytes(&note.key).map(|key| key.to_sec1_point(false));
        let point = point.map(|point| point.as_bytes().to_vec()).unwrap_or_default();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
        let public = PublicBuilder::new()
            .with_public_algorithm(PublicAlgorithm::Ecc)
            .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
            .with_object_attributes(attributes)
            .with_ecc_parameters(
                PublicEccParametersBuilder::new_unrestricted_signing_key(scheme, EccCurve::NistP256)
                    .build()?,
            )
            .with_ecc_unique_identifier(EccPoint::new(EccParameter::try_from(x)?, EccParameter::try_from(y)?))
            .build()?;
        let key = self.context.load_external_public(public, Hierarchy::Owner)?;
        let name = self.context.tr_get_name(key.into())?;
        Ok((key, name))
    }

    /// A salted session whose first parameters are encrypted both ways.
    fn session(&mut self, kind: SessionType) -> tss_esapi::Result<AuthSession> {
        // The salt is encrypted to a key that this TPM makes for the occasion.
        let salt = self.context.execute_with_session(Some(AuthSession::Password), |context| {
            context.create_primary(Hierarchy::Null, storage_key()?, None, None, None, None)
        })?;
        let session = self.context.start_auth_session(
            Some(salt.key_handle),
            None,
            None,
            kind,
            SymmetricDefinition::AES_128_CFB,
            HashingAlgorithm::Sha256,
        )?;
        let session =
            session.ok_or(tss_esapi::Error::WrapperError(tss_esapi::WrapperErrorKind::WrongValueFromTpm))?;
        let (attributes, mask) = SessionAttributesBuilder::new()
            .with_continue_session(true)
            .with_decrypt(true)
            .with_encrypt(true)
            .build();
        self.context.tr_sess_set_attributes(session, attributes, mask)?;
        Ok(session)
    }
}

fn failed(command: &'static str, error: &tss_esapi::Error) -> VaultError {
    VaultRefusal::TpmFailed { command: command.to_owned(), reason: error.to_string() }.into()
}

fn index_of(slot: Slot) -> u32 {
    match slot {
        Slot::A => FIRST_INDEX,
        Slot::B => FIRST_INDEX + 1,
    }
}

fn registers(pcrs: u32) -> tss_esapi::Result<PcrSelectionList> {
    let slots = (0..24).map(|n| 1 << n).filter(|bit| pcrs & bit != 0);
    let slots = slots.map(PcrSlot::try_from).collect::<Result<Vec<_>, _>>()?;
    PcrSelectionListBuilder::new().with_selection(HashingAlgorithm::Sha256, &slots).build()
}

/// What the boot key signs to approve a policy: `TPM2_PolicyAuthorize`'s aHash.
fn approved(policy: &[u8; 32]) -> Digest {
    Digest::of(&[policy.as_slice(), LABEL].concat())
}

/// The policy of the slots: whatever the key of this name approves for this label.
fn policy_of(key: &Name) -> [u8; 32] {
    let command = POLICY_AUTHORIZE.to_be_bytes();
    let first = Digest::of(&[[0; 32].as_slice(), &command, key.value()].concat());
    Digest::of(&[first.0.as_slice(), LABEL].concat()).0
}

fn storage_key() -> tss_esapi::Result<Public> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_sensitive_data_origin(true)
        .with_user_with_auth(true)
        .with_decrypt(true)
        .with_restricted(true)
        .build()?;
    let parameters = PublicEccParametersBuilder::new_restricted_decryption_key(
        SymmetricDefinitionObject::AES_128_CFB,
        EccCurve::NistP256,
    );
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_ecc_parameters(parameters.build()?)
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
}

/// A private key of P-256: nearly any 32 bytes are one.
fn random_scalar() -> Secret {
    loop {
        let secret = Secret::random();
        if SigningKey::from_slice(secret.expose()).is_ok() {
            return secret;
        }
    }
}

fn public_of(key: &BootKey) -> Result<VerifyingKey, VaultError> {
    let signing = SigningKey::from_slice(key.0.expose()).map_err(|_| VaultRefusal::BootKeyWrong)?;
    Ok(*signing.verifying_key())
}
