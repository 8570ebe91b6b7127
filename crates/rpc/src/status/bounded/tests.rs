use std::fmt;

use kernel::{Kind, Refusal};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::HEADERS;
use crate::{Violation, status};

/// Bytes of the headers that carry an error, counted as HTTP/2 counts them.
fn headers(status: &Status) -> usize {
    let completed = status::complete(
        status,
        "019a0000-0000-7000-8000-000000000000",
        "sendai/2026.1",
    );
    let response = completed.into_http::<()>();
    let headers = response.headers().iter();
    headers
        .map(|(name, value)| name.as_str().len() + value.len() + 32)
        .sum()
}

fn violations(many: usize, text: &str) -> Vec<Violation> {
    let one = |at| Violation {
        field: format!("rows[{at}].{text}"),
        code: "required",
        en: format!("{text} is missing"),
        ja: format!("{text}がありません。"),
    };
    (0..many).map(one).collect()
}

#[derive(Debug)]
struct NotFound(String);

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {}", self.0)
    }
}

impl std::error::Error for NotFound {}

impl Refusal for NotFound {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }
    fn code(&self) -> &'static str {
        "nothing_there"
    }
    fn field(&self) -> Option<String> {
        Some(self.0.clone())
    }
    fn message_ja(&self) -> String {
        format!("{}はありません。", self.0)
    }
}

/// G10: whatever the caller made long, the answer reaches them and ends nobody's connection.
#[test]
fn an_error_is_within_what_every_client_takes() {
    for text in ["n", "%", "簿", "\u{10ffff}"] {
        for long in [1, 64, 2_001, 1_000_000] {
            let quoted = text.repeat(long);
            let told = headers(&status::refused(NotFound(quoted.clone())));
            assert!(told <= HEADERS, "{text} {long}: {told}");
            for many in [1, 20, 1_001] {
                let quoted = violations(many, &text.repeat(long.min(3_000)));
                let told = headers(&status::invalid(quoted));
                assert!(told <= HEADERS, "{text} {long} in {many}: {told}");
            }
        }
    }
}

#[test]
fn fields_that_there_is_no_room_for_are_counted() {
    let status = status::invalid(violations(1_001, "name"));
    let named = status.get_details_bad_request().expect("fields");
    let named = named.field_violations.len();
    // As many as a form has.
    assert!(named > 20, "{named}");
    let info = status.get_details_error_info().expect("info");
    assert_eq!(
        info.metadata["fields_left_out"],
        (1_001 - named).to_string()
    );
}

#[test]
fn an_error_of_the_usual_length_is_told_in_full() {
    let status = status::invalid(violations(12, "name"));
    let named = status.get_details_bad_request().expect("fields");
    assert_eq!(named.field_violations.len(), 12);
    assert_eq!(named.field_violations[11].description, "name is missing");
    let info = status.get_details_error_info().expect("info");
    assert!(!info.metadata.contains_key("fields_left_out"));
}
