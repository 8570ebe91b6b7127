//! Where an issuer's keys come from, and when they are asked for again.
//!
//! A token may name any key id, so an unknown one must not become a way to make this process
//! hammer the issuer: one fetch at a time, and one in ten seconds at most.

use std::{path::PathBuf, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use crate::{JwksError, KeySet, jwks::VerificationKey};

const FETCH_AT_MOST_EVERY: Duration = Duration::from_secs(10);
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 256 * 1024;

/// Where keys come from.
#[derive(Debug)]
pub(crate) enum Origin {
    /// They are here, and whoever holds the set keeps it up to date.
    Here,
    /// A file that someone else may replace.
    File(PathBuf),
    /// The issuer's key set address.
    Url {
        client: reqwest::Client,
        url: String,
        bearer_file: Option<PathBuf>,
    },
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("cannot read {}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    #[error("cannot fetch keys")]
    Http(#[from] reqwest::Error),
    #[error("the key set is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the key set is not text")]
    NotText,
    #[error(transparent)]
    Form(#[from] JwksError),
}

/// An issuer's keys and how to get newer ones.
#[derive(Debug)]
pub(crate) struct Source {
    keys: KeySet,
    origin: Origin,
    last_fetch: Mutex<Option<Instant>>,
}

impl Source {
    pub(crate) fn new(keys: KeySet, origin: Origin) -> Self {
        Self {
            keys,
            origin,
            last_fetch: Mutex::new(None),
        }
    }

    /// The key of that id, asking for newer keys if it is unknown and that is not too soon.
    pub(crate) async fn find(&self, kid: &str) -> Option<VerificationKey> {
        if let Some(key) = self.keys.find(kid) {
            return Some(key);
        }
        self.refresh().await;
        self.keys.find(kid)
    }

    /// Asks for newer keys, unless that was done a moment ago. A failure leaves the present keys.
    pub(crate) async fn refresh(&self) {
        if matches!(self.origin, Origin::Here) {
            return;
        }
        let mut last = self.last_fetch.lock().await;
        if last.is_some_and(|at| at.elapsed() < FETCH_AT_MOST_EVERY) {
            return;
        }
        *last = Some(Instant::now());
        if let Err(error) = self.fetch().await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, origin = ?self.place(), "an issuer's keys could not be fetched");
        }
    }

    async fn fetch(&self) -> Result<(), FetchError> {
        let text = match &self.origin {
            Origin::Here => return Ok(()),
            Origin::File(path) => read(path).await?,
            Origin::Url {
                client,
                url,
                bearer_file,
            } => {
                let mut request = client.get(url);
                if let Some(path) = bearer_file {
                    request = request.bearer_auth(read(path).await?.trim());
                }
                let mut answer = request.send().await?.error_for_status()?;
                let mut body = Vec::new();
                while let Some(chunk) = answer.chunk().await? {
                    body.extend_from_slice(&chunk);
                    if body.len() > MAX_BYTES {
                        return Err(FetchError::TooLarge);
                    }
                }
                String::from_utf8(body).map_err(|_| FetchError::NotText)?
            }
        };
        Ok(self.keys.replace(&text)?)
    }

    fn place(&self) -> String {
        match &self.origin {
            Origin::Here => "here".to_owned(),
            Origin::File(path) => path.display().to_string(),
            Origin::Url { url, .. } => url.clone(),
        }
    }
}

async fn read(path: &PathBuf) -> Result<String, FetchError> {
    tokio::fs::read_to_string(path)
        .await
        .map_err(|source| FetchError::File(path.clone(), source))
}

/// A client for key sets: no redirects (RFC 9700 warns of server-side request forgery), no
/// proxies from the environment, a short timeout.
pub(crate) fn client(authority: Option<&[u8]>) -> Result<reqwest::Client, reqwest::Error> {
    runtime::crypto::install();
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(FETCH_TIMEOUT);
    if let Some(pem) = authority {
        builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    builder.build()
}
