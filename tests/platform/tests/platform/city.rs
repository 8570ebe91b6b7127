//! A small city, entered through the front door: one bureau with one section, its manager S0001,
//! and for each writer a member of staff who applies and one who loses cards.

use kernel::Actor;
use proto::{
    approvals::v1::{
        Application, CheckPermitRequest, PermitSubject, permits_client::PermitsClient,
    },
    common::v1::{AccessPath, ImportMode, InformationClass, NetworkClass},
    identity::v1::{
        EnrolRequest, ImportTableRequest, OpenEnrolmentRequest, RegisterEnforcementPointRequest,
        SignInWithPasswordRequest, TableKind, accounts_client::AccountsClient,
        enforcement_points_client::EnforcementPointsClient, import_client::ImportClient,
        sign_in_client::SignInClient,
    },
    ledger::v1::{RegisterSystemRequest, SystemEntry, systems_client::SystemsClient},
};
use rpc::client::Channel;
use standard::{Role, ServiceName};

use crate::harness::Platform;

/// The section everybody is in.
pub(crate) const SECTION: &str = "1504";
/// Its manager.
pub(crate) const MANAGER: &str = "S0001";
/// Whose word the audit log takes.
pub(crate) const AUDITOR: &str = "S0002";
/// Systems that are applied for.
pub(crate) const SYSTEMS: [&str; 4] = ["SYS-1", "SYS-2", "SYS-3", "SYS-4"];
/// The enforcement point and its workload.
pub(crate) const PROXY: &str = "office-proxy";
const PASSWORD: &str = "tests-of-the-platform-2026";

/// Who applies, and whose access is evaluated.
pub(crate) fn applicant(writer: usize) -> String {
    format!("S1{writer:03}")
}

/// Who loses cards.
pub(crate) fn careless(writer: usize) -> String {
    format!("S2{writer:03}")
}

/// Enters the city; returns when every service has heard of it.
pub(crate) async fn populate(platform: &Platform, writers: usize) {
    staff_it(platform, writers).await;
    let identity = this_test(platform, ServiceName::Identity);
    EnforcementPointsClient::new(identity)
        .register_enforcement_point(RegisterEnforcementPointRequest {
            enforcement_point_id: PROXY.to_owned(),
            name: "庁内プロキシ".to_owned(),
            workload: PROXY.to_owned(),
            path: AccessPath::Office.into(),
        })
        .await
        .expect("an enforcement point");
    for system in SYSTEMS {
        register_system(platform, system).await;
    }
    wait_until_known(platform, writers).await;
}

