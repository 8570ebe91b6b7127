//! The keys that sign people's tokens, over time: one signs, the next is announced before it does,
//! and those before are believed until the last token they signed is over.
//!
//! They live in one file that identity's replicas share: each key in PEM, under a line that says
//! from when it signs. Every replica looks at the file again and again, so that a new key needs no
//! restart; and each goes by the instants in it, so that all change keys together.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use runtime::{Tasks, files};

use crate::{
    KeyError, KeySet, SigningKey,
    key::{jwks_of, read_private},
};

/// How long before its first signature a key is shown: twice as long as verifiers go without
/// looking.
const ANNOUNCED: SignedDuration = SignedDuration::from_mins(10);
/// The longest life of a token (`identity.access_token_seconds`).
const LONGEST: SignedDuration = SignedDuration::from_secs(900);
/// How far clocks may differ.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// What stands above a key, before the instant.
const SIGNS_FROM: &str = "signs from ";

/// The keys of one file; cheap to clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    token_life: SignedDuration,
    keys: ArcSwap<Vec<RingKey>>,
    public: KeySet,
}

/// A key and from when it signs.
#[derive(Debug, Clone)]
pub struct RingKey {
    /// The key.
    pub key: SigningKey,
    /// From then on, until a later one does.
    pub signs_from: Timestamp,
}

/// Why a new key is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It is time: the old key goes on until everybody has seen the new one, and is believed until
    /// its last token is over.
    Planned,
    /// Somebody else may have the old keys: none of their tokens is good any more.
    Compromised,
}

impl KeyRing {
    /// The keys in a file that only its owner may read; a first one, where there is no file.
    /// `token_life` is how long a token is good.
    ///
    /// # Errors
    /// When the file cannot be read or written, is open to others, or is not a ring of keys.
    pub fn load_or_create(
        path: &Path,
        clock: Arc<dyn Clock>,
        token_life: Duration,
    ) -> Result<Self, KeyError> {
        SigningKey::create_if_missing(path)?;
        let keys = load(path)?;
        let ring = Self(Arc::new(Ring {
            path: path.to_owned(),
            clock,
            token_life: SignedDuration::try_from(token_life).unwrap_or(LONGEST),
            keys: ArcSwap::from_pointee(keys),
            public: KeySet::default(),
        }));
        ring.show();
        Ok(ring)
    }

    /// The key that signs now.
    pub fn signing(&self) -> SigningKey {
        signing(&self.0.keys.load(), self.0.clock.now()).clone()
    }

    /// The public keys as a JWK set (RFC 7517), for `/.well-known/jwks.json`: the one that signs, one
    /// that is to sign, and those whose tokens may still be about.
    pub fn jwks(&self) -> String {
        let life = self.0.token_life;
        let keys = self.0.keys.load();
        jwks_of(shown(&keys, self.0.clock.now(), life).map(|one| &one.key))
    }

    /// The same as a set of verification keys; it follows the ring.
    pub fn key_set(&self) -> KeySet {
        self.0.public.clone()
    }

    /// Takes over what the file says now. The present keys stay if it cannot be used.
    ///
    /// # Errors
    /// As [`KeyRing::load_or_create`].
    pub fn reload(&self) -> Result<(), KeyError> {
        let keys = load(&self.0.path)?;
        self.0.keys.store(Arc::new(keys));
        self.show();
        Ok(())
    }

    /// Looks at the file as long as the process lives.
    pub fn follow(&self, tasks: &Tasks) {
        let ring = self.clone();
        let stop = tasks.shutdown_token();
        tasks.spawn("auth: signing keys", async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return Ok::<(), std::convert::Infallible>(()),
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
                let before = ring.signing();
                let looking = ring.clone();
                match tokio::task::spawn_blocking(move || looking.reload()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(%error, "the signing keys stay as they were"),
                    Err(error) => tracing::warn!(%error, "the signing keys stay as they were"),
                }
                let now = ring.signing();
                if before.kid() != now.kid() {
                    tracing::info!(kid = now.kid(), "another key signs from now on");
                }
            }
        });
    }

    fn show(&self) {
        // What was written a moment ago can be read.
        let _ = self.0.public.replace(&self.jwks());
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys.load().iter()).finish()
    }
}

