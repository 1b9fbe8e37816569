//! `hadris-fat`, an implementation of FAT and exFAT by others: it makes sticks, and says what is on one.

use hadris_fat::exfat::ExFatOptions;
use hadris_fat::exfat::sync::ExFatFs;
use hadris_fat::sync::FatFs;
use hadris_fat::{FatKind, FatOptions};
use hadris_fs::MountOptions;
use hadris_fs::sync::{FileSystem, Volume};
use hadris_storage::{BlockSize, MemDevice};

/// A file system, its clusters' size, and the stick's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) fat: Option<FatKind>,
    pub(super) sector: u32,
    pub(super) cluster: u32,
    pub(super) size: usize,
}

/// One of each.
pub(super) const FORMATS: [Format; 5] = [
    Format { fat: Some(FatKind::Fat12), sector: 512, cluster: 2048, size: 2 << 20 },
    Format { fat: Some(FatKind::Fat16), sector: 512, cluster: 512, size: 8 << 20 },
    Format { fat: Some(FatKind::Fat32), sector: 512, cluster: 512, size: 40 << 20 },
    Format { fat: None, sector: 512, cluster: 1024, size: 8 << 20 },
    Format { fat: None, sector: 4096, cluster: 8192, size: 16 << 20 },
];

impl Format {
    /// An empty stick.
    pub(super) fn made(self) -> Vec<u8> {
        let block = BlockSize::new(self.sector).unwrap();
        let mut device = MemDevice::new(vec![0; self.size], block);
        match self.fat {
            Some(kind) => {
                let options = FatOptions::new()
                    .with_kind(kind)
                    .with_sector_size(self.sector)
                    .with_cluster_size(self.cluster);
                hadris_fat::sync::format(&mut device, &options).unwrap();
            }
            None => {
                let options =
                    ExFatOptions::new().with_sector_size(self.sector).with_cluster_size(self.cluster);
                hadris_fat::exfat::sync::format(&mut device, &options).unwrap();
            }
        }
        device.into_inner()
    }

    /// What is done to the files of a stick by the oracle.
    pub(super) fn with(self, image: Vec<u8>, steps: &[Step]) -> Vec<u8> {
        let device = MemDevice::new(image, BlockSize::new(self.sector).unwrap());
        if self.fat.is_some() {
            let fs = apply(FatFs::mount(device, MountOptions::new()).unwrap(), steps);
            fs.unmount().unwrap().into_inner()
        } else {
            let fs = apply(ExFatFs::mount(device, MountOptions::new()).unwrap(), steps);
            fs.unmount().unwrap().into_inner()
        }
    }

    /// Every file at the top and in a folder called `kluis`, as the oracle reads it.
    pub(super) fn read(self, image: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
        let device = MemDevice::new(image, BlockSize::new(self.sector).unwrap());
        let options = MountOptions::new().read_only();
        if self.fat.is_some() {
            read(FatFs::mount(device, options).map_err(|error| format!("{error:?}"))?)
        } else {
            read(ExFatFs::mount(device, options).map_err(|error| format!("{error:?}"))?)
        }
    }

    /// What the oracle finds wrong with a stick; not an exFAT's percentage of use, which is only a hint and
    /// left as it was.
    pub(super) fn check(self, image: Vec<u8>) -> Vec<String> {
        let mut device = MemDevice::new(image, BlockSize::new(self.sector).unwrap());
        let (mut scratch, mut found) = (vec![0; 1 << 20], Vec::new());
        if self.fat.is_some() {
            hadris_fat::sync::check(&mut device, &mut scratch, |finding| found.push(finding.to_string()))
                .unwrap();
        } else {
            hadris_fat::exfat::sync::check(&mut device, &mut scratch, |finding| {
                found.push(finding.to_string());
            })
            .unwrap();
        }
        found.retain(|finding: &String| !finding.starts_with("PercentInUse"));
        found
    }
}

/// Something that is done with the files of a stick.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Folder(String),
    Write(String, Vec<u8>),
    Remove(String),
}

fn apply<F: FileSystem>(fs: F, steps: &[Step]) -> F
where
    F::DeviceError: std::fmt::Debug,
{
    let volume = Volume::new(fs);
    for step in steps {
        match step {
            Step::Folder(path) => volume.create_dir_all(path).unwrap(),
            Step::Write(path, bytes) => volume.write(path, bytes).unwrap(),
            Step::Remove(path) => volume.remove_file(path).unwrap(),
        }
    }
    volume.into_inner().unwrap_or_else(|_| panic!("nobody else has it"))
}

fn read<F: FileSystem>(fs: F) -> Result<Vec<(String, Vec<u8>)>, String>
where
    F::DeviceError: std::fmt::Debug,
{
    let volume = Volume::new(fs);
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in volume.read_dir(format!("/{folder}")).map_err(|error| format!("{error:?}"))? {
            let entry = entry.map_err(|error| format!("{error:?}"))?;
            let name = String::from_utf8_lossy(entry.name().as_bytes()).into_owned();
            let path = format!("{folder}{name}");
            if entry.file_type() == hadris_fs::FileType::Dir {
                if folder.is_empty() && name.eq_ignore_ascii_case("kluis") {
                    folders.push(format!("{path}/"));
                }
            } else {
                let bytes = volume.read(format!("/{path}")).map_err(|error| format!("{path}: {error:?}"))?;
                files.push((path, bytes));
            }
        }
    }
    Ok(files)
}
