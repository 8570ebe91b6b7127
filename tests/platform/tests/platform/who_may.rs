//! `WhoMay` names the same people whom approvals, incidents, the ledger and identity let do it, over
//! the front door of a running platform: everybody tries everything in the sample.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    approvals::v1::{
        ApplyExceptionRequest, ApplyPermitRequest, DecideExceptionRequest, DecideStepRequest,
        ExceptionTerms, StepVerdict, exceptions_client::ExceptionsClient,
        permits_client::PermitsClient,
    },
    common::v1::{ImportMode, InformationClass, NetworkClass},
    identity::v1::{self as identity, authority_client::AuthorityClient},
    incidents::v1::{self as incidents, incidents_client::IncidentsClient},
    ledger::v1::{RegisterSystemRequest, SystemEntry, systems_client::SystemsClient},
    timestamp,
};
use rpc::client::Channel;
use runtime::SystemClock;
use standard::{Action, Role, ServiceName};
use testkit::refused;
use tonic::Status;

use crate::{
    city::{self, MANAGER, SECTION, SYSTEMS, applicant, populate},
    harness::Platform,
};

/// Everybody who tries, with the roles of their posts.
const PEOPLE: [(&str, &[Role]); 9] = [
    (MANAGER, &[Role::InformationManager]),
    ("S0002", &[Role::Auditor]),
    ("S0003", &[Role::InformationManager]),
    ("S0004", &[Role::DeputyInformationManager]),
    ("S0005", &[Role::BureauManager]),
    ("S0006", &[Role::Ciso, Role::BureauManager]),
    ("S0007", &[Role::CsirtChief]),
    ("S0008", &[Role::CsirtManager]),
    ("S1000", &[]),
];

const DEPUTY: &str = "S0004";

const ORGANISATION: &str = "\
区分,コード,名称,上位コード
局,1500,市民局,
局,1600,まちづくり政策局,
課公所,1505,戸籍課,1500
";

const STAFF: &str = "\
職員番号,氏名,所属コード,雇用区分
S0003,職員三,1505,正規
S0004,職員四,1504,正規
S0005,職員五,1505,正規
S0006,職員六,1505,正規
S0007,職員七,1505,正規
S0008,職員八,1505,正規
";

const POSTS: &str = "\
職コード,職名,局区コード,課公所コード,役割,在職者,発令日
1505-01,戸籍課長,,1505,情報管理者,S0003,2026-04-01
1500-01,市民局長,1500,,局(区)情報管理者,S0005,2026-04-01
1600-01,まちづくり政策局長,1600,,局(区)情報管理者,S0006,2026-04-01
0000-01,副市長,,,最高情報セキュリティ責任者,S0006,2026-04-01
0000-02,CSIRT責任者,,,CSIRT責任者,S0007,2026-04-01
1505-02,主管課長,,1505,CSIRT管理者,S0008,2026-04-01
";

/// What an absent manager leaves to the deputy.
const PLANNED: [&str; 3] = [
    "user.registration",
    "incident.investigate",
    "incident.suspend",
];

fn person(platform: &Platform, service: ServiceName, who: &str) -> Channel {
    let known = PEOPLE.iter().find(|(person, _)| *person == who);
    let (_, roles) = known.expect("one of the people");
    city::person(platform, service, who, roles)
}

fn in_section(action: &str) -> identity::WhoMayRequest {
    identity::WhoMayRequest {
        action: action.to_owned(),
        section_id: SECTION.to_owned(),
        ..identity::WhoMayRequest::default()
    }
}

fn about(action: &str, system: &str) -> identity::WhoMayRequest {
    identity::WhoMayRequest {
        system_id: system.to_owned(),
        ..in_section(action)
    }
}

/// The people named, those acting for somebody too.
async fn named(platform: &Platform, question: identity::WhoMayRequest) -> BTreeSet<String> {
    let mut authority = AuthorityClient::new(person(platform, ServiceName::Identity, "S1000"));
    let answer = authority.who_may(question).await.expect("an answer");
    let steps = answer.into_inner().steps.into_iter();
    let people = steps.flat_map(|step| step.people);
    people.map(|one| one.person_id).collect()
}

