//! Reaching a running platform.

use std::{
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    path::PathBuf,
    sync::Arc,
    task::{Context, Poll},
};

use auth::WorkloadKey;
use futures::{FutureExt as _, future::BoxFuture};
use kernel::Actor;
use rpc::client::{Channel, Credentials, channel};
use runtime::{Config, SystemClock};
use standard::ServiceName;
use tonic::{Code, Status, body::Body};
use tonic_types::{ErrorDetail, StatusExt as _};
use tower::Service;

use crate::{Failure, demo::SignIns, language::Language};

/// Flags of every command that talks to a running platform.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Connection {
    /// Where the platform answers gRPC.
    #[arg(
        long,
        value_name = "URI",
        default_value = "http://127.0.0.1:7070",
        env = "SEKISHO_ADDRESS"
    )]
    pub(crate) address: String,
    /// Where one service answers, when they run apart: ledger=http://HOST:PORT. Repeat for each.
    #[arg(long = "at", value_name = "SERVICE=URI", value_parser = shell::service_at)]
    pub(crate) at: Vec<(ServiceName, String)>,
    /// Data directory of the platform on this machine: demo sign-ins and keys.
    #[arg(long, value_name = "DIR", default_value = "data", env = "SEKISHO_DATA")]
    pub(crate) data: PathBuf,
    /// The workload key, when it is not in the data directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) workload_key: Option<PathBuf>,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t, env = "SEKISHO_LANG")]
    pub(crate) lang: Language,
}

impl Connection {
    /// A line as nobody.
    pub(crate) fn anonymous(&self) -> Result<Line, Failure> {
        self.with(Credentials::anonymous())
    }

    /// A line with an access token.
    pub(crate) fn bearer(&self, token: &str) -> Result<Line, Failure> {
        self.with(Credentials::bearer(token))
    }

    /// A line as a machine or service of the platform, with its workload key.
    pub(crate) fn machine(&self, actor: Actor) -> Result<Line, Failure> {
        let key = self.workload_key()?;
        self.with(Credentials::minted(key, actor, Arc::new(SystemClock)))
    }

    /// The demo sign-ins of the platform on this machine.
    pub(crate) fn sign_ins(&self) -> Result<SignIns, Failure> {
        SignIns::load(&self.data)
    }

    /// The key of a platform that has run here. A key made now would open nothing.
    pub(crate) fn workload_key(&self) -> Result<WorkloadKey, Failure> {
        let mut config = Config::defaults_for_embedded(&self.data);
        config.workload_key_file.clone_from(&self.workload_key);
        let path = config.workload_key_path();
        if path.exists() {
            WorkloadKey::load_or_create(&path).map_err(Failure::new)
        } else {
            let path = path.display();
            Err(Failure::new(format!(
                "{path} is not there: has the platform been started with this data directory?"
            )))
        }
    }

    fn with(&self, credentials: Credentials) -> Result<Line, Failure> {
        let open = |uri: &str| channel(uri, credentials.clone()).map_err(Failure::new);
        let apart = self
            .at
            .iter()
            .map(|(service, uri)| Ok((service.as_str(), open(uri)?)));
        Ok(Line {
            together: open(&self.address)?,
            apart: apart.collect::<Result<_, Failure>>()?,
        })
    }
}

/// A connection to the platform: one address, or one per service, chosen by the method called.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    together: Channel,
    apart: BTreeMap<&'static str, Channel>,
}

impl Service<http::Request<Body>> for Line {
    type Response = <Channel as Service<http::Request<Body>>>::Response;
    type Error = <Channel as Service<http::Request<Body>>>::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Which channel it will be is known only with the request: see `call`.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let owner = request
            .uri()
            .path()
            .strip_prefix("/sekisho.")
            .and_then(|rest| rest.split('.').next());
        let mut channel = owner
            .and_then(|service| self.apart.get(service))
            .unwrap_or(&self.together)
            .clone();
        async move {
            poll_fn(|context| channel.poll_ready(context)).await?;
            channel.call(request).await
        }
        .boxed()
    }
}

/// A refusal as a person reads it: both languages, its code, its clauses, its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: Code,
    pub(crate) code: String,
    pub(crate) clauses: Vec<String>,
    pub(crate) ja: String,
    pub(crate) en: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl From<&Status> for Answer {
    fn from(status: &Status) -> Self {
        let mut answer = Self {
            status: status.code(),
            code: String::new(),
            clauses: Vec::new(),
            ja: String::new(),
            en: status.message().to_owned(),
            fields: Vec::new(),
        };
        for detail in status.get_error_details_vec() {
            match detail {
                ErrorDetail::ErrorInfo(info) => {
                    let clauses = info.metadata.get("clauses").cloned().unwrap_or_default();
                    let ids = clauses.split(',').filter(|id| !id.is_empty());
                    answer.clauses = ids.map(str::to_owned).collect();
                    answer.code = info.reason;
                }
                ErrorDetail::BadRequest(bad) => {
                    let fields = bad.field_violations.into_iter();
                    answer
                        .fields
                        .extend(fields.map(|one| (one.field, one.description)));
                }
                ErrorDetail::LocalizedMessage(words) if words.locale == "ja" => {
                    answer.ja = words.message;
                }
                _ => {}
            }
        }
        answer
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.ja.is_empty() {
            writeln!(f, "{}", self.ja)?;
        }
        write!(f, "{}", self.en)?;
        if !self.code.is_empty() {
            write!(f, " [{}]", self.code)?;
        }
        if !self.clauses.is_empty() {
            write!(f, " ({})", self.clauses.join(", "))?;
        }
        for (field, fault) in &self.fields {
            write!(f, "\n  {field}: {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Answer {}
