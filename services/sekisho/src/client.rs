//! Reaching a running platform.

mod answer;
mod line;

use std::{path::PathBuf, sync::Arc};

use auth::WorkloadKey;
use kernel::Actor;
use rpc::client::{Credentials, channel};
use runtime::{Config, SystemClock};
use standard::ServiceName;

pub(crate) use answer::Answer;
pub(crate) use line::{Line, Unreachable};

use crate::{Failure, demo::SignIns, language::Language, sign_in};
use line::Way;

/// Flags of every command that talks to a running platform.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Connection {
    /// Where the platform answers gRPC.
    #[arg(
        long,
        value_name = "URI",
        default_value = "http://127.0.0.1:7070",
        env = "SEKISHO_ADDRESS",
        global = true
    )]
    pub(crate) address: String,
    /// Where one service answers, when they run apart: ledger=http://HOST:PORT. Repeat for each.
    #[arg(long = "at", value_name = "SERVICE=URI", value_parser = shell::service_at, global = true)]
    pub(crate) at: Vec<(ServiceName, String)>,
    #[command(flatten)]
    pub(crate) here: Here,
}

/// The platform's files on this machine.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Here {
    /// Data directory of the platform on this machine: demo sign-ins and keys.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "data",
        env = "SEKISHO_DATA",
        global = true
    )]
    pub(crate) data: PathBuf,
}

/// Flags of commands that speak as a machine.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Machine {
    /// The workload key, when it is not in the data directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) workload_key: Option<PathBuf>,
}

impl Machine {
    /// The key of a platform that has run here. A key made now would open nothing.
    pub(crate) fn key(&self, here: &Here) -> Result<WorkloadKey, Failure> {
        let mut config = Config::defaults_for_embedded(&here.data);
        config.workload_key_file.clone_from(&self.workload_key);
        let path = config.workload_key_path();
        if path.exists() {
            return WorkloadKey::load_or_create(&path)
                .map_err(|error| shell::StartError::from(error).into());
        }
        let path = path.display();
        Err(Failure::new(
            format!("{path} がありません。--data は、起動したときのデータディレクトリですか。"),
            format!("{path} is not there: is --data the directory the platform was started with?"),
        ))
    }
}

/// As whom a command acts.
#[derive(Debug, clap::Args)]
pub(crate) struct Acting {
    /// Staff number of the demo sign-in to act as.
    #[arg(
        long,
        value_name = "PERSON",
        conflicts_with = "token_file",
        global = true
    )]
    sign_in_as: Option<String>,
    /// File with the access token to act with.
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
}

impl Acting {
    /// A line with the token of the one who acts.
    pub(crate) async fn line(
        &self,
        connection: &Connection,
        lang: Language,
    ) -> Result<Line, Failure> {
        connection.bearer(&self.token(connection, lang).await?)
    }

    /// The token alone.
    pub(crate) async fn token(
        &self,
        connection: &Connection,
        lang: Language,
    ) -> Result<String, Failure> {
        Ok(match (&self.token_file, &self.sign_in_as) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| Failure::file(path, &error))?;
                text.trim().to_owned()
            }
            (None, Some(person)) => {
                let sign_ins = connection.sign_ins()?;
                let who = sign_ins.of(person)?;
                let grant = sign_in::both_factors(connection, who, lang).await?;
                grant.access_token
            }
            (None, None) => {
                return Err(Failure::new(
                    "誰として行うかを --sign-in-as か --token-file で指定してください。",
                    "say who acts: --sign-in-as or --token-file",
                )
                .usage());
            }
        })
    }
}

impl Connection {
    /// A line as nobody.
    pub(crate) fn anonymous(&self) -> Result<Line, Failure> {
        self.with(&Credentials::anonymous())
    }

    /// A line with an access token.
    pub(crate) fn bearer(&self, token: &str) -> Result<Line, Failure> {
        self.with(&Credentials::bearer(token))
    }

    /// A line as a machine or service of the platform, with its workload key.
    pub(crate) fn machine(&self, machine: &Machine, actor: Actor) -> Result<Line, Failure> {
        let key = machine.key(&self.here)?;
        self.with(&Credentials::minted(key, actor, Arc::new(SystemClock)))
    }

    /// The demo sign-ins of the platform on this machine.
    pub(crate) fn sign_ins(&self) -> Result<SignIns, Failure> {
        SignIns::load(&self.here.data)
    }

    fn with(&self, credentials: &Credentials) -> Result<Line, Failure> {
        let way = |uri: &str, flag| {
            if !uri.starts_with("http://") && !uri.starts_with("https://") {
                return Err(not_a_uri(uri, flag));
            }
            let channel = channel(uri, credentials.clone());
            let channel = channel.map_err(|_| not_a_uri(uri, flag))?;
            Ok(Way::new(channel, uri, flag))
        };
        let apart = self
            .at
            .iter()
            .map(|(service, uri)| Ok((service.as_str(), way(uri, "--at")?)));
        Ok(Line::new(
            way(&self.address, "--address")?,
            apart.collect::<Result<_, Failure>>()?,
        ))
    }
}

fn not_a_uri(uri: &str, flag: &str) -> Failure {
    Failure::new(
        format!("{flag} の値「{uri}」は宛先として使えません（例: http://127.0.0.1:7070）。"),
        format!("{flag}: {uri:?} is not an address (for example http://127.0.0.1:7070)"),
    )
    .usage()
}
