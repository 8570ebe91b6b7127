use std::collections::BTreeMap;

use kernel::SystemId;
use standard::Role;
use tonic::Code;
use tonic_types::StatusExt;

use super::*;

fn codes(fields: Fields) -> Vec<(String, &'static str)> {
    let violations = fields.violations.into_iter();
    violations.map(|one| (one.field, one.code)).collect()
}

#[test]
fn good_fields_pass_and_keep_their_values() {
    let mut fields = Fields::new();
    assert_eq!(fields.text("name", " 住民記録 ", 1..=200), "住民記録");
    assert_eq!(fields.long_text("reason", "一\n二", 1..=10), "一\n二");
    assert_eq!(fields.optional_text("note", "  ", 10), None);
    let id: SystemId = fields.id("system_id", "SYS-1");
    assert_eq!(id.as_str(), "SYS-1");
    assert_eq!(fields.optional_id::<SystemId>("other_id", ""), None);
    assert_eq!(fields.word("role", "ciso"), Some(Role::Ciso));
    assert_eq!(fields.number("days", 3, 1..=30), 3);
    assert_eq!(
        fields.choice("class", 2, |n| (n == 2).then_some("I")),
        Some("I")
    );
    fields.bytes("file", b"123", 1..=3);
    fields.done().expect("nothing is wrong");
}

#[test]
fn what_nobody_can_see_is_not_given() {
    let mut fields = Fields::new();
    for unseen in ["\u{200B}", " \u{FEFF}\u{3000}"] {
        assert_eq!(fields.optional_text("note", unseen, 10), None);
        fields.long_text("reason", unseen, 1..=10);
    }
    assert_eq!(fields.text("name", "家\u{200D}族", 1..=10), "家\u{200D}族");
    let required = ("reason".to_owned(), "required");
    assert_eq!(codes(fields), [required.clone(), required]);
}

#[test]
fn each_fault_has_its_path_and_code() {
    let bad_time = prost_types::Timestamp {
        seconds: i64::MAX,
        nanos: 0,
    };
    let mut fields = Fields::new();
    fields.text("a", "", 1..=2);
    fields.text("b", "あいう", 1..=2);
    fields.text("c", "a\u{7}b", 1..=9);
    fields.text("d", "a\nb", 1..=9);
    fields.id::<SystemId>("e", "a b");
    fields.word::<Role>("f", "emperor");
    fields.choice("g", 0, |_| None::<()>);
    fields.choice("h", 9, |_| None::<()>);
    fields.number("i", 31, 1..=30);
    fields.timestamp("j", None);
    fields.timestamp("k", Some(&bad_time));
    fields.bytes("l", b"1234", 1..=3);
    fields.message("m", None::<&()>, |_, _| ());
    let expected = [
        ("a", "required"),
        ("b", "text_length"),
        ("c", "text_control_character"),
        ("d", "text_control_character"),
        ("e", "id_invalid"),
        ("f", "word_unknown"),
        ("g", "required"),
        ("h", "choice_unknown"),
        ("i", "number_out_of_range"),
        ("j", "required"),
        ("k", "timestamp_invalid"),
        ("l", "bytes_length"),
        ("m", "required"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code));
    assert_eq!(codes(fields), expected);
}

#[test]
fn faults_within_are_named_by_their_whole_path() {
    let steps = [("ok", "1"), ("", "x y")];
    let mut fields = Fields::new();
    fields.optional_message("route", Some(&steps), |fields, steps| {
        fields.list("steps", steps.as_slice(), 0..=1, |fields, (name, id)| {
            fields.text("name", name, 1..=9);
            fields.id::<SystemId>("id", id);
        });
        fields.list("steps", steps.as_slice(), 0..=5, |fields, (name, id)| {
            fields.text("name", name, 1..=9);
            fields.id::<SystemId>("id", id);
        });
    });
    let entries: BTreeMap<String, String> = [
        ("k".to_owned(), "long".to_owned()),
        (String::new(), "v".to_owned()),
    ]
    .into();
    fields.map("content", &entries, 1, 3);
    fields.map("content", &entries, 9, 3);
    let expected = [
        ("route.steps", "list_length"),
        ("route.steps[1].name", "required"),
        ("route.steps[1].id", "id_invalid"),
        ("content", "map_length"),
        ("content", "required"),
        ("content", "required"),
        ("content[\"k\"]", "text_length"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code));
    assert_eq!(codes(fields), expected);
}

#[test]
fn all_faults_go_out_in_one_answer_in_both_languages() {
    let mut fields = Fields::new();
    fields.text("name", "", 1..=200);
    fields.number("page_size", 501, 1..=500);
    let status = fields.done().expect_err("two faults");
    assert_eq!(status.code(), Code::InvalidArgument);
    let bad = status.get_details_bad_request().expect("BadRequest");
    let named: Vec<&str> = bad
        .field_violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(named, ["name", "page_size"]);
    assert_eq!(bad.field_violations[0].reason, "required");
    let ja = bad.field_violations[1].localized_message.as_ref();
    assert_eq!(ja.expect("Japanese").locale, "ja");
}
