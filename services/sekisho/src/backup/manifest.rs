//! What a backup says of itself: `backup.toml`.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Failure;

const NAME: &str = "backup.toml";

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// When it was made.
    pub(crate) at: Timestamp,
    /// The version that made it.
    pub(crate) sekisho: String,
    /// The databases in it, by service.
    pub(crate) databases: BTreeMap<String, Kept>,
}

/// A copy.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Newest position of its journal.
    pub(crate) position: u64,
    /// Its size.
    pub(crate) bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub(crate) sha256: String,
}

impl Kept {
    /// Describes a file.
    pub(crate) fn of(file: &Path, position: u64) -> io::Result<Self> {
        Ok(Self {
            position,
            bytes: fs::metadata(file)?.len(),
            sha256: digest(file)?,
        })
    }
}

impl Manifest {
    pub(crate) fn new(at: Timestamp) -> Self {
        Self {
            at,
            sekisho: env!("CARGO_PKG_VERSION").to_owned(),
            databases: BTreeMap::new(),
        }
    }

    /// Writes it into a backup.
    pub(crate) fn write(&self, backup: &Path) -> Result<(), Failure> {
        let path = backup.join(NAME);
        let text = toml::to_string(self).map_err(Failure::unexpected)?;
        fs::write(&path, text).map_err(|error| Failure::file(&path, &error))
    }

    /// Reads it from one.
    pub(crate) fn read(backup: &Path) -> Result<Self, Failure> {
        let path = backup.join(NAME);
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
        toml::from_str(&text).map_err(|error| {
            let path = path.display();
            Failure::new(
                format!("{path} は sekisho backup の記述ではありません: {error}"),
                format!("{path} is not what sekisho backup writes: {error}"),
            )
        })
    }
}

/// SHA-256 of a file, in hexadecimal.
fn digest(file: &Path) -> io::Result<String> {
    let (mut file, mut hasher) = (File::open(file)?, Sha256::new());
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            length => hasher.update(&piece[..length]),
        }
    }
}
