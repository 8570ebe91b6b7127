//! The keys this platform signs tokens with: ECDSA P-256, named by their thumbprint.

use std::{
    fmt, fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use p256::{
    SecretKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
};
use runtime::files;
use serde::Serialize;

use crate::KeySet;

/// A signing key; cheap to clone. `Debug` shows only its name.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    encoding: EncodingKey,
    public: Jwk,
    kid: String,
    pem: String,
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others than its owner may read the file.
    #[error("key file {} is open to others (mode {mode:o}), make it 600", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a P-256 private key in PKCS#8 PEM.
    #[error("not a P-256 private key in PKCS#8 PEM form")]
    Form,
    /// A new key waits for its time; a further one would take its place before anybody has seen it.
    #[error("a new key is announced already and signs from {0}")]
    Announced(jiff::Timestamp),
}

impl SigningKey {
    /// A new key.
    pub fn generate() -> Self {
        loop {
            // All but about one in 2^32 draws is a key.
            if let Ok(secret) = SecretKey::from_slice(&runtime::random_bytes::<32>())
                && let Ok(key) = Self::new(&secret)
            {
                return key;
            }
        }
    }

    /// A key from PKCS#8 PEM.
    ///
    /// # Errors
    /// When it is not a P-256 private key in that form.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let secret = SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Form)?;
        Self::new(&secret)
    }

    /// The key in a file that only its owner may read.
    ///
    /// # Errors
    /// When the file is missing, open to others, or not a key.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        Self::from_pem(&read_private(path)?)
    }

    /// The key in a file, made if there is none. Of several processes that start at once one
    /// makes it and all get the same.
    ///
    /// # Errors
    /// As [`SigningKey::load`], or when the file cannot be written.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        Self::create_if_missing(path)?;
        Self::load(path)
    }

    pub(crate) fn create_if_missing(path: &Path) -> Result<(), KeyError> {
        if path.exists() {
            return Ok(());
        }
        Self::generate()
            .publish(path)
            .map_err(|source| KeyError::File {
                path: path.to_owned(),
                source,
            })
    }

    /// Its name in tokens and key sets: the RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The public key as a JWK set (RFC 7517), for `/.well-known/jwks.json`.
    pub fn jwks(&self) -> String {
        jwks_of([self])
    }

    /// The private key in PKCS#8 PEM.
    pub(crate) fn pem(&self) -> &str {
        &self.0.pem
    }

    /// The public key as a set of verification keys.
    pub fn key_set(&self) -> KeySet {
        KeySet::of(std::slice::from_ref(&self.0.public))
    }

    /// Signs claims as a compact JWT of the given `typ`.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.0.kid.clone());
        encode(&header, claims, &self.0.encoding).expect("claims can be written and signed")
    }

    fn new(secret: &SecretKey) -> Result<Self, KeyError> {
        let pem = secret
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| KeyError::Form)?
            .to_string();
        let encoding = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|_| KeyError::Form)?;
        let mut public: Jwk = serde_json::from_str(&secret.public_key().to_jwk_string())
            .map_err(|_| KeyError::Form)?;
        let kid = public
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| KeyError::Form)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        public.common.key_algorithm = Some(KeyAlgorithm::ES256);
        Ok(Self(Arc::new(Inner {
            encoding,
            public,
            kid,
            pem,
        })))
    }

    /// Another process may have been first: its key stays.
    fn publish(&self, path: &Path) -> io::Result<()> {
        match files::publish(path, &self.0.pem, files::OWNER_ONLY) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }
}

/// The public keys as a JWK set (RFC 7517).
pub(crate) fn jwks_of<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> String {
    let keys = keys.into_iter().map(|key| key.0.public.clone()).collect();
    serde_json::to_string(&JwkSet { keys }).expect("a key set can be written as JSON")
}

/// The text of a file that only its owner may read.
pub(crate) fn read_private(path: &Path) -> Result<String, KeyError> {
    let failed = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open {
            path: path.to_owned(),
            mode,
        });
    }
    fs::read_to_string(path).map_err(failed)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.0.kid).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_for_its_owner_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("keys/signing.pem");
        let made = SigningKey::load_or_create(&path).expect("made");
        let again = SigningKey::load_or_create(&path).expect("loaded");
        assert_eq!(made.kid(), again.kid());
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let files = fs::read_dir(path.parent().expect("a folder")).expect("readable");
        assert_eq!(files.count(), 1, "no draft stays behind");
    }

    #[test]
    fn a_key_file_open_to_others_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("signing.pem");
        SigningKey::load_or_create(&path).expect("made");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        assert!(matches!(
            SigningKey::load(&path),
            Err(KeyError::Open { mode: 0o640, .. })
        ));
    }

    #[test]
    fn neither_the_key_set_nor_debug_shows_the_private_key() {
        let key = SigningKey::generate();
        let shown = format!("{}{key:?}", key.jwks());
        assert!(!shown.contains("\"d\""), "{shown}");
        assert!(shown.contains(key.kid()));
    }
}
