//! The broker in the hands of somebody who may publish anything.

use async_nats::{
    HeaderMap, header,
    jetstream::{self, consumer::pull::OrderedConfig, stream::Stream},
};
use futures::StreamExt as _;
use standard::ServiceName;

/// A connection of the test's own.
pub(crate) struct Outsider {
    jetstream: jetstream::Context,
    prefix: String,
}

impl Outsider {
    pub(crate) async fn connect(url: &str, prefix: &str) -> Self {
        let client = async_nats::connect(url).await.expect("the broker");
        Self {
            jetstream: jetstream::new(client),
            prefix: prefix.to_owned(),
        }
    }

    /// Takes every so-manieth message out of a source's stream.
    pub(crate) async fn take_away(&self, source: ServiceName, every: usize) {
        let stream = self.stream(source).await;
        let state = &stream.cached_info().state;
        for sequence in (state.first_sequence..=state.last_sequence).step_by(every) {
            // Unless it is gone already.
            let _ = stream.delete_message(sequence).await;
        }
    }

    async fn stream(&self, source: ServiceName) -> Stream {
        let name = format!("{}SEKISHO_{}", self.prefix, source.as_str().to_uppercase());
        self.jetstream.get_stream(&name).await.expect("a stream")
    }

    /// Takes everything out of a source's stream and puts it back in reverse order, each message
    /// `times` over; returns how many were put back. The broker would drop a message under an id it
    /// has seen, so each copy writes its position with other leading zeros.
    pub(crate) async fn reverse(&self, source: ServiceName, times: usize) -> usize {
        let stream = self.stream(source).await;
        let count = stream.cached_info().state.messages;
        let consumer = stream.create_consumer(OrderedConfig::default()).await;
        let messages = consumer.expect("a reader").messages().await;
        let messages: Vec<_> = messages
            .expect("messages")
            .take(usize::try_from(count).expect("a number"))
            .map(|message| message.expect("a message"))
            .collect()
            .await;
        stream.purge().await.expect("an empty stream");
        for message in messages.iter().rev() {
            let headers = message.headers.as_ref().expect("headers");
            let id = headers
                .get(header::NATS_MESSAGE_ID)
                .expect("an id")
                .as_str();
            let (_, position) = id.split_once(':').expect("source:position");
            let position: u64 = position.parse().expect("a position");
            for copy in 1..=times {
                let id = format!("{source}:{position:0width$}", width = 20 + copy);
                let mut headers = HeaderMap::new();
                headers.insert(header::NATS_MESSAGE_ID, id.as_str());
                let subject = message.subject.clone();
                let payload = message.payload.clone();
                let sent = self
                    .jetstream
                    .publish_with_headers(subject, headers, payload);
                sent.await.expect("sent").await.expect("taken");
            }
        }
        messages.len() * times
    }
}
