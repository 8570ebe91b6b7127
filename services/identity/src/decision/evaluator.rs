//! From a question to an answer that is on durable record.

use std::sync::Arc;

use identity_domain::decision::{Action, Authority, Decision, Object, Policy, Request, decide};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Actor, Context, DecisionId, DeviceId, PersonId, Refusal as _, SessionId, SharedId, SystemId,
};
use standard::{AccessPath, InformationClass, Pack};
use store::{Appender, facts::Snapshot};
use tokio::time::{Duration, Instant, timeout};

use super::{AccessFacts, Freshness, authority::authority, publish};

/// The aggregate of decisions in the journal and in NATS subjects.
pub(super) const AGGREGATE: &str = "decision";
/// A sign-in or step-up so recent may be known to the token and not yet to the snapshot.
const RECENT: SignedDuration = SignedDuration::from_secs(10);
/// How long an answer waits for the snapshot to catch up with its own token.
const PATIENCE: Duration = Duration::from_millis(500);

/// Who asks, and the request it is part of. Its `now` is the decision's own clock.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Id of the workload, from its own verified token.
    pub workload: String,
    /// The request.
    pub context: Context,
}

/// One access asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// System asked for.
    pub system: SystemId,
    /// What for.
    pub action: Action,
    /// What it is about, beside the system.
    pub object: Option<Object>,
    /// Device named.
    pub device: Option<DeviceId>,
    /// Class, where known to be stricter than the system's.
    pub class: Option<InformationClass>,
    /// A software robot asks.
    pub automated: bool,
    /// Shared ID under which the person acts.
    pub shared_id: Option<SharedId>,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Under which it is on record.
    pub id: DecisionId,
    /// Whose access; none when the token does not tell, being forged, expired or no token of ours.
    pub subject: Option<(PersonId, SessionId)>,
    /// What was found.
    pub verdict: Verdict,
}

impl Answer {
    /// Whether the access may go on.
    pub fn allows(&self) -> bool {
        match &self.verdict {
            Verdict::Decided(decision) => decision.outcome.allows(),
            Verdict::TokenRefused { .. } => false,
        }
    }
}

/// A decision, or a refusal before any.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Decided by the rules.
    Decided(Decision),
    /// The person's token is not good: refused whatever the question.
    TokenRefused {
        /// Why.
        refused: auth::Refused,
        /// Path of the enforcement point, if it is registered.
        path: Option<AccessPath>,
        /// `<pack id>/<version>`.
        pack_version: Arc<str>,
        /// When.
        at: Timestamp,
    },
}

/// The answer could not be put on record, so there is none (guarantee G3).
#[derive(Debug, thiserror::Error)]
#[error("the decision could not be recorded")]
pub struct NotRecorded;

/// Decides on the snapshot and records before it answers.
pub struct Evaluator {
    /// What is known.
    pub snapshot: Arc<Snapshot<AccessFacts>>,
    /// Until when it is complete.
    pub freshness: Arc<Freshness>,
    /// What the clause pack says of decisions.
    pub policy: Policy,
    /// The clause pack itself: it says whose authority something is.
    pub pack: Arc<Pack>,
    /// Judges people's tokens, those that are shown too.
    pub verifier: auth::Verifier,
    /// Makes records durable, many at a time.
    pub appender: Appender,
}

impl Evaluator {
    /// Answers all questions about one person at one instant, on one snapshot, in their order.
    ///
    /// # Errors
    /// When the records cannot be made durable; then nothing was answered.
    pub async fn evaluate(
        &self,
        asker: &Asker,
        subject_token: &str,
        questions: &[Question],
    ) -> Result<Vec<Answer>, NotRecorded> {
        let subject = self.subject(subject_token).await;
        let facts = match &subject {
            Ok(Vouched {
                subject,
                revoked: None,
            }) => self.facts(subject, asker.context.now).await,
            _ => self.snapshot.get(),
        };
        let answers: Vec<Answer> = (questions.iter())
            .map(|question| match &subject {
                Ok(Vouched { subject, revoked }) => match revoked {
                    None => self.decide(&facts, asker, subject, question),
                    Some(refused) => self.refuse(&facts, asker, Some(subject), *refused),
                },
                Err(refused) => self.refuse(&facts, asker, None, *refused),
            })
            .collect();
        let point = facts.point_of(&asker.workload);
        let records = (answers.iter().zip(questions))
            .map(|(answer, question)| {
                let outgoing = publish::evaluated(answer, question, point, &facts);
                (answer.id.to_string(), outgoing)
            })
            .collect();
        self.appender
            .append(AGGREGATE, records, &asker.context)
            .await
            .map_err(|_| NotRecorded)?;
        Ok(answers)
    }

