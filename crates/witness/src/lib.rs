//! A witness of logs (C2SP tlog-witness): it keeps, for each log it watches, the newest checkpoint it
//! has signed, and signs only what is proven to continue that one. It runs elsewhere than the log, in
//! other hands; whoever demands its signature cannot be shown a story of his own (7-1-(4)-3).
//!
//! The judgement is `verifier`'s; here are the files and the port.

mod http;
mod key;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use runtime::files;
use sha2::{Digest as _, Sha256};
use verifier::{Checkpoint, Cosigner, Failure, Rejection, Submission, Trust, Which, WitnessKey};

pub use http::router;

/// Why there is no witness to be had.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A file cannot be read or written.
    #[error("{}", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// Others than its owner may read the secret.
    #[error("key file {} is open to others (mode {mode:o}), make it 600", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a key, or not the checkpoint that was kept.
    #[error("{}", .0.display())]
    Form(PathBuf, #[source] Box<Failure>),
    /// The same log twice.
    #[error("the log {0} is named twice")]
    Twice(String),
    /// Another process holds this directory.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
}

/// Why a checkpoint was not signed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It does not deserve it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// What was seen could not be kept, so it was not signed.
    #[error("what was seen cannot be kept")]
    Unkept(#[source] io::Error),
}

/// Held while one runs: a second one would not know what the first has seen.
const LOCK: &str = "witness.lock";

/// See the module.
#[derive(Debug)]
pub struct Witness {
    signer: Cosigner,
    logs: BTreeMap<String, Watched>,
    /// Until the process ends.
    _lock: fs::File,
}

/// A log, and what was signed of it last.
#[derive(Debug)]
struct Watched {
    trust: Trust,
    file: PathBuf,
    /// Held from looking to keeping, so that of two requests one comes after the other.
    seen: Mutex<Option<Checkpoint>>,
}

impl Witness {
    /// A witness whose key and memory are in `directory`; the key is made there, under `name`, when
    /// there is none.
    ///
    /// # Errors
    /// When a file is missing its form, cannot be read, or the key is open to others: a witness that
    /// has forgotten what it saw is none. When another process has the directory.
    pub fn open(directory: &Path, name: &str, logs: Vec<Trust>) -> Result<Self, WitnessError> {
        let lock = lock(directory)?;
        let signer = key::load_or_create(&directory.join("witness.key"), name)?;
        let mut watched = BTreeMap::new();
        for trust in logs {
            let origin = trust.name().to_owned();
            let log = Watched::open(directory, trust)?;
            if watched.insert(origin.clone(), log).is_some() {
                return Err(WitnessError::Twice(origin));
            }
        }
        Ok(Self {
            signer,
            logs: watched,
            _lock: lock,
        })
    }

    /// Its public key.
    pub fn key(&self) -> WitnessKey {
        self.signer.verifier()
    }

    /// Judges the body of a request; the signature line when it is good. What was seen is on disk when
    /// this returns. Blocks.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn add(&self, body: &str, now: Timestamp) -> Result<String, Refused> {
        let submission = Submission::parse(body)?;
        let log = self.logs.get(submission.origin());
        let log = log.ok_or(Rejection::UnknownLog)?;
        let mut seen = log.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let new = submission.judge(&log.trust, seen.as_ref())?;
        let line = self.signer.cosign(submission.note(), now.as_second());
        let line = line.ok_or(Rejection::Malformed)?;
        if seen.as_ref() != Some(&new) {
            files::replace(&log.file, submission.note(), 0o644).map_err(Refused::Unkept)?;
            *seen = Some(new);
        }
        Ok(line)
    }
}

impl Watched {
    fn open(directory: &Path, trust: Trust) -> Result<Self, WitnessError> {
        // An origin may hold what no file name does.
        let name = hex::encode(Sha256::digest(trust.name()));
        let file = directory.join(format!("{name}.checkpoint"));
        let seen = match fs::read_to_string(&file) {
            Ok(note) => {
                let kept = Checkpoint::open(&note, &trust, Which::Kept);
                Some(kept.map_err(|failure| WitnessError::Form(file.clone(), Box::new(failure)))?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(WitnessError::File(file, error)),
        };
        Ok(Self {
            trust,
            file,
            seen: Mutex::new(seen),
        })
    }
}

fn lock(directory: &Path) -> Result<fs::File, WitnessError> {
    let path = directory.join(LOCK);
    files::hold(&path).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => WitnessError::InUse(path),
        _ => WitnessError::File(path, error),
    })
}

#[cfg(test)]
mod tests;
