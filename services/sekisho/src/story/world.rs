//! The people of the story, signed in, and the questions the story asks.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kernel::Actor;
use proto::{
    audit::v1::{
        Checkpoint, GetRecordRequest, RecordName, RecordOrder, SearchRecordsRequest,
        audit_log_client::AuditLogClient, record_name::Name,
    },
    identity::v1::{
        AccessAction, AccessAnswer, AccessOutcome, AccessQuestion, EvaluateRequest, FactorState,
        GetAccountRequest, ListPeopleRequest, OpenEnrolmentRequest, SessionGrant,
        access_decision_client::AccessDecisionClient, accounts_client::AccountsClient,
        organisation_client::OrganisationClient,
    },
};
use tokio::time::{Instant, sleep};

use super::teller::Teller;
use crate::{
    Failure,
    client::{Connection, Line, Machine},
    log, sign_in,
};

/// Something that is on its way arrives within this time, or the story ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(25);

/// Who takes part: keys of the demo sign-ins.
const PEOPLE: &[&str] = &[
    "ciso",
    "bureau_manager_crisis",
    "bureau_manager_citizens",
    "manager_advice",
    "manager_shelter",
    "csirt_chief",
    "csirt_manager_citizens",
    "auditor",
];

/// An access decision on record.
pub(super) const ACCESS_EVALUATED: &str = "identity.v1.AccessEvaluated";

/// An event with which this playing touched a system.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    system: String,
    /// Full name of the event.
    pub(super) kind: String,
    /// What the event is about.
    pub(super) subject: String,
}

/// A running platform with the story's people signed in.
pub(super) struct World {
    pub(super) connection: Connection,
    people: BTreeMap<&'static str, Line>,
    proxy: Line,
    /// Log index of the last record shown of each kind and subject: what is shown next is newer.
    shown: Mutex<BTreeMap<(String, String), u64>>,
    touched: Mutex<Vec<Touch>>,
    /// Records before this index are of earlier playings.
    begin: u64,
}

impl World {
    /// Signs everybody in.
    pub(super) async fn open(
        connection: Connection,
        machine: &Machine,
        teller: &Teller,
    ) -> Result<Self, Failure> {
        let sign_ins = connection.sign_ins()?;
        teller.step(
            "登場する職が二要素でサインインします。",
            "The posts of the story sign in with two factors.",
        );
        let grants = PEOPLE.iter().map(|key| {
            let (connection, sign_ins, lang) = (&connection, &sign_ins, teller.lang());
            async move {
                let who = sign_ins.for_key(key)?;
                let grant = sign_in::both_factors(connection, who, lang).await?;
                let channel = connection.bearer(&grant.access_token)?;
                Ok::<_, Failure>((*key, channel))
            }
        });
        let people = futures::future::try_join_all(grants)
            .await?
            .into_iter()
            .collect();
        let proxy = connection.machine(machine, Actor::Workload("office-proxy".to_owned()))?;
        let mut world = Self {
            connection,
            people,
            proxy,
            shown: Mutex::default(),
            touched: Mutex::default(),
            begin: 0,
        };
        world.begin = world.checkpoint().await?.size;
        Ok(world)
    }

    /// The line of one of the story's people.
    pub(super) fn channel(&self, key: &str) -> Result<Line, Failure> {
        let found = self.people.get(key).cloned();
        found.ok_or_else(|| Failure::unexpected(format!("nobody plays {key}")))
    }

    /// Somebody of a section without a post and without a second factor, with a new password set
    /// by enrolment: the manager hands the code over, the person chooses the password.
    pub(super) async fn newcomer(
        &self,
        manager: &str,
        section: &str,
    ) -> Result<(String, String), Failure> {
        let person = self.without_second_factor(manager, section).await?;
        let mut accounts = AccountsClient::new(self.channel(manager)?);
        let code = accounts
            .open_enrolment(OpenEnrolmentRequest {
                person_id: person.clone(),
            })
            .await?
            .into_inner()
            .code;
        let password = format!("story-{}", runtime::new_id());
        AccountsClient::new(self.connection.anonymous()?)
            .enrol(proto::identity::v1::EnrolRequest {
                person_id: person.clone(),
                code,
                password: password.clone(),
            })
            .await?;
        Ok((person, password))
    }

    /// Who comes first is left to chance: two playings at once seldom meet.
    async fn without_second_factor(&self, manager: &str, section: &str) -> Result<String, Failure> {
        let channel = self.channel(manager)?;
        let mut people = OrganisationClient::new(channel.clone())
            .list_people(ListPeopleRequest {
                page_size: 100,
                section_id: section.to_owned(),
                ..ListPeopleRequest::default()
            })
            .await?
            .into_inner()
            .people;
        people.sort_by_cached_key(|_| runtime::random_bytes::<8>());
        let known = self.connection.sign_ins()?;
        let mut accounts = AccountsClient::new(channel.clone());
        let mut organisation = OrganisationClient::new(channel);
        for person in people {
            if known.of(&person.person_id).is_ok() {
                continue;
            }
            let request = proto::identity::v1::GetPersonRequest {
                person_id: person.person_id.clone(),
            };
            let posts = organisation.get_person(request).await?.into_inner().person;
            if posts.is_some_and(|person| !person.posts.is_empty()) {
                continue;
            }
            let account = accounts
                .get_account(GetAccountRequest {
                    person_id: person.person_id.clone(),
                })
                .await?
                .into_inner()
                .account
                .unwrap_or_default();
            let second = |kind: &str| kind != "password" && kind != "ic_card";
            let live = FactorState::Live as i32;
            if !account
                .factors
                .iter()
                .any(|f| f.state == live && second(&f.kind))
            {
                return Ok(person.person_id);
            }
        }
        Err(Failure::new(
            format!("課公所 {section} には、二要素目を持たない職員がもういません。"),
            format!("everybody in section {section} has a second factor"),
        ))
    }

