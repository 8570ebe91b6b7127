//! Changing who belongs to a section: each newcomer is transferred, by the same command as by a
//! table of staff, and all in one transaction or none.

use std::collections::BTreeSet;

use kernel::{PersonId, SectionId};
use rpc::Fields;
use serde_json::Value;
use store::{Failure, Unit};

use super::read;
use crate::{
    identity::Identity,
    scim::{
        Server,
        admission::Asker,
        patch::Patch,
        refused::Refused,
        schema::GROUP,
        users::{keep, one},
        version::Expected,
    },
    store::take_turn,
};

/// Most people transferred by one request.
const MOST_NEW: usize = 1_000;

/// What is to be done.
pub(super) enum Change {
    /// It is as said.
    Replace(Value),
    /// It is as shown, but for this.
    Patch(Patch),
}

impl Server {
    /// Carries out a change, and shows the group as it is then.
    pub(super) async fn write_group(
        &self,
        asker: &Asker,
        id: &SectionId,
        expected: &Expected,
        change: &Change,
    ) -> Result<Value, Refused> {
        let identity = &self.identity;
        let request = asker.request(identity.now());
        let work = |mut unit: Unit| async move {
            let shown = identity
                .carry_out_group(&mut unit, id, expected, change)
                .await?;
            Ok((unit, shown))
        };
        Ok(identity.store.transact(&request, work).await?)
    }
}

impl Identity {
    async fn carry_out_group(
        &self,
        unit: &mut Unit,
        id: &SectionId,
        expected: &Expected,
        change: &Change,
    ) -> Result<Value, Failure<Refused>> {
        take_turn(unit).await?;
        let now = unit.context().now;
        let unknown = || Failure::Refused(Refused::Unknown(id.to_string()));
        let before = read::one(unit.tx(), id, now).await?.ok_or_else(unknown)?;
        let before = before.shown(&self.scim_base());
        expected.check(&before)?;
        let mut wanted = before.clone();
        match change {
            // Of one that is replaced, nothing but its members can be said.
            Change::Replace(said) => wanted["members"] = said["members"].clone(),
            Change::Patch(patch) => patch.apply(&GROUP, &mut wanted)?,
        }
        let (known, wanted) = (members(&before)?, members(&wanted)?);
        if let Some(gone) = known.difference(&wanted).next() {
            return Err(Refused::MemberStays(gone.to_string()).into());
        }
        let new: Vec<_> = wanted.difference(&known).collect();
        if new.len() > MOST_NEW {
            let why = format!("at most {MOST_NEW} new members, not {}", new.len());
            return Err(Refused::Body(why).into());
        }
        for person in new {
            let found = one(unit.tx(), person, now).await?;
            let user = found.ok_or_else(|| nobody(person))?;
            keep(self, unit, user.entry(id.clone())).await?;
        }
        let after = read::one(unit.tx(), id, now).await?.ok_or_else(unknown)?;
        Ok(after.shown(&self.scim_base()))
    }
}

/// The staff numbers of the members.
fn members(group: &Value) -> Result<BTreeSet<PersonId>, Failure<Refused>> {
    let mut fields = Fields::new();
    let listed = group["members"].as_array().into_iter().flatten();
    let found = listed.map(|member| {
        let value = member["value"].as_str().unwrap_or("");
        fields.id("members.value", value)
    });
    let found: BTreeSet<PersonId> = found.collect();
    Refused::unless_good(fields)?;
    Ok(found)
}

fn nobody(person: &PersonId) -> Failure<Refused> {
    let mut fields = Fields::new();
    fields.fail(
        "members.value",
        "scim_member_unknown",
        format!("there is no person {person}"),
        format!("職員 {person} は登録されていません。"),
    );
    Failure::Refused(Refused::Values(fields.into_violations()))
}
