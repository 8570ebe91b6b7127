//! Identity's own records: people, sessions, grants and their reviews, shared IDs, restricted items, posts,
//! enforcement points.

mod restricted_items;
mod reviews;
mod shared_ids;

use bus::Trouble;
use directory::{holders_said, person_said};
use identity_domain::{
    account::{CredentialId, Verified},
    decision::{
        Disabled, EnforcementPoint, Epoch, Fact, FactChange, FactKey, FactKind, Grant, Holders,
        Lost, Person, Session,
    },
    grant::{GrantKind, Ground},
};
use jiff::Timestamp;
use kernel::PersonId;
use proto::{identity::v1 as event, record::Record};
use store::Unit;

use super::{instant, known, missing, optional, read, set};

pub(super) async fn changes(unit: &Unit, record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(stepped_up) = record.event::<event::SessionSteppedUp>() {
        return raised(unit, record, stepped_up?).await;
    }
    if let Some(ended) = ended_grant(record)? {
        return grant_ended(unit, ended).await;
    }
    if let Some(change) = reviews::change(record)? {
        return reviews::changed(unit, change).await;
    }
    let own = [
        account,
        session,
        grant,
        shared_ids::changes,
        restricted_items::changes,
        organisation,
    ];
    for teach in own {
        let changes = teach(record)?;
        if !changes.is_empty() {
            return Ok(changes);
        }
    }
    Ok(Vec::new())
}

fn account(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::AccountDisabled>() {
        let event = event?;
        let person: PersonId = read(&event.person_id)?;
        return Ok(vec![
            set(Fact::Disabled(Disabled {
                person: person.clone(),
            })),
            epoch(person, event.epoch),
        ]);
    }
    if let Some(event) = record.event::<event::AccountEnabled>() {
        let key = FactKey::one(FactKind::Disabled, event?.person_id);
        return Ok(vec![FactChange::Removed(key)]);
    }
    if let Some(event) = record.event::<event::CredentialReportedLost>() {
        let event = event?;
        let person: PersonId = read(&event.person_id)?;
        let lost = set(Fact::Lost(Lost {
            person: person.clone(),
            credential: CredentialId::new(event.credential_id),
        }));
        let mut changes = vec![lost, epoch(person, event.epoch)];
        changes.extend(event.session_ids.into_iter().map(ended));
        return Ok(changes);
    }
    if let Some(event) = record.event::<event::SessionsRevoked>() {
        let event = event?;
        let mut changes = vec![epoch(read(&event.person_id)?, event.epoch)];
        changes.extend(event.session_ids.into_iter().map(ended));
        return Ok(changes);
    }
    Ok(Vec::new())
}

fn epoch(person: PersonId, epoch: u64) -> FactChange {
    set(Fact::Epoch(Epoch { person, epoch }))
}

fn ended(session: String) -> FactChange {
    FactChange::Removed(FactKey::one(FactKind::Session, session))
}

fn session(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::SessionStarted>() {
        let event = event?;
        let credentials = event.credential_ids.iter().map(String::as_str);
        let mut times = event.verified_at.iter();
        let factors = (event.factors.iter())
            .zip(credentials.chain(std::iter::repeat("")))
            .map(|(kind, credential)| {
                let at = instant(times.next())?.unwrap_or(record.time);
                verified(kind, credential, at)
            })
            .collect::<Result<_, Trouble>>()?;
        return Ok(vec![set(Fact::Session(Session {
            id: read(&event.session_id)?,
            person: read(&event.person_id)?,
            factors,
            ends_at: instant(event.ends_at.as_ref())?.ok_or_else(|| missing("end"))?,
        }))]);
    }
    if let Some(event) = record.event::<event::SessionEnded>() {
        return Ok(vec![ended(event?.session_id)]);
    }
    Ok(Vec::new())
}

fn verified(kind: &str, credential: &str, at: Timestamp) -> Result<Verified, Trouble> {
    Ok(Verified {
        credential: CredentialId::new(credential),
        kind: read(kind)?,
        at,
        // Whoever has a token has verified what counts.
        beside_only: false,
    })
}

