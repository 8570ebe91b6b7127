//! Signs the log as it grows, at most every second, and only what grew from what was signed before.
//!
//! One replica signs (by lease). Before its first signature it checks the newest leaves against
//! the last checkpoint, and beside its work all of them, once. Every signature asks for the proof
//! that the last signed tree is the beginning of this one. When anything does not fit, nothing is
//! signed any more until a check of all leaves passes: an alarm, never a second story.
//!
//! The key is behind [`LogKey`]: in a file, or held by a signer elsewhere, which judges by its own memory
//! whether it signs. While that one is away, the log grows and checkpoints wait.

mod answer;
mod check;
mod elsewhere;
mod key;
mod log_key;
mod patience;
mod ring;
mod signing;
mod witnesses;

use std::{sync::Arc, time::Duration};

use audit_domain::VerifierKey;
use jiff::SignedDuration;
use kernel::{Actor, Clock, Context};
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{Backend, Lease, Store, Unit};
use tokio::time::Instant;

use crate::{
    growth::Growth,
    metrics, publish,
    store::tree::{self, Growing},
};
use check::Unsound;
pub(crate) use elsewhere::Elsewhere;
pub(crate) use key::load_or_create;
pub use key::{KeyFileError, renew};
pub(crate) use log_key::{LogKey, Unsigned, configured_key};
use patience::Patience;
pub(crate) use ring::Ring;
pub(crate) use witnesses::{Unwitnessed, Witness, configured};

/// At most one checkpoint in this time.
pub(crate) const EVERY: Duration = Duration::from_secs(1);
/// How long the lease lasts without being renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// Leaves before the last checkpoint that are checked before anything is signed.
const NEWEST: u64 = 10_000;

/// See the module.
pub(crate) struct Signer {
    pub(crate) store: Store,
    pub(crate) key: Arc<dyn LogKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) growth: Growth,
    /// Who is to sign as well.
    pub(crate) witnesses: Vec<Witness>,
    /// Word, for those who ask them, that something was signed.
    pub(crate) signed: Growth,
}

/// Why signing did not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It passes with time.
    #[error(transparent)]
    Database(DbErr),
    /// The log is not what was signed for.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// The key's holder did not sign. It passes with time, or an operator is needed there.
    #[error(transparent)]
    Unsigned(Unsigned),
    /// The lease is somebody else's.
    #[error("the lease was lost")]
    Over,
}

impl From<Unsigned> for Trouble {
    fn from(why: Unsigned) -> Self {
        match why {
            Unsigned::Unfit(why) => Self::Unsound(Unsound::Unreadable(why)),
            why => Self::Unsigned(why),
        }
    }
}

/// A row that this program did not write is no passing trouble.
impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Type(what) => Self::Unsound(Unsound::Unreadable(what)),
            error => Self::Database(error),
        }
    }
}

