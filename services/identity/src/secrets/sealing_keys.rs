//! The file with the sealing keys: one a line, in base64, the newest first.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use runtime::files;

use super::sealing::{KEY, Sealing};

/// Why the sealing keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealingKeyError {
    /// The file cannot be read or written.
    #[error("sealing key file {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("sealing key file {} is open to others (mode {mode:o}), make it 600", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A line is not a key, or there is none.
    #[error("sealing key file {}, line {line}: not a key of 32 bytes in base64", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// The first line at fault, counted from 1.
        line: usize,
    },
    /// The database has secrets, and the keys are gone.
    #[error(
        "sealing key file {} is missing, and the database holds secrets sealed with key {key}: \
         restore the file, or name it by identity.sealing_key_file", path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// Name of a key that is needed.
        key: String,
    },
    /// They are other keys than those of the database.
    #[error(
        "sealing key file {} does not hold key {key}, with which the database's secrets are \
         sealed: it is another installation's, or an older key was taken out", path.display()
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// Name of a key that is needed.
        key: String,
    },
}

/// The keys in a file that only its owner may read; none when there is no such file.
///
/// # Errors
/// When it cannot be read, is open to others, or a line is not a key.
pub(crate) fn load(path: &Path) -> Result<Option<Sealing>, SealingKeyError> {
    let failed = |source| SealingKeyError::File {
        path: path.to_owned(),
        source,
    };
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if mode & 0o077 != 0 {
        return Err(SealingKeyError::Open {
            path: path.to_owned(),
            mode,
        });
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let form = |line| SealingKeyError::Form {
        path: path.to_owned(),
        line,
    };
    let mut keys = Vec::new();
    for (at, line) in text.lines().enumerate() {
        keys.push(read(line).ok_or_else(|| form(at + 1))?);
    }
    let (newest, older) = keys.split_first().ok_or_else(|| form(1))?;
    Ok(Some(Sealing::new(newest, older)))
}

/// A new key in a new file for its owner only: whole or not at all, and never over another.
///
/// # Errors
/// When it cannot be written, or there is a file already.
pub(crate) fn create(path: &Path) -> Result<Sealing, SealingKeyError> {
    let key = runtime::random_bytes::<KEY>();
    let line = format!("{}\n", STANDARD.encode(key));
    files::publish(path, &line, files::OWNER_ONLY).map_err(|source| SealingKeyError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(Sealing::new(&key, &[]))
}

fn read(line: &str) -> Option<[u8; KEY]> {
    STANDARD.decode(line.trim()).ok()?.try_into().ok()
}
