//! All five services in one process, as `sekisho up` starts them: what one says, another acts upon, and
//! people see it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::SignedDuration;
use proto::{
    audit::v1::{
        ListLogDigestsRequest, SearchRecordsRequest, SuspicionRaised,
        analysis_client::AnalysisClient, audit_log_client::AuditLogClient,
    },
    common::v1::{AccessPath, ImportMode, NetworkClass},
    identity::v1::{
        AccessAction, AccessOutcome, AccessQuestion, EnrolRequest, EvaluateRequest,
        ImportTableRequest, OpenEnrolmentRequest, RegisterEnforcementPointRequest,
        SignInWithPasswordRequest, TableKind, access_decision_client::AccessDecisionClient,
        accounts_client::AccountsClient, enforcement_points_client::EnforcementPointsClient,
        import_client::ImportClient, sign_in_client::SignInClient,
    },
    incidents::v1::{Incident, ListIncidentsRequest, incidents_client::IncidentsClient},
    ledger::v1::{RegisterSystemRequest, SystemEntry, systems_client::SystemsClient},
    record::Record,
};
use rpc::client::Channel;
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, eventually};

use super::start_of;

const SECTION: &str = "1504";
const MANAGER: &str = "S0001";
const AUDITOR: &str = "S0002";
const INTRUDER: &str = "S1000";
const SYSTEM: &str = "SYS-1";
const GATE: &str = "office-proxy";
const PASSWORD: &str = "tests-of-one-process-2026";
/// One more than the pack's rule `denied_burst` tolerates.
const DENIED: usize = 11;

