//! Changing members of staff: in one transaction, by the commands that everybody else's changes go
//! through.

use identity_domain::{
    account::{self, Command, Sessions},
    organisation::person::Entry,
    provisioning,
};
use kernel::PersonId;
use serde_json::Value;
use store::{Done, Failure, Unit};

use super::{one, user::User, wanted::Wanted};
use crate::{
    identity::Identity,
    organisation,
    scim::{
        Server,
        admission::Asker,
        patch::Patch,
        refused::{Outcome as _, Refused},
        schema::USER,
        version::Expected,
    },
    store::{Provisionings, take_turn},
};

/// What is to be done.
pub(super) enum Change {
    /// Somebody who comes, or comes back.
    Create(Wanted),
    /// The person is as said.
    Replace(PersonId, Wanted),
    /// The person is as shown, but for this.
    Patch(PersonId, Patch),
    /// The person leaves.
    Leave(PersonId),
}

/// What a change of the organisation takes with it.
type Moved = Done<account::State>;

type Step<T> = Result<T, Failure<Refused>>;

impl Change {
    fn person(&self) -> &PersonId {
        match self {
            Self::Create(wanted) => &wanted.id,
            Self::Replace(id, _) | Self::Patch(id, _) | Self::Leave(id) => id,
        }
    }
}

impl Server {
    /// Carries out a change, and shows the person as they are then; one who left as they were.
    pub(super) async fn write(
        &self,
        asker: &Asker,
        expected: &Expected,
        change: &Change,
    ) -> Result<Value, Refused> {
        let identity = &self.identity;
        let request = asker.request(identity.now());
        let work = |mut unit: Unit| async move {
            let carried_out = identity
                .carry_out_change(&mut unit, expected, change)
                .await?;
            Ok((unit, carried_out))
        };
        let (shown, account) = identity.store.transact(&request, work).await?;
        if let Some(done) = &account {
            identity.withdraw(done);
        }
        Ok(shown)
    }
}

impl Identity {
    async fn carry_out_change(
        &self,
        unit: &mut Unit,
        expected: &Expected,
        change: &Change,
    ) -> Step<(Value, Option<Moved>)> {
        take_turn(unit).await?;
        let now = unit.context().now;
        let id = change.person();
        let before = one(unit.tx(), id, now).await?;
        let base = self.scim_base();
        if let Some(before) = &before {
            expected.check(&before.shown(&base))?;
        }
        let account = match (change, &before) {
            (Change::Create(_), Some(_)) => return Err(Refused::Exists(id.to_string()).into()),
            (Change::Create(wanted), None) => self.create_user(unit, wanted).await?,
            (_, None) => return Err(Refused::Unknown(id.to_string()).into()),
            (Change::Replace(_, wanted), Some(before)) => {
                self.change_user(unit, before, wanted).await?
            }
            (Change::Patch(_, patch), Some(before)) => {
                let mut patched = before.shown(&base);
                patch.apply(&USER, &mut patched)?;
                let wanted = Wanted::read(&patched)?;
                self.change_user(unit, before, &wanted).await?
            }
            (Change::Leave(_), Some(before)) => {
                return Ok((before.shown(&base), Some(self.leave(unit, before).await?)));
            }
        };
        let after = one(unit.tx(), id, now).await?;
        let after = after.ok_or_else(|| Refused::Unknown(id.to_string()))?;
        Ok((after.shown(&base), account))
    }

    async fn create_user(&self, unit: &mut Unit, wanted: &Wanted) -> Step<Option<Moved>> {
        let known = crate::facts::record::<Refused>(unit.tx(), &wanted.id).await?;
        let entry = Entry {
            id: wanted.id.clone(),
            name: wanted.name.clone(),
            section: wanted.section.clone(),
            // Who left comes back now.
            since: known.map(|_| unit.context().now),
            leaves_at: None,
            non_regular: wanted.non_regular.unwrap_or_default(),
        };
        keep(self, unit, entry).await?;
        self.keep_link(unit, &wanted.id, wanted.external_id.clone())
            .await?;
        match wanted.active {
            Some(false) => Ok(Some(self.stop(unit, &wanted.id).await?)),
            _ => Ok(None),
        }
    }

    async fn change_user(
        &self,
        unit: &mut Unit,
        before: &User,
        wanted: &Wanted,
    ) -> Step<Option<Moved>> {
        let id = &before.record.id;
        if wanted.id != *id {
            return Err(Refused::Fixed("userName".to_owned()).into());
        }
        let entry = Entry {
            name: wanted.name.clone(),
            non_regular: wanted.non_regular.unwrap_or(before.record.non_regular),
            ..before.entry(wanted.section.clone())
        };
        keep(self, unit, entry).await?;
        self.keep_link(unit, id, wanted.external_id.clone()).await?;
        match wanted.active {
            Some(false) if !before.stopped => Ok(Some(self.stop(unit, id).await?)),
            Some(true) if before.stopped => {
                let command = Command::Enable {
                    reason: "active, says the outside directory".to_owned(),
                };
                Ok(Some(
                    self.account_in(unit, id, &command).await.or_refused()?,
                ))
            }
            _ => Ok(None),
        }
    }

    /// Sessions end with it, in the same transaction.
    async fn stop(&self, unit: &mut Unit, id: &PersonId) -> Step<Moved> {
        let command = Command::Disable {
            reason: "not active, says the outside directory".to_owned(),
        };
        self.account_in(unit, id, &command).await.or_refused()
    }

    /// Leaves now: nothing of what happened is erased.
    async fn leave(&self, unit: &mut Unit, user: &User) -> Step<Moved> {
        let section = user.section().cloned().unwrap_or_default();
        let entry = Entry {
            leaves_at: Some(unit.context().now),
            ..user.entry(section)
        };
        keep(self, unit, entry).await?;
        let command = Command::RevokeSessions {
            sessions: Sessions::All,
            reason: "the person left, says the outside directory".to_owned(),
        };
        let id = &user.record.id;
        self.account_in(unit, id, &command).await.or_refused()
    }

    async fn keep_link(
        &self,
        unit: &mut Unit,
        id: &PersonId,
        external_id: Option<String>,
    ) -> Step<()> {
        let command = provisioning::Command::Link {
            person: id.clone(),
            external_id,
        };
        let done = unit
            .execute::<Provisionings>(id.as_str(), &command, &())
            .await;
        done.map(|_| ())
            .map_err(|failure| failure.map(|never| match never {}))
    }
}

/// Registers, moves or lets go, as a row of a table of staff does.
pub(in crate::scim) async fn keep(identity: &Identity, unit: &mut Unit, entry: Entry) -> Step<()> {
    let done = organisation::register_person(unit, &identity.runtime.pack, entry).await;
    done.or_refused().map(|_| ())
}
