//! What a request supposes, judged field by field.

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{
        Authority, Fact, FactChange, FactKey, FactKind, Facts, MfaConsideration, Relaxation,
        RelaxationId, Request, Scope, Session, System, WhatIf,
    },
};
use jiff::{SignedDuration, Timestamp};
use kernel::{ClauseId, ExceptionId, SessionId, SystemId};
use proto::{common::v1 as common, identity::v1 as wire};
use rpc::Fields;
use standard::{AccessPath, Period};
use tonic::Status;
use wire::supposed_change::Change;

use crate::decision::rpc::question;

const MAX_CHANGES: usize = 20;
const MAX_SAMPLE: i64 = 1_000;
const SAMPLE: usize = 200;
const MONTH_SECONDS: i64 = 30 * 24 * 3600;

/// Which decisions to make once more.
pub(super) struct Sample {
    pub(super) size: usize,
    pub(super) system: Option<SystemId>,
}

/// Refuses a request in which nothing of a choice is given.
pub(super) fn nothing<T>(field: &str) -> Result<T, Status> {
    let mut fields = Fields::new();
    required(&mut fields, field);
    Err(fields.done().expect_err("a field is missing"))
}

fn required(fields: &mut Fields, field: &str) {
    fields.fail(field, "required", "must be given", "必須です。");
}

/// An access as it would be asked for now, and its session.
pub(super) fn access(
    supposed: &wire::SupposedAccess,
    facts: &Facts,
    now: Timestamp,
) -> Result<(Request, FactChange), Status> {
    let mut fields = Fields::new();
    let person = fields.id("supposed.person_id", &supposed.person_id);
    let factors = fields.list(
        "supposed.factors",
        &supposed.factors,
        0..=10,
        |fields, kind| {
            fields.word("", kind).map(|kind| Verified {
                credential: CredentialId::new(""),
                kind,
                at: now,
                beside_only: false,
            })
        },
    );
    let point = fields.id(
        "supposed.enforcement_point_id",
        &supposed.enforcement_point_id,
    );
    let workload = facts.point(&point).map(|point| point.workload.clone());
    if workload.is_none() && fields.is_good() {
        fields.fail(
            "supposed.enforcement_point_id",
            "enforcement_point_not_registered",
            "is not registered",
            "登録されていません。",
        );
    }
    let asked = supposed.question.as_ref();
    let asked = fields.message("supposed.question", asked, question);
    fields.done()?;
    let asked = asked.expect("a request without a question was refused");
    let session = SessionId::try_new("supposed").expect("an id");
    let request = Request {
        person,
        session: session.clone(),
        epoch: u64::MAX,
        system: asked.system,
        action: asked.action,
        object: asked.object,
        authority: Authority::None,
        workload: workload.unwrap_or_default(),
        device: asked.device,
        class: asked.class,
        automated: asked.automated,
        shared_id: asked.shared_id,
        as_of: Some(now),
        now,
    };
    let session = Session {
        id: session,
        person: request.person.clone(),
        factors: factors.into_iter().flatten().collect(),
        ends_at: Timestamp::MAX,
    };
    Ok((request, FactChange::Set(Fact::Session(session))))
}

/// Changes what is supposed, and says which decisions to make once more.
pub(super) fn changes(
    message: &wire::SimulateRequest,
    supposed: &mut WhatIf,
) -> Result<Sample, Status> {
    let mut fields = Fields::new();
    let mut number = 0;
    fields.list(
        "changes",
        &message.changes,
        1..=MAX_CHANGES,
        |fields, one| {
            number += 1;
            change(fields, one, supposed, number);
        },
    );
    let size = match message.sample {
        0 => SAMPLE,
        given => {
            let given = fields.number("sample", given.into(), 1..=MAX_SAMPLE);
            usize::try_from(given).unwrap_or(SAMPLE)
        }
    };
    let system = fields.optional_id("system_id", &message.system_id);
    fields.done()?;
    Ok(Sample { size, system })
}

