//! The log's key in other hands: a signer that may die and come back.

use std::{net, sync::Arc};

use auth::{Issuer, Revocations, Verifier, WorkloadKey};
use kernel::{Actor, ManualClock};
use rpc::client::Credentials;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::ORIGIN;
use crate::{
    keyholder::{Keyholder, router},
    signer::Elsewhere,
};

/// See the module.
pub(crate) struct HeldElsewhere {
    pub(crate) directory: TempDir,
    pub(crate) workload: WorkloadKey,
    clock: ManualClock,
    /// Never closed: while nobody serves there, whoever asks waits in vain.
    listener: net::TcpListener,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl HeldElsewhere {
    /// One that has signed nothing yet, and serves.
    pub(crate) fn started() -> Self {
        runtime::crypto::install();
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut held = Self {
            directory: tempfile::tempdir().unwrap(),
            workload: WorkloadKey::generate(),
            clock: ManualClock::new("2026-04-01T02:00:00Z".parse().unwrap()),
            listener,
            serving: None,
        };
        held.start();
        held
    }

    pub(crate) fn start(&mut self) {
        let keyholder = Keyholder::open(self.directory.path(), ORIGIN).unwrap();
        let issuers = vec![Issuer::own_workloads(&self.workload)];
        let clock = Arc::new(self.clock.clone());
        let callers = Verifier::new(clock, issuers, Revocations::default());
        let routes = router(Arc::new(keyholder), callers);
        let listener = TcpListener::from_std(self.listener.try_clone().unwrap()).unwrap();
        let (stop, stopped) = oneshot::channel();
        let serve = axum::serve(listener, routes).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        let serving = tokio::spawn(async { serve.await.unwrap() });
        self.serving = Some((stop, serving));
    }

    /// Returns when it answers nobody any more.
    pub(crate) async fn stop(&mut self) {
        let (stop, serving) = self.serving.take().unwrap();
        stop.send(()).unwrap();
        serving.await.unwrap();
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    /// Its verifier key as it is now.
    pub(crate) fn key(&self) -> String {
        let public = self.directory.path().join("audit-log.pub");
        let text = std::fs::read_to_string(public).unwrap();
        text.trim_end().to_owned()
    }

    /// As this service it shows tokens of the platform's workload key.
    pub(crate) fn credentials(&self, service: &str) -> Credentials {
        let clock = Arc::new(self.clock.clone());
        Credentials::minted(
            self.workload.clone(),
            Actor::Service(service.to_owned()),
            clock,
        )
    }

    /// The key as audit has it.
    pub(crate) fn asked(&self) -> Elsewhere {
        Elsewhere::at(&self.key(), &self.address(), self.credentials("audit")).unwrap()
    }
}
