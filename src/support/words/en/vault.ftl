# The vault (src/appliance/vault).

vault-already-there = There is a vault at { $path } already. Make the new box in another, empty directory.
vault-root-dead = The root of this box ({ $root }) is empty or damaged in both of its places. Without it nothing in this box can be opened, by anyone. If the root was on another device, check that the right one is plugged in.
vault-nothing-opens = The root of this box ({ $root }) does not open the vault in { $directory }. Either the root belongs to another box, or the vault is an old copy from before a destruction, or both of its files are damaged. Check that root and box belong together.
vault-old-copy = The vault in { $directory } is an old copy: it is change { $found }, and the root has seen change { $expected }. An earlier image of the disk was put back. Put the latest one there; this one is not opened.
vault-unknown-version = { $path } is of version { $version }, which this program does not know yet. Use the newer program that wrote it.
vault-unsettled = An earlier change of the vault was cut off, and nothing more is changed until it is settled. See that the disk is not full, then start the program again: it finishes or undoes that change.
vault-key-dropped = The key of { $key } would have been lost by an ordinary change, so the change was refused. A key ends only by a destruction.
vault-key-name-taken = There is, or was, a key of { $key } already. Choose another name.
vault-no-such-key = There is no key of { $key } in the vault. It was never made, or it is destroyed.
vault-written-once = The change is kept, but in only one of the vault's two files: the disk was too full for { $path }. Make space, then start the program again; it writes the second one.
vault-not-prepared = { $path } does not read back as it was just written, so nothing was destroyed. The disk is failing: replace it, then start the program again.
vault-too-large = The vault would take { $bytes } bytes, and it may have { $limit }. Remove passes or policy that nobody needs.
vault-file-damaged = { $path } does not hold what it should. Its twin does; start the program again, and it is repaired. If that happens twice, replace the disk.
vault-slot-alive = Place { $slot } of the root should be empty, and is not. Start the program again; if it stays, the medium of the root cannot be overwritten and must be replaced.
vault-old-root-opens = The old root still opens { $path }, so the destruction is not done. Start the program again: it finishes it.
vault-clock-too-large = What the box knows of the time takes { $bytes } bytes, and may take { $limit }. Nothing was changed; this is a fault of the program, please report it.
vault-tpm-not-built = This program was built without its part for a TPM. Build it with: cargo build --release --features tpm (on Debian: libtss2-dev, libtss2-tcti-device0, pkg-config), or make the new box with --root PATH.
vault-tpm-missing = The TPM at { $place } does not answer ({ $reason }). The root of this box is in it. Switch the TPM on in the firmware's settings, and see that this program may use it (on Debian: the group tss).
vault-tpm-taken = The TPM of this computer is the root of another box already, and can be that of one box only. Clearing it in the firmware's settings destroys everything in that box, for good. To make a box beside it: --root PATH.
vault-tpm-owned = Somebody has set an owner authorisation on the TPM of this computer, so no box can have its root there. Clear the TPM in the firmware's settings (who else uses it loses his keys), or make the box with --root PATH.
vault-tpm-forgotten = The TPM of this computer has no root of this box. It was cleared, or this is another computer. If the disk was moved, put it back into its own computer; if the TPM was cleared, nothing in this box can be opened any more, by anyone.
vault-tpm-other-start = This computer has not started as was approved for this box: another boot stick, an update, a changed card or setting. If a foreign stick is in it, remove it and start again. If it was an update or a repair, approve it with the boot key that kluis init showed: kluis approve-start --boot-key FILE
vault-tpm-note = { $path } and its twin do not hold what they should. Nothing is lost: write them anew with the boot key that kluis init showed: kluis approve-start --boot-key FILE
vault-tpm-failed = The TPM refused { $command } ({ $reason }). Switch the computer off and on; if it stays, the TPM is failing: seal what is in this box again at the shop, for another box.
vault-boot-key-wrong = That is not the boot key of this box. It is the 64 digits that kluis init showed, once.
vault-no-tpm-root = The root of this box is a file, so there is no start of the computer to approve.
vault-root-path = { $path } should name the directory of the root by its whole path, and does not. Write that path into it, without a line end.

vault-root-file-same-device = The root of this box is a file in { $path }, on the same device as the data. Whoever has an earlier copy of this device, or undeletes that file, can open what was destroyed since.
vault-root-file-other-device = The root of this box is a file in { $path }, on another device than the data. Whoever has an earlier copy of that file and of the data, or undeletes both, can open what was destroyed since.
vault-root-tpm = The root of this box is in the TPM of this computer. No copy of its disks opens what was destroyed since, and no foreign boot stick opens the box.
vault-root-tpm-unmeasured = The root of this box is in the TPM of this computer. No copy of its disks opens what was destroyed since. But this computer does not measure how it starts, so whatever is started on it can open the box.
