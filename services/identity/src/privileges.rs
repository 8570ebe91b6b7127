//! Privileges follow the grants: each that begins is watched until its review.

use std::sync::Arc;

use async_trait::async_trait;
use identity_domain::{
    grant::{self, GrantKind, Subject, Which},
    privilege::{Command, Facts, Refusal},
};
use kernel::PermitId;
use standard::{Action, Pack};
use store::{Failure, Outcome, Unit};

use crate::{
    facts, grants,
    identity::Identity,
    store::{Privileges, query, take_turn},
    work::Work,
};

/// Takes note of what became of a grant, in the same unit.
pub(crate) async fn follow<R>(
    unit: &mut Unit,
    pack: &Arc<Pack>,
    subject: &Subject,
    event: &grant::Event,
) -> Result<(), Failure<R>> {
    let (permit, command) = match event {
        grant::Event::Granted { ground, .. } if ground.kind == GrantKind::Privileged => {
            let (Some(permit), Some(ends_at)) = (&ground.permit, ground.ends_at) else {
                return Ok(());
            };
            let start = Command::Start {
                permit: permit.clone(),
                subject: subject.clone(),
                starts_at: ground.starts_at,
                ends_at,
            };
            (permit, start)
        }
        grant::Event::Ended {
            kind: GrantKind::Privileged,
            permit: Some(permit),
            at,
            ..
        } => {
            let at = at.unwrap_or(unit.context().now);
            (permit, Command::Stop { at })
        }
        _ => return Ok(()),
    };
    let facts = Facts {
        pack: Arc::clone(pack),
        oversees: false,
    };
    let followed = unit
        .execute::<Privileges>(permit.as_str(), &command, &facts)
        .await;
    match followed.map_err(Failure::refusal) {
        // Nothing is refused of what only follows.
        Ok(_) | Err(Ok(_)) => Ok(()),
        Err(Err(failure)) => Err(failure),
    }
}

/// Ends a privilege or reviews it, in a unit of its own.
pub(crate) struct PrivilegeWork {
    pub(crate) permit: PermitId,
    pub(crate) command: Command,
    /// Why it ends.
    pub(crate) reason: String,
}

#[async_trait]
impl Work for PrivilegeWork {
    type Of = Privileges;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Privileges> {
        take_turn(unit).await?;
        let id = self.permit.as_str();
        let known = query::one::<Privileges, _>(unit.tx(), id).await?;
        let subject = known.granted.map(|granted| granted.subject);
        let pack = &identity.runtime.pack;
        let facts = Facts {
            pack: Arc::clone(pack),
            oversees: match &subject {
                Some(subject) => oversees(unit, subject).await?,
                None => false,
            },
        };
        let done = unit
            .execute::<Privileges>(id, &self.command, &facts)
            .await?;
        if let (Command::End, Some(subject), false) =
            (&self.command, &subject, done.events.is_empty())
        {
            let end = grant::Command::End {
                kind: GrantKind::Privileged,
                which: Which::Permit(self.permit.clone()),
                reason: self.reason.clone(),
            };
            let ended = grants::execute(unit, pack, subject, &end).await;
            ended.map_err(|failure| failure.map(|_| Refusal::Unknown))?;
        }
        Ok(done)
    }
}

async fn oversees(unit: &Unit, subject: &Subject) -> Result<bool, Failure<Refusal>> {
    let now = unit.context().now;
    let home = facts::home(unit.tx(), &subject.person, now).await?;
    let actor = unit.context().actor.person();
    facts::falls_to(
        unit.tx(),
        Action::PrivilegeOversee,
        actor,
        home.as_ref(),
        now,
    )
    .await
}
