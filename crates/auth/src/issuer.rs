//! A trusted issuer: whose tokens, for whom, with which keys.

use std::{collections::BTreeMap, fs, io, path::PathBuf};

use jsonwebtoken::Algorithm;
use kernel::Actor;
use runtime::{
    Config,
    config::{IssuerKind, TokenAlgorithm, TrustedIssuer},
};

use crate::{
    KeySet, WorkloadKey,
    claims::AUDIENCE,
    source::{self, Origin, Source},
    workload::WORKLOAD_ISSUER,
};

/// A trusted issuer.
#[derive(Debug)]
pub struct Issuer {
    pub(crate) name: String,
    pub(crate) audience: String,
    pub(crate) kind: IssuerKind,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) subjects: Subjects,
    pub(crate) source: Source,
}

/// Whom the subjects of a workload issuer stand for.
#[derive(Debug)]
pub(crate) enum Subjects {
    /// Themselves, in the form on records: our own issuer.
    Own,
    /// As configured; others are workloads of their own name and never services.
    Mapped(BTreeMap<String, Actor>),
}

/// Why a configured issuer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// A file it names cannot be read.
    #[error("issuer {issuer}: cannot read {}", path.display())]
    File {
        /// The issuer.
        issuer: String,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No client can be made for its key set.
    #[error("issuer {issuer}: the key set cannot be fetched")]
    Client {
        /// The issuer.
        issuer: String,
        /// Why.
        source: reqwest::Error,
    },
    /// A subject stands for something that is neither a service nor a workload.
    #[error("issuer {issuer}: {actor:?} is neither service/NAME nor workload/NAME")]
    Subject {
        /// The issuer.
        issuer: String,
        /// What stands there.
        actor: String,
    },
}

impl Issuer {
    /// The identity service, when its keys are at hand (the same process).
    pub fn people(issuer: impl Into<String>, keys: KeySet) -> Self {
        Self {
            name: issuer.into(),
            audience: AUDIENCE.to_owned(),
            kind: IssuerKind::People,
            algorithms: vec![Algorithm::ES256],
            subjects: Subjects::Mapped(BTreeMap::new()),
            source: Source::new(keys, Origin::Here),
        }
    }

    /// The platform's own workload key.
    pub fn own_workloads(key: &WorkloadKey) -> Self {
        Self {
            name: WORKLOAD_ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            kind: IssuerKind::Workload,
            algorithms: vec![Algorithm::ES256],
            subjects: Subjects::Own,
            source: Source::new(key.key().key_set(), Origin::Here),
        }
    }

    /// All that a process trusts: its own workload key, the identity service when its keys are at
    /// hand (it runs in this process), and those of the configuration.
    ///
    /// # Errors
    /// As [`Issuer::from_config`].
    pub fn all(
        config: &Config,
        key: &WorkloadKey,
        identity: Option<KeySet>,
    ) -> Result<Vec<Self>, IssuerError> {
        let mut issuers = vec![Self::own_workloads(key)];
        issuers.extend(identity.map(|keys| Self::people(&config.identity.issuer, keys)));
        for section in &config.issuers {
            issuers.push(Self::from_config(section)?);
        }
        Ok(issuers)
    }

    /// One from the configuration. Its keys are fetched when first needed.
    ///
    /// # Errors
    /// When a file it names cannot be read, or an address not be used.
    pub fn from_config(section: &TrustedIssuer) -> Result<Self, IssuerError> {
        let mut subjects = BTreeMap::new();
        for (subject, actor) in &section.subjects {
            let known = actor.parse().ok().filter(is_machine);
            let known = known.ok_or_else(|| IssuerError::Subject {
                issuer: section.issuer.clone(),
                actor: actor.clone(),
            })?;
            subjects.insert(subject.clone(), known);
        }
        Ok(Self {
            name: section.issuer.clone(),
            audience: section.audience.clone(),
            kind: section.kind,
            algorithms: section.algorithms.iter().map(algorithm).collect(),
            subjects: Subjects::Mapped(subjects),
            source: Source::new(KeySet::default(), origin(section)?),
        })
    }

    /// The actor a workload's subject stands for.
    pub(crate) fn machine(&self, subject: &str) -> Option<Actor> {
        match &self.subjects {
            Subjects::Own => subject.parse().ok().filter(is_machine),
            Subjects::Mapped(known) => match known.get(subject) {
                Some(actor) => Some(actor.clone()),
                None => Some(Actor::Workload(subject.to_owned())).filter(is_machine),
            },
        }
    }
}

/// A machine with a name that fits on a record.
fn is_machine(actor: &Actor) -> bool {
    match actor {
        Actor::Workload(name) | Actor::Service(name) => {
            kernel::EnforcementPointId::try_new(name.as_str()).is_ok()
        }
        Actor::Person { .. } | Actor::Anonymous => false,
    }
}

fn algorithm(name: &TokenAlgorithm) -> Algorithm {
    match name {
        TokenAlgorithm::Es256 => Algorithm::ES256,
        TokenAlgorithm::Rs256 => Algorithm::RS256,
    }
}

fn origin(section: &TrustedIssuer) -> Result<Origin, IssuerError> {
    if let Some(path) = &section.jwks_file {
        return Ok(Origin::File(path.clone()));
    }
    let authority = section
        .jwks_ca_file
        .as_ref()
        .map(|path| {
            fs::read(path).map_err(|source| IssuerError::File {
                issuer: section.issuer.clone(),
                path: path.clone(),
                source,
            })
        })
        .transpose()?;
    let client = source::client(authority.as_deref()).map_err(|source| IssuerError::Client {
        issuer: section.issuer.clone(),
        source,
    })?;
    Ok(Origin::Url {
        client,
        url: section.jwks_url.clone().unwrap_or_default(),
        bearer_file: section.jwks_bearer_file.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_trusts_its_own_key_identity_and_what_is_configured() {
        let text = "[[issuers]]\nissuer = \"https://cluster\"\nkind = \"workload\"\n\
            jwks_url = \"https://cluster/jwks\"\nsubjects = { a = \"service/audit\" }";
        let config = Config::parse(text).expect("good");
        let key = WorkloadKey::generate();
        let trusted = Issuer::all(&config, &key, Some(KeySet::default())).expect("issuers");
        let names: Vec<&str> = trusted.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [WORKLOAD_ISSUER, "urn:sekisho:identity", "https://cluster"]
        );
        assert_eq!(
            trusted[2].machine("a"),
            Some(Actor::Service("audit".into()))
        );
        // A name that would read as another kind of actor on a record is no machine.
        assert_eq!(trusted[2].machine("service/audit"), None);
        let without = Issuer::all(&config, &key, None).expect("issuers");
        assert_eq!(without.len(), 2);
    }
}
