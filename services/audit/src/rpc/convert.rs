//! Between proto and the log's own types.

use std::ops::Range;

use audit_domain::{Leaf as TreeLeaf, record_hash};
use kernel::{Actor, ClauseId};
use proto::{
    audit::v1::{self as wire, RecordOrder, SourceState, record_name},
    timestamp,
};
use rpc::{Fields, next_page_token};
use sea_orm::Order;
use standard::{Pack, ServiceName};
use tonic::Status;

use super::{bundle::bundle, outcome};
use crate::{
    heads::is_diverged,
    index::{Terms, term},
    library::Proven,
    publish,
    readers::{Asked, Scope, accesses},
    store::{
        checkpoint::Signed,
        leaf::Leaf,
        search::{Filter, Name, Part},
        source::Source,
    },
};

pub(super) fn name(record: Option<&wire::RecordName>) -> Result<Name, Status> {
    let mut fields = Fields::new();
    let name = fields.message("record", record, |fields, record| match &record.name {
        Some(record_name::Name::Index(index)) => Name::Index(*index),
        Some(record_name::Name::SourcePosition(place)) => {
            let source = fields.text("source_position.source", &place.source, 1..=64);
            Name::Position(source, place.position)
        }
        Some(record_name::Name::RecordId(id)) => Name::Event(fields.text("record_id", id, 1..=64)),
        None => {
            let (en, ja) = (
                "give index, source_position or record_id",
                "index、source_position、record_id のいずれかを指定してください。",
            );
            fields.fail("name", "required", en, ja);
            Name::Index(0)
        }
    });
    fields.done()?;
    Ok(name.unwrap_or(Name::Index(0)))
}

/// What is searched for, and where: one more than the page holds, to see whether there is more.
pub(super) fn search(request: &wire::SearchRecordsRequest) -> Result<(Filter, Part), Status> {
    let mut fields = Fields::new();
    let page = fields.page(request.page_size, &request.page_token);
    let beyond: Option<Option<u64>> = page.after.map(|key| key.parse().ok());
    if beyond == Some(None) {
        let (en, ja) = (
            "is not a token of an earlier answer",
            "前回の応答で返されたトークンではありません。",
        );
        fields.fail("page_token", "page_token_invalid", en, ja);
    }
    let mut text = |field, value: &str, most| fields.optional_text(field, value, most);
    let named = [
        text("clause", &request.clause, 64).map(|id| term::clause(&id)),
        text("system_id", &request.system_id, 64).map(|id| term::system(&id)),
        text("person_id", &request.person_id, 64).map(|id| term::person(&id)),
        text("incident_id", &request.incident_id, 64).map(|id| term::incident(&id)),
    ];
    let subject = text("subject", &request.subject, 200);
    let kind_prefix = text("type_prefix", &request.type_prefix, 200);
    let by = [
        actor(&mut fields, &request.actor).map(|actor| term::actor(&actor)),
        source_name(&mut fields, &request.source).map(|name| term::source(&name)),
    ];
    let filter = Filter {
        subject,
        kind_prefix,
        terms: by.into_iter().chain(named).flatten().collect(),
        record_id: None,
        any: None,
        from: fields.optional_timestamp("from_time", request.from_time.as_ref()),
        to: fields.optional_timestamp("to_time", request.to_time.as_ref()),
    };
    let newest_first =
        fields.choice(
            "order",
            request.order.max(1),
            |order| match RecordOrder::try_from(order).ok()? {
                RecordOrder::Unspecified | RecordOrder::NewestFirst => Some(true),
                RecordOrder::OldestFirst => Some(false),
            },
        );
    fields.done()?;
    let (order, range) = match (newest_first, beyond.flatten()) {
        (Some(false), beyond) => (Order::Asc, beyond.unwrap_or(0)..u64::MAX),
        (_, beyond) => (Order::Desc, 0..beyond.unwrap_or(u64::MAX)),
    };
    let part = Part {
        range,
        order,
        limit: u64::from(page.size) + 1,
    };
    Ok((filter, part))
}

/// The token of the next page: the end of what was not looked at that is next. `last`: where this page
/// ends because it is full.
pub(super) fn next_page(last: Option<u64>, rest: &Range<u64>, order: &Order) -> Option<String> {
    let next = match (last, order) {
        (Some(last), Order::Asc) => last + 1,
        (Some(last), _) => last,
        (None, _) if rest.is_empty() => return None,
        (None, Order::Asc) => rest.start,
        (None, _) => rest.end,
    };
    Some(next_page_token(&next.to_string()))
}

/// What a reader may read of what a filter asks for.
pub(super) fn within(filter: Filter, scope: &Scope) -> Filter {
    Filter {
        any: scope.filter().any,
        ..filter
    }
}