/// A session that is not known has ended: a step-up does not bring it back.
async fn raised(
    unit: &Unit,
    record: &Record,
    event: event::SessionSteppedUp,
) -> Result<Vec<FactChange>, Trouble> {
    let key = FactKey::one(FactKind::Session, &event.session_id);
    let Some(Fact::Session(mut session)) = known(unit, &key).await? else {
        return Ok(Vec::new());
    };
    let at = instant(event.verified_at.as_ref())?.unwrap_or(record.time);
    let factor = verified(&event.factor, &event.credential_id, at)?;
    session
        .factors
        .retain(|one| (&one.credential, one.kind) != (&factor.credential, factor.kind));
    session.factors.push(factor);
    Ok(vec![set(Fact::Session(session))])
}

fn grant(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some(event) = record.event::<event::EntitlementGranted>() {
        let event = event?;
        return granted(
            [
                &event.person_id,
                &event.system_id,
                &event.item_id,
                &event.permit_id,
            ],
            GrantKind::Use,
            instant(event.starts_at.as_ref())?.unwrap_or(record.time),
            instant(event.ends_at.as_ref())?,
        );
    }
    if let Some(event) = record.event::<event::PrivilegedGrantStarted>() {
        let event = event?;
        // Hours, not days: one without an end is none (7-2-(8)-1a).
        let end = instant(event.ends_at.as_ref())?.ok_or_else(|| missing("end"))?;
        return granted(
            [&event.person_id, &event.system_id, "", &event.permit_id],
            GrantKind::Privileged,
            instant(event.starts_at.as_ref())?.unwrap_or(record.time),
            Some(end),
        );
    }
    Ok(Vec::new())
}

/// Which grant was ended, and from when if that is not now.
struct EndedGrant {
    key: FactKey,
    at: Option<Timestamp>,
}

fn ended_grant(record: &Record) -> Result<Option<EndedGrant>, Trouble> {
    let (ids, at, kind) = if let Some(event) = record.event::<event::EntitlementEnded>() {
        let event = event?;
        let on = [event.system_id, event.item_id];
        (
            (event.person_id, on, event.permit_id),
            event.ends_at,
            GrantKind::Use,
        )
    } else if let Some(event) = record.event::<event::PrivilegedGrantEnded>() {
        let event = event?;
        let on = [event.system_id, String::new()];
        (
            (event.person_id, on, event.permit_id),
            event.ends_at,
            GrantKind::Privileged,
        )
    } else {
        return Ok(None);
    };
    let (person, [system, item], permit) = ids;
    let (item, permit) = (optional(&item)?, optional(&permit)?);
    Ok(Some(EndedGrant {
        key: FactKey::grant(person, (system, item.as_ref()), kind, permit.as_ref()),
        at: instant(at.as_ref())?,
    }))
}

async fn grant_ended(unit: &Unit, ended: EndedGrant) -> Result<Vec<FactChange>, Trouble> {
    let EndedGrant { key, at } = ended;
    let known = match at {
        Some(_) => known(unit, &key).await?,
        None => None,
    };
    Ok(vec![match known {
        Some(Fact::Grant(mut grant)) => {
            grant.ground.ends_at = at;
            set(Fact::Grant(grant))
        }
        _ => FactChange::Removed(key),
    }])
}

fn granted(
    [person, system, item, permit]: [&str; 4],
    kind: GrantKind,
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
) -> Result<Vec<FactChange>, Trouble> {
    Ok(vec![set(Fact::Grant(Grant {
        person: read(person)?,
        system: read(system)?,
        item: optional(item)?,
        ground: Ground {
            kind,
            permit: optional(permit)?,
            starts_at,
            ends_at,
        },
        review_due: None,
    }))])
}

fn organisation(record: &Record) -> Result<Vec<FactChange>, Trouble> {
    if let Some((id, person)) = person_said(record)? {
        return Ok(vec![set(Fact::Person(Person {
            id,
            memberships: person.memberships,
            robot: person.robot,
        }))]);
    }
    if let Some((post, holders)) = holders_said(record)? {
        return Ok(vec![set(Fact::Holders(Holders { post, holders }))]);
    }
    if let Some(event) = record.event::<event::EnforcementPointRegistered>() {
        let event = event?;
        return Ok(vec![set(Fact::EnforcementPoint(EnforcementPoint {
            id: read(&event.enforcement_point_id)?,
            path: event.path().word().ok_or_else(|| missing("path"))?,
            workload: match event.workload.strip_prefix("workload/") {
                Some(bare) => bare.to_owned(),
                None => event.workload,
            },
        }))]);
    }
    Ok(Vec::new())
}
