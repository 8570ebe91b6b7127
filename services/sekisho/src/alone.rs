//! Serves plain HTTP beside no platform until it is stopped: what the signer and the witness share.

use std::net::SocketAddr;

use axum::Router;
use runtime::{
    Readiness, Stage, Tasks,
    config::{Limits, Shutdown, Telemetry},
    http::{Port, Speech},
    shutdown::{Signals, run_until_stopped},
    telemetry,
};
use shell::StartError;
use tokio::net::TcpListener;

use crate::{Failure, output::say};

/// A process of its own that answers on one port.
pub(crate) struct Alone {
    name: &'static str,
    telemetry: telemetry::Guard,
}

impl Alone {
    /// Begins to log. The name stands in its traces and in what it logs of its port.
    pub(crate) fn begin(name: &'static str) -> Result<Self, Failure> {
        let section = Telemetry {
            filter: "warn".to_owned(),
            ..Telemetry::default()
        };
        let process = format!("sekisho-{name}");
        let telemetry = telemetry::init(&section, &process).map_err(StartError::from)?;
        Ok(Self { name, telemetry })
    }

    /// Says where it answers and by which key, and answers beside the tasks until it is stopped.
    pub(crate) async fn serve(
        self,
        listen: SocketAddr,
        limits: Limits,
        routes: Router,
        tasks: &Tasks,
        (title, key): (&str, &str),
    ) -> Result<(), Failure> {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            Failure::new(
                format!("{listen} で待ち受けられません（{error}）"),
                format!("cannot listen on {listen}: {error}"),
            )
        })?;
        let address = listener.local_addr().map_err(Failure::unexpected)?;
        let signals = Signals::listen().map_err(Failure::unexpected)?;
        say!("{title} http://{address}");
        say!("{key}");
        self.telemetry.flush_at_the_end(tasks);
        let port = Port {
            name: self.name,
            speech: Speech::Http,
            listener,
            limits,
        };
        let servers = tasks.stage(Stage::Servers);
        servers.spawn(self.name, port.serve(routes, servers.shutdown_token()));
        let times = Shutdown {
            drain_seconds: 0,
            ..Shutdown::default()
        };
        run_until_stopped(tasks, &Readiness::default(), signals, &times)
            .await
            .map_err(Failure::unexpected)
    }
}
