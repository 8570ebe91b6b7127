//! What the ledger refuses.

use proto::{
    common::v1::InformationClass,
    ledger::v1::{GetSystemRequest, systems_client::SystemsClient},
};
use standard::ServiceName;
use tonic::Code;

use super::{Case, answer, manager, requests::classify};

pub(super) const CASES: &[Case] = &[
    Case {
        what: "an unknown system",
        ask: |platform| {
            Box::pin(async {
                let request = GetSystemRequest {
                    system_id: "SYS-404".to_owned(),
                };
                let mut systems = SystemsClient::new(manager(platform, ServiceName::Ledger));
                answer(systems.get_system(request).await)
            })
        },
        status: Code::NotFound,
        code: "system_not_found",
        clause: "7-1-(1)-1",
        field: "",
        recorded: None,
    },
    Case {
        what: "an id with a space in it",
        ask: |platform| {
            Box::pin(async {
                let request = GetSystemRequest {
                    system_id: "SYS 1".to_owned(),
                };
                let mut systems = SystemsClient::new(manager(platform, ServiceName::Ledger));
                answer(systems.get_system(request).await)
            })
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "system_id",
        recorded: None,
    },
    Case {
        what: "a class that its ground does not give",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.information_class = InformationClass::I.into();
            }))
        },
        status: Code::InvalidArgument,
        code: "information_ground_does_not_give_class",
        clause: "3-1-0",
        field: "ground",
        recorded: None,
    },
    Case {
        what: "no class",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.information_class = InformationClass::Unspecified.into();
            }))
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "information_class",
        recorded: None,
    },
    Case {
        what: "a class that is none",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.information_class = 99;
            }))
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "information_class",
        recorded: None,
    },
    Case {
        what: "a name of 201 characters",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.name = "簿".repeat(201);
            }))
        },
        status: Code::InvalidArgument,
        code: "invalid_fields",
        clause: "",
        field: "name",
        recorded: None,
    },
    Case {
        what: "a section the city does not have",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.section_id = "9999".to_owned();
            }))
        },
        status: Code::FailedPrecondition,
        code: "information_section_unknown",
        clause: "3-4-(1)-2",
        field: "section_id",
        recorded: Some(ServiceName::Ledger),
    },
    Case {
        what: "a system that is not in the ledger",
        ask: |platform| {
            Box::pin(classify(platform, None, |request| {
                request.system_id = "SYS-404".to_owned();
            }))
        },
        status: Code::FailedPrecondition,
        code: "information_system_unknown",
        clause: "7-1-(1)-1",
        field: "system_id",
        recorded: Some(ServiceName::Ledger),
    },
];