/// Those whom a service lets do it: everybody tries.
async fn let_do(
    attempt: &impl AsyncFn(&'static str) -> Result<(), Status>,
    not: &[&str],
) -> BTreeSet<String> {
    let mut accepted = BTreeSet::new();
    for (who, _) in PEOPLE {
        let refusal = attempt(who).await.err().map(|status| refused(&status).code);
        if refusal.is_none_or(|code| !not.contains(&code.as_str())) {
            accepted.insert(who.to_owned());
        }
    }
    accepted
}

async fn city_of_many(platform: &Platform) {
    populate(platform, 1).await;
    let line = || city::this_test(platform, ServiceName::Identity);
    for (kind, table) in [
        (identity::TableKind::Organisation, ORGANISATION),
        (identity::TableKind::Staff, STAFF),
        (identity::TableKind::Posts, POSTS),
    ] {
        let request = identity::ImportTableRequest {
            kind: kind.into(),
            content: table.as_bytes().to_vec(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let mut import = identity::import_client::ImportClient::new(line());
        let answer = import.import_table(request).await.expect("an answer");
        let report = answer.into_inner().report.expect("a report");
        assert!(report.entered, "{kind:?}: {:?}", report.errors);
    }
    let head = || AuthorityClient::new(person(platform, ServiceName::Identity, MANAGER));
    let nominate = identity::NominateDeputyRequest {
        section_id: SECTION.to_owned(),
        person_id: DEPUTY.to_owned(),
        role: Role::DeputyInformationManager.to_string(),
        ..identity::NominateDeputyRequest::default()
    };
    head().nominate_deputy(nominate).await.expect("named");
    let plan = identity::RecordAbsencePlanRequest {
        section_id: SECTION.to_owned(),
        entries: vec![identity::AbsencePlanEntry {
            person_id: DEPUTY.to_owned(),
            actions: PLANNED.map(str::to_owned).to_vec(),
        }],
    };
    head().record_absence_plan(plan).await.expect("planned");
    let absence = identity::RecordAbsenceRequest {
        section_id: SECTION.to_owned(),
        since: None,
        until: Some(timestamp(SystemClock.now() + SignedDuration::from_hours(2))),
    };
    head().record_absence(absence).await.expect("absent");
    platform
        .until("identity knows who acts", async || {
            let people = named(platform, about("user.registration", SYSTEMS[0])).await;
            people.contains(DEPUTY).then_some(())
        })
        .await;
}

/// Every member of the answer decides, each on an application of its own, and nobody else.
async fn compare_permits(platform: &Platform) {
    const NOT: [&str; 4] = [
        "permit_not_the_decider",
        "permit_own_request",
        "permit_principal_not_absent",
        "permit_not_in_absence_plan",
    ];
    let deciders = named(platform, about("user.registration", SYSTEMS[0])).await;
    assert_eq!(deciders, set(&[MANAGER, DEPUTY]));
    for (decider, system) in deciders.iter().zip(SYSTEMS) {
        let mut applicant = PermitsClient::new(person(platform, ServiceName::Approvals, "S1000"));
        let application = city::registration(&city::applicant(0), system);
        let request = ApplyPermitRequest {
            application: Some(application),
        };
        let answer = applicant
            .apply_permit(request)
            .await
            .expect("an application");
        let permit = answer.into_inner().permit.expect("a permit").permit_id;
        let decide = async |who: &'static str| {
            let mut permits = PermitsClient::new(person(platform, ServiceName::Approvals, who));
            let request = DecideStepRequest {
                permit_id: permit.clone(),
                verdict: StepVerdict::Permitted.into(),
                ..DecideStepRequest::default()
            };
            permits.decide_step(request).await.map(|_| ())
        };
        let strangers = PEOPLE.map(|(who, _)| who);
        for stranger in strangers.into_iter().filter(|who| !deciders.contains(*who)) {
            let status = decide(stranger).await.expect_err("not named");
            assert!(
                NOT.contains(&refused(&status).code.as_str()),
                "{stranger}: {status}"
            );
        }
        let decider = PEOPLE.iter().find(|(who, _)| who == decider);
        let (decider, _) = decider.expect("one of the people");
        // The news of the absence may still be on its way to approvals.
        platform
            .until("approvals lets the one named decide", async || {
                decide(decider).await.ok()
            })
            .await;
    }
}

async fn compare_incidents(platform: &Platform) {
    const NOT: [&str; 4] = [
        "incident_not_in_charge",
        "incident_not_addressed",
        "incident_principal_not_absent",
        "incident_not_in_absence_plan",
    ];
    let client = |who: &str| IncidentsClient::new(person(platform, ServiceName::Incidents, who));
    let report = incidents::ReportIncidentRequest {
        title: "改ざん".to_owned(),
        origin: incidents::ReportOrigin::Staff.into(),
        section_id: SECTION.to_owned(),
        system_id: SYSTEMS[0].to_owned(),
        description: "書き換え".to_owned(),
        ..incidents::ReportIncidentRequest::default()
    };
    let reported = platform
        .until("incidents know the city", async || {
            let answer = client("S1000").report_incident(report.clone()).await.ok()?;
            answer.into_inner().incident
        })
        .await;
    let id = || reported.incident_id.clone();
    let investigate = async |who: &'static str| {
        let request = incidents::RecordInvestigationRequest {
            incident_id: id(),
            findings: Some(incidents::Investigation {
                what_happened: "改ざん".to_owned(),
                cause: "脆弱性".to_owned(),
                damage_and_scope: "1ページ".to_owned(),
            }),
            grave_outside_harm: false,
        };
        client(who).record_investigation(request).await.map(|_| ())
    };
    let minor = async |who: &'static str| {
        let request = incidents::JudgeMinorRequest {
            incident_id: id(),
            reason: "影響なし".to_owned(),
        };
        client(who).judge_minor(request).await.map(|_| ())
    };
    let suspend = async |who: &'static str| {
        let request = incidents::SuspendSystemRequest {
            incident_id: id(),
            system_id: SYSTEMS[0].to_owned(),
            reason: "拡大防止".to_owned(),
        };
        client(who).suspend_system(request).await.map(|_| ())
    };
    let prevent = async |who: &'static str| {
        let request = incidents::RecordPreventionRequest {
            incident_id: id(),
            measures: "更新".to_owned(),
        };
        client(who).record_prevention(request).await.map(|_| ())
    };
    let asked = |action: Action| about(action.as_str(), SYSTEMS[0]);
    let expected = named(platform, asked(Action::IncidentInvestigate)).await;
    assert_eq!(expected, set(&[MANAGER, DEPUTY]));
    platform
        .until("incidents let those named investigate", async || {
            (let_do(&investigate, &NOT).await == expected).then_some(())
        })
        .await;
    let expected = named(platform, asked(Action::IncidentJudgeMinor)).await;
    assert_eq!(let_do(&minor, &NOT).await, expected);
    let expected = named(platform, asked(Action::IncidentSuspend)).await;
    assert_eq!(
        expected.len(),
        5,
        "manager, deputy, CSIRT, CISO: {expected:?}"
    );
    assert_eq!(let_do(&suspend, &NOT).await, expected);
    let expected = named(platform, asked(Action::IncidentPrevent)).await;
    assert_eq!(let_do(&prevent, &NOT).await, expected);
}

