//! The log's key on a machine of its own (`sekisho signer`): it signs checkpoints of its log and nothing
//! else, each only if it is proven to continue the one it signed last. Whoever has audit's machine, its
//! database and its tokens so has neither the key nor a signature under a second story (7-1-(4)-3).
//!
//! The judgement is the domain's ([`Continuation`]); here are the files and the port.

mod http;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use audit_domain::{Checkpoint, Continuation, HandOver, Rejection, Root, Tree};
use runtime::files;

use crate::signer::{KeyFileError, Ring, load_or_create};

pub use http::router;

/// The key, named as in audit's own data directory, so that the same commands find it.
const KEY: &str = "audit-log.key";
/// What was signed last.
const SIGNED: &str = "signed.checkpoint";
/// Held while one runs: a second one would not know what the first has signed.
const LOCK: &str = "signer.lock";

/// Why there is no signer to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyholderError {
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// Another file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is a key, and not what it signed last: it could sign what contradicts that.
    #[error("{} is missing: put the newest checkpoint of the log there", .0.display())]
    Forgotten(PathBuf),
    /// What is there was not signed with this key or the one before it.
    #[error("{} is no checkpoint signed with this key", .0.display())]
    NotOurs(PathBuf),
    /// Another process holds this directory.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
}

/// Why something was not signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// It does not continue what was signed.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no key before this one that could hand over.
    #[error("there is no key before this one")]
    NoKeyBefore,
    /// What is signed could not be kept, so it was not signed.
    #[error("what is signed cannot be kept")]
    Unkept(#[source] io::Error),
}

/// See the module.
#[derive(Debug)]
pub struct Keyholder {
    ring: Ring,
    file: PathBuf,
    /// Held from looking to keeping, so that of two requests one comes after the other.
    signed: Mutex<Checkpoint>,
    /// Until the process ends.
    _lock: fs::File,
}

impl Keyholder {
    /// One whose key and memory are in `directory`. Where neither is there, a key is made for the log of
    /// that origin, which has signed nothing yet.
    ///
    /// # Errors
    /// When the key cannot be used or the memory is not there, or not its own: a signer that has
    /// forgotten what it signed would sign anything. When another process has the directory.
    pub fn open(directory: &Path, origin: &str) -> Result<Self, KeyholderError> {
        let lock = lock(directory)?;
        let (key, file) = (directory.join(KEY), directory.join(SIGNED));
        let (known, began) = (key.exists(), file.exists());
        let ring = load_or_create(&key, directory, origin, began)?;
        if !known {
            let nothing = sign(&ring, Tree::default().root())?;
            keep(&file, &nothing).map_err(|source| failed(&file, source))?;
        } else if !began {
            return Err(KeyholderError::Forgotten(file));
        }
        let signed = read(&file, &ring)?;
        Ok(Self {
            ring,
            file,
            signed: Mutex::new(signed),
            _lock: lock,
        })
    }

    /// Its verifier key: `name+id+base64`.
    pub fn key(&self) -> String {
        self.ring.key.verifier().to_string()
    }

    /// Signs the checkpoint that a request holds; it is on disk when this returns. Blocks.
    pub(crate) fn sign(&self, asked: &str) -> Result<String, Refused> {
        let asked = Continuation::parse(asked)?;
        self.remember(&asked)
    }

    /// Has the key before this one hand over to it where the checkpoint of a request stands. Blocks.
    pub(crate) fn hand_over(&self, asked: &str) -> Result<String, Refused> {
        let asked = Continuation::parse(asked)?;
        let before = self.ring.before.as_ref().ok_or(Refused::NoKeyBefore)?;
        self.remember(&asked)?;
        let note = HandOver::sign(asked.checkpoint.root, before, &self.ring.key);
        Ok(note.map_err(|_| Rejection::Malformed)?)
    }

    /// Keeps what continues the last, as a note, and nothing else.
    fn remember(&self, asked: &Continuation) -> Result<String, Refused> {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        asked.judge(&signed)?;
        let note = asked.checkpoint.sign(&self.ring.key);
        let note = note.map_err(|_| Rejection::Malformed)?;
        if asked.checkpoint != *signed {
            keep(&self.file, &note).map_err(Refused::Unkept)?;
            signed.clone_from(&asked.checkpoint);
        }
        Ok(note)
    }
}

fn lock(directory: &Path) -> Result<fs::File, KeyholderError> {
    let path = directory.join(LOCK);
    let lock = shell::private_dir(directory).and_then(|()| files::hold(&path));
    lock.map_err(|source| match source.kind() {
        io::ErrorKind::WouldBlock => KeyholderError::InUse(path),
        _ => failed(&path, source),
    })
}

/// What was signed last, by this key or the one before it.
fn read(file: &Path, ring: &Ring) -> Result<Checkpoint, KeyholderError> {
    let note = fs::read_to_string(file).map_err(|source| failed(file, source))?;
    let keys = [Some(&ring.key), ring.before.as_ref()];
    let opened = keys.into_iter().flatten();
    let opened = opened.map(|key| Checkpoint::open(&note, &key.verifier()));
    let signed = opened.flatten().next();
    signed.ok_or_else(|| KeyholderError::NotOurs(file.to_owned()))
}

fn sign(ring: &Ring, root: Root) -> Result<String, KeyholderError> {
    let origin = ring.key.name().to_owned();
    let note = Checkpoint { origin, root }.sign(&ring.key);
    note.map_err(|_| KeyholderError::NotOurs(SIGNED.into()))
}

fn keep(file: &Path, note: &str) -> io::Result<()> {
    files::replace(file, note, files::OWNER_ONLY)
}

fn failed(path: &Path, source: io::Error) -> KeyholderError {
    let path = path.to_owned();
    KeyholderError::File { path, source }
}

#[cfg(test)]
mod tests;
