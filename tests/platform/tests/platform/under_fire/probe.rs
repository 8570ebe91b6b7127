//! Somebody whose session has ended asks to be let in, all the time. Whatever else is the matter, the
//! answer is never yes.

use std::time::Duration;

use kernel::Actor;
use proto::identity::v1::{
    AccessAction, AccessOutcome, AccessQuestion, EvaluateRequest, SignOutRequest,
    access_decision_client::AccessDecisionClient, sign_in_client::SignInClient,
};
use rpc::client::Channel;
use standard::ServiceName;
use tokio::{sync::watch, task::JoinHandle};

use crate::{city, harness::Platform};

/// How often they ask.
const EVERY: Duration = Duration::from_millis(500);

/// See the module.
pub(super) struct Probe {
    task: JoinHandle<(u64, u64)>,
    stop: watch::Sender<bool>,
}

impl Probe {
    /// A second session of the first writer, who may use what they have applied for by now; then it
    /// is ended.
    pub(super) async fn start(platform: &Platform) -> Self {
        let session = city::sign_in_again(platform, &city::applicant(0)).await;
        let proxy = Actor::Workload(city::PROXY.to_owned());
        let line = platform.machine(ServiceName::Identity, proxy);
        platform
            .until("the first writer may use a system", async || {
                let outcome = ask(&line, &session).await;
                (outcome == Some(AccessOutcome::Allow)).then_some(())
            })
            .await;
        let own = platform.bearer(ServiceName::Identity, &session);
        let ended = SignInClient::new(own).sign_out(SignOutRequest {}).await;
        ended.expect("signed out");
        let (stop, mut stopped) = watch::channel(false);
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own task, joined by `stop`"
        )]
        let task = tokio::spawn(async move {
            let (mut asked, mut allowed) = (0, 0);
            while !*stopped.borrow_and_update() {
                if let Some(outcome) = ask(&line, &session).await {
                    let yes = [AccessOutcome::Allow, AccessOutcome::AllowByException];
                    asked += 1;
                    allowed += u64::from(yes.contains(&outcome));
                }
                let _ = tokio::time::timeout(EVERY, stopped.changed()).await;
            }
            (asked, allowed)
        });
        Self { task, stop }
    }

    /// How many answers there were, and how many of them said yes.
    pub(super) async fn stop(self) -> (u64, u64) {
        self.stop.send_replace(true);
        self.task.await.expect("it ends well")
    }
}

/// What the platform answers, if it does.
async fn ask(line: &Channel, session: &str) -> Option<AccessOutcome> {
    let request = EvaluateRequest {
        subject_token: session.to_owned(),
        question: Some(AccessQuestion {
            system_id: city::SYSTEMS[0].to_owned(),
            action: AccessAction::Use.into(),
            ..AccessQuestion::default()
        }),
    };
    let answer = AccessDecisionClient::new(line.clone())
        .evaluate(request)
        .await;
    Some(answer.ok()?.into_inner().answer?.outcome())
}
