//! Refusals, recorded in the journal of the service that refused.

use async_trait::async_trait;
use kernel::{ClauseId, Context};
use proto::{common::v1::RequestRefused, record::Outgoing};
use rpc::{RecordError, RefusalRecorder};
use store::Appender;

/// The aggregate under which refusals go onto the bus.
const AGGREGATE: &str = "request";

/// Refusals that come together share a commit: a burst of them must not hold up the others' work.
pub(crate) struct Recorder(pub(crate) Appender);

#[async_trait]
impl RefusalRecorder for Recorder {
    async fn record(&self, context: &Context, refused: RequestRefused) -> Result<(), RecordError> {
        let clauses: Vec<_> = refused.clauses.iter().map(ClauseId::new).collect();
        let subject = match refused.subject.as_str() {
            "" => refused.method.as_str(),
            subject => subject,
        };
        let outgoing = Outgoing::new(&refused, clauses);
        let records = vec![(subject.to_owned(), outgoing)];
        self.0.append(AGGREGATE, records, context).await?;
        Ok(())
    }
}
