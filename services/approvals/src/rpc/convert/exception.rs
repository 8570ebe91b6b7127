//! Requests on exceptions.

use approvals_domain::{
    exception::{Command, Scope, Terms},
    permit::Verdict,
};
use kernel::{ClauseId, ExceptionId, IdSyntax};
use proto::{approvals::v1 as wire, common::v1 as common};
use rpc::{Fields, Page};
use std::{collections::BTreeSet, str::FromStr};
use tonic::Status;

use super::{LONG, page};
use crate::{store::ExceptionFilter, wire as words};

const CLAUSES: usize = 50;
const COVERED: usize = 500;

/// What an exception is to be.
pub(in crate::rpc) fn apply(message: Option<&wire::ExceptionTerms>) -> Result<Terms, Status> {
    let mut fields = Fields::new();
    let terms = fields.message("terms", message, |fields, message| Terms {
        bureau: fields.optional_id("bureau_id", &message.bureau_id),
        clauses: fields.list(
            "clauses",
            &message.clauses,
            0..=CLAUSES,
            |fields, clause| ClauseId::new(fields.text("", clause, 1..=64)),
        ),
        scope: scope(fields, message),
        ground: fields.long_text("ground", &message.ground, 0..=LONG),
        substitute_measure: fields.long_text(
            "substitute_measure",
            &message.substitute_measure,
            0..=LONG,
        ),
        starts_at: fields.optional_timestamp("starts_at", message.starts_at.as_ref()),
        ends_at: fields.optional_timestamp("ends_at", message.ends_at.as_ref()),
    });
    fields.done()?;
    Ok(terms.unwrap_or_default())
}

fn scope(fields: &mut Fields, message: &wire::ExceptionTerms) -> Scope {
    Scope {
        people: ids(fields, "person_ids", &message.person_ids),
        posts: ids(fields, "post_ids", &message.post_ids),
        sections: ids(fields, "section_ids", &message.section_ids),
        systems: ids(fields, "system_ids", &message.system_ids),
        paths: fields
            .list("paths", &message.paths, 0..=3, |fields, path| {
                fields.choice("", *path, common::AccessPath::word_of)
            })
            .into_iter()
            .flatten()
            .collect(),
        class_ceiling: match message.class_ceiling {
            0 => None,
            number => fields.choice("class_ceiling", number, common::InformationClass::word_of),
        },
    }
}

fn ids<T>(fields: &mut Fields, field: &str, texts: &[String]) -> BTreeSet<T>
where
    T: FromStr<Err = IdSyntax> + Default + Ord,
{
    let ids = fields.list(field, texts, 0..=COVERED, |fields, id| fields.id("", id));
    ids.into_iter().collect()
}

/// A grant or refusal.
pub(in crate::rpc) fn decide(
    message: &wire::DecideExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let verdict = fields.choice("verdict", message.verdict, words::verdict_from);
    let reason = fields.long_text("reason", &message.reason, 0..=LONG);
    let witness = fields.optional_id("witness_id", &message.witness_id);
    fields.done()?;
    let command = match verdict {
        Some(Verdict::Permitted) => Command::Grant { reason, witness },
        Some(Verdict::Refused) | None => Command::Refuse { reason, witness },
    };
    Ok((id, command))
}

/// A report to the CISO.
pub(in crate::rpc) fn report(
    message: &wire::ReportEmergencyExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let text = fields.long_text("report", &message.report, 1..=LONG);
    fields.done()?;
    Ok((id, Command::Report { text }))
}

/// An endorsement.
pub(in crate::rpc) fn endorse(
    message: &wire::EndorseExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let reason = fields.long_text("reason", &message.reason, 0..=LONG);
    let witness = fields.optional_id("witness_id", &message.witness_id);
    fields.done()?;
    Ok((id, Command::Endorse { reason, witness }))
}

/// A revocation.
pub(in crate::rpc) fn revoke(
    message: &wire::RevokeExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let reason = fields.long_text("reason", &message.reason, 1..=LONG);
    fields.done()?;
    Ok((id, Command::Revoke { reason }))
}

/// An extension.
pub(in crate::rpc) fn extend(
    message: &wire::ExtendExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let ends_at = fields.timestamp("ends_at", message.ends_at.as_ref());
    let reason = fields.long_text("reason", &message.reason, 1..=LONG);
    let witness = fields.optional_id("witness_id", &message.witness_id);
    fields.done()?;
    let command = Command::Extend {
        ends_at,
        reason,
        witness,
    };
    Ok((id, command))
}

/// A closing review.
pub(in crate::rpc) fn close(
    message: &wire::CloseExceptionRequest,
) -> Result<(ExceptionId, Command), Status> {
    let mut fields = Fields::new();
    let id = fields.id("exception_id", &message.exception_id);
    let review = fields.long_text("review", &message.review, 1..=LONG);
    fields.done()?;
    Ok((id, Command::Close { review }))
}

/// Which exceptions are wanted.
pub(in crate::rpc) fn filter(
    message: &wire::ListExceptionsRequest,
) -> Result<(ExceptionFilter, Page), Status> {
    let mut fields = Fields::new();
    let filter = ExceptionFilter {
        live: message.live,
        overdue: message.overdue,
        bureau: fields.optional_id("bureau_id", &message.bureau_id),
        system: fields.optional_id("system_id", &message.system_id),
        phases: fields
            .list("states", &message.states, 0..=9, |fields, state| {
                fields.choice("", *state, words::exception_phase_from)
            })
            .into_iter()
            .flatten()
            .collect(),
    };
    let page = page(&mut fields, message.page_size, &message.page_token);
    fields.done()?;
    Ok((filter, page))
}
