//! `sekisho up`: the platform on this machine.

mod broker;
mod greeting;

use std::time::Instant;

use runtime::{Runtime, shutdown::Signals, telemetry};
use shell::{Arguments, Platform, Start, StartError};
use standard::ServiceName;

use crate::{Failure, client::Connection, demo, language::Language};

/// Starts the platform and serves until Ctrl-C.
#[derive(Debug, clap::Args)]
pub(crate) struct Up {
    #[command(flatten)]
    arguments: Arguments,
    /// Only these services; the others run elsewhere (--peer).
    #[arg(long, value_delimiter = ',', value_name = "SERVICE,...")]
    services: Option<Vec<ServiceName>>,
    /// Without a broker: events are pulled from the journals.
    #[arg(long, conflicts_with = "nats_url")]
    no_broker: bool,
    /// Begin with an empty ledger instead of the demo city.
    #[arg(long)]
    empty: bool,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t, env = "SEKISHO_LANG")]
    lang: Language,
}

/// `sekisho config`.
#[derive(Debug, clap::Args)]
pub(crate) struct PrintConfig {
    #[command(flatten)]
    arguments: Arguments,
    /// Only these services.
    #[arg(long, value_delimiter = ',', value_name = "SERVICE,...")]
    services: Option<Vec<ServiceName>>,
}

impl PrintConfig {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = self.arguments.configuration(self.services.as_deref())?;
        println!("{}", config.to_toml());
        Ok(())
    }
}

impl Up {
    pub(crate) fn run(self) -> Result<(), Failure> {
        crate::block_on(self.serve())
    }

    async fn serve(self) -> Result<(), Failure> {
        let began = Instant::now();
        let lang = self.lang;
        let mut config = self.arguments.configuration(self.services.as_deref())?;
        if self.arguments.log.is_none() && self.arguments.config.is_none() {
            // The terminal is for people; `--log info` shows everything.
            config.telemetry.filter = "warn".to_owned();
        }
        let telemetry = telemetry::init(&config.telemetry, "sekisho").map_err(StartError::from)?;
        let _broker = match config.nats.url {
            None if !self.no_broker && config.runs_all() => {
                let broker = broker::Broker::start(&config.data_dir)?;
                match &broker {
                    Some(broker) => {
                        greeting::step(
                            lang,
                            "イベントバス (nats-server)",
                            "event bus (nats-server)",
                        );
                        config.nats.url = Some(broker.url().to_owned());
                    }
                    None => greeting::no_broker(lang),
                }
                broker
            }
            _ => None,
        };
        let demo = config.runs_all() && config.database.url.is_none() && !self.empty;
        let data = config.data_dir.clone();
        // There while the city is being entered: a first start that was cut off goes on.
        let unfinished = data.join("demo-unfinished");
        let demo = demo && (!data.join("identity.db").exists() || unfinished.exists());
        let services = config.services.clone();
        let runtime = Runtime::new(config).map_err(StartError::from)?;
        let platform = Platform::open(runtime).await?;
        let starts: Vec<Start> = services.iter().map(|service| start_of(*service)).collect();
        let serving = shell::serve(platform, &starts).await?;
        greeting::step(lang, "五つのサービス", "services");

        if demo {
            std::fs::write(&unfinished, "")?;
            let connection = Connection {
                address: format!("http://{}", serving.grpc),
                at: Vec::new(),
                data: data.clone(),
                workload_key: serving.runtime.config.workload_key_file.clone(),
                lang,
            };
            demo::enter_city(&connection, &data.join("bootstrap-secret")).await?;
            std::fs::remove_file(&unfinished)?;
        }
        greeting::serving(lang, &serving, began.elapsed());
        let signals = Signals::listen()?;
        let stopped = serving.until_stopped(signals).await;
        telemetry.flush();
        greeting::stopped(lang);
        stopped.map_err(Failure::new)
    }
}

/// Where each service begins.
fn start_of(service: ServiceName) -> Start {
    match service {
        ServiceName::Identity => |platform| Box::pin(identity::start(platform)),
        ServiceName::Ledger => |platform| Box::pin(ledger::start(platform)),
        ServiceName::Approvals => |platform| Box::pin(approvals::start(platform)),
        ServiceName::Incidents => |platform| Box::pin(incidents::start(platform)),
        ServiceName::Audit => |platform| Box::pin(audit::start(platform)),
    }
}
