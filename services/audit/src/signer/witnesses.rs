//! Asks witnesses to sign what was signed (C2SP tlog-witness), each by itself and beside the signing:
//! one that is slow, away or mistaken keeps nothing and nobody up. What a witness refuses because it has
//! seen another log is told at once: one of the two stories is false.

use std::{convert::Infallible, time::Duration};

use audit_domain::{KeyError, Plan, WitnessKey};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::future;
use reqwest::{Client, StatusCode};
use runtime::config::WitnessAt;
use shell::StartError;
use store::Lease;

use super::{Signer, Trouble, answer};
use crate::{
    metrics,
    store::{
        checkpoint::{self, Signed},
        cosignature,
        tree::Growing,
    },
};

/// Until one that did not sign is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// A witness, as configured.
#[derive(Debug)]
pub(crate) struct Witness {
    key: WitnessKey,
    address: String,
    client: Client,
}

/// A witness that cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// Not `name+id+base64` of a witness.
    #[error("the witness's key")]
    Key(#[from] KeyError),
    /// There is no client to ask with.
    #[error("the witness's address")]
    Client(#[from] reqwest::Error),
}

/// Why a checkpoint has no signature of a witness.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwitnessed {
    /// It did not answer, or not in time.
    #[error("it does not answer: {0}")]
    Away(reqwest::Error),
    /// It answered otherwise than the specification has it, or does not know the log.
    #[error("it answered {0}")]
    Answered(StatusCode),
    /// What it answered is no signature of its own for this checkpoint.
    #[error("what it answered is not its signature")]
    NoSignature,
    /// It has seen a longer log, or another one of the same size.
    #[error("it has seen another log, of {0} leaves")]
    OtherLog(u64),
    /// By what it has seen, the log did not only grow.
    #[error("to it, the log is not the one it has seen")]
    Forked,
    /// Its own database is in the way.
    #[error("{0}")]
    Own(#[from] Trouble),
}

impl Unwitnessed {
    /// Every [`Self::word`].
    pub(crate) const WORDS: [&'static str; 5] =
        ["away", "answered", "no_signature", "other_log", "own"];

    /// For metrics.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Answered(_) => "answered",
            Self::NoSignature => "no_signature",
            Self::OtherLog(_) | Self::Forked => "other_log",
            Self::Own(_) => "own",
        }
    }
}

impl Witness {
    /// Its name in metrics.
    pub(crate) fn name(&self) -> &str {
        self.key.name()
    }
}

enum Answer {
    Signed(String),
    HasSeen(u64),
}

impl Witness {
    /// One with this key, asked below this address.
    pub(crate) fn at(key: &str, address: &str) -> Result<Self, Unusable> {
        Ok(Self {
            key: key.parse()?,
            address: format!("{}/add-checkpoint", address.trim_end_matches('/')),
            client: answer::client()?,
        })
    }

    async fn submit(&self, body: String, note: &str) -> Result<Answer, Unwitnessed> {
        let request = self.client.post(&self.address).body(body);
        let answer = request.send().await.map_err(Unwitnessed::Away)?;
        let status = answer.status();
        let text = answer::text(answer).await.map_err(Unwitnessed::Away)?;
        let text = text.ok_or(Unwitnessed::NoSignature)?;
        match status {
            StatusCode::OK => {
                let line = self.key.find(note, &text);
                line.map(Answer::Signed).ok_or(Unwitnessed::NoSignature)
            }
            StatusCode::CONFLICT => {
                let size = text.trim_end().parse();
                size.map(Answer::HasSeen)
                    .map_err(|_| Unwitnessed::Answered(status))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Err(Unwitnessed::Forked),
            other => Err(Unwitnessed::Answered(other)),
        }
    }
}

/// Those that the configuration names.
pub(crate) fn configured(witnesses: &[WitnessAt]) -> Result<Vec<Witness>, StartError> {
    let witness = |at: &WitnessAt| {
        Witness::at(&at.key, &at.url).map_err(|error| {
            let why = std::error::Error::source(&error)
                .map_or_else(String::new, |why| format!(": {why}"));
            StartError::Other(format!("audit.witnesses, {}: {error}{why}", at.url))
        })
    };
    witnesses.iter().map(witness).collect()
}

impl Signer {
    /// Asks every witness whenever something was signed, as long as the lease is held.
    pub(super) async fn ask_witnesses(&self, lease: &Lease) -> Infallible {
        let asking = self.witnesses.iter();
        future::join_all(asking.map(|witness| self.keep_asking(lease, witness))).await;
        future::pending().await
    }

    async fn keep_asking(&self, lease: &Lease, witness: &Witness) -> Infallible {
        let name = witness.key.name();
        let mut signed = self.signed.listen();
        let mut known = None;
        loop {
            let trouble = match self.ask(lease, witness).await {
                Ok(size) => {
                    metrics::log().witnessed(name, size);
                    None
                }
                Err(why) => {
                    metrics::log().unwitnessed(name, why.word());
                    if known != Some(why.word()) {
                        tracing::warn!(witness = name, "no signature of a witness: {why}");
                    }
                    Some(why.word())
                }
            };
            known = trouble;
            if trouble.is_some() {
                tokio::time::sleep(AGAIN).await;
            } else {
                // Told by this very signer, which does not end before this does.
                let _ = signed.changed().await;
            }
        }
    }

    /// Has a witness sign the newest checkpoint, if it has not; leaves under what it has signed.
    pub(super) async fn ask(&self, lease: &Lease, witness: &Witness) -> Result<u64, Unwitnessed> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let own = |error| Unwitnessed::Own(Trouble::from(error));
        let newest = checkpoint::last(db, backend).await.map_err(own)?;
        let Some(newest) = newest else {
            return Ok(0);
        };
        let size = newest.root.size;
        let name = witness.key.name();
        let seen = cosignature::newest_of(db, backend, name).await;
        let seen = seen.map_err(own)?.unwrap_or(0);
        if seen == size {
            return Ok(size);
        }
        let line = match self.submit(witness, seen, &newest).await? {
            Answer::Signed(line) => line,
            // It knows better than this database from where to go on; asked once more, and no longer.
            Answer::HasSeen(other) => match self.submit(witness, other, &newest).await? {
                Answer::Signed(line) => line,
                Answer::HasSeen(other) => return Err(Unwitnessed::OtherLog(other)),
            },
        };
        let unit = self.unit(lease).await?;
        let now = self.clock.now();
        let kept = cosignature::put(unit.tx(), unit.backend(), size, name, &line, now).await;
        kept.map_err(own)?;
        unit.commit().await.map_err(own)?;
        Ok(size)
    }

    async fn submit(
        &self,
        witness: &Witness,
        old: u64,
        newest: &Signed,
    ) -> Result<Answer, Unwitnessed> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let own = |error| Unwitnessed::Own(Trouble::from(error));
        let plan = Plan::consistency(old, newest.root.size);
        let plan = plan.map_err(|_| Unwitnessed::OtherLog(old))?;
        let growing = Growing::read(db, backend).await.map_err(own)?;
        let proof = growing.prove(db, backend, &plan).await.map_err(own)?;
        let hashes: String = proof
            .iter()
            .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
            .collect();
        let body = format!("old {old}\n{hashes}\n{}", newest.note);
        witness.submit(body, &newest.note).await
    }
}

#[cfg(test)]
mod tests;
