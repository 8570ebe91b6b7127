//! What identity, approvals and incidents refuse.

use kernel::Actor;
use proto::{
    approvals::v1::{
        ApplyPermitRequest, DecideStepRequest, StepVerdict, permits_client::PermitsClient,
    },
    identity::v1::{
        AccessQuestion, EvaluateRequest, ReportCredentialLostRequest,
        access_decision_client::AccessDecisionClient, accounts_client::AccountsClient,
    },
    incidents::v1::{
        GetIncidentRequest, ReportIncidentRequest, ReportOrigin, incidents_client::IncidentsClient,
    },
};
use standard::ServiceName;
use tonic::Code;

use super::{Case, answer, manager, requests::import};
use crate::city;

pub(super) const CASES: &[Case] = &[
    Case {
        what: "an unknown incident",
        ask: |platform| {
            Box::pin(async {
                let request = GetIncidentRequest {
                    incident_id: "no-such-incident".to_owned(),
                };
                let line = manager(platform, ServiceName::Incidents);
                answer(IncidentsClient::new(line).get_incident(request).await)
            })
        },
        status: Code::NotFound,
        code: "incident_not_found",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "an unknown permit to decide on",
        ask: |platform| {
            Box::pin(async {
                let request = DecideStepRequest {
                    permit_id: "no-such-permit".to_owned(),
                    verdict: StepVerdict::Permitted.into(),
                    ..DecideStepRequest::default()
                };
                let line = manager(platform, ServiceName::Approvals);
                answer(PermitsClient::new(line).decide_step(request).await)
            })
        },
        status: Code::NotFound,
        code: "permit_not_found",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "a table that is no table",
        ask: |platform| Box::pin(import(platform, b"\xff\xfe\x00".to_vec())),
        status: Code::InvalidArgument,
        code: "file_invalid_text",
        clause: "",
        field: "",
        recorded: None,
    },
    Case {
        what: "an access asked for without a system",
        ask: |platform| {
            Box::pin(async {
                let request = EvaluateRequest {
                    subject_token: "none".to_owned(),
                    question: Some(AccessQuestion::default()),
                };
                let proxy = Actor::Workload(city::PROXY.to_owned());
                let line = platform.machine(ServiceName::Identity, proxy);
                answer(AccessDecisionClient::new(line).evaluate(request).await)
            })
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "question.system_id",
        recorded: None,
    },
    Case {
        what: "a card of somebody unknown reported lost",
        ask: |platform| {
            Box::pin(async {
                let request = ReportCredentialLostRequest {
                    person_id: "S9999".to_owned(),
                    credential_id: "no-such-card".to_owned(),
                    circumstances: "電車に置き忘れた".to_owned(),
                };
                let line = manager(platform, ServiceName::Identity);
                answer(
                    AccountsClient::new(line)
                        .report_credential_lost(request)
                        .await,
                )
            })
        },
        status: Code::NotFound,
        code: "account_person_unknown",
        clause: "7-2-(9)-1",
        field: "person_id",
        recorded: None,
    },
    Case {
        what: "a permit for a system that is not in the ledger",
        ask: |platform| {
            Box::pin(async {
                let request = ApplyPermitRequest {
                    application: Some(city::registration("S1000", "SYS-404")),
                };
                let line = city::person(platform, ServiceName::Approvals, "S1000", &[]);
                answer(PermitsClient::new(line).apply_permit(request).await)
            })
        },
        status: Code::FailedPrecondition,
        code: "permit_rules_not_met",
        clause: "7-2-(1)-2",
        field: "subject.system_id",
        recorded: Some(ServiceName::Approvals),
    },
    Case {
        what: "an incident without a title",
        ask: |platform| {
            Box::pin(async {
                let request = ReportIncidentRequest {
                    origin: ReportOrigin::Staff.into(),
                    description: "画面が開かない".to_owned(),
                    ..ReportIncidentRequest::default()
                };
                let line = manager(platform, ServiceName::Incidents);
                answer(IncidentsClient::new(line).report_incident(request).await)
            })
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "title",
        recorded: None,
    },
];
