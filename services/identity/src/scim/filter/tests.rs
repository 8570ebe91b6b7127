use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::scim::schema::USER;

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9_-]{0,7}"
}

fn path() -> impl Strategy<Value = Path> {
    let schema = proptest::option::of("urn:[a-z]{1,5}:[0-9]\\.[0-9]:[A-Z][a-z]{0,4}");
    let sub = proptest::option::of(prop_oneof![name(), Just("$ref".to_owned())]);
    (schema, name(), sub).prop_map(|(schema, name, sub)| Path { schema, name, sub })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        ".*".prop_map(Literal::Text),
        any::<bool>().prop_map(Literal::Bool),
        any::<f64>()
            .prop_filter("a number of JSON", |number| number.is_finite())
            .prop_map(Literal::Number),
        Just(Literal::Null),
    ]
}

fn leaf() -> impl Strategy<Value = Filter> {
    let op = proptest::sample::select(&Op::ALL[..]);
    prop_oneof![
        path().prop_map(Filter::Present),
        (path(), op, literal()).prop_map(|(path, op, literal)| Filter::Compare(path, op, literal)),
    ]
}

fn joined(of: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    of.prop_recursive(4, 16, 2, |inner| {
        let two = || (inner.clone(), inner.clone());
        prop_oneof![
            two().prop_map(|(left, right)| Filter::And(left.into(), right.into())),
            two().prop_map(|(left, right)| Filter::Or(left.into(), right.into())),
            inner.prop_map(|inner| Filter::Not(inner.into())),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let each = (path(), joined(leaf())).prop_map(|(path, inner)| Filter::Each(path, inner.into()));
    joined(prop_oneof![3 => leaf(), 1 => each])
}

fn target() -> impl Strategy<Value = Target> {
    let bracketed = (joined(leaf()), proptest::option::of(name()));
    (path(), proptest::option::of(bracketed)).prop_map(|(path, bracketed)| {
        let (which, sub) = bracketed.map_or((None, None), |(which, sub)| (Some(which), sub));
        Target { path, which, sub }
    })
}

/// Bits of filters, put together at random: more of them are nearly right than of any text.
fn debris() -> impl Strategy<Value = String> {
    let bits = [
        "userName",
        "not",
        "and",
        "or",
        "pr",
        "eq",
        "gt",
        " ",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "\\",
        "true",
        "null",
        "-1.5e3",
        "urn:a:1.0:U:",
        ".",
        ":",
        "$ref",
        "青",
        "\u{0}",
    ];
    proptest::collection::vec(proptest::sample::select(bits.to_vec()), 0..40)
        .prop_map(|bits| bits.concat())
}

proptest! {
    #[test]
    fn a_filter_written_and_read_again_is_the_same(filter in filter()) {
        let text = filter.to_string();
        prop_assume!(text.len() <= 4096);
        prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn a_path_written_and_read_again_is_the_same(target in target()) {
        let text = target.to_string();
        prop_assume!(text.len() <= 4096);
        prop_assert_eq!(parse_path(&text), Ok(target), "{}", text);
    }

    #[test]
    fn any_text_is_a_filter_or_none_and_never_a_panic(text in prop_oneof![".{0,200}", debris()]) {
        if let Ok(filter) = parse(&text) {
            prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
        }
        if let Ok(target) = parse_path(&text) {
            prop_assert_eq!(parse_path(&target.to_string()), Ok(target));
        }
    }
}

#[test]
fn what_is_too_deep_or_too_long_is_refused_and_not_tried() {
    let deep = "(".repeat(4000);
    assert_eq!(
        parse(&deep).expect_err("too deep").expected,
        "fewer brackets"
    );
    let long = format!("a eq \"{}\"", "x".repeat(4100));
    assert_eq!(
        parse(&long).expect_err("too long").expected,
        "a shorter filter"
    );
}

#[test]
fn and_binds_closer_than_or_and_words_are_read_in_any_case() {
    for (text, canonical) in [
        ("a pr or b pr and c pr", "a pr or b pr and c pr"),
        ("(a pr or b pr) AND c pr", "(a pr or b pr) and c pr"),
        ("NOT(a Eq 1)", "not (a eq 1.0)"),
        ("not pr", "not pr"),
        (
            "a[b eq \"x\" and not (c pr)]",
            "a[b eq \"x\" and not (c pr)]",
        ),
        ("((a pr))", "a pr"),
    ] {
        let read = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.to_string(), canonical);
    }
    for text in [
        "",
        "a",
        "a eq",
        "a eq x",
        "a pr b",
        "a pr and",
        "(a pr",
        "a pr)",
        "a[b[c pr] pr]",
        "a eq \"x",
        "1a pr",
        "a..b pr",
        ":a pr",
        "a eq [1]",
        "a[b pr].c pr",
    ] {
        assert!(parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_filter_finds_what_it_says() {
    let resource = json!({
        "id": "S1",
        "userName": "S1",
        "displayName": "Aoba Hanako",
        "active": true,
        "groups": [{ "value": "tax", "type": "direct" }],
        "meta": { "lastModified": "2026-04-01T01:00:00Z" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "tax" },
    });
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    for (text, expected) in [
        ("userName eq \"S1\"", true),
        ("userName eq \"s1\"", false),
        ("USERNAME eq \"S1\"", true),
        ("displayName eq \"aoba hanako\"", true),
        ("displayName co \"HANA\"", true),
        ("displayName sw \"Hana\"", false),
        ("displayName ew \"ko\"", true),
        ("displayName gt \"a\" and displayName lt \"b\"", true),
        ("displayName ge \"b\" or displayName le \"a\"", false),
        ("active eq true", true),
        ("active ne true", false),
        ("externalId pr", false),
        ("externalId eq null", true),
        ("externalId ne \"x\"", true),
        ("not (externalId pr)", true),
        ("groups eq \"tax\"", true),
        ("groups.value eq \"roads\"", false),
        ("groups[value eq \"tax\" and type eq \"direct\"]", true),
        ("groups[value eq \"tax\" and type eq \"indirect\"]", false),
        ("meta.lastModified gt \"2026-04-01T09:59:59+09:00\"", true),
        ("meta.lastModified gt \"2026-04-01T10:00:00+09:00\"", false),
    ] {
        let test = parse(text).expect(text).bind(&USER).expect(text);
        assert_eq!(test.matches(&resource), expected, "{text}");
    }
    let test = parse(&format!("{department} eq \"tax\"")).expect("a filter");
    assert!(test.bind(&USER).expect("bound").matches(&resource));
}

#[test]
fn what_has_no_meaning_is_refused_and_not_answered_with_nothing() {
    for text in [
        "nickName pr",
        "active gt true",
        "active eq \"true\"",
        "active co \"t\"",
        "userName eq 1",
        "userName gt null",
        "meta eq \"x\"",
        "meta.lastModified gt \"yesterday\"",
        "meta.lastModified co \"2026-04-01T00:00:00Z\"",
        "userName[value eq \"x\"]",
        "groups[nothing pr]",
        "urn:ietf:params:scim:schemas:core:2.0:Group:displayName pr",
    ] {
        let bound = parse(text).expect(text).bind(&USER);
        assert!(bound.is_err(), "{text}");
    }
}
