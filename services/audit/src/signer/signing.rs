//! From the log as it is to a signed checkpoint.
//!
//! Whoever holds the key is asked before the transaction, which so waits for nobody. What was signed and
//! then not kept is in the signer's memory, and the next request goes on from there.

use audit_domain::{Checkpoint, Continuation, Plan, Root, VerifierKey};
use store::{Lease, fault};

use super::{Signer, Trouble, check, log_key::Unsigned, ring::Reigns};
use crate::{
    metrics,
    store::{
        checkpoint::{self, Signed},
        tree::Growing,
    },
};

/// How often a signer is asked that answers each time that it has signed something else.
const TRIES: u8 = 3;

/// What the key's holder is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// A checkpoint, signed.
    Checkpoint,
    /// That the key before this one hands over there.
    HandOver,
}

impl Signer {
    /// Signs the log as it is, if it has grown; the checkpoint is durable when this returns.
    pub(crate) async fn sign(
        &self,
        lease: &Lease,
        verifier: &VerifierKey,
    ) -> Result<bool, Trouble> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let reigns = Reigns::to(verifier, db, backend).await?;
        let last = reigns.last(db, backend).await?;
        let before = last.map_or(0, |last| last.size);
        let asked = self.continuation(last.as_ref(), before).await?;
        metrics::log().sizes(asked.checkpoint.root.size, before);
        if asked.checkpoint.root.size == before {
            return Ok(false);
        }
        let (asked, note) = self.asked(What::Checkpoint, asked, last.as_ref()).await?;
        let unit = self.unit(lease).await?;
        let root = asked.checkpoint.root;
        let at = self.clock.now();
        checkpoint::put(unit.tx(), backend, &Signed { root, note, at }).await?;
        fault::point("sign.before");
        unit.commit().await?;
        fault::point("sign.after");
        self.signed.tell();
        metrics::log().sizes(root.size, root.size);
        Ok(true)
    }

    /// Asks the key's holder; where that has signed more than is kept here, from there on.
    pub(super) async fn asked(
        &self,
        what: What,
        mut asked: Continuation,
        last: Option<&Root>,
    ) -> Result<(Continuation, String), Trouble> {
        let mut tries = TRIES;
        loop {
            let answered = match what {
                What::Checkpoint => self.key.sign(&asked).await,
                What::HandOver => self.key.hand_over(&asked).await,
            };
            tries -= 1;
            match answered {
                Err(Unsigned::HasSigned(from)) if tries > 0 => {
                    asked = self.continuation(last, from).await?;
                }
                answered => return Ok((asked, answered?)),
            }
        }
    }

    /// The log as it is, proven to have grown from what was signed last, and to go on from an earlier size.
    pub(super) async fn continuation(
        &self,
        last: Option<&Root>,
        from: u64,
    ) -> Result<Continuation, Trouble> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let growing = Growing::read(db, backend).await?;
        let root = growing.tree.root();
        let proof = match last {
            Some(last) => check::grew(db, backend, &growing, last).await?,
            None => Vec::new(),
        };
        let proof = if last.map_or(0, |last| last.size) == from {
            proof
        } else {
            let plan = Plan::consistency(from, root.size);
            let plan = plan.map_err(|_| Unsigned::HasSigned(from))?;
            growing.prove(db, backend, &plan).await?
        };
        Ok(Continuation {
            old: from,
            proof,
            checkpoint: self.checkpoint(root),
        })
    }

    pub(super) fn checkpoint(&self, root: Root) -> Checkpoint {
        let origin = self.key.verifier().name().to_owned();
        Checkpoint { origin, root }
    }
}
