//! Refusals, recorded in the journal of the service that refused.

use async_trait::async_trait;
use kernel::{ClauseId, Context};
use proto::{common::v1::RequestRefused, record::Outgoing};
use rpc::{RecordError, RefusalRecorder};
use store::Store;

/// The aggregate under which refusals go onto the bus.
const AGGREGATE: &str = "request";

pub(crate) struct Recorder(pub(crate) Store);

#[async_trait]
impl RefusalRecorder for Recorder {
    async fn record(&self, context: &Context, refused: RequestRefused) -> Result<(), RecordError> {
        let clauses: Vec<_> = refused.clauses.iter().map(ClauseId::new).collect();
        let subject = match refused.subject.as_str() {
            "" => refused.method.as_str(),
            subject => subject,
        };
        let outgoing = Outgoing::new(&refused, clauses);
        self.0
            .record(AGGREGATE, subject, outgoing, context.clone())
            .await?;
        Ok(())
    }
}
