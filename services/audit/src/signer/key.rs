//! The log's key pair on disk: the secret for its owner only, the public half beside it.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use audit_domain::{KeyError, SignerKey, VerifierKey};
use runtime::files;

use super::Ring;

/// The public half, in the data directory wherever the secret is.
const PUBLIC: &str = "audit-log.pub";

/// Why the log's key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
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
    /// There are more keys in the file than the one that signs and the one before it.
    #[error("key file {} has more than two keys", .0.display())]
    TooMany(PathBuf),
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
) -> Result<Ring, KeyFileError> {
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
    let keys = load(path)?;
    publish(directory, &keys.key.verifier())?;
    Ok(keys)
}

/// Puts the public half where people look for it.
pub(crate) fn publish(directory: &Path, key: &VerifierKey) -> Result<(), KeyFileError> {
    let public = directory.join(PUBLIC);
    let text = format!("{key}\n");
    if fs::read_to_string(&public).ok().as_deref() != Some(&text) {
        files::replace(&public, &text, 0o644).map_err(|source| failed(&public, source))?;
    }
    Ok(())
}

/// Puts a new key before the one that signs, which is kept to hand over to it when audit starts next;
/// the one before that leaves the file. Returns the new verifier key.
///
/// # Errors
/// When there is no key yet, the file cannot be read or written, is open to others, or is no key.
pub fn renew(path: &Path) -> Result<String, KeyFileError> {
    let Ring { key, .. } = load(path)?;
    let made = SignerKey::from_seed(key.name(), &runtime::random_bytes::<32>());
    let made = made.map_err(|source| KeyFileError::Form {
        path: path.to_owned(),
        source,
    })?;
    let text = format!("{}\n{}\n", made.reveal(), key.reveal());
    files::replace(path, &text, files::OWNER_ONLY).map_err(|source| failed(path, source))?;
    Ok(made.verifier().to_string())
}

/// The key that signs on the first line, and after a change the one before it on the second.
fn load(path: &Path) -> Result<Ring, KeyFileError> {
    let metadata = fs::metadata(path).map_err(|source| failed(path, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyFileError::Open { path, mode });
    }
    let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut next = || lines.next().map(str::parse).transpose();
    let form = |source| KeyFileError::Form {
        path: path.to_owned(),
        source,
    };
    let key = next()
        .map_err(form)?
        .ok_or_else(|| form(KeyError::Signer))?;
    let before = next().map_err(form)?;
    match lines.next() {
        None => Ok(Ring { key, before }),
        Some(_) => Err(KeyFileError::TooMany(path.to_owned())),
    }
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
    ) -> Result<Ring, KeyFileError> {
        super::load_or_create(&directory.join(SECRET), directory, origin, signed_before)
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_only_and_its_public_half_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let made = load_or_create(directory.path(), ORIGIN, false).unwrap();
        let again = load_or_create(directory.path(), "other.example/log", true).unwrap();
        assert_eq!(made.key.reveal(), again.key.reveal());
        assert_eq!(again.key.name(), ORIGIN);
        let secret = directory.path().join(SECRET);
        let mode = fs::metadata(secret).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let public = fs::read_to_string(directory.path().join(PUBLIC)).unwrap();
        assert_eq!(public, format!("{}\n", made.key.verifier()));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_new_key_stands_before_the_old_one_which_leaves_at_the_next_change() {
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join(SECRET);
        assert!(renew(&secret).is_err(), "there is nothing to renew");
        let first = load_or_create(directory.path(), ORIGIN, false).unwrap().key;
        for before in [first.reveal(), String::new()] {
            let made = renew(&secret).unwrap();
            let ring = load_or_create(directory.path(), "other.example/log", true).unwrap();
            assert_eq!(ring.key.verifier().to_string(), made);
            assert_eq!(ring.key.name(), ORIGIN);
            let kept = ring.before.unwrap().reveal();
            assert!(before.is_empty() || kept == before);
            let public = fs::read_to_string(directory.path().join(PUBLIC)).unwrap();
            assert_eq!(public.trim_end(), made);
        }
        assert!(
            !fs::read_to_string(&secret)
                .unwrap()
                .contains(&first.reveal())
        );
        let three = fs::read_to_string(&secret).unwrap() + &first.reveal();
        fs::write(&secret, three).unwrap();
        let refused = load_or_create(directory.path(), ORIGIN, true);
        assert!(matches!(refused, Err(KeyFileError::TooMany(_))));
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
        for open_to in [0o644, 0o640, 0o604, 0o622] {
            fs::set_permissions(&secret, fs::Permissions::from_mode(open_to)).unwrap();
            let open = load_or_create(directory.path(), ORIGIN, false);
            assert!(matches!(open, Err(KeyFileError::Open { mode, .. }) if mode == open_to));
            assert!(matches!(renew(&secret), Err(KeyFileError::Open { .. })));
        }

        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&secret, "PRIVATE+KEY+x").unwrap();
        let damaged = load_or_create(directory.path(), ORIGIN, false).unwrap_err();
        assert!(matches!(damaged, KeyFileError::Form { .. }));
        assert!(!damaged.to_string().contains("PRIVATE"));
    }
}
