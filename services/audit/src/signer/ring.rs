//! The keys of the log, and one following the other.

use std::collections::VecDeque;

use audit_domain::{Checkpoint, HandOver, Root, SignerKey, Tree, VerifierKey};
use sea_orm::ConnectionTrait;
use store::{Backend, Lease};

use super::{Signer, Trouble, check::Unsound};
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
    /// The size at which each ended, oldest first.
    before: Vec<(u64, VerifierKey)>,
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
            before.push_front((open.root.size, open.from.clone()));
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
        let then = self.before.iter().find(|(until, _)| size <= *until);
        let key = then.map_or(&self.now, |(_, key)| key);
        let checkpoint = Checkpoint::open(&signed.note, key);
        let root = checkpoint.map_err(|_| Unsound::OtherKey(size))?.root;
        if root == signed.root {
            Ok(root)
        } else {
            Err(Unsound::OtherRoot(size))
        }
    }

    /// What was signed last.
    pub(super) async fn last(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
    ) -> Result<Option<Root>, Trouble> {
        let last = checkpoint::last(db, backend).await?;
        Ok(last.map(|last| self.open(&last)).transpose()?)
    }
}

/// What was signed last, by that key and those that lead to it.
async fn last(
    key: &SignerKey,
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Option<Root>, Trouble> {
    let reigns = Reigns::to(&key.verifier(), db, backend).await?;
    reigns.last(db, backend).await
}

impl Signer {
    /// Where the key before signed last, it hands over to this one, once: a note of both, durable
    /// before the new key signs anything else, and told in the log itself.
    pub(super) async fn take_over(&self, lease: &Lease) -> Result<(), Trouble> {
        let Some(before) = &self.keys.before else {
            return Ok(());
        };
        let mut unit = self.unit(lease).await?;
        let (tx, backend) = (unit.tx(), unit.backend());
        let done = last(&self.keys.key, tx, backend).await;
        if !matches!(&done, Err(Trouble::Unsound(Unsound::OtherKey(_)))) {
            // It has signed already, it took over already, or there is nothing to take over.
            unit.abandon().await?;
            return done.map(|_| ());
        }
        let root = last(before, tx, backend).await?;
        let root = root.unwrap_or_else(|| Tree::default().root());
        let note = HandOver::sign(root, before, &self.keys.key)
            .map_err(|why| Unsound::Unreadable(why.to_string()))?;
        hand_over::put(tx, backend, root.size, &note, self.clock.now()).await?;
        unit.record(
            publish::LOG,
            self.keys.key.name(),
            publish::handed_over(root.size, note),
        );
        unit.commit().await?;
        tracing::warn!(size = root.size, "the log's key was handed over");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
