//! Whoever holds the log's key: a file of this process, or a signer on a machine that whoever has this
//! one does not have ([`super::Elsewhere`]).

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use audit_domain::{Continuation, HandOver, VerifierKey};
use auth::WorkloadKey;
use reqwest::StatusCode;
use rpc::client::Credentials;
use runtime::{Runtime, SecretError};
use shell::StartError;
use standard::ServiceName;

use super::{Elsewhere, Ring, key};

/// See the module.
#[async_trait]
pub(crate) trait LogKey: fmt::Debug + Send + Sync {
    /// The public half; its name is the log's origin.
    fn verifier(&self) -> VerifierKey;

    /// The checkpoint as a note that this key has signed.
    async fn sign(&self, asked: &Continuation) -> Result<String, Unsigned>;

    /// The note by which the key before this one hands over to it where the checkpoint stands.
    async fn hand_over(&self, asked: &Continuation) -> Result<String, Unsigned>;
}

/// Why something is not signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsigned {
    /// The signer did not answer, or not in time.
    #[error("the signer does not answer: {0}")]
    Away(reqwest::Error),
    /// It answered otherwise than it should: it does not take our token, or is not a signer of this log.
    #[error("the signer answered {0}")]
    Answered(StatusCode),
    /// There is no token to show it.
    #[error("there is no token to show the signer: {0}")]
    Token(SecretError),
    /// What it answered is not what it was asked for, signed with the key that is configured.
    #[error("what the signer answered is not signed with {0}")]
    NoSignature(String),
    /// It signed a log of so many leaves last, and wants to see how this one goes on from there.
    #[error("the signer has signed another log, of {0} leaves")]
    HasSigned(u64),
    /// By what it has signed, the log did not only grow.
    #[error("to the signer, the log is not the one it has signed")]
    Forked,
    /// There is no key before this one that could hand over.
    #[error("there is no key before this one")]
    NoKeyBefore,
    /// No key could sign this.
    #[error("{0}")]
    Unfit(String),
}

impl Unsigned {
    /// Every [`Self::word`] of a signer that is waited for; what is unfit is not.
    pub(crate) const WORDS: [&'static str; 4] = ["away", "answered", "no_signature", "other_log"];

    /// For metrics.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Answered(_) | Self::Token(_) | Self::NoKeyBefore => "answered",
            Self::NoSignature(_) => "no_signature",
            Self::HasSigned(_) | Self::Forked => "other_log",
            Self::Unfit(_) => "unfit",
        }
    }

    pub(super) fn unfit(why: impl fmt::Display) -> Self {
        Self::Unfit(why.to_string())
    }
}

#[async_trait]
impl LogKey for Ring {
    fn verifier(&self) -> VerifierKey {
        self.key.verifier()
    }

    async fn sign(&self, asked: &Continuation) -> Result<String, Unsigned> {
        asked.checkpoint.sign(&self.key).map_err(Unsigned::unfit)
    }

    async fn hand_over(&self, asked: &Continuation) -> Result<String, Unsigned> {
        let before = self.before.as_ref().ok_or(Unsigned::NoKeyBefore)?;
        let note = HandOver::sign(asked.checkpoint.root, before, &self.key);
        note.map_err(Unsigned::unfit)
    }
}

/// The key that the configuration names; a file is made if the log was never signed. The public half is
/// put in the data directory.
pub(crate) async fn configured_key(
    runtime: &Runtime,
    workload: &WorkloadKey,
    signed_before: bool,
) -> Result<Arc<dyn LogKey>, StartError> {
    let directory = &runtime.config.data_dir;
    let section = &runtime.config.audit;
    let unusable = |error: key::KeyFileError| StartError::Other(error.to_string());
    let Some(at) = &section.signer else {
        let origin = format!("sekisho.{}/log", runtime.pack.id());
        let path = section.log_key_path(directory);
        let ring = key::load_or_create(&path, directory, &origin, signed_before);
        return Ok(Arc::new(ring.map_err(unusable)?));
    };
    let credentials = Credentials::of_service(runtime, ServiceName::Audit, workload);
    let wrong = |why: String| StartError::Other(format!("audit.signer, {}: {why}", at.url));
    let signer = Elsewhere::at(&at.key, &at.url, credentials);
    let signer = signer.map_err(|error| wrong(error.to_string()))?;
    match signer.shown().await {
        Ok(shown) if shown == at.key.trim() => {}
        Ok(shown) => {
            return Err(wrong(format!(
                "it signs with {shown}, and audit.signer.key is {}",
                at.key
            )));
        }
        // Records come in all the same, and what is not signed is told.
        Err(why) => tracing::warn!(signer = at.url, "{why}"),
    }
    key::publish(directory, &signer.verifier()).map_err(unusable)?;
    Ok(Arc::new(signer))
}