/// Enters organisation, staff and posts.
pub(crate) async fn staff_it(platform: &Platform, writers: usize) {
    let identity = this_test(platform, ServiceName::Identity);
    for (kind, table) in [
        (TableKind::Organisation, organisation()),
        (TableKind::Staff, staff(writers)),
        (TableKind::Posts, posts()),
    ] {
        let request = ImportTableRequest {
            kind: kind.into(),
            content: table.into_bytes(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let answer = ImportClient::new(identity.clone())
            .import_table(request)
            .await;
        let answer = answer.expect("a table is entered").into_inner();
        let report = answer.report.expect("a report");
        assert!(report.entered, "{kind:?}: {:?}", report.errors);
    }
}

fn organisation() -> String {
    format!("区分,コード,名称,上位コード\n局,1500,市民局,\n課公所,{SECTION},広聴相談課,1500\n")
}

fn staff(writers: usize) -> String {
    let mut table = "職員番号,氏名,所属コード,雇用区分\n".to_owned();
    let people = [MANAGER.to_owned(), AUDITOR.to_owned()];
    let writers = (0..writers).flat_map(|writer| [applicant(writer), careless(writer)]);
    for person in people.into_iter().chain(writers) {
        table.push_str(&format!("{person},職員{person},{SECTION},正規\n"));
    }
    table
}

fn posts() -> String {
    format!(
        "職コード,職名,課公所コード,役割,在職者,発令日\n\
         1504-01,広聴相談課長,{SECTION},情報管理者,{MANAGER},2026-04-01\n\
         1504-02,監査担当,{SECTION},監査を行う者,{AUDITOR},2026-04-01\n"
    )
}

/// The ledger has to hear of the section first.
pub(crate) async fn register_system(platform: &Platform, system: &str) {
    let request = RegisterSystemRequest {
        system_id: system.to_owned(),
        entry: Some(SystemEntry {
            name: format!("システム{system}"),
            owner_section_id: SECTION.to_owned(),
            network_class: NetworkClass::Independent.into(),
            ..SystemEntry::default()
        }),
    };
    let ledger = this_test(platform, ServiceName::Ledger);
    platform
        .until("the ledger knows the section", async || {
            let mut client = SystemsClient::new(ledger.clone());
            client.register_system(request.clone()).await.ok()
        })
        .await;
}

async fn wait_until_known(platform: &Platform, writers: usize) {
    let last = applicant(writers.saturating_sub(1));
    let approvals = person(platform, ServiceName::Approvals, &last, &[]);
    platform
        .until("approvals knows the city", async || {
            let request = CheckPermitRequest {
                application: Some(registration(&last, SYSTEMS[SYSTEMS.len() - 1])),
            };
            let mut client = PermitsClient::new(approvals.clone());
            let answer = client.check_permit(request).await.ok()?.into_inner();
            let decided_by_manager = answer.steps.first()?.approver_ids == [MANAGER];
            (answer.violations.is_empty() && decided_by_manager).then_some(())
        })
        .await;
}

/// Gives somebody a password and signs them in; returns the access token.
pub(crate) async fn sign_in(platform: &Platform, person: &str) -> String {
    let code = AccountsClient::new(this_test(platform, ServiceName::Identity))
        .open_enrolment(OpenEnrolmentRequest {
            person_id: person.to_owned(),
        })
        .await
        .expect("an enrolment")
        .into_inner()
        .code;
    let anonymous = platform.anonymous(ServiceName::Identity);
    AccountsClient::new(anonymous.clone())
        .enrol(EnrolRequest {
            person_id: person.to_owned(),
            code,
            password: PASSWORD.to_owned(),
        })
        .await
        .expect("a password");
    sign_in_again(platform, person).await
}

/// Another session of somebody who has a password.
pub(crate) async fn sign_in_again(platform: &Platform, person: &str) -> String {
    let anonymous = platform.anonymous(ServiceName::Identity);
    let answer = SignInClient::new(anonymous)
        .sign_in_with_password(SignInWithPasswordRequest {
            person_id: person.to_owned(),
            password: PASSWORD.to_owned(),
        })
        .await
        .expect("a session");
    answer.into_inner().grant.expect("a grant").access_token
}

/// An application to be a user of a system.
pub(crate) fn registration(person: &str, system: &str) -> Application {
    let content = [("need", "窓口業務のため"), ("usage", "照会と入力")];
    Application {
        kind: "user.registration".to_owned(),
        subject: Some(PermitSubject {
            person_id: person.to_owned(),
            system_id: system.to_owned(),
            ..PermitSubject::default()
        }),
        information_class: InformationClass::Iii.into(),
        content: content
            .map(|(field, text)| (field.to_owned(), text.to_owned()))
            .into(),
        ..Application::default()
    }
}

/// The section's manager.
pub(crate) fn manager(platform: &Platform, service: ServiceName) -> Channel {
    person(platform, service, MANAGER, &[Role::InformationManager])
}

/// A member of staff of the section.
pub(crate) fn person(
    platform: &Platform,
    service: ServiceName,
    person: &str,
    roles: &[Role],
) -> Channel {
    platform.bearer(service, &platform.token(person, SECTION, roles))
}

/// As the platform's own: what an operator enters.
pub(crate) fn this_test(platform: &Platform, service: ServiceName) -> Channel {
    platform.machine(service, Actor::Service("tests".to_owned()))
}
