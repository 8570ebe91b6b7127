//! Authority over the organisation: what heads of sections arrange for their absence, judged inside
//! one transaction by the posts as they stand there.

pub(crate) mod watch;

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
        let mut homes = BTreeMap::new();
        if let Command::Nominate { person, .. } = &self.command {
            let record = facts::record(unit.tx(), person).await?;
            let serving = record.filter(|record| record.serves(now));
            let home = facts::home_of(unit.tx(), serving.as_ref(), now).await?;
            homes.extend(home.map(|home| (person.clone(), home)));
        }
        Ok(Facts {
            section: Some(self.section.clone()),
            head: head.into_iter().next(),
            above: above(unit, &section).await?,
            homes,
            by_post: deputies_by_post(unit, &self.section, &here).await?,
            ..self.without_section(identity)
        })
    }

    fn without_section(&self, identity: &Identity) -> Facts {
        Facts {
            pack: Arc::clone(&identity.runtime.pack),
            section: None,
            head: None,
            above: BTreeSet::new(),
            homes: BTreeMap::new(),
            by_post: BTreeSet::new(),
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
async fn above(unit: &Unit, section: &section::Record) -> Facing<BTreeSet<PersonId>> {
    let of_bureau = Condition::all()
        .add(with_role(Role::BureauManager))
        .add(column("bureau_id").eq(section.bureau.as_str()));
    let of_city = Condition::all().add(with_role(Role::Ciso));
    let managers = query::all::<Posts, _>(unit.tx(), of_bureau).await?;
    let cisos = query::all::<Posts, _>(unit.tx(), of_city).await?;
    let mut above = holders(&managers, Role::BureauManager, unit);
    above.extend(holders(&cisos, Role::Ciso, unit));
    Ok(above)
}

/// Deputies and system staff by their posts, and the heads of the section's offices (2-3-5).
async fn deputies_by_post(
    unit: &Unit,
    section: &SectionId,
    here: &[post::State],
) -> Facing<BTreeSet<PersonId>> {
    let mut found = holders(here, Role::DeputyInformationManager, unit);
    found.extend(holders(here, Role::SystemStaff, unit));
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
