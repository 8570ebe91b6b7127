//! Who looks at other people's decisions is on record before the answer (7-1-(4)-3): they find it in the log,
//! beside who looked at their accesses there.

use std::collections::BTreeSet;

use kernel::{ClauseId, Context};
use proto::{common::v1::PersonLookedAt, identity::v1::AccessEvaluated, record::Outgoing};
use rpc::status;
use store::Appender;
use tonic::Status;

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// The aggregate of readings in the journal and in NATS subjects.
const AGGREGATE: &str = "reading";

/// Puts on record that whoever asks looks at accesses of these people, in this `PersonLookedAt.way`; nothing of
/// their own. An empty id is nobody: the token did not tell.
///
/// # Errors
/// `UNAVAILABLE` when it cannot be put on record: then there is no answer.
pub(super) async fn looked_at(
    appender: &Appender,
    context: &Context,
    way: &str,
    people: impl IntoIterator<Item = &str>,
) -> Result<(), Status> {
    let reader = context.actor.person().map_or("", |id| id.as_str());
    let mut people: BTreeSet<&str> = people.into_iter().collect();
    people.retain(|id| !id.is_empty() && *id != reader);
    if people.is_empty() {
        return Ok(());
    }
    let records = people.into_iter().map(|id| {
        let event = PersonLookedAt {
            person_id: id.to_owned(),
            way: way.to_owned(),
        };
        (id.to_owned(), Outgoing::new(&event, [PROTECT]))
    });
    let written = appender.append(AGGREGATE, records.collect(), context).await;
    written.map_err(status::unavailable)
}

/// Whose access a decision was: who asked, and for whom they acted.
pub(super) fn concerned(decision: &AccessEvaluated) -> [&str; 2] {
    [&decision.person_id, &decision.acting_for_id]
}
