//! The source itself, as a consumer reaches it: what the broker lost is fetched here.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt as _;
use proto::journal::v1::{HeadRequest, ReadRequest, journal_client::JournalClient};
use tonic::{body::Body, client::GrpcService, codegen::StdError};

/// How far a source has come, by its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceHead {
    /// Newest position; 0 = none.
    pub position: u64,
    /// The position that the newest committed record has or is going to have.
    pub committed: u64,
    /// Hash of that record.
    pub hash: Vec<u8>,
}

/// The source did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the source cannot be read: {0}")]
pub struct Unreachable(pub String);

impl Unreachable {
    fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A source's journal.
#[async_trait]
pub trait Upstream: Send + Sync + 'static {
    /// Its head.
    async fn head(&self) -> Result<SourceHead, Unreachable>;
    /// Records from a position on, consecutive, at most `limit`; fewer means the head was reached.
    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable>;
    /// The record at a position, to hold somebody's copy of it against; none beyond the head.
    async fn vouch(&self, position: u64) -> Result<Option<Bytes>, Unreachable> {
        Ok(self.read(position, 1).await?.into_iter().next())
    }
}

/// A source reached by gRPC.
#[derive(Debug, Clone)]
pub struct Peer<T> {
    source: &'static str,
    client: JournalClient<T>,
}

impl<T> Peer<T>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<StdError> + Send,
{
    /// `channel` carries the platform's workload token.
    pub fn new(source: &'static str, channel: T) -> Self {
        Self {
            source,
            client: JournalClient::new(channel).max_decoding_message_size(64 << 20),
        }
    }
}

#[async_trait]
impl<T> Upstream for Peer<T>
where
    T: GrpcService<Body, Future: Send> + Clone + Send + Sync + 'static,
    T::Error: Into<StdError>,
    T::ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<StdError> + Send,
{
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        let request = HeadRequest {
            source: self.source.to_owned(),
        };
        let head = self
            .client
            .clone()
            .head(request)
            .await
            .map_err(Unreachable::new)?
            .into_inner();
        Ok(SourceHead {
            position: head.position,
            committed: head.committed,
            hash: head.hash,
        })
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        let request = ReadRequest {
            source: self.source.to_owned(),
            from,
            limit,
        };
        let batches: Vec<_> = self
            .client
            .clone()
            .read(request)
            .await
            .map_err(Unreachable::new)?
            .into_inner()
            .try_collect()
            .await
            .map_err(Unreachable::new)?;
        Ok(batches
            .into_iter()
            .flat_map(|batch| batch.records)
            .collect())
    }
}
