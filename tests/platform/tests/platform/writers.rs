//! Eight writers. Each repeats a command under the same idempotency key until it is answered, and
//! notes the answer in a file of its own: what stands there was acknowledged.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use kernel::Actor;
use proto::{
    approvals::v1::{
        ApplyPermitRequest, DecideStepRequest, StepVerdict, permits_client::PermitsClient,
    },
    common::v1::InformationClass,
    identity::v1::{
        AccessAction, AccessQuestion, EvaluateRequest, RegisterIdCardRequest,
        ReportCredentialLostRequest, access_decision_client::AccessDecisionClient,
        accounts_client::AccountsClient,
    },
    incidents::v1::{ReportIncidentRequest, ReportOrigin, incidents_client::IncidentsClient},
    ledger::v1::{
        ClassifyInformationRequest, information_entries_client::InformationEntriesClient,
    },
};
use rpc::client::Channel;
use standard::ServiceName;
use testkit::refused;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};
use tonic::{Code, Request, Response, Status};

use crate::{
    acknowledged::{Acknowledged, Kind},
    city::{self, SECTION, SYSTEMS},
    harness::{PATIENCE, Platform},
};

/// How many write at once.
pub(crate) const WRITERS: usize = 8;
/// So many of them sign in at once.
const AT_ONCE: usize = 8;
/// Cards are lost less often than anything else is done.
const CARD_EVERY: usize = 4;

/// When a command was asked for first, and when it was answered.
pub(crate) type Answered = (Instant, Instant);

/// How many commands each service has acknowledged so far.
pub(crate) type Counts = BTreeMap<ServiceName, u64>;

/// Writers at work.
pub(crate) struct Writers {
    tasks: Vec<tokio::task::JoinHandle<()>>,
    stop: watch::Sender<bool>,
    counts: watch::Receiver<Counts>,
    answers: Arc<Mutex<Vec<Answered>>>,
    /// Whoever is at something reads it.
    turns: Arc<RwLock<()>>,
    files: Vec<PathBuf>,
}

impl Writers {
    /// Signs them in and lets them begin.
    pub(crate) async fn start(platform: &Platform) -> Self {
        Self::start_many(platform, WRITERS).await
    }

    /// So many of them, of whom the city knows.
    pub(crate) async fn start_many(platform: &Platform, writers: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (counted, counts) = watch::channel(Counts::new());
        let counted = Arc::new(counted);
        let turns = Arc::new(RwLock::new(()));
        let answers = Arc::new(Mutex::new(Vec::new()));
        let people = (0..writers).map(city::applicant);
        let sign_ins = people.map(|id| async move { city::sign_in(platform, &id).await });
        // No more at once than identity hashes passwords for.
        let sessions = futures::stream::iter(sign_ins).buffered(AT_ONCE);
        let sessions: Vec<String> = sessions.collect().await;
        let mut tasks = Vec::new();
        let mut files = Vec::new();
        for (number, session) in sessions.into_iter().enumerate() {
            let path = platform.path(&format!("writer-{number}"));
            let told = (Arc::clone(&counted), Arc::clone(&answers));
            let writer = Writer::new(platform, number, session, &path, told);
            files.push(path);
            #[expect(
                clippy::disallowed_methods,
                reason = "a test's own task, joined by `stop`"
            )]
            tasks.push(tokio::spawn(
                writer.run(stopped.clone(), Arc::clone(&turns)),
            ));
        }
        Self {
            tasks,
            stop,
            counts,
            answers,
            turns,
            files,
        }
    }

    /// Commands acknowledged so far.
    pub(crate) fn count(&self) -> u64 {
        self.counts.borrow().values().sum()
    }

    /// How long each of them took.
    pub(crate) fn answers(&self) -> Vec<Answered> {
        self.answers.lock().expect("not poisoned").clone()
    }

    /// The same of one service.
    pub(crate) fn count_of(&self, service: ServiceName) -> u64 {
        self.counts.borrow().get(&service).copied().unwrap_or(0)
    }

    /// Returns when so many more commands were acknowledged.
    pub(crate) async fn progress(&self, more: u64) {
        let goal = self.count() + more;
        self.until(format!("{more} more commands"), |counts| {
            counts.values().sum::<u64>() >= goal
        })
        .await;
    }

    /// Returns when one service acknowledged more than `known`.
    pub(crate) async fn progress_of(&self, service: ServiceName, known: u64) {
        self.until(format!("{service} works again"), |counts| {
            counts.get(&service).copied().unwrap_or(0) > known
        })
        .await;
    }

    async fn until(&self, what: String, done: impl Fn(&Counts) -> bool) {
        let mut counts = self.counts.clone();
        let seen = tokio::time::timeout(PATIENCE, counts.wait_for(done)).await;
        // What it gives holds the counts: nobody may ask for them twice while a writer wants to change them.
        let seen = matches!(seen, Ok(Ok(_)));
        assert!(seen, "{what}: in vain; {:?}", *self.counts.borrow());
    }

    /// Lets each finish what it is at; none begins anything before this is dropped.
    pub(crate) async fn hold(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.turns).write_owned().await
    }

    /// Lets each finish what it is at; returns what was acknowledged, from the files.
    pub(crate) async fn stop(self) -> Vec<Acknowledged> {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.expect("a writer ends well");
        }
        read(&self.files)
    }

    /// What was acknowledged so far.
    pub(crate) fn acknowledged(&self) -> Vec<Acknowledged> {
        read(&self.files)
    }
}

