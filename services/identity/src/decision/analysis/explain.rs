//! An explanation in the words of the contract, with where each fact came from.

use identity_domain::decision::{
    Enough, Explanation, FactKey, FactKind, Judged, NearMiss, Reason, Rule, Standing, Used,
};
use proto::identity::v1 as wire;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use store::Database;

use super::{ids, outcome, relaxed_by};
use crate::decision::{
    Recorded,
    rpc::{reason, required, texts},
};

/// The facts with the records that told them.
pub(super) async fn origins(
    database: &Database,
    used: &[Used],
) -> Result<Vec<wire::UsedFact>, DbErr> {
    let mut facts = Vec::with_capacity(used.len());
    for one in used {
        let (source, position) = origin(database, &one.key).await?.unwrap_or_default();
        let value = one.fact.as_ref().map(serde_json::to_string).transpose();
        facts.push(wire::UsedFact {
            kind: one.key.kind.as_str().to_owned(),
            id: one.key.id.clone(),
            value: value
                .map_err(|error| DbErr::Json(error.to_string()))?
                .unwrap_or_default(),
            source,
            position,
            changed_since: false,
        });
    }
    Ok(facts)
}

async fn origin(database: &Database, key: &FactKey) -> Result<Option<(String, u64)>, DbErr> {
    let found = stored(database, key.kind.as_str(), &key.id).await?;
    Ok(found.map(|(source, position, _)| (source, position)))
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

/// Who told a fact, in which record, and its value.
async fn stored(
    database: &Database,
    kind: &str,
    id: &str,
) -> Result<Option<(String, u64, Option<String>)>, DbErr> {
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

/// Marks what was said after the decision. Its session is told as it was then, and its shared ID.
pub(super) fn against_record(judged: &mut wire::ExplainResponse, event: &wire::AccessEvaluated) {
    let known = event.known.unwrap_or_default();
    for fact in &mut judged.facts {
        let up_to = match fact.source.as_str() {
            "identity" => known.identity,
            "ledger" => known.ledger,
            "approvals" => known.approvals,
            "incidents" => known.incidents,
            _ => continue,
        };
        let later = fact.position > up_to;
        let as_then = [FactKind::Session, FactKind::SharedIdUse];
        if as_then.iter().any(|kind| fact.kind == kind.as_str()) {
            if later {
                (fact.source, fact.position) = Default::default();
            }
        } else {
            fact.changed_since = later;
        }
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
