//! What a browser brings to the sign-in pages.

use std::sync::LazyLock;

use identity::decoders::pages::{Errands, form, visit};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Target,
    head::headers,
    jws::{encoded, now},
};

/// Where an application may ask people to be sent back to.
const REGISTERED: &str = "https://app.city.example/back";
const WORDS: &[&str] = &[
    "&",
    "=",
    ";",
    "; ",
    ",",
    ";q=",
    "%ff",
    "%00",
    "+",
    "?",
    "#",
    "lang=en",
    "errand=",
    "max_age=4294967296",
    "acr_values=",
    "urn:sekisho:aal3",
    "return_to=//evil.example",
    "__Host-sekisho-form=",
    "cookie: ",
    "en-GB,en;q=0.9",
    "9223372036854775807",
    "-009999-01-02T01",
    "null",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "page_visit",
        seeds: || {
            let session = encoded(&[b"S1/session-1/".as_slice(), &[7; 32]].concat());
            let held = format!("__Host-sekisho-session={session}; __Host-sekisho-form=AAAA");
            let address = "/sign-in?errand=k1.AAAA&lang=en";
            let english = "accept-language: en-GB,en;q=0.9,ja;q=0.8";
            let kept = format!("{held}; __Host-sekisho-language=en");
            vec![
                format!("{address}\ncookie: {held}\n{english}").into_bytes(),
                format!("/account\ncookie: {kept}").into_bytes(),
            ]
        },
        words: WORDS,
        read: |input| {
            let line = input.iter().position(|byte| *byte == b'\n');
            let (address, rest) = input.split_at(line.unwrap_or(input.len()));
            visit(&String::from_utf8_lossy(address), &headers(rest))
        },
    },
    Target {
        name: "page_form",
        seeds: || {
            let forms = [
                "token=AAAA&errand=&person_id=S1&password=kettle+orbit+walnut",
                "token=AAAA&errand=k1.AAAA&credential=%7B%22id%22%3A%22%22%7D&challenge=c1",
            ];
            forms.map(|form| form.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: form,
    },
    Target {
        name: "errand",
        seeds: || vec![sealed(&contents(now())).into_bytes()],
        words: &[".", "-", "_", "AAAA"],
        read: |input| ERRANDS.opened(&String::from_utf8_lossy(input), now()),
    },
    Target {
        name: "errand_contents",
        seeds: || {
            let given = [now(), Timestamp::MAX];
            given.map(|since| contents(since).into_bytes()).to_vec()
        },
        words: WORDS,
        read: |input| ERRANDS.opened(&sealed(&String::from_utf8_lossy(input)), now()),
    },
    Target {
        name: "errand_asked",
        seeds: || {
            let asked = [
                "acr_values=urn:sekisho:aal2&max_age=300&return_to=/account",
                "acr_values=urn:sekisho:phr+urn:sekisho:aal3&max_age=0&return_to=https%3A%2F%2Fapp.city.example%2Fback",
            ];
            asked.map(|query| query.as_bytes().to_vec()).to_vec()
        },
        words: WORDS,
        read: |input| {
            let registered = [REGISTERED.to_owned()];
            Errands::asked(&String::from_utf8_lossy(input), &registered, now())
        },
    },
];

static ERRANDS: LazyLock<Errands> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory");
    Errands::new(&directory.path().join("key")).expect("a key")
});

fn sealed(contents: &str) -> String {
    ERRANDS.sealed(contents).expect("sealed")
}

/// As a page writes it.
fn contents(since: Timestamp) -> String {
    let errand = json!({
        "acr": ["urn:sekisho:phr", "urn:sekisho:aal2"], "max_age": 300, "return_to": "/account", "since": since,
    });
    errand.to_string()
}
