//! Where an issuer's keys come from, and when they are asked for again.
//!
//! A token may name any key id, so an unknown one must not become a way to make this process
//! hammer the issuer: one fetch at a time, and one in ten seconds at most. While the issuer is away
//! it is asked every second: services that start together wait for one another.

use std::{path::PathBuf, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use crate::{JwksError, KeySet, Refused, jwks::VerificationKey};

const FETCH_AT_MOST_EVERY: Duration = Duration::from_secs(10);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
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
    last_fetch: Mutex<Option<Fetch>>,
}

/// How the newest fetch went, and when it was over.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    over: Instant,
    succeeded: bool,
}

impl Fetch {
    /// Whether it is too soon for another one.
    fn is_recent(self) -> bool {
        let pause = match self.succeeded {
            true => FETCH_AT_MOST_EVERY,
            false => TRY_AGAIN_AFTER,
        };
        self.over.elapsed() < pause
    }
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
    ///
    /// # Errors
    /// The issuer has no such key, or cannot be asked whether it has.
    pub(crate) async fn find(&self, kid: &str) -> Result<VerificationKey, Refused> {
        if let Some(key) = self.keys.find(kid) {
            return Ok(key);
        }
        let answered = self.refresh().await;
        match self.keys.find(kid) {
            Some(key) => Ok(key),
            None if answered => Err(Refused::UnknownKey),
            None => Err(Refused::KeysAway),
        }
    }

    /// Asks for newer keys, unless that was done a moment ago. A failure leaves the present keys;
    /// false while the newest try failed.
    pub(crate) async fn refresh(&self) -> bool {
        if matches!(self.origin, Origin::Here) {
            return true;
        }
        let mut last = self.last_fetch.lock().await;
        if let Some(last) = last.filter(|last| last.is_recent()) {
            return last.succeeded;
        }
        let fetched = self.fetch().await;
        if let Err(error) = &fetched {
            let error: &dyn std::error::Error = error;
            tracing::warn!(error, origin = ?self.place(), "an issuer's keys could not be fetched");
        }
        // Those who waited for it meanwhile are answered by it, however long it took.
        *last = Some(Fetch {
            over: Instant::now(),
            succeeded: fetched.is_ok(),
        });
        fetched.is_ok()
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