    /// Who a token speaks for. Of a revoked one that is known too, and goes on record: whoever goes on
    /// trying with it is seen.
    async fn subject(&self, token: &str) -> Result<Vouched, auth::Refused> {
        let principal = self.verifier.recognise(token).await?;
        let Actor::Person { id, session } = &principal.actor else {
            return Err(auth::Refused::Type);
        };
        let subject = Subject {
            person: id.clone(),
            session: session.clone(),
            epoch: principal.epoch,
            authenticated_at: principal.auth_time,
        };
        let revoked = match self.verifier.still_good(&principal) {
            Ok(()) => None,
            Err(refused @ auth::Refused::Revoked(_)) => Some(refused),
            Err(refused) => return Err(refused),
        };
        Ok(Vouched { subject, revoked })
    }

    /// The snapshot. Who has just signed in or stepped up holds a token that may be ahead of it by
    /// the few milliseconds the news takes, and is not refused for that: the answer waits. So it
    /// does in the first moments of a process, before every source has answered. It waits for the
    /// tasks that keep the snapshot fresh and never reads in their stead: what they do not bring in
    /// time is not known, and the rules judge by what is.
    async fn facts(&self, subject: &Subject, now: Timestamp) -> Arc<AccessFacts> {
        let caught_up = timeout(PATIENCE, self.caught_up(subject, now)).await;
        caught_up.unwrap_or_else(|_| self.snapshot.get())
    }

    async fn caught_up(&self, subject: &Subject, now: Timestamp) -> Arc<AccessFacts> {
        loop {
            let (swapped, confirmed) = (self.snapshot.swapped(), self.freshness.confirmed());
            let facts = self.snapshot.get();
            if !subject.is_ahead_of(&facts, now) && self.freshness.as_of(now).is_some() {
                return facts;
            }
            tokio::select! {
                () = swapped => {}
                () = confirmed => {}
            }
        }
    }

    fn decide(
        &self,
        facts: &AccessFacts,
        asker: &Asker,
        subject: &Subject,
        question: &Question,
    ) -> Answer {
        let begun = Instant::now();
        let request = Request {
            person: subject.person.clone(),
            session: subject.session.clone(),
            epoch: subject.epoch,
            system: question.system.clone(),
            action: question.action,
            object: question.object.clone(),
            authority: Authority::None,
            workload: asker.workload.clone(),
            device: question.device.clone(),
            class: question.class,
            automated: question.automated,
            shared_id: question.shared_id.clone(),
            as_of: self.freshness.as_of(asker.context.now),
            now: asker.context.now,
        };
        let request = with_authority(request, facts, &self.pack);
        let decision = decide(facts, &self.policy, &request);
        runtime::metrics::decisions().decided(
            decision.outcome.as_str(),
            decision.clauses(),
            begun.elapsed().as_secs_f64(),
        );
        Answer {
            id: runtime::new_id().into(),
            subject: Some((request.person, request.session)),
            verdict: Verdict::Decided(decision),
        }
    }

    fn refuse(
        &self,
        facts: &AccessFacts,
        asker: &Asker,
        subject: Option<&Subject>,
        refused: auth::Refused,
    ) -> Answer {
        runtime::metrics::decisions().decided("deny", &refused.clauses(), 0.0);
        Answer {
            id: runtime::new_id().into(),
            subject: subject.map(|known| (known.person.clone(), known.session.clone())),
            verdict: Verdict::TokenRefused {
                refused,
                path: facts.point_of(&asker.workload).map(|point| point.path),
                pack_version: Arc::clone(&self.policy.pack_version),
                at: asker.context.now,
            },
        }
    }
}

/// The request with whatever authority the person has over what it is about.
pub fn with_authority(request: Request, facts: &AccessFacts, pack: &Pack) -> Request {
    let (directory, now) = (facts.directory(), request.now);
    let over = request.over(facts);
    let authority = over.map(|over| authority(directory, pack, over, &request.person, now));
    Request {
        authority: authority.unwrap_or_default(),
        ..request
    }
}

/// Whom a token of ours speaks for, and whether it still may.
struct Vouched {
    subject: Subject,
    revoked: Option<auth::Refused>,
}

/// Whom a verified token speaks for.
struct Subject {
    person: PersonId,
    session: SessionId,
    epoch: u64,
    authenticated_at: Option<Timestamp>,
}

impl Subject {
    fn is_ahead_of(&self, facts: &AccessFacts, now: Timestamp) -> bool {
        let Some(at) = self.authenticated_at else {
            return false;
        };
        // Tokens tell whole seconds.
        let known = (facts.session(&self.session).into_iter())
            .flat_map(|session| &session.factors)
            .map(|factor| factor.at.as_second())
            .max();
        now.duration_since(at) < RECENT && known.is_none_or(|known| known < at.as_second())
    }
}