async fn start(engine: Engine) -> TestProcess {
    let services: Vec<_> = ServiceName::ALL
        .iter()
        .map(|service| (*service, start_of(*service)))
        .collect();
    let process = TestProcess::start(engine, &services).await;
    let machine = || process.service(ServiceName::Approvals);
    let staff = [MANAGER, AUDITOR, INTRUDER];
    let staff = staff.map(|person| format!("{person},職員,{SECTION},正規\n"));
    for (kind, table) in [
        (
            TableKind::Organisation,
            format!(
                "区分,コード,名称,上位コード\n局,1500,市民局,\n課公所,{SECTION},広聴相談課,1500\n"
            ),
        ),
        (
            TableKind::Staff,
            format!("職員番号,氏名,所属コード,雇用区分\n{}", staff.concat()),
        ),
        (
            TableKind::Posts,
            format!(
                "職コード,職名,課公所コード,役割,在職者,発令日\n\
                 1504-01,広聴相談課長,{SECTION},情報管理者,{MANAGER},2026-04-01\n\
                 1504-02,監査担当,{SECTION},監査を行う者,{AUDITOR},2026-04-01\n"
            ),
        ),
    ] {
        let request = ImportTableRequest {
            kind: kind.into(),
            content: table.into_bytes(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let answer = ImportClient::new(machine()).import_table(request).await;
        let report = answer.unwrap().into_inner().report.unwrap();
        assert!(report.entered, "{kind:?}: {:?}", report.errors);
    }
    let gate = RegisterEnforcementPointRequest {
        enforcement_point_id: GATE.to_owned(),
        name: "庁内プロキシ".to_owned(),
        workload: GATE.to_owned(),
        path: AccessPath::Office.into(),
    };
    let mut points = EnforcementPointsClient::new(machine());
    points.register_enforcement_point(gate).await.unwrap();
    let system = RegisterSystemRequest {
        system_id: SYSTEM.to_owned(),
        entry: Some(SystemEntry {
            name: "税務".to_owned(),
            owner_section_id: SECTION.to_owned(),
            network_class: NetworkClass::Independent.into(),
            ..SystemEntry::default()
        }),
    };
    eventually("the ledger knows the section", async || {
        let mut systems = SystemsClient::new(machine());
        systems.register_system(system.clone()).await.ok()
    })
    .await;
    process
}

fn person(process: &TestProcess, who: &str, role: Role) -> Channel {
    process.person(who, SECTION, &[role])
}

/// The access token of somebody who has just been given a password.
async fn sign_in(process: &TestProcess, who: &str) -> String {
    let request = OpenEnrolmentRequest {
        person_id: who.to_owned(),
    };
    let platform = process.service(ServiceName::Ledger);
    let opened = AccountsClient::new(platform).open_enrolment(request).await;
    let enrolment = EnrolRequest {
        person_id: who.to_owned(),
        code: opened.unwrap().into_inner().code,
        password: PASSWORD.to_owned(),
    };
    let mut accounts = AccountsClient::new(process.anonymous());
    accounts.enrol(enrolment).await.unwrap();
    let request = SignInWithPasswordRequest {
        person_id: who.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let mut sign_in = SignInClient::new(process.anonymous());
    let answer = sign_in.sign_in_with_password(request).await.unwrap();
    answer.into_inner().grant.unwrap().access_token
}

/// Asks for an access as somebody who is no user of the system.
async fn is_denied(process: &TestProcess, session: &str) {
    let request = EvaluateRequest {
        subject_token: session.to_owned(),
        question: Some(AccessQuestion {
            system_id: SYSTEM.to_owned(),
            action: AccessAction::Use.into(),
            ..AccessQuestion::default()
        }),
    };
    let mut gate = AccessDecisionClient::new(process.workload(GATE));
    let answer = gate.evaluate(request).await.unwrap().into_inner();
    assert_eq!(answer.answer.unwrap().outcome(), AccessOutcome::Deny);
}

async fn incident(process: &TestProcess) -> Incident {
    eventually("an incident opens by itself", async || {
        let mut incidents = IncidentsClient::new(person(process, AUDITOR, Role::Auditor));
        let request = ListIncidentsRequest::default();
        let found = incidents.list_incidents(request).await.ok()?.into_inner();
        found.incidents.into_iter().next()
    })
    .await
}

async fn what_the_log_notices_is_an_incident_and_in_the_digest(engine: Engine) {
    let process = start(engine).await;
    let session = sign_in(&process, INTRUDER).await;
    for _ in 0..DENIED {
        is_denied(&process, &session).await;
    }
    let incident = incident(&process).await;
    assert_eq!(incident.person_id, INTRUDER, "{incident:?}");
    let [suspicion] = incident.suspicions.as_slice() else {
        panic!("{incident:?}");
    };
    assert_eq!(suspicion.rule, "denied_burst");
    assert_eq!(suspicion.log_indexes.len(), DENIED);

    // It rests on records that are in the log, and is one itself.
    let request = SearchRecordsRequest {
        type_prefix: "sekisho.audit.v1.SuspicionRaised".to_owned(),
        ..SearchRecordsRequest::default()
    };
    let entries = eventually("the suspicion is in the log", async || {
        let mut log = AuditLogClient::new(person(&process, AUDITOR, Role::Auditor));
        let found = log.search_records(request.clone()).await.ok()?.into_inner();
        (!found.entries.is_empty()).then_some(found.entries)
    })
    .await;
    assert_eq!(entries.len(), 1);
    let name = proto::audit::v1::record_name::Name::Index(entries[0].index);
    let request = proto::audit::v1::GetRecordRequest {
        record: Some(proto::audit::v1::RecordName { name: Some(name) }),
    };
    let mut log = AuditLogClient::new(person(&process, AUDITOR, Role::Auditor));
    let record = log.get_record(request).await.unwrap().into_inner().record;
    let raised = Record::decode(&record).unwrap();
    let raised = raised.event::<SuspicionRaised>().unwrap().unwrap();
    assert_eq!(raised.log_indexes, suspicion.log_indexes);
    assert_eq!(incident.incident_id, entries[0].record_id);

    process.clock.advance(SignedDuration::from_hours(24));
    let digest = eventually("the digest of the day", async || {
        let mut analysis = AnalysisClient::new(person(&process, AUDITOR, Role::Auditor));
        let request = ListLogDigestsRequest::default();
        let found = analysis.list_log_digests(request).await.ok()?.into_inner();
        found.digests.into_iter().next()
    })
    .await;
    let burst = digest.rules.iter().find(|rule| rule.rule == "denied_burst");
    let burst = burst.unwrap();
    assert_eq!(
        (burst.suspicions, burst.subjects[0].subject.as_str()),
        (1, "person/S1000")
    );
    assert!(digest.records > DENIED as u64, "{digest:?}");
    process.stop().await;
}

#[tokio::test]
async fn what_the_log_notices_is_an_incident_and_in_the_digest_on_sqlite_7_1_4_4b() {
    what_the_log_notices_is_an_incident_and_in_the_digest(Engine::Sqlite).await;
}

#[tokio::test]
async fn what_the_log_notices_is_an_incident_and_in_the_digest_on_postgres_7_1_4_4b() {
    what_the_log_notices_is_an_incident_and_in_the_digest(Engine::Postgres).await;
}