impl Signer {
    /// Runs until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), DbErr> {
        let holder = runtime::new_id().to_string();
        let database = self.store.database();
        while !stop.is_cancelled() {
            match database.acquire("signer", &holder, LEASE).await {
                Ok(Some(lease)) => {
                    tokio::select! {
                        () = self.keep(&lease) => tracing::warn!("the signer lost its lease"),
                        () = self.hold(&lease) => {}
                        () = stop.cancelled() => {}
                    }
                    if let Err(error) = database.release(&lease).await {
                        tracing::warn!(%error, "the signer's lease was not released");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the signer's lease"),
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok(())
    }

    /// Returns when the lease is somebody else's.
    async fn keep(&self, lease: &Lease) {
        loop {
            tokio::time::sleep(EVERY).await;
            match self.store.database().renew(lease, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the signer's lease was not renewed"),
            }
        }
    }

    /// Works while the lease is held. An unsound log holds the work for good.
    async fn hold(&self, lease: &Lease) {
        let verifier = self.key.verifier();
        let worked = tokio::select! {
            worked = self.work(lease, &verifier) => worked,
            never = self.ask_witnesses(lease) => match never {},
        };
        match worked {
            Err(Trouble::Unsound(unsound)) => {
                self.alarm(lease, &unsound).await;
                std::future::pending().await
            }
            Err(trouble) => tracing::warn!(%trouble, "signing waits"),
            Ok(never) => match never {},
        }
    }

    async fn work(
        &self,
        lease: &Lease,
        verifier: &VerifierKey,
    ) -> Result<std::convert::Infallible, Trouble> {
        let mut patience = Patience::new();
        while patience.after(self.take_over(lease).await).await?.is_none() {}
        let db = self.store.database().read();
        if Growing::unsound(db, self.backend()).await?.is_some() {
            self.check(verifier, 0).await?;
            self.clear(lease).await?;
            metrics::log().sound(true);
            return self.sign_on(lease, verifier).await;
        }
        let growing = Growing::read(db, self.backend()).await?;
        let from = growing.tree.size().saturating_sub(NEWEST);
        self.check(verifier, from).await?;
        metrics::log().sound(true);
        let all = async {
            self.check(verifier, 0).await?;
            std::future::pending::<Result<(), Trouble>>().await
        };
        let (never, ()) = tokio::try_join!(self.sign_on(lease, verifier), all)?;
        Ok(never)
    }

    /// Checks the leaves from an index on, and with them what was signed last.
    pub(crate) async fn check(&self, verifier: &VerifierKey, from: u64) -> Result<(), Trouble> {
        let db = self.store.database().read();
        check::log(db, self.backend(), verifier, from).await
    }

    /// Signs whenever the log has grown, at most once in [`EVERY`].
    async fn sign_on(
        &self,
        lease: &Lease,
        verifier: &VerifierKey,
    ) -> Result<std::convert::Infallible, Trouble> {
        // What this process takes in is told at once; what other replicas do is found by looking.
        let look = match self.backend() {
            Backend::Postgres => Duration::from_millis(250),
            Backend::Sqlite => EVERY,
        };
        let mut grown = self.growth.listen();
        let mut patience = Patience::new();
        loop {
            let began = Instant::now();
            match patience.after(self.sign(lease, verifier).await).await {
                Ok(Some(true)) => tokio::time::sleep_until(began + EVERY).await,
                Ok(Some(false)) => {
                    let _ = tokio::time::timeout(look, grown.changed()).await;
                }
                Ok(None) => {}
                Err(Trouble::Database(error)) => {
                    tracing::warn!(%error, "signing waits");
                    tokio::time::sleep(look).await;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// The log is not what was signed for: said in the log's own words, once, and loudly.
    async fn alarm(&self, lease: &Lease, unsound: &Unsound) {
        metrics::log().sound(false);
        tracing::error!(
            finding = unsound.word(),
            "nothing is signed any more: {unsound}"
        );
        let told = async {
            let mut unit = self.unit(lease).await?;
            let known = Growing::unsound(unit.tx(), unit.backend()).await?;
            if known.as_deref() == Some(unsound.word()) {
                unit.abandon().await?;
                return Ok(());
            }
            tree::set_unsound(unit.tx(), unit.backend(), Some(unsound.word())).await?;
            let outgoing = publish::check_failed(unsound.word(), unsound.size());
            unit.record(publish::LOG, self.key.verifier().name(), outgoing);
            unit.commit().await?;
            Ok::<_, Trouble>(())
        };
        if let Err(error) = told.await {
            tracing::error!(%error, "the alarm is not on record");
        }
    }

    async fn clear(&self, lease: &Lease) -> Result<(), Trouble> {
        let unit = self.unit(lease).await?;
        tree::set_unsound(unit.tx(), unit.backend(), None).await?;
        unit.commit().await?;
        tracing::warn!("the log checks again; signing goes on");
        Ok(())
    }

    async fn unit(&self, lease: &Lease) -> Result<Unit, Trouble> {
        let actor = Actor::Service("audit".to_owned());
        let context = Context::new(actor, self.clock.now(), runtime::new_id().to_string());
        let unit = self.store.unit(context).await?;
        if lease.holds(unit.tx(), unit.backend()).await? {
            return Ok(unit);
        }
        unit.abandon().await?;
        Err(Trouble::Over)
    }

    fn backend(&self) -> Backend {
        self.store.database().backend()
    }
}

#[cfg(test)]
mod tests;
