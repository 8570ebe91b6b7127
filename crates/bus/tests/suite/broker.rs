//! The broker as an outsider reaches it.

use async_nats::{
    HeaderMap, header,
    jetstream::{self, stream},
};
use futures::StreamExt as _;
use testkit::eventually_ok;

use crate::bench::{Bench, SOURCE};

/// A connection of the test's own.
pub(crate) struct Outsider {
    jetstream: jetstream::Context,
    stream: String,
    subject: String,
}

impl Outsider {
    pub(crate) async fn new(url: &str, bench: &Bench) -> Self {
        let client = async_nats::connect(url).await.unwrap();
        Self {
            jetstream: jetstream::new(client),
            stream: bench.topology.stream(SOURCE),
            subject: bench
                .topology
                .subject(SOURCE, "system", "sekisho.ledger.v1.SystemRetired"),
        }
    }

    /// The stream, once a relay or a consumer has made it.
    pub(crate) async fn stream(&self) -> stream::Stream {
        eventually_ok("the stream", async || {
            self.jetstream.get_stream(&self.stream).await
        })
        .await
    }

    /// Puts a message into the stream, under any deduplication id or none.
    pub(crate) async fn publish(&self, id: Option<&str>, payload: &[u8]) {
        let mut headers = HeaderMap::new();
        if let Some(id) = id {
            headers.insert(header::NATS_MESSAGE_ID, id);
        }
        // A busy machine's broker may take longer than one publication waits.
        eventually_ok("the broker's word", async || {
            let (subject, headers) = (self.subject.clone(), headers.clone());
            let payload = payload.to_vec().into();
            self.jetstream
                .publish_with_headers(subject, headers, payload)
                .await?
                .await
        })
        .await;
    }

    /// From now on the broker refuses to store into it, as one does that has lost its files.
    pub(crate) async fn spoil_stream(&self) {
        let config = stream::Config {
            discard: stream::DiscardPolicy::New,
            max_messages: 1,
            ..self.stream().await.cached_info().config.clone()
        };
        self.jetstream.update_stream(config).await.unwrap();
    }

    pub(crate) async fn delete_stream(&self) {
        self.stream().await;
        self.jetstream.delete_stream(&self.stream).await.unwrap();
    }

    pub(crate) async fn delete_durable(&self, name: &str) {
        let stream = self.stream().await;
        eventually_ok("the durable", async || stream.delete_consumer(name).await).await;
    }

    /// Everything in the stream: deduplication id and bytes.
    pub(crate) async fn content(&self) -> Vec<(String, Vec<u8>)> {
        let mut stream = self.stream().await;
        let count = stream.info().await.unwrap().state.messages;
        let consumer = stream
            .create_consumer(jetstream::consumer::pull::OrderedConfig::default())
            .await
            .unwrap();
        let count = usize::try_from(count).unwrap();
        let messages = consumer.messages().await.unwrap();
        messages
            .take(count)
            .map(|message| {
                let message = message.unwrap();
                let headers = message.headers.as_ref().unwrap();
                let id = headers.get(header::NATS_MESSAGE_ID).unwrap().as_str();
                (id.to_owned(), message.payload.to_vec())
            })
            .collect()
            .await
    }
}
