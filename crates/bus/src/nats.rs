//! The connection to the broker. It may come and go; nothing waits for it.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_nats::{
    ConnectOptions,
    jetstream::{
        self,
        consumer::{PullConsumer, pull},
    },
};

use crate::Topology;

/// How long closing may take.
const FAREWELL: Duration = Duration::from_millis(500);

/// A broker connection that is made when it can be and again when it is lost.
#[derive(Debug, Clone)]
pub struct Nats {
    client: async_nats::Client,
    jetstream: jetstream::Context,
    topology: Arc<Topology>,
    replicas: usize,
    /// Sources whose stream is known to exist.
    ensured: Arc<Mutex<HashSet<String>>>,
}

/// The broker said no, or nothing.
#[derive(Debug, thiserror::Error)]
#[error("the broker: {0}")]
pub struct BrokerError(pub(crate) String);

impl Nats {
    /// Begins to connect; returns at once also when the broker is away. The URL may name a token
    /// (`nats://token@host`) or a user (`nats://user:password@host`), each taken as it stands.
    ///
    /// # Errors
    /// Only for a malformed URL or an unreadable credentials file.
    pub async fn connect(
        url: &str,
        credentials: Option<&Path>,
        topology: Topology,
        replicas: usize,
    ) -> Result<Self, BrokerError> {
        let mut options = ConnectOptions::new()
            .name("sekisho")
            .retry_on_initial_connect()
            .connection_timeout(Duration::from_secs(2))
            .request_timeout(Some(Duration::from_secs(5)))
            .ping_interval(Duration::from_secs(10))
            .reconnect_delay_callback(|attempt| {
                // Never at once: a broker that accepts and hangs up must not be hammered.
                Duration::from_millis(50 * u64::try_from(attempt.clamp(1, 20)).unwrap_or(20))
            });
        if let Some(path) = credentials {
            options = options
                .credentials_file(path)
                .await
                .map_err(|e| BrokerError(format!("{}: {e}", path.display())))?;
        }
        let (address, login) = taken_apart(url);
        match login.map(|login| login.split_once(':').ok_or(login)) {
            Some(Ok((user, password))) => {
                options = options.user_and_password(user.to_owned(), password.to_owned());
            }
            Some(Err(token)) => options = options.token(token.to_owned()),
            None => {}
        }
        let client = options
            .connect(address)
            .await
            .map_err(|e| BrokerError(e.to_string()))?;
        let jetstream = jetstream::ContextBuilder::new()
            .timeout(Duration::from_secs(5))
            .ack_timeout(Duration::from_secs(5))
            .build(client.clone());
        Ok(Self {
            client,
            jetstream,
            topology: Arc::new(topology),
            replicas,
            ensured: Arc::default(),
        })
    }

    pub(crate) fn topology(&self) -> &Topology {
        &self.topology
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.jetstream
    }

    /// True while a broker answers.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }

    /// Makes sure that the stream of a source exists.
    pub(crate) async fn ensure_stream(&self, source: &str) -> Result<(), BrokerError> {
        if self.ensured().contains(source) {
            return Ok(());
        }
        self.jetstream
            .get_or_create_stream(self.topology.stream_config(source, self.replicas))
            .await
            .map_err(|e| BrokerError(e.to_string()))?;
        self.ensured().insert(source.to_owned());
        Ok(())
    }

    /// Takes the stream of a source away, with all that is in it.
    pub(crate) async fn remove_stream(&self, source: &str) -> Result<(), BrokerError> {
        let removed = self.jetstream.delete_stream(self.topology.stream(source));
        let removed = removed.await.map_err(|e| BrokerError(e.to_string()));
        removed.map(|_| self.forget_stream(source))
    }

    /// The stream was not where it should be: look again next time.
    pub(crate) fn forget_stream(&self, source: &str) {
        self.ensured().remove(source);
    }

    fn ensured(&self) -> MutexGuard<'_, HashSet<String>> {
        self.ensured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The durable with which `consumer` reads a source; created with its stream when missing.
    pub(crate) async fn durable(
        &self,
        source: &str,
        consumer: &str,
    ) -> Result<PullConsumer, BrokerError> {
        if !self.is_connected() {
            return Err(BrokerError("not connected".to_owned()));
        }
        self.forget_stream(source);
        self.ensure_stream(source).await?;
        let config: pull::Config = self.topology.durable_config(consumer);
        self.jetstream
            .create_consumer_on_stream(config, self.topology.stream(source))
            .await
            .map_err(|e| BrokerError(e.to_string()))
    }

    /// Flushes what is on its way and closes; gives up after half a second.
    pub async fn close(&self) {
        let flush = async {
            if self.is_connected() {
                self.client.flush().await.map_err(|e| e.to_string())?;
            }
            self.client.drain().await.map_err(|e| e.to_string())
        };
        match tokio::time::timeout(FAREWELL, flush).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "closing the broker connection"),
            Err(_) => tracing::debug!("the broker connection was left as it was"),
        }
    }
}

/// The address of a broker's URL, and who says to be calling. The client passes over the latter.
fn taken_apart(url: &str) -> (String, Option<&str>) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
    match rest.rsplit_once('@') {
        Some((login, host)) => (format!("{scheme}://{host}"), Some(login)),
        None => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::taken_apart;

    #[test]
    fn a_login_is_no_part_of_the_address() {
        for (url, address, login) in [
            ("nats://h:4222", "nats://h:4222", None),
            ("h:4222", "h:4222", None),
            ("nats://t0ken@h:4222", "nats://h:4222", Some("t0ken")),
            ("tls://u:p@ss:word@h", "tls://h", Some("u:p@ss:word")),
        ] {
            assert_eq!(taken_apart(url), (address.to_owned(), login), "{url}");
        }
    }
}
