//! An explanation in the words of the contract, with where each fact came from.

use identity_domain::decision::{
    Enough, Explanation, Fact, FactKind, Judged, NearMiss, Reason, Rule, Standing, Used,
};
use proto::identity::v1 as wire;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use serde::Serialize;
use store::Database;

use super::{ids, outcome, relaxed_by};
use crate::decision::{
    Recorded,
    rpc::{reason, required, texts},
};

/// The facts with the records that told them; of a decision on record, what was known to it.
pub(super) async fn origins(
    database: &Database,
    used: &[Used],
    known: Option<&wire::KnownPositions>,
) -> Result<Vec<wire::UsedFact>, DbErr> {
    let mut facts = Vec::with_capacity(used.len());
    for one in used {
        let kind = one.key.kind;
        let found = stored(database, kind.as_str(), &one.key.id).await?;
        let (source, position, value) = if matches!(kind, FactKind::Session | FactKind::SharedIdUse)
        {
            as_it_was(one, found, known)?
        } else {
            let (source, position, _) = found.unwrap_or_default();
            (source, position, one.fact.as_ref().map(json).transpose()?)
        };
        facts.push(wire::UsedFact {
            kind: kind.as_str().to_owned(),
            id: one.key.id.clone(),
            value: value.unwrap_or_default(),
            source,
            position,
            changed_since: false,
        });
    }
    Ok(facts)
}

/// A session or the use of a shared ID, which are judged as the decision on record found them: what was
/// stored of it by then, or, where that was replaced or forgotten since, what the record tells. No
/// record of a decision tells when they were to end.
fn as_it_was(
    used: &Used,
    found: Option<Stored>,
    known: Option<&wire::KnownPositions>,
) -> Result<Stored, DbErr> {
    let by_then = |(source, position, _): &Stored| {
        known.is_none_or(|known| up_to(known, source).is_some_and(|up_to| *position <= up_to))
    };
    if let Some(stored) = found.filter(by_then) {
        return Ok(stored);
    }
    let value = used.fact.as_ref().map(without_end).transpose()?;
    Ok((String::new(), 0, value))
}

fn without_end(fact: &Fact) -> Result<String, DbErr> {
    let mut value = serde_json::to_value(fact).map_err(not_json)?;
    let named = value.as_object_mut().into_iter().flatten();
    for fields in named.filter_map(|(_, fact)| fact.as_object_mut()) {
        fields.remove("ends_at");
    }
    json(&value)
}

fn json(value: &impl Serialize) -> Result<String, DbErr> {
    serde_json::to_string(value).map_err(not_json)
}

fn not_json(error: serde_json::Error) -> DbErr {
    DbErr::Json(error.to_string())
}

/// What is known of the organisation, as it is stored: kind and id of each.
pub(super) async fn of_organisation(
    database: &Database,
    facts: Vec<(&'static str, String)>,
) -> Result<Vec<wire::UsedFact>, DbErr> {
    let mut used = Vec::with_capacity(facts.len());
    for (kind, id) in facts {
        let found = stored(database, kind, &id).await?;
        let (source, position, value) = found.unwrap_or_default();
        used.push(wire::UsedFact {
            kind: kind.to_owned(),
            id,
            value: value.unwrap_or_default(),
            source,
            position,
            changed_since: false,
        });
    }
    Ok(used)
}

/// Who told a fact, in which record, and its value; none where it was taken back.
type Stored = (String, u64, Option<String>);

async fn stored(database: &Database, kind: &str, id: &str) -> Result<Option<Stored>, DbErr> {
    let row = database
        .read()
        .query_one_raw(Statement::from_sql_and_values(
            database.backend().sea(),
            "SELECT source, position, body FROM fact WHERE kind = $1 AND id = $2",
            [kind.into(), id.into()],
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    let position: i64 = row.try_get("", "position")?;
    let position = u64::try_from(position).unwrap_or_default();
    Ok(Some((
        row.try_get("", "source")?,
        position,
        row.try_get("", "body")?,
    )))
}

/// Marks what was said after the decision.
pub(super) fn against_record(judged: &mut wire::ExplainResponse, known: &wire::KnownPositions) {
    for fact in &mut judged.facts {
        let up_to = up_to(known, &fact.source);
        fact.changed_since = up_to.is_some_and(|up_to| fact.position > up_to);
    }
}

/// How far what a source says was known; none for nobody.
fn up_to(known: &wire::KnownPositions, source: &str) -> Option<u64> {
    match source {
        "identity" => Some(known.identity),
        "ledger" => Some(known.ledger),
        "approvals" => Some(known.approvals),
        "incidents" => Some(known.incidents),
        _ => None,
    }
}

/// No rule was asked: the token was not good.
pub(super) fn token_refused(found: Recorded) -> wire::ExplainResponse {
    let rules = found.event.reasons.iter().map(|code| wire::ExplainedRule {
        rule: Some(wire::AccessReason {
            code: code.clone(),
            clauses: found.event.clauses.clone(),
            ..wire::AccessReason::default()
        }),
        standing: wire::RuleStanding::InTheWay.into(),
        ..wire::ExplainedRule::default()
    });
    wire::ExplainResponse {
        rules: rules.collect(),
        judged_at: Some(proto::timestamp(found.decided_at)),
        outcome: found.event.outcome,
        pack_version: found.event.pack_version.clone(),
        recorded: Some(found.event),
        ..wire::ExplainResponse::default()
    }
}

pub(super) fn answer(explained: &Explanation, facts: Vec<wire::UsedFact>) -> wire::ExplainResponse {
    let decision = &explained.decision;
    wire::ExplainResponse {
        recorded: None,
        judged_at: Some(proto::timestamp(decision.decided_at)),
        outcome: outcome(decision.outcome).into(),
        rules: explained.rules.iter().map(rule).collect(),
        enough: Some(enough(&explained.enough)),
        facts,
        pack_version: decision.pack_version.to_string(),
    }
}

fn rule(judged: &Judged) -> wire::ExplainedRule {
    let (said, standing, by, near) = match &judged.standing {
        Standing::Met => (
            words(judged.rule),
            wire::RuleStanding::Met,
            &[][..],
            &[][..],
        ),
        Standing::Relaxed(by) => (
            words(judged.rule),
            wire::RuleStanding::Relaxed,
            by.as_slice(),
            &[][..],
        ),
        Standing::InTheWay { reason: why, near } => (
            reason(why),
            wire::RuleStanding::InTheWay,
            &[][..],
            near.as_slice(),
        ),
        Standing::Undone(why) => (reason(why), wire::RuleStanding::Undone, &[][..], &[][..]),
    };
    wire::ExplainedRule {
        rule: Some(said),
        standing: standing.into(),
        relaxed_by: by.iter().map(relaxed_by).collect(),
        near_misses: near.iter().map(near_miss).collect(),
    }
}

fn words(rule: &'static Rule) -> wire::AccessReason {
    reason(&Reason {
        rule,
        clauses: rule.clauses.to_vec(),
        gap: None,
    })
}

fn near_miss(near: &NearMiss) -> wire::NearMiss {
    wire::NearMiss {
        by: Some(ids(&near.id)),
        clause: near.clause.to_string(),
        why: near.miss.as_str().to_owned(),
    }
}

fn enough(enough: &Enough) -> wire::EnoughForAccess {
    wire::EnoughForAccess {
        authentication: enough.authentication.as_ref().map(required),
        clauses_to_relax: texts(&enough.relax),
        nothing_relaxes: enough.beyond.iter().map(|rule| words(rule)).collect(),
    }
}
