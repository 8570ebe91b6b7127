//! Identity itself with people who have accounts: what rows 7 and 8 ask.

use std::pin::Pin;

use proto::{
    common::v1::ImportMode,
    identity::v1::{
        EnrolRequest, ImportTableRequest, OpenEnrolmentRequest, SignInWithPasswordRequest,
        TableKind, accounts_client::AccountsClient, import_client::ImportClient,
        sign_in_client::SignInClient,
    },
};
use rpc::{Endpoint, client::Channel};
use shell::{Platform, StartError};
use standard::ServiceName;
use testkit::TestProcess;

pub(crate) const PASSWORD: &str = "kettle orbit walnut";
const ORGANISATION: &str =
    "コード,名称,種別,上位コード\ntax,税制課,課公所,finance\nfinance,財政局,局,\n";

pub(crate) fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<Endpoint, StartError>> + Send + '_>> {
    Box::pin(identity::start(platform))
}

/// The number of a member of staff.
pub(crate) fn person(n: usize) -> String {
    format!("S{n}")
}

/// The platform's own caller.
pub(crate) fn platform(process: &TestProcess) -> Channel {
    process.service(ServiceName::Audit)
}

/// So many people in one section, each with an account and the same password.
pub(crate) async fn found(process: &TestProcess, people: usize) {
    let row = |n| format!("{},青葉 花子,tax,\n", person(n));
    let rows: String = (0..people).map(row).collect();
    let staff = format!("職員番号,氏名,所属コード,会計年度任用\n{rows}");
    for (kind, content) in [
        (TableKind::Organisation, ORGANISATION),
        (TableKind::Staff, staff.as_str()),
    ] {
        let table = ImportTableRequest {
            kind: kind.into(),
            content: content.into(),
            mode: ImportMode::AllOrNothing.into(),
            dry_run: false,
        };
        let mut client = ImportClient::new(platform(process));
        let answer = client.import_table(table).await.expect("judged");
        let report = answer.into_inner().report;
        assert!(report.expect("a report").entered);
    }
    for n in 0..people {
        enrol(process, person(n)).await;
    }
}

async fn enrol(process: &TestProcess, person_id: String) {
    let open = OpenEnrolmentRequest {
        person_id: person_id.clone(),
    };
    let mut accounts = AccountsClient::new(platform(process));
    let opened = accounts.open_enrolment(open).await.expect("opened");
    let enrol = EnrolRequest {
        person_id,
        code: opened.into_inner().code,
        password: PASSWORD.to_owned(),
    };
    let mut accounts = AccountsClient::new(process.anonymous());
    accounts.enrol(enrol).await.expect("enrolled");
}

/// The access token of a new session.
pub(crate) async fn sign_in(channel: Channel, person_id: String) -> String {
    let request = SignInWithPasswordRequest {
        person_id,
        password: PASSWORD.to_owned(),
    };
    let mut client = SignInClient::new(channel);
    let answer = client.sign_in_with_password(request).await;
    let grant = answer.expect("signed in").into_inner().grant;
    grant.expect("a grant").access_token
}
