use std::fmt;

use kernel::{Challenge, ClauseId};

use super::*;

#[derive(Debug)]
struct Rule {
    kind: Kind,
    code: &'static str,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("class I may not go there")
    }
}

impl Error for Rule {}

impl Refusal for Rule {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn code(&self) -> &'static str {
        self.code
    }
    fn clauses(&self) -> Vec<ClauseId> {
        vec![ClauseId::known("3-4-(6)-1"), ClauseId::known("4-2-(2)-1")]
    }
    fn field(&self) -> Option<String> {
        Some("information_class".into())
    }
    fn message_ja(&self) -> String {
        "重要性分類Ⅰは扱えません。".into()
    }
}

fn localized(status: &Status, locale: &str) -> Option<String> {
    let details = status.get_error_details_vec();
    details.into_iter().find_map(|detail| match detail {
        ErrorDetail::LocalizedMessage(m) if m.locale == locale => Some(m.message),
        _ => None,
    })
}

#[test]
fn each_kind_of_refusal_has_its_code() {
    for (kind, code, expected) in [
        (Kind::Unauthenticated, "x", Code::Unauthenticated),
        (Kind::Invalid, "x", Code::InvalidArgument),
        (Kind::NotFound, "x", Code::NotFound),
        (Kind::Denied, "x", Code::PermissionDenied),
        (Kind::Conflict, "system_changed", Code::Aborted),
        (Kind::Conflict, "system_exists", Code::AlreadyExists),
        (Kind::Precondition, "x", Code::FailedPrecondition),
        (Kind::Exhausted, "x", Code::ResourceExhausted),
    ] {
        assert_eq!(
            refused(Rule { kind, code }).code(),
            expected,
            "{kind:?} {code}"
        );
    }
}

/// G4 and G10: code, clauses, field, both languages; completed with pack and request id.
#[test]
fn a_refusal_carries_everything_a_caller_needs() {
    let rule = Rule {
        kind: Kind::Precondition,
        code: "permit_class_not_allowed",
    };
    let status = complete(&refused(rule), "request-1", "sendai/2026.1");
    let info = status.get_details_error_info().expect("ErrorInfo");
    assert_eq!(info.reason, "permit_class_not_allowed");
    assert_eq!(info.domain, "sekisho");
    assert_eq!(info.metadata["clauses"], "3-4-(6)-1,4-2-(2)-1");
    assert_eq!(info.metadata["pack"], "sendai/2026.1");
    let bad = status.get_details_bad_request().expect("BadRequest");
    assert_eq!(bad.field_violations[0].field, "information_class");
    assert_eq!(
        localized(&status, "en").as_deref(),
        Some("class I may not go there")
    );
    assert_eq!(
        localized(&status, "ja").as_deref(),
        Some("重要性分類Ⅰは扱えません。")
    );
    let request = status.get_details_request_info().expect("RequestInfo");
    assert_eq!(request.request_id, "request-1");
}

/// RFC 9470: whoever has to verify more is told what, and how lately.
#[test]
fn a_refusal_that_asks_to_verify_more_says_what() {
    #[derive(Debug, thiserror::Error)]
    #[error("verify more")]
    struct More(Option<Duration>);
    impl Refusal for More {
        fn kind(&self) -> Kind {
            Kind::Denied
        }
        fn code(&self) -> &'static str {
            "insufficient_user_authentication"
        }
        fn challenge(&self) -> Option<Challenge> {
            Some(Challenge {
                acr: "urn:sekisho:aal2",
                max_age: self.0,
            })
        }
        fn message_ja(&self) -> String {
            "確認してください。".into()
        }
    }
    for (age, told) in [(None, None), (Some(Duration::from_secs(300)), Some("300"))] {
        let info = refused(More(age)).get_details_error_info();
        let metadata = info.expect("ErrorInfo").metadata;
        assert_eq!(metadata["acr_values"], "urn:sekisho:aal2");
        assert_eq!(metadata.get("max_age").map(String::as_str), told);
    }
}

#[test]
fn a_fault_of_ours_tells_nothing_of_itself() {
    let status = failure::<Rule>(Failure::Corrupt {
        table: "systems",
        row: "S-1".into(),
        reason: "secret words".into(),
    });
    assert_eq!(status.code(), Code::Internal);
    let shown = format!("{} {:?}", status.message(), status.get_error_details_vec());
    assert!(
        !shown.contains("systems") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn what_may_be_tried_again_says_when() {
    for status in [
        failure::<Rule>(Failure::Contended(None)),
        unavailable(fmt::Error),
        refused(Rule {
            kind: Kind::Exhausted,
            code: "too_many",
        }),
    ] {
        assert!(status.get_details_retry_info().is_some(), "{status:?}");
    }
    let reused = failure::<Rule>(Failure::KeyReused);
    assert!(reused.get_details_retry_info().is_none());
    assert_eq!(
        reused.get_details_error_info().expect("info").reason,
        KEY_REUSED
    );
}