fn change(fields: &mut Fields, one: &wire::SupposedChange, supposed: &mut WhatIf, number: usize) {
    match &one.change {
        None => required(fields, "change"),
        Some(Change::WithoutRule(code)) => {
            if let Err(error) = supposed.without_rule(code) {
                fields.fail(
                    "without_rule",
                    "decision_rule_unknown",
                    error.to_string(),
                    "この符号の規則はありません。",
                );
            }
        }
        Some(Change::Period(given)) => period(fields, given, supposed),
        Some(Change::System(given)) => system(fields, given, supposed),
        Some(Change::Exception(given)) => {
            let relaxation = exception(fields, given, number);
            supposed.apply(FactChange::Set(Fact::Relaxation(relaxation)));
        }
        Some(Change::WithoutExceptionId(id)) => {
            let id = fields.id("without_exception_id", id);
            without(
                fields,
                "without_exception_id",
                &RelaxationId::Exception(id),
                supposed,
            );
        }
        Some(Change::WithoutPermitId(id)) => {
            let id = fields.id("without_permit_id", id);
            without(
                fields,
                "without_permit_id",
                &RelaxationId::Permit(id),
                supposed,
            );
        }
    }
}

fn period(fields: &mut Fields, given: &wire::SupposedPeriod, supposed: &mut WhatIf) {
    let period: Option<Period> = fields.word("period.period", &given.period);
    let seconds = fields.number("period.seconds", given.seconds.into(), 1..=MONTH_SECONDS);
    let length = SignedDuration::from_secs(seconds);
    if let Some(period) = period
        && let Err(error) = supposed.with_limit(period, length)
    {
        fields.fail(
            "period.period",
            "period_not_of_decisions",
            error.to_string(),
            "アクセスの判断に使わない期間です。",
        );
    }
}

fn system(fields: &mut Fields, given: &wire::SupposedSystem, supposed: &mut WhatIf) {
    let id: SystemId = fields.id("system.system_id", &given.system_id);
    let Some(known) = supposed.facts().system_of_ledger(&id).cloned() else {
        fields.fail(
            "system.system_id",
            "system_unknown",
            "is not in the ledger",
            "台帳にありません。",
        );
        return;
    };
    supposed.apply(FactChange::Set(Fact::System(System {
        highest_class: given.highest_class().word().or(known.highest_class),
        cloud: given.cloud.unwrap_or(known.cloud),
        telework: given.telework.unwrap_or(known.telework),
        important: given.important.unwrap_or(known.important),
        mfa: match given.mfa_introduced {
            None => known.mfa,
            Some(true) => MfaConsideration::Introduced,
            Some(false) => MfaConsideration::NotIntroduced,
        },
        ..known
    })));
}

fn exception(fields: &mut Fields, given: &wire::SupposedException, number: usize) -> Relaxation {
    let clauses = fields.list("exception.clauses", &given.clauses, 1..=50, |fields, id| {
        ClauseId::new(fields.text("", id, 1..=50))
    });
    let paths = fields.list("exception.paths", &given.paths, 0..=3, |fields, one| {
        fields.choice("", *one, common::AccessPath::word_of)
    });
    let paths: Vec<AccessPath> = paths.into_iter().flatten().collect();
    let scope = Scope {
        people: listed(fields, "exception.person_ids", &given.person_ids, 0),
        posts: listed(fields, "exception.post_ids", &given.post_ids, 0),
        sections: listed(fields, "exception.section_ids", &given.section_ids, 0),
        systems: listed(fields, "exception.system_ids", &given.system_ids, 1),
        paths,
        ceiling: given.class_ceiling().word(),
        ..Scope::default()
    };
    Relaxation {
        id: RelaxationId::Exception(
            ExceptionId::try_new(format!("supposed-{number}")).expect("an id"),
        ),
        clauses: clauses.into_iter().collect(),
        scope,
        starts_at: Timestamp::MIN,
        ends_at: None,
    }
}

fn listed<T>(
    fields: &mut Fields,
    field: &str,
    ids: &[String],
    least: usize,
) -> std::collections::BTreeSet<T>
where
    T: std::str::FromStr<Err = kernel::IdSyntax> + Default + Ord,
{
    let ids = fields.list(field, ids, least..=1_000, |fields, id| fields.id("", id));
    ids.into_iter().collect()
}

fn without(fields: &mut Fields, field: &str, id: &RelaxationId, supposed: &mut WhatIf) {
    if supposed.facts().relaxation(id).is_none() {
        fields.fail(
            field,
            "relaxation_unknown",
            "relaxes nothing of access decisions",
            "アクセスの判断を緩めるものではありません。",
        );
    }
    let key = FactKey::one(FactKind::Relaxation, id);
    supposed.apply(FactChange::Removed(key));
}
