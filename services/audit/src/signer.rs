//! Signs the log as it grows, at most every second, and only what grew from what was signed before.
//!
//! One replica signs (by lease). Before its first signature it checks the newest leaves against
//! the last checkpoint, and beside its work all of them, once. Every signature asks for the proof
//! that the last signed tree is the beginning of this one. When anything does not fit, nothing is
//! signed any more until a check of all leaves passes: an alarm, never a second story.

mod check;
mod key;
mod ring;
mod witnesses;

use std::{sync::Arc, time::Duration};

use audit_domain::{Checkpoint, Root, VerifierKey};
use jiff::SignedDuration;
use kernel::{Actor, Clock, Context};
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{Backend, Lease, Store, Unit, fault};
use tokio::time::Instant;

use crate::{
    growth::Growth,
    metrics, publish,
    store::{
        checkpoint::{self, Signed},
        tree::{self, Growing},
    },
};
use check::Unsound;
pub(crate) use key::load_or_create;
pub use key::{KeyFileError, renew};
use ring::Reigns;
pub(crate) use ring::Ring;
pub(crate) use witnesses::{Witness, configured};

/// At most one checkpoint in this time.
pub(crate) const EVERY: Duration = Duration::from_secs(1);
/// How long the lease lasts without being renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// Leaves before the last checkpoint that are checked before anything is signed.
const NEWEST: u64 = 10_000;

/// See the module.
pub(crate) struct Signer {
    pub(crate) store: Store,
    pub(crate) keys: Ring,
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
    /// The lease is somebody else's.
    #[error("the lease was lost")]
    Over,
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
        let verifier = self.keys.key.verifier();
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
        self.take_over(lease).await?;
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
        loop {
            let began = Instant::now();
            match self.sign(lease, verifier).await {
                Ok(true) => tokio::time::sleep_until(began + EVERY).await,
                Ok(false) => {
                    let _ = tokio::time::timeout(look, grown.changed()).await;
                }
                Err(Trouble::Database(error)) => {
                    tracing::warn!(%error, "signing waits");
                    tokio::time::sleep(look).await;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Signs the log as it is, if it has grown; the checkpoint is durable when this returns.
    pub(crate) async fn sign(
        &self,
        lease: &Lease,
        verifier: &VerifierKey,
    ) -> Result<bool, Trouble> {
        let unit = self.unit(lease).await?;
        let (tx, backend) = (unit.tx(), unit.backend());
        let growing = Growing::read(tx, backend).await?;
        let root = growing.tree.root();
        let reigns = Reigns::to(verifier, tx, backend).await?;
        let last = reigns.last(tx, backend).await?;
        if let Some(last) = &last {
            check::grew(tx, backend, &growing, last).await?;
        }
        let before = last.map_or(0, |last| last.size);
        metrics::log().sizes(root.size, before);
        if root.size == before {
            unit.abandon().await?;
            return Ok(false);
        }
        checkpoint::put(tx, backend, &self.sign_root(root)?).await?;
        fault::point("sign.before");
        unit.commit().await?;
        fault::point("sign.after");
        self.signed.tell();
        metrics::log().sizes(root.size, root.size);
        Ok(true)
    }

    fn sign_root(&self, root: Root) -> Result<Signed, Trouble> {
        let checkpoint = Checkpoint {
            origin: self.keys.key.name().to_owned(),
            root,
        };
        let note = checkpoint.sign(&self.keys.key);
        Ok(Signed {
            root,
            note: note.map_err(|why| Unsound::Unreadable(why.to_string()))?,
            at: self.clock.now(),
        })
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
            unit.record(publish::LOG, self.keys.key.name(), outgoing);
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
