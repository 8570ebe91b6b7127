//! The log's key pair on disk: the secret for its owner only, the public half beside it.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use audit_domain::{KeyError, SignerKey};
use runtime::files;

/// The public half, in the data directory wherever the secret is.
const PUBLIC: &str = "audit-log.pub";

/// Why the log's key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyFileError {
    /// A file cannot be read or written.
    #[error("key file {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may read the secret.
    #[error("key file {} is open to others (mode {mode:o}), make it 600", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a key.
    #[error("key file {}: {source}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: KeyError,
    },
    /// A log that was signed before has lost its key; a new one would begin a second story.
    #[error(
        "the log was signed before, but its key {} is missing: put it back from your backup",
        .0.display()
    )]
    Lost(PathBuf),
}

/// The key of the log, made with this origin if the log was never signed; its public half is put in
/// `directory`.
pub(crate) fn load_or_create(
    path: &Path,
    directory: &Path,
    origin: &str,
    signed_before: bool,
) -> Result<SignerKey, KeyFileError> {
    if !path.exists() {
        if signed_before {
            return Err(KeyFileError::Lost(path.to_owned()));
        }
        let made = SignerKey::from_seed(origin, &runtime::random_bytes::<32>());
        let made = made.map_err(|source| KeyFileError::Form {
            path: path.to_owned(),
            source,
        })?;
        let published = files::publish(path, &made.reveal(), files::OWNER_ONLY);
        match published {
            // Another replica was first: its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other.map_err(|source| failed(path, source))?,
        }
    }
    let key = load(path)?;
    let public = directory.join(PUBLIC);
    let text = format!("{}\n", key.verifier());
    if fs::read_to_string(&public).ok().as_deref() != Some(&text) {
        files::replace(&public, &text, 0o644).map_err(|source| failed(&public, source))?;
    }
    Ok(key)
}

fn load(path: &Path) -> Result<SignerKey, KeyFileError> {
    let metadata = fs::metadata(path).map_err(|source| failed(path, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyFileError::Open { path, mode });
    }
    let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
    text.parse().map_err(|source| KeyFileError::Form {
        path: path.to_owned(),
        source,
    })
}

fn failed(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ORIGIN: &str = "log.example/sekisho";
    const SECRET: &str = "audit-log.key";

    fn load_or_create(
        directory: &Path,
        origin: &str,
        signed_before: bool,
    ) -> Result<SignerKey, KeyFileError> {
        super::load_or_create(&directory.join(SECRET), directory, origin, signed_before)
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_its_public_half_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let made = load_or_create(directory.path(), ORIGIN, false).unwrap();
        let again = load_or_create(directory.path(), "other.example/log", true).unwrap();
        assert_eq!(made.reveal(), again.reveal());
        assert_eq!(again.name(), ORIGIN);
        let secret = directory.path().join(SECRET);
        let mode = fs::metadata(secret).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let public = fs::read_to_string(directory.path().join(PUBLIC)).unwrap();
        assert_eq!(public, format!("{}\n", made.verifier()));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_signed_log_without_its_key_does_not_get_another() {
        let directory = tempfile::tempdir().unwrap();
        let lost = load_or_create(directory.path(), ORIGIN, true);
        assert!(matches!(lost, Err(KeyFileError::Lost(_))));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_key_open_to_others_or_damaged_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        load_or_create(directory.path(), ORIGIN, false).unwrap();
        let secret = directory.path().join(SECRET);
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
        let open = load_or_create(directory.path(), ORIGIN, false);
        assert!(matches!(open, Err(KeyFileError::Open { mode: 0o640, .. })));

        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&secret, "PRIVATE+KEY+x").unwrap();
        let damaged = load_or_create(directory.path(), ORIGIN, false).unwrap_err();
        assert!(matches!(damaged, KeyFileError::Form { .. }));
        assert!(!damaged.to_string().contains("PRIVATE"));
    }
}
