//! Password hashing: slow on purpose, and never more of it at once than the machine can bear.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use identity_domain::account::{PasswordHash, password::normalised};
use runtime::config::PasswordHashing;
use tokio::sync::Semaphore;

use crate::metrics;

/// How many may wait for each that is computed.
const WAITING: usize = 8;

/// Hashes and verifies with Argon2id.
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// Verified against when there is no hash, so that this takes as long.
    nobody: String,
    admitted: Arc<Semaphore>,
    computed: Arc<Semaphore>,
}

/// Why a password was not hashed or verified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unhashed {
    /// Too many others wait already.
    #[error("too many passwords are being verified")]
    Busy,
    /// The hash function failed.
    #[error("the password cannot be hashed: {0}")]
    Failed(String),
}

impl Passwords {
    /// With the configured cost.
    ///
    /// # Errors
    /// Parameters that Argon2 does not take.
    pub(crate) fn new(cost: &PasswordHashing) -> Result<Self, argon2::Error> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = compute(&argon2, &runtime::random_bytes::<16>());
        Ok(Self {
            nobody: nobody.map_err(|_| argon2::Error::OutputTooShort)?,
            argon2,
            admitted: Arc::new(Semaphore::new(cost.max_concurrent * (1 + WAITING))),
            computed: Arc::new(Semaphore::new(cost.max_concurrent)),
        })
    }

    pub(crate) async fn hash(&self, password: &str) -> Result<PasswordHash, Unhashed> {
        let (argon2, password) = (self.argon2.clone(), normalised(password));
        let hash = self
            .run(move || compute(&argon2, password.as_bytes()))
            .await?;
        let hash = hash.map_err(|error| Unhashed::Failed(error.to_string()))?;
        Ok(PasswordHash::new(hash))
    }

    /// Whether the password is the one hashed. Without a hash it never is, after as long a time.
    pub(crate) async fn matches(
        &self,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, Unhashed> {
        let (argon2, password) = (self.argon2.clone(), normalised(password));
        let known = hash.is_some();
        let text = hash.map_or_else(|| self.nobody.clone(), |hash| hash.reveal().to_owned());
        let verified = self.run(move || {
            let hash = phc::PasswordHash::new(&text)?;
            argon2
                .verify_password(password.as_bytes(), &hash)
                .map_err(|_| phc::Error::ParamValueInvalid)
        });
        Ok(verified.await?.is_ok() && known)
    }

    /// A request that goes away does not give its place to another before its work is done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unhashed> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| {
            metrics::hashing().refused();
            Unhashed::Busy
        })?;
        let computed = Arc::clone(&self.computed).acquire_owned().await;
        let computed = computed.map_err(|_| Unhashed::Busy)?;
        metrics::hashing().computed();
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((computed, admitted));
            done
        });
        task.await
            .map_err(|error| Unhashed::Failed(error.to_string()))
    }
}

fn compute(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let salt = runtime::random_bytes::<16>();
    let hash: phc::PasswordHash = argon2.hash_password_with_salt(password, &salt)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap(max_concurrent: usize) -> Passwords {
        let cost = PasswordHashing {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
            max_concurrent,
        };
        Passwords::new(&cost).expect("parameters")
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_in_any_unicode_form_and_no_other() {
        let passwords = cheap(1);
        let hash = passwords.hash("ガム㌔ｆｕｌｌ").await.expect("hashed");
        assert!(hash.reveal().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        for (typed, same) in [
            ("ガム㌔ｆｕｌｌ", true),
            ("カ\u{3099}ムキロfull", true),
            ("カムキロfull", false),
        ] {
            let matches = passwords
                .matches(typed, Some(&hash))
                .await
                .expect("verified");
            assert_eq!(matches, same, "{typed}");
        }
        assert!(!passwords.matches("anything", None).await.expect("verified"));
    }

    #[tokio::test]
    async fn more_than_may_wait_are_refused_at_once() {
        let passwords = cheap(1);
        let busy = Arc::clone(&passwords.computed)
            .acquire_owned()
            .await
            .expect("open");
        let all: u32 = 1 + WAITING as u32;
        let waiting = Arc::clone(&passwords.admitted)
            .acquire_many_owned(all)
            .await;
        let refused = passwords.hash("one too many").await;
        assert!(matches!(refused, Err(Unhashed::Busy)));
        drop((busy, waiting));
        assert!(passwords.hash("now there is room").await.is_ok());
    }
}
