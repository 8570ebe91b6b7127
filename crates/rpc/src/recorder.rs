//! Refusals leave a record, too (guarantee G4, clause 7-1-(4)-1).

use async_trait::async_trait;
use kernel::Context;
use proto::common::v1::RequestRefused;

/// Why a refusal could not be recorded.
pub type RecordError = Box<dyn std::error::Error + Send + Sync>;

/// Puts refusals of one service into its journal.
#[async_trait]
pub trait RefusalRecorder: Send + Sync + 'static {
    /// Returns when the record is durable; only then the refusal is answered.
    async fn record(&self, context: &Context, refused: RequestRefused) -> Result<(), RecordError>;
}