fn read(files: &[PathBuf]) -> Vec<Acknowledged> {
    let read = |path| std::fs::read_to_string(path).expect("a writer's file");
    let texts: Vec<String> = files.iter().map(read).collect();
    // The last line may not be all there while its writer is at work.
    let lines = texts.iter().flat_map(|text| text.split_inclusive('\n'));
    let whole = lines.filter_map(|line| line.strip_suffix('\n'));
    whole.map(|line| line.parse().expect("a line")).collect()
}

/// Lines as whom each writer speaks.
struct Lines {
    ledger: Channel,
    applicant: Channel,
    approver: Channel,
    incidents: Channel,
    accounts: Channel,
    /// Registering a card takes a session that has just verified two factors, or the platform's own voice.
    cards: Channel,
    proxy: Channel,
}

struct Writer {
    number: usize,
    session: String,
    lines: Lines,
    file: File,
    counted: Arc<watch::Sender<Counts>>,
    answers: Arc<Mutex<Vec<Answered>>>,
    /// Since when it has been at what it is at.
    since: Instant,
}

impl Writer {
    fn new(
        platform: &Platform,
        number: usize,
        session: String,
        path: &PathBuf,
        (counted, answers): (Arc<watch::Sender<Counts>>, Arc<Mutex<Vec<Answered>>>),
    ) -> Self {
        let applicant = city::applicant(number);
        let as_applicant = |service| city::person(platform, service, &applicant, &[]);
        let as_manager = |service| city::manager(platform, service);
        let lines = Lines {
            ledger: as_manager(ServiceName::Ledger),
            applicant: as_applicant(ServiceName::Approvals),
            approver: as_manager(ServiceName::Approvals),
            incidents: as_applicant(ServiceName::Incidents),
            accounts: as_manager(ServiceName::Identity),
            cards: city::this_test(platform, ServiceName::Identity),
            proxy: platform.machine(
                ServiceName::Identity,
                Actor::Workload(city::PROXY.to_owned()),
            ),
        };
        Self {
            number,
            session,
            lines,
            file: File::create(path).expect("a writer's file"),
            counted,
            answers,
            since: Instant::now(),
        }
    }

    async fn run(mut self, stopped: watch::Receiver<bool>, turns: Arc<RwLock<()>>) {
        let mut round = 0;
        while !*stopped.borrow() {
            let _turn = turns.read().await;
            self.since = Instant::now();
            self.round(round).await;
            round += 1;
        }
    }

    async fn round(&mut self, round: usize) {
        let key = |what: &str| format!("w{}-{round}-{what}", self.number);
        let (classify, apply, decide) = (key("classify"), key("apply"), key("decide"));
        let (report, card, lost) = (key("report"), key("card"), key("lost"));
        let system = SYSTEMS[round % SYSTEMS.len()];

        self.classify(&classify).await;
        let permit = self.apply(&apply, system).await;
        self.decide(&decide, &permit).await;
        self.report(&report).await;
        self.evaluate(system).await;
        if round.is_multiple_of(CARD_EVERY) {
            let credential = self.register_card(&card).await;
            self.lose_card(&lost, &credential).await;
        }
    }

    async fn classify(&mut self, key: &str) {
        let request = ClassifyInformationRequest {
            information_id: key.to_owned(),
            name: format!("台帳{key}"),
            section_id: SECTION.to_owned(),
            information_class: InformationClass::Iii.into(),
            ground: "none_of_these".to_owned(),
            ..ClassifyInformationRequest::default()
        };
        let line = self.lines.ledger.clone();
        let answer = answered(Some(key), &request, |request| {
            let mut client = InformationEntriesClient::new(line.clone());
            async move { client.classify_information(request).await }
        })
        .await;
        let entry = answer.information.expect("an entry");
        self.acknowledge(Kind::Classify, key, entry.information_id);
    }

    async fn apply(&mut self, key: &str, system: &str) -> String {
        let request = ApplyPermitRequest {
            application: Some(city::registration(&city::applicant(self.number), system)),
        };
        let line = self.lines.applicant.clone();
        let answer = answered(Some(key), &request, |request| {
            let mut client = PermitsClient::new(line.clone());
            async move { client.apply_permit(request).await }
        })
        .await;
        let id = answer.permit.expect("a permit").permit_id;
        self.acknowledge(Kind::Apply, key, id.clone());
        id
    }

