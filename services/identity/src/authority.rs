//! Authority over the organisation: what heads of sections arrange for their absence, judged inside
//! one transaction by the posts as they stand there.

mod no_answer;
pub(crate) mod watch;
#[cfg(test)]
mod who_may;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use identity_domain::organisation::{
    delegation::{Command, Facts, Refusal},
    post, section,
};
use kernel::{PersonId, SectionId};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::Role;
use store::{Failure, Outcome, Unit};

use crate::{
    facts,
    identity::Identity,
    store::{
        Delegations, Posts, Sections,
        query::{self, column},
        take_turn, with_role,
    },
    work::Work,
};

pub(crate) use no_answer::NoAnswer;

type Facing<T> = Result<T, Failure<Refusal>>;

/// One command on a section's delegation.
pub(crate) struct Arrange {
    pub(crate) section: SectionId,
    pub(crate) command: Command,
}

#[async_trait]
impl Work for Arrange {
    type Of = Delegations;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Delegations> {
        // Posts and memberships that decide who may do this do not change meanwhile.
        take_turn(unit).await?;
        let facts = self.facts(unit, identity).await?;
        let id = self.section.as_str();
        unit.execute::<Delegations>(id, &self.command, &facts).await
    }
}

impl Arrange {
    async fn facts(&self, unit: &Unit, identity: &Identity) -> Facing<Facts> {
        let known = query::one::<Sections, _>(unit.tx(), self.section.as_str()).await?;
        let Some(section) = known.recorded else {
            return Ok(self.without_section(identity));
        };
        let here = posts_in(unit, &self.section).await?;
        let now = unit.context().now;
        let mut head = holders(&here, Role::InformationManager, unit);
        if let (true, Some(parent)) = (head.is_empty(), &section.parent) {
            let above = posts_in(unit, parent).await?;
            head = holders(&above, Role::InformationManager, unit);
        }
        let mut seated = above(unit, &section).await?;
        seated.insert(Role::InformationManager, head);
        let deputies = deputies_by_post(unit, &self.section, &here).await?;
        let staff = holders(&here, Role::SystemStaff, unit);
        let mut homes = BTreeMap::new();
        if let Command::Nominate { person, .. }
        | Command::EndNomination {
            successor: Some(person),
            ..
        } = &self.command
        {
            let record = facts::record(unit.tx(), person).await?;
            let serving = record.filter(|record| record.serves(now));
            let home = facts::home_of(unit.tx(), serving.as_ref(), now).await?;
            homes.extend(home.map(|home| (person.clone(), home)));
        }
        Ok(Facts {
            section: Some(self.section.clone()),
            holders: seated,
            homes,
            by_post: deputies.union(&staff).cloned().collect(),
            deputies,
            office: section.parent.is_some(),
            ..self.without_section(identity)
        })
    }

    fn without_section(&self, identity: &Identity) -> Facts {
        Facts {
            pack: Arc::clone(&identity.runtime.pack),
            section: None,
            holders: BTreeMap::new(),
            homes: BTreeMap::new(),
            by_post: BTreeSet::new(),
            deputies: BTreeSet::new(),
            office: false,
        }
    }
}

async fn posts_in(unit: &Unit, section: &SectionId) -> Facing<Vec<post::State>> {
    let fits = column("section_id").eq(section.as_str());
    query::all::<Posts, _>(unit.tx(), Condition::all().add(fits)).await
}

fn holders(posts: &[post::State], role: Role, unit: &Unit) -> BTreeSet<PersonId> {
    let now = unit.context().now;
    let carry = |post: &&post::State| {
        let record = post.recorded.as_ref();
        record.is_some_and(|record| record.roles.contains(&role))
    };
    let held = posts.iter().filter(carry);
    held.filter_map(|post| Some(post.holder(now)?.value.clone()))
        .collect()
}

/// The manager of the section's bureau, and the CISO.
async fn above(
    unit: &Unit,
    section: &section::Record,
) -> Facing<BTreeMap<Role, BTreeSet<PersonId>>> {
    let of_bureau = column("bureau_id").eq(section.bureau.as_str());
    let mut above = BTreeMap::new();
    for (role, fits) in [
        (Role::BureauManager, Condition::all().add(of_bureau)),
        (Role::Ciso, Condition::all()),
    ] {
        let posts = query::all::<Posts, _>(unit.tx(), fits.add(with_role(role))).await?;
        above.insert(role, holders(&posts, role, unit));
    }
    Ok(above)
}

/// Deputies by their posts, and the heads of the section's offices (2-3-5).
async fn deputies_by_post(
    unit: &Unit,
    section: &SectionId,
    here: &[post::State],
) -> Facing<BTreeSet<PersonId>> {
    let mut found = holders(here, Role::DeputyInformationManager, unit);
    let offices = Condition::all().add(column("parent_id").eq(section.as_str()));
    for office in query::all::<Sections, _>(unit.tx(), offices).await? {
        let Some(office) = office.recorded else {
            continue;
        };
        let posts = posts_in(unit, &office.id).await?;
        found.extend(holders(&posts, Role::InformationManager, unit));
        found.extend(holders(&posts, Role::DeputyInformationManager, unit));
    }
    Ok(found)
}