async fn compare_exceptions(platform: &Platform) {
    let client = |who: &str| ExceptionsClient::new(person(platform, ServiceName::Approvals, who));
    let terms = ExceptionTerms {
        bureau_id: "1500".to_owned(),
        clauses: vec!["7-2-(2)-2イ".to_owned()],
        section_ids: vec![SECTION.to_owned()],
        system_ids: vec![SYSTEMS[0].to_owned()],
        class_ceiling: InformationClass::Ii.into(),
        ground: "認証装置の故障".to_owned(),
        substitute_measure: "上長の立会い".to_owned(),
        ends_at: Some(timestamp(
            SystemClock.now() + SignedDuration::from_hours(24),
        )),
        ..ExceptionTerms::default()
    };
    let apply = async |who: &'static str| {
        let request = ApplyExceptionRequest {
            terms: Some(terms.clone()),
        };
        client(who).apply_exception(request).await.map(|_| ())
    };
    let of_bureau = |action: Action| identity::WhoMayRequest {
        bureau_id: "1500".to_owned(),
        concerned_ids: vec!["S0005".to_owned()],
        ..in_section(action.as_str())
    };
    let not = ["role_missing", "exception_not_a_bureau_manager"];
    let expected = named(platform, of_bureau(Action::ExceptionApply)).await;
    assert_eq!(expected, set(&["S0005"]));
    assert_eq!(let_do(&apply, &not).await, expected);

    let request = ApplyExceptionRequest {
        terms: Some(terms.clone()),
    };
    let applied = client("S0005").apply_exception(request).await;
    let applied = applied.expect("an application").into_inner().exception;
    let id = applied.expect("an exception").exception_id;
    let decide = async |who: &'static str| {
        let request = DecideExceptionRequest {
            exception_id: id.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideExceptionRequest::default()
        };
        client(who).decide_exception(request).await.map(|_| ())
    };
    let expected = named(platform, of_bureau(Action::ExceptionDecide)).await;
    assert_eq!(expected, set(&["S0006"]));
    assert_eq!(
        let_do(&decide, &["role_missing", "exception_not_the_ciso"]).await,
        expected
    );
}

