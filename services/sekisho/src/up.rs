//! `sekisho up`: the platform on this machine.

mod broker;
mod greeting;

use std::{path::PathBuf, time::Instant};

use runtime::{Requirement, Runtime, config::Config, shutdown::Signals, telemetry};
use shell::{Arguments, Platform, Serving, Start, StartError};
use standard::ServiceName;

use crate::{
    Failure,
    client::{Connection, Here, Machine},
    demo,
    language::Language,
    output::say,
};
use broker::Broker;

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
        say!("{}", config.to_toml());
        Ok(())
    }
}

impl Up {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(self.serve(lang))
    }

    async fn serve(self, lang: Language) -> Result<(), Failure> {
        let began = Instant::now();
        let mut config = self.arguments.configuration(self.services.as_deref())?;
        if self.arguments.log.is_none() && self.arguments.config.is_none() {
            // The terminal is for people, who are told of the broker in their language; `--log info`
            // shows everything.
            config.telemetry.filter = "warn,shell::broker=off,bus::consumer::feed=error".to_owned();
        }
        let telemetry = telemetry::init(&config.telemetry, "sekisho").map_err(StartError::from)?;
        let broker = self.own_broker(&mut config, lang)?;
        let services = config.services.clone();
        let runtime = Runtime::new(config).map_err(StartError::from)?;
        telemetry.flush_at_the_end(&runtime.tasks);
        if let Some(broker) = broker {
            runtime
                .tasks
                .at_the_end("terminal: own broker", async move {
                    tokio::task::spawn_blocking(move || broker.stop()).await
                });
        }
        let platform = Platform::open(runtime).await?;
        let demo = DemoCity::first_wanted(&platform.runtime, self.empty)?;
        let starts: Vec<Start> = services.iter().map(|service| start_of(*service)).collect();
        let serving = shell::serve(platform, &starts).await?;
        greeting::services(lang, &services);
        greeting::elsewhere(lang, &serving.runtime.config);
        tell_of_broker(&serving, lang);

        if let Some(demo) = demo {
            demo.enter(&serving, lang).await?;
        }
        greeting::serving(lang, &serving, began.elapsed());
        let signals = Signals::listen().map_err(Failure::unexpected)?;
        serving.until_stopped(signals).await.map_err(|why| {
            let why = shell::explain(&why);
            Failure::new(format!("停止しました: {why}"), format!("it stopped: {why}"))
        })?;
        greeting::stopped(lang);
        Ok(())
    }

    /// A broker of the platform's own, where it is whole and none is named.
    fn own_broker(&self, config: &mut Config, lang: Language) -> Result<Option<Broker>, Failure> {
        if config.nats.url.is_some() || self.no_broker || !config.runs_all() {
            return Ok(None);
        }
        let tell = move |there| greeting::own_broker(lang, there);
        let broker = Broker::start(&config.data_dir, tell)?;
        greeting::step(
            lang,
            "イベントバス (nats-server)",
            "event bus (nats-server)",
        );
        config.nats.url = Some(broker.url().clone());
        Ok(Some(broker))
    }
}

/// Says when the broker goes and when it is back.
fn tell_of_broker(serving: &Serving, lang: Language) {
    let Some(nats) = serving.broker.clone() else {
        return;
    };
    let tasks = &serving.runtime.tasks;
    let stop = tasks.shutdown_token();
    let tell = move |connected| greeting::broker(lang, connected);
    tasks.spawn("terminal: broker", shell::follow_broker(nats, stop, tell));
}

/// The demo city that is still to be entered.
struct DemoCity {
    data: PathBuf,
    /// There until the city is entered: a first start that was cut off goes on.
    unfinished: PathBuf,
    entered: Requirement,
}

impl DemoCity {
    /// On the first start of a whole platform on SQLite, or when that was cut off. Asked once the data
    /// directory is this process's own, and before a service has made its database there: from then
    /// on only the mark tells a first start from a later one.
    fn first_wanted(runtime: &Runtime, empty: bool) -> Result<Option<Self>, Failure> {
        let config = &runtime.config;
        let data = config.data_dir.clone();
        let unfinished = data.join("demo-unfinished");
        let first = !data.join("identity.db").exists() || unfinished.exists();
        if !first || empty || !config.runs_all() || config.database.url.is_some() {
            return Ok(None);
        }
        std::fs::write(&unfinished, "").map_err(|error| Failure::file(&unfinished, &error))?;
        Ok(Some(Self {
            data,
            unfinished,
            // Nobody is to be sent here while the city is half there.
            entered: runtime.readiness.require("demo city"),
        }))
    }

    async fn enter(self, serving: &Serving, lang: Language) -> Result<(), Failure> {
        let connection = Connection {
            address: format!("http://{}", serving.grpc),
            at: Vec::new(),
            here: Here {
                data: self.data.clone(),
            },
        };
        let machine = Machine {
            workload_key: serving.runtime.config.workload_key_file.clone(),
        };
        let secret = self.data.join("bootstrap-secret");
        demo::enter_city(&connection, &machine, &secret, lang).await?;
        std::fs::remove_file(&self.unfinished)
            .map_err(|error| Failure::file(&self.unfinished, &error))?;
        self.entered.met();
        Ok(())
    }
}

/// Where each service begins.
pub(crate) fn start_of(service: ServiceName) -> Start {
    match service {
        ServiceName::Identity => |platform| Box::pin(identity::start(platform)),
        ServiceName::Ledger => |platform| Box::pin(ledger::start(platform)),
        ServiceName::Approvals => |platform| Box::pin(approvals::start(platform)),
        ServiceName::Incidents => |platform| Box::pin(incidents::start(platform)),
        ServiceName::Audit => |platform| Box::pin(audit::start(platform)),
    }
}

#[cfg(test)]
mod tests;