/// The keys of a file, in the order in which they sign.
///
/// # Errors
/// When it cannot be read, is open to others, or is not a ring of keys.
pub fn load(path: &Path) -> Result<Vec<RingKey>, KeyError> {
    read(&read_private(path)?)
}

/// Puts a new key into a file, for every replica that shares it.
///
/// # Errors
/// When the file cannot be used, or a planned key waits for its time already.
pub fn rotate(path: &Path, now: Timestamp, why: Rotation) -> Result<RingKey, KeyError> {
    let failed = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    // Of two who rotate at once the second sees what the first did.
    let turn = fs::File::open(path).map_err(failed)?;
    turn.lock().map_err(failed)?;
    let mut keys = load(path)?;
    let signs_from = match why {
        Rotation::Planned => now + ANNOUNCED,
        Rotation::Compromised => now,
    };
    match why {
        Rotation::Planned => {
            if let Some(next) = keys.last().filter(|last| now < last.signs_from) {
                return Err(KeyError::Announced(next.signs_from));
            }
            let believed: Vec<_> = shown(&keys, now, LONGEST).cloned().collect();
            keys = believed;
        }
        Rotation::Compromised => keys.clear(),
    }
    let new = RingKey {
        key: SigningKey::generate(),
        signs_from,
    };
    keys.push(new.clone());
    files::replace(path, &write(&keys), files::OWNER_ONLY).map_err(failed)?;
    Ok(new)
}

fn signing(keys: &[RingKey], now: Timestamp) -> &SigningKey {
    let begun = keys.iter().rev().find(|one| one.signs_from <= now);
    // A ring has one key at least.
    &begun.unwrap_or(&keys[0]).key
}

/// Those that sign, are to sign, or signed so lately that a token of theirs may be about.
fn shown(
    keys: &[RingKey],
    now: Timestamp,
    token_life: SignedDuration,
) -> impl Iterator<Item = &RingKey> {
    keys.iter().enumerate().filter_map(move |(at, one)| {
        let over = keys.get(at + 1).is_some_and(|next| {
            let last = next.signs_from.saturating_add(token_life);
            let gone = last.and_then(|last| last.saturating_add(SKEW));
            gone.is_ok_and(|gone| gone <= now)
        });
        (!over).then_some(one)
    })
}

fn read(text: &str) -> Result<Vec<RingKey>, KeyError> {
    let (mut keys, mut pem, mut from) = (Vec::new(), String::new(), None);
    for line in text.lines() {
        if let Some(instant) = line.strip_prefix(SIGNS_FROM) {
            from = Some(instant.trim().parse().map_err(|_| KeyError::Form)?);
        } else if !line.trim().is_empty() {
            pem.push_str(line);
            pem.push('\n');
        }
        if line.starts_with("-----END ") {
            // The first key of an installation signs from the beginning.
            let signs_from = from.take().unwrap_or(Timestamp::MIN);
            let key = SigningKey::from_pem(&std::mem::take(&mut pem))?;
            keys.push(RingKey { key, signs_from });
        }
    }
    let in_order = keys.is_sorted_by(|one, next| one.signs_from < next.signs_from);
    if keys.is_empty() || !pem.is_empty() || !in_order {
        return Err(KeyError::Form);
    }
    Ok(keys)
}

fn write(keys: &[RingKey]) -> String {
    let mut text = String::new();
    for one in keys {
        if one.signs_from > Timestamp::MIN {
            text.push_str(&format!("{SIGNS_FROM}{}\n", one.signs_from));
        }
        text.push_str(one.key.pem());
    }
    text
}

#[cfg(test)]
mod tests;