async fn compare_registers(platform: &Platform) {
    let nominate = async |who: &'static str| {
        let mut authority = AuthorityClient::new(person(platform, ServiceName::Identity, who));
        let request = identity::NominateDeputyRequest {
            section_id: SECTION.to_owned(),
            person_id: applicant(0),
            role: Role::SystemStaff.to_string(),
            ..identity::NominateDeputyRequest::default()
        };
        authority.nominate_deputy(request).await.map(|_| ())
    };
    let expected = named(platform, in_section("deputy.nominate")).await;
    assert_eq!(expected, set(&[MANAGER]), "nothing is passed on");
    assert_eq!(
        let_do(&nominate, &["delegation_not_in_charge"]).await,
        expected
    );

    let review = async |who: &'static str| {
        let line = person(platform, ServiceName::Identity, who);
        let mut reviews = identity::access_reviews_client::AccessReviewsClient::new(line);
        let request = identity::StartReviewRequest {
            system_id: SYSTEMS[0].to_owned(),
        };
        reviews.start_review(request).await.map(|_| ())
    };
    let expected = named(platform, about("access_review.keep", SYSTEMS[0])).await;
    assert_eq!(expected, set(&[MANAGER]), "the plan does not name it");
    let not = ["access_review_not_the_manager"];
    assert_eq!(let_do(&review, &not).await, expected);

    let register = async |who: &'static str| {
        let mut systems = SystemsClient::new(person(platform, ServiceName::Ledger, who));
        let request = RegisterSystemRequest {
            system_id: format!("SYS-{who}"),
            entry: Some(SystemEntry {
                name: "台帳".to_owned(),
                owner_section_id: SECTION.to_owned(),
                network_class: NetworkClass::Independent.into(),
                ..SystemEntry::default()
            }),
        };
        systems.register_system(request).await.map(|_| ())
    };
    let expected = named(platform, in_section("ledger.keep")).await;
    assert_eq!(expected, set(&[MANAGER, DEPUTY]));
    platform
        .until("the ledger knows the deputy", async || {
            let kept = let_do(&register, &["role_missing", "not_own_section"]).await;
            (kept == expected).then_some(())
        })
        .await;
}

fn set(people: &[&str]) -> BTreeSet<String> {
    people.iter().map(|one| (*one).to_owned()).collect()
}

/// 2-6-2, 8-3, 8-4, G7.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_who_may_names_is_let_do_it_and_nobody_else_is() {
    let platform = Platform::embedded(&["--empty"]).await;
    city_of_many(&platform).await;
    compare_permits(&platform).await;
    compare_incidents(&platform).await;
    compare_exceptions(&platform).await;
    compare_registers(&platform).await;
}
