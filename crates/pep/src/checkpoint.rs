//! The checkpoint as a function.

use std::{sync::Arc, time::Duration};

use auth::{Principal, Verifier};
use proto::identity::v1::{
    AccessAnswer, AccessOutcome, EvaluateRequest, access_decision_client::AccessDecisionClient,
};
use rpc::client::Channel;
use tokio::time::timeout;

use crate::{Access, Stopped};

/// How long an answer may take unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks for every access; cheap to clone.
#[derive(Clone)]
pub struct Checkpoint {
    verifier: Verifier,
    decisions: AccessDecisionClient<Channel>,
    patience: Duration,
}

/// An access that may go on.
#[derive(Debug, Clone)]
pub struct Passed {
    /// Whose it is.
    pub principal: Arc<Principal>,
    /// The answer: its `decision_id` is the number to refer to, its `duties` and `relaxed_by` are for
    /// showing.
    pub answer: AccessAnswer,
}

impl Checkpoint {
    /// A checkpoint that trusts the verifier's issuers and asks over the channel, which speaks with the
    /// enforcement point's own token ([`rpc::client::Credentials`]).
    pub fn new(verifier: Verifier, identity: Channel) -> Self {
        Self {
            verifier: verifier.of_shown_tokens(),
            decisions: AccessDecisionClient::new(identity),
            patience: PATIENCE,
        }
    }

    /// The same with another limit to how long an answer may take. No answer in time is no access.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Lets the bearer of a token pass, or says why not.
    ///
    /// # Errors
    /// [`Stopped`], and always when identity gives no answer.
    pub async fn pass(&self, token: &str, access: &Access) -> Result<Passed, Stopped> {
        let principal = self.verifier.verify(token).await?;
        if principal.actor.person().is_none() {
            return Err(Stopped::Token(auth::Refused::Type));
        }
        let answer = self.ask(token, access).await.ok_or(Stopped::Away)?;
        match answer.outcome() {
            AccessOutcome::Allow | AccessOutcome::AllowByException => {
                Ok(Passed { principal, answer })
            }
            AccessOutcome::StepUp => Err(Stopped::StepUp(Box::new(answer))),
            AccessOutcome::Deny => Err(Stopped::Denied(Box::new(answer))),
            // An answer of a later version is not guessed at.
            AccessOutcome::Unspecified => Err(Stopped::Away),
        }
    }

    async fn ask(&self, token: &str, access: &Access) -> Option<AccessAnswer> {
        let request = EvaluateRequest {
            subject_token: token.to_owned(),
            question: Some(access.question()),
        };
        let mut decisions = self.decisions.clone();
        match timeout(self.patience, decisions.evaluate(request)).await {
            Ok(Ok(response)) => response.into_inner().answer,
            Ok(Err(status)) => {
                tracing::warn!(system = %access.system, %status, "no decision: nobody passes");
                None
            }
            Err(_) => {
                tracing::warn!(system = %access.system, "no decision in time: nobody passes");
                None
            }
        }
    }
}
