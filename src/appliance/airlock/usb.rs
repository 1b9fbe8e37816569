//! Whether a disk is a plain USB stick: by what sysfs says of the USB device that it hangs on.
//!
//! ```text
//!  /sys/block/sdb -> …/usb2/2-1/2-1.4/2-1.4:1.0/host6/target6:0:0/6:0:0:0/block/sdb
//!                          hub  device  interface: bInterfaceClass 08
//!                                bNumInterfaces 1, product
//! ```
//! A stick with a second interface is a keyboard in a stick's clothes, or may become one. What hangs on no USB
//! (the machine's own disks, loop devices) is not looked at and not spoken of. A hub in between is fine.

use std::path::Path;

use super::refusal::AirlockRefusal;
use crate::appliance::cage::plain;

/// The class of interfaces of mass storage.
const MASS_STORAGE: &str = "08";

/// Judges what the disk at `block` (a folder of sysfs) hangs on; `None` where that is no USB.
pub(super) fn judge(block: &Path) -> Option<Result<(), AirlockRefusal>> {
    let whole = block.canonicalize().ok()?;
    let interface = whole.ancestors().find(|folder| folder.join("bInterfaceClass").is_file())?;
    let device = interface.parent()?;
    let name = attribute(device, "product").or_else(|| attribute(device, "idVendor")).unwrap_or_default();
    let name = plain(&name);
    // What cannot be read is not one.
    let interfaces = attribute(device, "bNumInterfaces").and_then(|text| text.parse().ok()).unwrap_or(0);
    Some(if attribute(interface, "bInterfaceClass").as_deref() != Some(MASS_STORAGE) {
        Err(AirlockRefusal::NoMassStorage { name })
    } else if interfaces == 1 {
        Ok(())
    } else {
        Err(AirlockRefusal::MoreThanAStick { name, interfaces })
    })
}

/// One line of sysfs; no more is read than the kernel ever writes into one.
pub(super) fn attribute(folder: &Path, name: &str) -> Option<String> {
    let bytes = crate::support::durable::read_up_to(&folder.join(name), 8192).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::super::watch::plugged;
    use super::*;

    /// A tree of the shape that Linux 6.1 shows for a stick behind a hub.
    fn sysfs(root: &Path, disk: &str, interfaces: &str, class: &str) {
        let device = root.join("devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1.4");
        let interface = device.join("2-1.4:1.0");
        let block = interface.join(format!("host6/target6:0:0/6:0:0:0/block/{disk}"));
        fs::create_dir_all(&block).unwrap();
        for (folder, name, value) in [
            (device.parent().unwrap(), "bNumInterfaces", "1"),
            (&device, "bNumInterfaces", interfaces),
            (&device, "product", "Ultra\u{1b}[2J Fit"),
            (&interface, "bInterfaceClass", class),
            (&block, "size", "61440"),
            (&block, "diskseq", "7"),
        ] {
            fs::write(folder.join(name), format!("{value}\n")).unwrap();
        }
        fs::create_dir_all(root.join("block")).unwrap();
        std::os::unix::fs::symlink(&block, root.join("block").join(disk)).unwrap();
    }

    #[test]
    fn a_plain_stick_is_read_and_one_with_a_keyboard_in_it_is_not() {
        for (interfaces, class, code) in
            [(" 1", "08", None), (" 2", "08", Some(2)), (" 1", "03", None), ("", "08", Some(0))]
        {
            let dir = tempfile::tempdir().unwrap();
            sysfs(dir.path(), "sdb", interfaces, class);
            let found = plugged(dir.path(), None);
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].device.to_str().unwrap(), found[0].sequence), ("/dev/sdb", 7));
            match (&found[0].judged, class, code) {
                (Ok(()), "08", None) | (Err(AirlockRefusal::NoMassStorage { .. }), "03", None) => {}
                (Err(AirlockRefusal::MoreThanAStick { name, interfaces }), "08", Some(count)) => {
                    assert_eq!((name.as_str(), *interfaces), ("Ultra\u{fffd}[2J Fit", count));
                }
                other => panic!("{interfaces} {class}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_machines_own_disks_and_empty_card_readers_are_not_spoken_of() {
        let dir = tempfile::tempdir().unwrap();
        sysfs(dir.path(), "sdb", " 1", "08");
        fs::write(dir.path().join("block/sdb/size"), "0\n").unwrap();
        let own = dir.path().join("devices/pci0000:00/ata1/block/sda");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("size"), "1000\n").unwrap();
        std::os::unix::fs::symlink(&own, dir.path().join("block/sda")).unwrap();
        assert_eq!(plugged(dir.path(), None), []);
        let asked = plugged(dir.path(), Some(Path::new("/dev/sda")));
        assert_eq!(asked.len(), 1, "but for one that was asked for: {asked:?}");
    }
}
