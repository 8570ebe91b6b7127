//! What is refused before any service looks at it.

use proto::{
    identity::v1::{
        AccessAction, AccessQuestion, EvaluateRequest, access_decision_client::AccessDecisionClient,
    },
    journal::v1::{HeadRequest, journal_client::JournalClient},
};
use standard::{Role, ServiceName};
use tonic::{Code, Request, Status, client::Grpc};
use tonic_prost::ProstCodec;

use super::{
    Case, USED, answer, manager,
    requests::{classify, classify_on, import, request},
};
use crate::{
    city::{self, MANAGER, SECTION},
    harness::Platform,
};

pub(super) const CASES: &[Case] = &[
    Case {
        what: "bytes that are no UTF-8 where text belongs",
        ask: |platform| Box::pin(not_utf8(platform)),
        status: Code::InvalidArgument,
        code: "malformed_message",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "a message above the limit",
        ask: |platform| Box::pin(oversized(platform)),
        status: Code::OutOfRange,
        code: "message_too_large",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "no token",
        ask: |platform| {
            Box::pin(async {
                let line = platform.anonymous(ServiceName::Ledger);
                answer(classify_on(line, request(), None).await)
            })
        },
        status: Code::Unauthenticated,
        code: "token_missing",
        clause: "7-2-(1)-1",
        field: "",
        recorded: None,
    },
    Case {
        what: "a token whose time is over",
        ask: |platform| {
            Box::pin(async {
                let token = platform.ended_token(MANAGER, SECTION, &[Role::InformationManager], 60);
                let line = platform.bearer(ServiceName::Ledger, &token);
                answer(classify_on(line, request(), None).await)
            })
        },
        status: Code::Unauthenticated,
        code: "token_expired",
        clause: "7-2-(1)-1",
        field: "",
        recorded: None,
    },
    Case {
        what: "a caller without the role",
        ask: |platform| {
            Box::pin(async {
                let line = city::person(platform, ServiceName::Ledger, "S1000", &[]);
                answer(classify_on(line, request(), None).await)
            })
        },
        status: Code::PermissionDenied,
        code: "role_missing",
        clause: "7-2-(3)-2",
        field: "",
        recorded: Some(ServiceName::Ledger),
    },
    Case {
        what: "an access asked for by a person",
        ask: |platform| {
            Box::pin(async {
                let request = EvaluateRequest {
                    subject_token: "none".to_owned(),
                    question: Some(AccessQuestion {
                        system_id: "SYS-1".to_owned(),
                        action: AccessAction::Use.into(),
                        ..AccessQuestion::default()
                    }),
                };
                let line = manager(platform, ServiceName::Identity);
                answer(AccessDecisionClient::new(line).evaluate(request).await)
            })
        },
        status: Code::PermissionDenied,
        code: "enforcement_point_required",
        clause: "7-2-(3)-2",
        field: "",
        recorded: Some(ServiceName::Identity),
    },
    Case {
        what: "the journal, asked for by a person",
        ask: |platform| {
            Box::pin(async {
                let request = HeadRequest {
                    source: "ledger".to_owned(),
                };
                let line = manager(platform, ServiceName::Ledger);
                answer(JournalClient::new(line).head(request).await)
            })
        },
        status: Code::PermissionDenied,
        code: "platform_service_required",
        clause: "7-2-(3)-2",
        field: "",
        recorded: None,
    },
    Case {
        what: "an idempotency key of 65 characters",
        ask: |platform| {
            let key = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";
            Box::pin(classify(platform, Some(key), |_| ()))
        },
        status: Code::InvalidArgument,
        code: "idempotency_key_invalid",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "a key that came with another request before",
        ask: |platform| {
            Box::pin(classify(platform, Some(USED), |request| {
                request.name = "別の台帳".to_owned();
            }))
        },
        status: Code::Aborted,
        code: "idempotency_key_reused",
        clause: "",
        field: "",
        recorded: Some(ServiceName::Ledger),
    },
    Case {
        what: "a command that is not done in time",
        ask: |platform| Box::pin(too_late(platform)),
        status: Code::DeadlineExceeded,
        code: "deadline_exceeded",
        clause: "",
        field: "",
        recorded: None,
    },
];

/// The request as far as its name, which may hold any bytes.
#[derive(Clone, PartialEq, prost::Message)]
struct RawName {
    #[prost(bytes = "vec", tag = "2")]
    name: Vec<u8>,
}

async fn not_utf8(platform: &Platform) -> Status {
    let mut client = Grpc::new(manager(platform, ServiceName::Ledger));
    client.ready().await.expect("a connection");
    let raw = RawName {
        name: b"\xff\xfe".to_vec(),
    };
    let path = "/sekisho.ledger.v1.InformationEntries/ClassifyInformation";
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(path);
    let codec = ProstCodec::<RawName, RawName>::default();
    answer(client.unary(Request::new(raw), path, codec).await)
}

async fn oversized(platform: &Platform) -> Status {
    import(platform, vec![b'x'; 11 << 20]).await
}

/// The ledger's database is held by somebody else for longer than a request may take. When it is let
/// go, another request is carried out first: what the late one left at the writer's door has been in.
async fn too_late(platform: &Platform) -> Status {
    let database = platform.databases.open(ServiceName::Ledger).await;
    let held = database.hold().await;
    let status = classify(platform, None, |request| {
        request.information_id = "J-2".into()
    })
    .await;
    held.rollback().await.expect("let go");
    let line = manager(platform, ServiceName::Ledger);
    let repeated = classify_on(line, request(), Some(USED)).await;
    repeated.expect("what was carried out before");
    status
}
