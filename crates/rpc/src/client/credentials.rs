//! As whom a request is sent.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use auth::WorkloadKey;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Clock};
use runtime::{Runtime, Secret, SecretError};
use standard::ServiceName;

/// A token is used for so long, though it is good for longer.
const USE_FOR: SignedDuration = SignedDuration::from_secs(120);

type Token = Arc<Secret<String>>;

/// Where the bearer token of outgoing requests comes from; cheap to clone.
#[derive(Clone)]
pub struct Credentials(Arc<Kind>);

enum Kind {
    Anonymous,
    Bearer(Token),
    Minted {
        key: WorkloadKey,
        actor: Actor,
        clock: Arc<dyn Clock>,
        kept: Kept,
    },
    File {
        path: PathBuf,
        clock: Arc<dyn Clock>,
        kept: Kept,
    },
}

type Kept = Mutex<Option<(Token, Timestamp)>>;

impl Credentials {
    /// No token at all.
    pub fn anonymous() -> Self {
        Self(Arc::new(Kind::Anonymous))
    }

    /// Always this token: a person's, at the command line.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self(Arc::new(Kind::Bearer(Arc::new(Secret::new(token.into())))))
    }

    /// Those of one of the platform's services: the configured token file, or else tokens of the
    /// platform's own workload key.
    pub fn of_service(runtime: &Runtime, service: ServiceName, key: &WorkloadKey) -> Self {
        let clock = Arc::clone(&runtime.clock);
        match &runtime.config.workload_token_file {
            Some(path) => Self::file(path, clock),
            None => {
                let actor = Actor::Service(service.as_str().to_owned());
                Self::minted(key.clone(), actor, clock)
            }
        }
    }

    /// Tokens of the platform's own workload key, for a service or workload.
    pub fn minted(key: WorkloadKey, actor: Actor, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Kind::Minted {
            key,
            actor,
            clock,
            kept: Kept::default(),
        }))
    }

    /// A file that someone else keeps fresh: a Kubernetes projected service-account token.
    pub fn file(path: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Kind::File {
            path: path.into(),
            clock,
            kept: Kept::default(),
        }))
    }

    /// The token to show now, none for nobody; for those who ask in another way than over gRPC.
    ///
    /// # Errors
    /// When the file with it cannot be read.
    pub fn token(&self) -> Result<Option<Arc<Secret<String>>>, SecretError> {
        match &*self.0 {
            Kind::Anonymous => Ok(None),
            Kind::Bearer(token) => Ok(Some(Arc::clone(token))),
            Kind::Minted {
                key,
                actor,
                clock,
                kept,
            } => {
                let now = clock.now();
                renewed(kept, now, || Ok(Secret::new(key.mint(actor, now)))).map(Some)
            }
            Kind::File { path, clock, kept } => {
                renewed(kept, clock.now(), || Secret::read(path)).map(Some)
            }
        }
    }
}

fn renewed(
    kept: &Kept,
    now: Timestamp,
    new: impl FnOnce() -> Result<Secret<String>, SecretError>,
) -> Result<Token, SecretError> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((token, since)) = &*kept
        && (SignedDuration::ZERO..USE_FOR).contains(&now.duration_since(*since))
    {
        return Ok(Arc::clone(token));
    }
    let token = Arc::new(new()?);
    *kept = Some((Arc::clone(&token), now));
    Ok(token)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Kind::Anonymous => "Anonymous",
            Kind::Bearer(_) => "Bearer",
            Kind::Minted { .. } => "Minted",
            Kind::File { .. } => "File",
        })
    }
}

#[cfg(test)]
mod tests {
    use kernel::ManualClock;

    use super::*;

    fn shown(credentials: &Credentials) -> String {
        let token = credentials.token().expect("a token").expect("some");
        token.expose().clone()
    }

    #[test]
    fn a_minted_token_is_used_again_until_it_is_renewed() {
        let clock = ManualClock::new("2026-11-22T09:00:00Z".parse().expect("an instant"));
        let actor = Actor::Service("audit".into());
        let own = Credentials::minted(WorkloadKey::generate(), actor, Arc::new(clock.clone()));
        let first = shown(&own);
        clock.advance(SignedDuration::from_secs(119));
        assert_eq!(shown(&own), first);
        clock.advance(SignedDuration::from_secs(1));
        let second = shown(&own);
        assert_ne!(second, first);
        clock.advance(SignedDuration::from_hours(-1));
        assert_ne!(shown(&own), second, "a clock set back renews it, too");
    }

    #[test]
    fn a_token_file_is_read_again_when_it_was_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("token");
        std::fs::write(&path, "one\n").expect("written");
        let clock = ManualClock::new("2026-11-22T09:00:00Z".parse().expect("an instant"));
        let file = Credentials::file(&path, Arc::new(clock.clone()));
        assert_eq!(shown(&file), "one");
        std::fs::write(&path, "two\n").expect("written");
        clock.advance(SignedDuration::from_secs(121));
        assert_eq!(shown(&file), "two");
        assert!(!format!("{file:?}").contains("two"));
    }
}
