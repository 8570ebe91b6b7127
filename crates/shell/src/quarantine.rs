//! `sekisho.journal.v1.Quarantine`: every process shows what its services have put aside, and lets an
//! operator try again (7-1-(4)-2).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use bus::{Retry, StillAside};
use kernel::{Clock, Kind, Refusal};
use proto::{
    journal::v1::{
        ListQuarantinedRequest, ListQuarantinedResponse, QuarantinedRecord,
        RetryQuarantinedRequest, RetryQuarantinedResponse, quarantine_server::Quarantine,
    },
    record::Record,
    timestamp,
};
use rpc::{Caller, Fields, next_page_token, status};
use store::quarantine::Quarantined;
use tonic::{Request, Response, Status};

use crate::journal::Journals;

/// Bytes of records in one answer, about; the first is always there.
const PAGE_BYTES: usize = 1 << 20;

/// What handles records again, by consuming service and source.
#[derive(Clone, Default)]
pub(crate) struct Retries(Arc<Mutex<BTreeMap<(&'static str, &'static str), Retry>>>);

impl Retries {
    pub(crate) fn offer(&self, retry: Retry) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((retry.store().source(), retry.source()), retry);
    }

    fn find(&self, service: &str, source: &str) -> Option<Retry> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = all.iter();
        let found = known.find(|((of, from), _)| (*of, *from) == (service, source));
        found.map(|(_, retry)| retry.clone())
    }
}

/// The RPCs.
pub(crate) struct Quarantines {
    journals: Journals,
    retries: Retries,
    clock: Arc<dyn Clock>,
}

impl Quarantines {
    pub(crate) fn new(journals: Journals, retries: Retries, clock: Arc<dyn Clock>) -> Self {
        Self {
            journals,
            retries,
            clock,
        }
    }
}

/// The record stays where it is.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{service} has no record {position} of {source_name} in quarantine")]
    Unknown {
        service: String,
        source_name: String,
        position: u64,
    },
    #[error("the record still cannot be handled: {0}")]
    Unfit(String),
}

impl Refusal for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown { .. } => Kind::NotFound,
            Self::Unfit(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "quarantined_unknown",
            Self::Unfit(_) => "quarantined_unfit",
        }
    }

    fn field(&self) -> Option<String> {
        Some("position".to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Unknown {
                service,
                source_name,
                position,
            } => format!("{service} の隔離に、{source_name} の記録 {position} はありません。"),
            Self::Unfit(reason) => format!("記録はまだ扱えません：{reason}"),
        }
    }
}

#[tonic::async_trait]
impl Quarantine for Quarantines {
    async fn list_quarantined(
        &self,
        request: Request<ListQuarantinedRequest>,
    ) -> Result<Response<ListQuarantinedResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(request.page_size, &request.page_token);
        let after = page.after.as_deref().map(place);
        if after == Some(None) {
            fields.fail(
                "page_token",
                "page_token_invalid",
                "is not a token of an earlier answer",
                "前回の応答で返されたトークンではありません。",
            );
        }
        fields.done()?;
        let database = self.journals.of(&request.service, "service")?;
        let source = Some(request.source.as_str()).filter(|source| !source.is_empty());
        let found = database
            .quarantined(
                source,
                after.flatten().unwrap_or(("", 0)),
                u64::from(page.size) + 1,
            )
            .await
            .map_err(status::unavailable)?;
        let shown = fitting(&found, page.size as usize);
        let last = found
            .get(shown.saturating_sub(1))
            .filter(|_| shown < found.len());
        let next_page_token = last.map_or_else(String::new, |last| {
            next_page_token(&format!("{}:{}", last.source, last.position))
        });
        Ok(Response::new(ListQuarantinedResponse {
            records: found.into_iter().take(shown).map(wire).collect(),
            next_page_token,
        }))
    }

    async fn retry_quarantined(
        &self,
        request: Request<RetryQuarantinedRequest>,
    ) -> Result<Response<RetryQuarantinedResponse>, Status> {
        let (caller, request) = Caller::open(request);
        self.journals.of(&request.service, "service")?;
        let unknown = || Refused::Unknown {
            service: request.service.clone(),
            source_name: request.source.clone(),
            position: request.position,
        };
        let retry = self.retries.find(&request.service, &request.source);
        let retry = retry.ok_or_else(|| status::refused(unknown()))?;
        let context = caller.context(self.clock.as_ref());
        match retry.run(request.position, context).await {
            Ok(()) => Ok(Response::new(RetryQuarantinedResponse {})),
            Err(StillAside::Unknown) => Err(status::refused(unknown())),
            Err(StillAside::Unfit(reason)) => Err(status::refused(Refused::Unfit(reason))),
            Err(StillAside::Database(error)) => Err(status::unavailable(error)),
        }
    }
}

/// How many go into one answer.
fn fitting(found: &[Quarantined], most: usize) -> usize {
    let mut bytes = 0;
    let fit = found.iter().take(most).take_while(|one| {
        let first = bytes == 0;
        bytes += one.record.len() + one.reason.len() + 1;
        first || bytes <= PAGE_BYTES
    });
    fit.count()
}

/// The source and position in a page token.
fn place(token: &str) -> Option<(&str, u64)> {
    let (source, position) = token.split_once(':')?;
    Some((source, position.parse().ok()?))
}

fn wire(one: Quarantined) -> QuarantinedRecord {
    let event_type =
        Record::decode(&one.record).map_or_else(|_| String::new(), |record| record.kind);
    QuarantinedRecord {
        source: one.source,
        position: one.position,
        reason: one.reason,
        quarantined_at: Some(timestamp(one.at)),
        event_type,
        record: one.record,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{PAGE_BYTES, Quarantined, fitting};

    fn record(length: usize) -> Quarantined {
        Quarantined {
            source: "ledger".to_owned(),
            position: 1,
            record: vec![0; length],
            reason: String::new(),
            at: "2026-04-01T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn long_records_make_a_page_shorter_but_never_empty() {
        let small = vec![record(10); 5];
        assert_eq!((fitting(&small, 3), fitting(&small, 9)), (3, 5));
        let long = vec![record(PAGE_BYTES * 2); 2];
        assert_eq!(fitting(&long, 9), 1);
        let mixed = [record(10), record(PAGE_BYTES), record(10)];
        assert_eq!(fitting(&mixed, 9), 1);
        assert_eq!(fitting(&[], 9), 0);
    }
}
