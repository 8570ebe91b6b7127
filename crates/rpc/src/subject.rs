//! What a request is about, for the record of its refusal: the first id it names. The contracts
//! themselves say where ids are, so that an RPC added to them later is recorded like all others.

use std::collections::BTreeMap;

use kernel::SystemId;
use prost::Message;
use prost_types::FileDescriptorSet;
use proto::paths::{Path, follow, paths};

/// How deep an id may be inside a request: `ApplyPermitRequest.application.subject.system_id`.
const DEPTH: usize = 3;

/// For every RPC with one message in the request, where that message has ids.
#[derive(Debug)]
pub(crate) struct Subjects(BTreeMap<String, Vec<Path>>);

impl Subjects {
    /// Reads the contracts.
    pub(crate) fn of_contracts() -> Self {
        let ids = paths(DEPTH, |field| field.ends_with("_id").then_some(()));
        let set =
            FileDescriptorSet::decode(proto::DESCRIPTORS).expect("the descriptor set is valid");
        let mut subjects = BTreeMap::new();
        for file in &set.file {
            for service in &file.service {
                for method in service.method.iter().filter(|m| !m.client_streaming()) {
                    let (package, service) = (file.package(), service.name());
                    let found = ids.get(method.input_type().trim_start_matches('.'));
                    let found = found.into_iter().flatten().map(|(path, ())| path.clone());
                    let full = format!("/{package}.{service}/{}", method.name());
                    subjects.insert(full, found.collect());
                }
            }
        }
        Self(subjects)
    }

    /// Whether the method is in the contracts and takes one message.
    pub(crate) fn is_unary(&self, method: &str) -> bool {
        self.0.contains_key(method)
    }

    /// The first id that a message of the method names, in the order of its fields. What is no id
    /// goes on no record.
    pub(crate) fn of(&self, method: &str, message: &[u8]) -> Option<String> {
        let mut subject = None;
        for path in self.0.get(method)? {
            follow(message, path, &mut |text| {
                // All ids have one form, whatever they name.
                if subject.is_none() && SystemId::try_new(text).is_ok() {
                    subject = Some(text.to_owned());
                }
            });
            if subject.is_some() {
                break;
            }
        }
        subject
    }
}

#[cfg(test)]
mod tests {
    use proto::{
        approvals::v1::{Application, ApplyPermitRequest, DecideStepRequest, PermitSubject},
        identity::v1::{AccessQuestion, EvaluateManyRequest},
        ledger::v1::{GetSystemRequest, ListSystemsRequest},
    };

    use super::*;

    fn subject(method: &str, message: &impl Message) -> Option<String> {
        Subjects::of_contracts().of(method, &message.encode_to_vec())
    }

    #[test]
    fn a_request_is_about_the_first_id_it_names_however_deep() {
        let step = DecideStepRequest {
            permit_id: "P-1".into(),
            witness_id: "S0002".into(),
            ..DecideStepRequest::default()
        };
        let decide = "/sekisho.approvals.v1.Permits/DecideStep";
        assert_eq!(subject(decide, &step).as_deref(), Some("P-1"));
        let application = Application {
            subject: Some(PermitSubject {
                system_id: "SYS-1".into(),
                ..PermitSubject::default()
            }),
            ..Application::default()
        };
        let apply = ApplyPermitRequest {
            application: Some(application),
        };
        let found = subject("/sekisho.approvals.v1.Permits/ApplyPermit", &apply);
        assert_eq!(found.as_deref(), Some("SYS-1"));
        let question = |system_id: &str| AccessQuestion {
            system_id: system_id.into(),
            ..AccessQuestion::default()
        };
        let many = EvaluateManyRequest {
            questions: vec![question(""), question("SYS-2"), question("SYS-3")],
            ..EvaluateManyRequest::default()
        };
        let found = subject("/sekisho.identity.v1.AccessDecision/EvaluateMany", &many);
        assert_eq!(found.as_deref(), Some("SYS-2"));
    }

    #[test]
    fn what_names_nothing_or_no_id_has_no_subject() {
        let get = "/sekisho.ledger.v1.Systems/GetSystem";
        for odd in ["", "a b", "a/b", &"x".repeat(65)] {
            let request = GetSystemRequest {
                system_id: odd.into(),
            };
            assert_eq!(subject(get, &request), None, "{odd:?}");
        }
        let list = ListSystemsRequest::default();
        assert_eq!(
            subject("/sekisho.ledger.v1.Systems/ListSystems", &list),
            None
        );
        let subjects = Subjects::of_contracts();
        assert_eq!(subjects.of(get, b"\x0a\xff\xff"), None);
        assert_eq!(subjects.of("/no.such/Method", b""), None);
        assert!(!subjects.is_unary("/no.such/Method"));
    }

    /// Whoever adds a command without an id adds one whose refusals nobody finds.
    #[test]
    fn every_command_on_something_kept_names_it() {
        let subjects = Subjects::of_contracts();
        for package in ["ledger", "approvals", "incidents"] {
            let package = format!("/sekisho.{package}.v1.");
            let commands: Vec<_> = subjects
                .0
                .iter()
                .filter(|(method, _)| method.starts_with(&package))
                .filter(|(method, _)| !method.contains("/List") && !method.ends_with("Table"))
                .collect();
            assert!(commands.len() > 10, "{package}");
            for (method, ids) in commands {
                assert!(!ids.is_empty(), "{method}");
            }
        }
    }
}