    /// May this person, in this session, use the system? Asked by the office proxy.
    pub(super) async fn evaluate(
        &self,
        grant: &SessionGrant,
        system: &str,
    ) -> Result<AccessAnswer, Failure> {
        let request = EvaluateRequest {
            subject_token: grant.access_token.clone(),
            question: Some(AccessQuestion {
                system_id: system.to_owned(),
                action: AccessAction::Use.into(),
                ..AccessQuestion::default()
            }),
        };
        let answer = AccessDecisionClient::new(self.proxy.clone())
            .evaluate(request)
            .await?;
        let answer = answer.into_inner().answer;
        let answer = answer.ok_or_else(|| Failure::unexpected("the answer is empty"))?;
        self.touched(system, ACCESS_EVALUATED, &answer.decision_id);
        Ok(answer)
    }

    /// Notes that this playing has touched a system, by an event that is to be found.
    pub(super) fn touched(&self, system: &str, kind: &str, subject: &str) {
        lock(&self.touched).push(Touch {
            system: system.to_owned(),
            kind: format!("sekisho.{kind}"),
            subject: subject.to_owned(),
        });
    }

    /// The events of this playing that touched a system.
    pub(super) fn touches(&self, system: &str) -> Vec<Touch> {
        let touched = lock(&self.touched);
        let of = touched.iter().filter(|touch| touch.system == system);
        of.cloned().collect()
    }

    /// Asks until the answer is the expected one: what was just decided elsewhere is on its way.
    pub(super) async fn evaluate_until(
        &self,
        grant: &SessionGrant,
        system: &str,
        expected: AccessOutcome,
    ) -> Result<AccessAnswer, Failure> {
        let began = Instant::now();
        loop {
            let answer = self.evaluate(grant, system).await?;
            if answer.outcome() == expected {
                return Ok(answer);
            }
            if began.elapsed() > PATIENCE {
                let found = answer.outcome().as_str_name();
                let expected = expected.as_str_name();
                let reasons: Vec<_> = answer.reasons.iter().map(|one| &*one.code).collect();
                let reasons = reasons.join(", ");
                return Err(Failure::new(
                    format!(
                        "話の筋と違います。{system} の判断: {expected} のはずが {found}（{reasons}）でした。"
                    ),
                    format!(
                        "not as the story goes. {system}: expected {expected}, found {found} ({reasons})"
                    ),
                ));
            }
            sleep(LOOK).await;
        }
    }

    /// The newest signed checkpoint of the log.
    pub(super) async fn checkpoint(&self) -> Result<Checkpoint, Failure> {
        log::checkpoint(self.channel("auditor")?, 0).await
    }

    /// Where in the log the newest record of a type about a subject stands, once it is there and
    /// has not been shown yet.
    pub(super) async fn index_of(&self, kind: &str, subject: &str) -> Result<u64, Failure> {
        let request = SearchRecordsRequest {
            type_prefix: format!("sekisho.{kind}"),
            subject: subject.to_owned(),
            ..SearchRecordsRequest::default()
        };
        self.newest(request).await
    }

    /// Where in the log the newest refusal of a person's requests stands.
    pub(super) async fn refusal_of(&self, person: &str) -> Result<u64, Failure> {
        let request = SearchRecordsRequest {
            type_prefix: "sekisho.common.v1.RequestRefused".to_owned(),
            actor: format!("person/{person}"),
            ..SearchRecordsRequest::default()
        };
        self.newest(request).await
    }

    async fn newest(&self, mut request: SearchRecordsRequest) -> Result<u64, Failure> {
        request.page_size = 1;
        request.order = RecordOrder::NewestFirst.into();
        let about = format!("{}{}", request.subject, request.actor);
        let name = (request.type_prefix.clone(), about);
        let known = lock(&self.shown).get(&name).map(|index| index + 1);
        let from = known.unwrap_or(self.begin);
        let client = AuditLogClient::new(self.channel("auditor")?);
        let index = self
            .until(&format!("{} {}", name.0, name.1), async || {
                let found = client.clone().search_records(request.clone()).await?;
                let newest = found.into_inner().entries.into_iter().next();
                Ok(newest
                    .map(|entry| entry.index)
                    .filter(|index| *index >= from))
            })
            .await?;
        lock(&self.shown).insert(name, index);
        Ok(index)
    }

    /// The clauses on record there.
    pub(super) async fn clauses_at(&self, index: u64) -> Result<Vec<String>, Failure> {
        let request = GetRecordRequest {
            record: Some(RecordName {
                name: Some(Name::Index(index)),
            }),
        };
        let answer = AuditLogClient::new(self.channel("auditor")?)
            .get_record(request)
            .await?;
        Ok(answer.into_inner().entry.unwrap_or_default().clauses)
    }

    /// Looks until something is there.
    pub(super) async fn until<T>(
        &self,
        what: &str,
        look: impl AsyncFn() -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if began.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                return Err(Failure::new(
                    format!("{seconds} 秒待っても現れません: {what}"),
                    format!("not there within {seconds} s: {what}"),
                ));
            }
            sleep(LOOK).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