/// The question as it goes on record.
pub(super) fn asked(
    way: &'static str,
    request: &wire::SearchRecordsRequest,
    filter: &Filter,
    scope: &Scope,
) -> Asked {
    let request = request.clone();
    Asked {
        way,
        recorded: scope.is_by_post() && accesses::may_fit(filter),
        accesses: accesses::may_be(filter),
        suspicions: accesses::suspicions_may_be(filter),
        people: filter.people().map(str::to_owned).collect(),
        filter: wire::RecordFilter {
            actor: request.actor,
            subject: request.subject,
            type_prefix: request.type_prefix,
            clause: request.clause,
            system_id: request.system_id,
            person_id: request.person_id,
            incident_id: request.incident_id,
            source: request.source,
            from_time: request.from_time,
            to_time: request.to_time,
        },
    }
}

/// A search for what no record can hold would find nothing, and be taken for proof of it.
fn actor(fields: &mut Fields, text: &str) -> Option<String> {
    let text = fields.optional_text("actor", text, 128)?;
    if text.parse::<Actor>().is_err() {
        let (en, ja) = (
            "must be person/<id>, workload/<id>, service/<name> or anonymous",
            "person/<番号>、workload/<名前>、service/<名前>、anonymous のいずれかで指定してください。",
        );
        fields.fail("actor", "actor_invalid", en, ja);
    }
    Some(text)
}

fn source_name(fields: &mut Fields, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let source: Option<ServiceName> = fields.word("source", text);
    source.map(|source| source.as_str().to_owned())
}

/// What a search by a clause is told that the pack does not have, unless the log has it.
pub(super) fn not_of_the_pack(pack: &Pack, clause: &str) -> Option<Status> {
    let clause = clause.trim();
    if clause.is_empty() || pack.clause(&ClauseId::new(clause)).is_some() {
        return None;
    }
    let mut fields = Fields::new();
    let (en, ja) = (
        format!("neither the clause pack nor the log has a clause {clause}"),
        format!("条項 {clause} は対策基準にもログにもありません。"),
    );
    fields.fail("clause", "clause_unknown", en, ja);
    fields.done().err()
}

/// Records under a clause.
pub(super) fn under_clause(clause: &str) -> Filter {
    Filter {
        terms: vec![term::clause(clause.trim())],
        ..Filter::default()
    }
}

pub(super) fn checkpoint(signed: Signed) -> wire::Checkpoint {
    wire::Checkpoint {
        size: signed.root.size,
        root_hash: signed.root.hash.to_vec(),
        note: signed.note,
        signed_at: Some(timestamp(signed.at)),
    }
}

/// What the log says of a record, and the record.
pub(super) fn entry(terms: &Terms, leaf: Leaf) -> (wire::LogEntry, Vec<u8>) {
    let mut entry = wire::LogEntry {
        index: leaf.index,
        logged_at: Some(timestamp(leaf.logged_at)),
        record_hash: record_hash(&leaf.record).to_vec(),
        leaf_hash: TreeLeaf::of(&leaf.record).hash().to_vec(),
        record_size: leaf.record.len() as u64,
        position: leaf.position,
        ..wire::LogEntry::default()
    };
    if let Some(said) = leaf.said() {
        outcome::write(&said, &mut entry);
        let concerned = terms.concerned(&said);
        entry.person_ids = concerned.people.into_iter().collect();
        entry.system_ids = concerned.systems.into_iter().collect();
        entry.record_id = said.id;
        entry.r#type = said.kind;
        entry.subject = said.subject;
        entry.actor = said.actor.to_string();
        entry.time = Some(timestamp(said.time));
        entry.clauses = said.clauses.iter().map(ToString::to_string).collect();
    }
    entry.source = leaf.source;
    (entry, leaf.record)
}

pub(super) fn proven(terms: &Terms, proven: Proven) -> wire::GetInclusionProofResponse {
    let Proven {
        leaf,
        path,
        checkpoint: signed,
    } = proven;
    let (entry, record) = entry(terms, leaf);
    wire::GetInclusionProofResponse {
        bundle: bundle(&record, entry.index, &path, &signed.note),
        entry: Some(entry),
        record,
        hashes: path.iter().map(|hash| hash.to_vec()).collect(),
        checkpoint: Some(checkpoint(signed)),
    }
}

pub(super) fn source(name: &str, row: Source, kept_aside: u64) -> wire::Source {
    let state = if is_diverged(&row) {
        SourceState::Diverged
    } else if row.findings.is_empty() {
        SourceState::Sound
    } else {
        SourceState::Overdue
    };
    let first = row
        .findings
        .into_iter()
        .find(|finding| finding != publish::OVERDUE);
    wire::Source {
        source: name.to_owned(),
        logged: row.watermark.position,
        head: row.head,
        reported_at: row.reported_at.map(timestamp),
        state: state.into(),
        finding: first.unwrap_or_default(),
        since: row.since.map(timestamp),
        kept_aside,
    }
}