    async fn decide(&mut self, key: &str, permit: &str) {
        let request = DecideStepRequest {
            permit_id: permit.to_owned(),
            step_index: 0,
            verdict: StepVerdict::Permitted.into(),
            reason: "業務に必要".to_owned(),
            witness_id: String::new(),
        };
        let line = self.lines.approver.clone();
        let answer = answered(Some(key), &request, |request| {
            let mut client = PermitsClient::new(line.clone());
            async move { client.decide_step(request).await }
        })
        .await;
        let id = answer.permit.expect("a permit").permit_id;
        self.acknowledge(Kind::Decide, key, id);
    }

    async fn report(&mut self, key: &str) {
        let request = ReportIncidentRequest {
            title: format!("障害{key}"),
            origin: ReportOrigin::Staff.into(),
            section_id: SECTION.to_owned(),
            description: "画面が開かない".to_owned(),
            ..ReportIncidentRequest::default()
        };
        let line = self.lines.incidents.clone();
        let answer = answered(Some(key), &request, |request| {
            let mut client = IncidentsClient::new(line.clone());
            async move { client.report_incident(request).await }
        })
        .await;
        let id = answer.incident.expect("an incident").incident_id;
        self.acknowledge(Kind::Report, key, id);
    }

    /// Has no key: every question asked is an access of its own, answered or not.
    async fn evaluate(&mut self, system: &str) {
        let request = EvaluateRequest {
            subject_token: self.session.clone(),
            question: Some(AccessQuestion {
                system_id: system.to_owned(),
                action: AccessAction::Use.into(),
                ..AccessQuestion::default()
            }),
        };
        let line = self.lines.proxy.clone();
        let answer = answered(None, &request, |request| {
            let mut client = AccessDecisionClient::new(line.clone());
            async move { client.evaluate(request).await }
        })
        .await;
        let id = answer.answer.expect("an answer").decision_id;
        self.acknowledge(Kind::Evaluate, "-", id);
    }

    async fn register_card(&mut self, key: &str) -> String {
        let request = RegisterIdCardRequest {
            person_id: city::careless(self.number),
            serial: format!("card-{key}"),
            ..RegisterIdCardRequest::default()
        };
        let line = self.lines.cards.clone();
        let answer = answered(Some(key), &request, |request| {
            let mut client = AccountsClient::new(line.clone());
            async move { client.register_id_card(request).await }
        })
        .await;
        let factors = answer.account.expect("an account").factors;
        let card = factors
            .into_iter()
            .find(|factor| factor.serial == request.serial)
            .expect("the card just registered");
        self.acknowledge(Kind::RegisterCard, key, card.credential_id.clone());
        card.credential_id
    }

    async fn lose_card(&mut self, key: &str, credential: &str) {
        let request = ReportCredentialLostRequest {
            person_id: city::careless(self.number),
            credential_id: credential.to_owned(),
            circumstances: "電車に置き忘れた".to_owned(),
        };
        let line = self.lines.accounts.clone();
        answered(Some(key), &request, |request| {
            let mut client = AccountsClient::new(line.clone());
            async move { client.report_credential_lost(request).await }
        })
        .await;
        self.acknowledge(Kind::LoseCard, key, credential.to_owned());
    }

    fn acknowledge(&mut self, kind: Kind, key: &str, id: String) {
        let line = Acknowledged {
            kind,
            key: key.to_owned(),
            id,
        };
        writeln!(self.file, "{line}").expect("written");
        let (asked, answered) = (self.since, Instant::now());
        self.since = answered;
        let mut answers = self.answers.lock().expect("not poisoned");
        answers.push((asked, answered));
        drop(answers);
        self.counted
            .send_modify(|counts| *counts.entry(kind.source()).or_default() += 1);
    }
}

/// Asks until there is an answer, always under the same key.
///
/// # Panics
/// When the answer is a refusal, which no fault of a process explains, or none comes.
async fn answered<Q: Clone, A, F>(
    key: Option<&str>,
    message: &Q,
    ask: impl Fn(Request<Q>) -> F,
) -> A
where
    F: Future<Output = Result<Response<A>, Status>>,
{
    let asked = async {
        let mut pause = Duration::from_millis(10);
        loop {
            let mut request = Request::new(message.clone());
            if let Some(key) = key {
                let value = key.parse().expect("a key");
                request.metadata_mut().insert("idempotency-key", value);
            }
            match ask(request).await {
                Ok(answer) => return answer.into_inner(),
                Err(status) => assert!(passes(&status), "{key:?}: {status:?}"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.unwrap_or_else(|_| panic!("{key:?} was not answered"))
}

/// Whether it is worth asking again: the platform says so, or the line broke, or a service's clock is ahead
/// and calls good tokens ended.
fn passes(status: &Status) -> bool {
    let told = refused(status);
    match status.code() {
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded => true,
        Code::Aborted => told.code == "contended",
        Code::Unauthenticated => told.code == "token_expired",
        // Without a code of the platform's it is the transport that speaks.
        Code::Unknown | Code::Internal | Code::Cancelled => told.code.is_empty(),
        _ => false,
    }
}
