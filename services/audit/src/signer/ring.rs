//! The keys of the log, and one following the other.

use std::collections::VecDeque;

use audit_domain::{Checkpoint, Continuation, HandOver, Root, SignerKey, Tree, VerifierKey};
use sea_orm::ConnectionTrait;
use store::{Backend, Lease};

use super::{Signer, Trouble, check::Unsound, log_key::Unsigned, signing::What};
use crate::{
    publish,
    store::{
        checkpoint::{self, Signed},
        hand_over,
    },
};

/// The key that signs, and the one before it as long as that is still needed to hand over.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) key: SignerKey,
    pub(crate) before: Option<SignerKey>,
}

/// Which key signed for which sizes.
#[derive(Debug)]
pub(crate) struct Reigns {
    now: VerifierKey,
    /// Those that ended, with the log they handed over at, oldest first.
    before: Vec<(Root, VerifierKey)>,
}

impl Reigns {
    /// Those that lead to this key, each by the word of both; another key's word leads nowhere.
    pub(super) async fn to(
        key: &VerifierKey,
        db: &impl ConnectionTrait,
        backend: Backend,
    ) -> Result<Self, Trouble> {
        let mut before = VecDeque::new();
        let mut to = key.clone();
        for (size, note) in hand_over::all(db, backend).await?.into_iter().rev() {
            let open = HandOver::open(&note, &to).map_err(|_| Unsound::OtherKey(size))?;
            before.push_front((open.root, open.from.clone()));
            to = open.from;
        }
        Ok(Self {
            now: key.clone(),
            before: before.into(),
        })
    }

    /// What a stored checkpoint says, by its signed note and nothing else.
    pub(super) fn open(&self, signed: &Signed) -> Result<Root, Unsound> {
        let size = signed.root.size;
        let then = self.before.iter().find(|(end, _)| size <= end.size);
        let key = then.map_or(&self.now, |(_, key)| key);
        let checkpoint = Checkpoint::open(&signed.note, key);
        let root = checkpoint.map_err(|_| Unsound::OtherKey(size))?.root;
        if root == signed.root {
            Ok(root)
        } else {
            Err(Unsound::OtherRoot(size))
        }
    }

    /// What was signed last: a checkpoint, or a hand-over where more was signed than was kept.
    pub(super) async fn last(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
    ) -> Result<Option<Root>, Trouble> {
        let last = checkpoint::last(db, backend).await?;
        let last = last.map(|last| self.open(&last)).transpose()?;
        let ended = self.before.last().map(|(end, _)| *end);
        Ok(last.into_iter().chain(ended).max_by_key(|root| root.size))
    }
}

/// What was signed last, by that key and those that lead to it.
async fn last(
    key: &VerifierKey,
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Option<Root>, Trouble> {
    let reigns = Reigns::to(key, db, backend).await?;
    reigns.last(db, backend).await
}

impl Signer {
    /// Where the key before signed last, it hands over to this one, once: a note of both, durable
    /// before the new key signs anything else, and told in the log itself.
    pub(super) async fn take_over(&self, lease: &Lease) -> Result<(), Trouble> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let key = self.key.verifier();
        let done = last(&key, db, backend).await;
        if !matches!(&done, Err(Trouble::Unsound(Unsound::OtherKey(_)))) {
            // It has signed already, it took over already, or there is nothing to take over.
            return done.map(|_| ());
        }
        let stored = checkpoint::last(db, backend).await?.map(|last| last.root);
        let stored = stored.unwrap_or_else(|| Tree::default().root());
        let here = Continuation {
            old: stored.size,
            proof: Vec::new(),
            checkpoint: self.checkpoint(stored),
        };
        let (asked, note) = match self.asked(What::HandOver, here, Some(&stored)).await {
            Err(Trouble::Unsigned(Unsigned::NoKeyBefore)) => return done.map(|_| ()),
            asked => asked?,
        };
        let open = HandOver::open(&note, &key).map_err(|_| Unsound::OtherKey(stored.size))?;
        // That key must be the log's own.
        last(&open.from, db, backend).await?;
        let size = asked.checkpoint.root.size;
        let mut unit = self.unit(lease).await?;
        hand_over::put(unit.tx(), backend, size, &note, self.clock.now()).await?;
        unit.record(publish::LOG, key.name(), publish::handed_over(size, note));
        unit.commit().await?;
        tracing::warn!(size, "the log's key was handed over");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
