//! The key's holder over HTTP, as audit asks it, and what it remembers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use audit_domain::{Leaf, Plan, VerifierKey};
use reqwest::{Client, StatusCode};
use rpc::client::Credentials;

use super::*;
use crate::testing::{HeldElsewhere, ORIGIN};

/// The request for so many leaves of a story, proven from so many.
fn asked(story: &str, old: u64, new: u64) -> String {
    let mut tree = Tree::default();
    let leaf = |number| Leaf::of(format!("{story} {number}").as_bytes()).hash();
    let nodes = tree.append((0..new).map(leaf));
    let plan = Plan::consistency(old, new).unwrap();
    let read: Vec<_> = plan
        .needs()
        .iter()
        .map(|at| nodes[*at as usize].hash)
        .collect();
    let asked = Continuation {
        old,
        proof: plan.build(&read).unwrap(),
        checkpoint: Checkpoint {
            origin: ORIGIN.to_owned(),
            root: tree.root(),
        },
    };
    asked.text().unwrap()
}

async fn ask(
    held: &HeldElsewhere,
    credentials: &Credentials,
    what: &str,
    body: String,
) -> (StatusCode, String) {
    let mut request = Client::new().post(format!("{}/{what}", held.address()));
    if let Some(token) = credentials.token().unwrap() {
        request = request.bearer_auth(token.expose());
    }
    let answer = request.body(body).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Leaves under what was signed last.
fn remembered(held: &HeldElsewhere) -> u64 {
    let note = fs::read_to_string(held.directory.path().join(SIGNED)).unwrap();
    let key: VerifierKey = held.key().parse().unwrap();
    Checkpoint::open(&note, &key).unwrap().root.size
}

#[tokio::test]
async fn it_signs_what_continues_what_it_signed_and_tells_the_rest_apart() {
    let held = HeldElsewhere::started();
    let key: VerifierKey = held.key().parse().unwrap();
    let audit = held.credentials("audit");
    for (old, new) in [(0, 7), (7, 7), (7, 30)] {
        let (status, note) = ask(&held, &audit, "sign-checkpoint", asked("true", old, new)).await;
        assert_eq!(status, StatusCode::OK, "{note}");
        assert_eq!(Checkpoint::open(&note, &key).unwrap().root.size, new);
        assert_eq!(remembered(&held), new);
    }
    let elsewhere = asked("true", 30, 31).replace(ORIGIN, "log.other.example/x");
    for (what, body, status, text) in [
        ("rolled back", asked("true", 7, 20), 409, "30\n"),
        ("from the beginning", asked("true", 0, 40), 409, "30\n"),
        ("a fork of that size", asked("other", 30, 30), 409, "30\n"),
        ("a fork that went on", asked("other", 30, 31), 422, ""),
        ("another log", elsewhere, 404, ""),
        ("no request", "old x".to_owned(), 400, ""),
        ("nothing", String::new(), 400, ""),
        ("bytes", "PRIVATE+KEY+x\n\nsign this\n".to_owned(), 400, ""),
        ("too much", "x".repeat(LONGEST + 1), 413, ""),
    ] {
        for path in ["sign-checkpoint", "hand-over"] {
            let (answered, told) = ask(&held, &audit, path, body.clone()).await;
            let none = path == "hand-over" && ![400, 413].contains(&status);
            let status = if none { 204 } else { status };
            assert_eq!(answered.as_u16(), status, "{what}, {path}: {told}");
            assert!(none || told.contains(text), "{what}, {path}: {told}");
        }
    }
    assert_eq!(remembered(&held), 30);
}

/// As the port bounds it.
const LONGEST: usize = audit_domain::LONGEST_CONTINUATION;

#[tokio::test]
async fn it_signs_for_audit_alone_and_shows_its_key_to_everybody() {
    let held = HeldElsewhere::started();
    let stranger = HeldElsewhere::started();
    for (credentials, status) in [
        (Credentials::anonymous(), 401),
        (Credentials::bearer("no.token.at-all"), 401),
        (stranger.credentials("audit"), 401),
        (held.credentials("ledger"), 403),
    ] {
        for path in ["sign-checkpoint", "hand-over"] {
            let (answered, _) = ask(&held, &credentials, path, asked("true", 0, 7)).await;
            assert_eq!(answered.as_u16(), status, "{credentials:?}, {path}");
        }
    }
    assert_eq!(remembered(&held), 0);
    let shown = reqwest::get(format!("{}/key", held.address())).await;
    let shown = shown.unwrap().text().await.unwrap();
    assert_eq!(shown, format!("{}\n", held.key()));
}

#[tokio::test]
async fn started_again_it_has_forgotten_nothing_also_with_a_new_key() {
    let mut held = HeldElsewhere::started();
    let audit = held.credentials("audit");
    let (status, _) = ask(&held, &audit, "sign-checkpoint", asked("true", 0, 30)).await;
    assert_eq!(status, StatusCode::OK);
    let first: VerifierKey = held.key().parse().unwrap();
    held.stop().await;
    crate::signer::renew(&held.directory.path().join(KEY)).unwrap();
    held.start();
    for path in ["sign-checkpoint", "hand-over"] {
        let (status, text) = ask(&held, &audit, path, asked("true", 0, 20)).await;
        assert_eq!((status, text.as_str()), (StatusCode::CONFLICT, "30\n"));
        let (status, _) = ask(&held, &audit, path, asked("other", 30, 40)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (status, note) = ask(&held, &audit, "hand-over", asked("true", 30, 31)).await;
    assert_eq!(status, StatusCode::OK, "{note}");
    let new: VerifierKey = held.key().parse().unwrap();
    let hand_over = HandOver::open(&note, &new).unwrap();
    assert_eq!(hand_over.from.to_string(), first.to_string());
    assert_eq!((hand_over.root.size, remembered(&held)), (31, 31));
}

#[test]
fn it_does_not_begin_with_a_memory_or_a_key_that_is_not_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Keyholder::open(directory.path(), ORIGIN);
    let one = open().unwrap();
    assert!(matches!(open(), Err(KeyholderError::InUse(_))));
    one.sign(&asked("true", 0, 3)).unwrap();
    drop(one);
    let (key, signed) = (directory.path().join(KEY), directory.path().join(SIGNED));
    let note = fs::read_to_string(&signed).unwrap();
    for forged in ["", "forged", &note.replace("\n3\n", "\n1\n")] {
        fs::write(&signed, forged).unwrap();
        assert!(matches!(open(), Err(KeyholderError::NotOurs(_))));
    }
    fs::remove_file(&signed).unwrap();
    assert!(matches!(open(), Err(KeyholderError::Forgotten(_))));
    // As an operator puts it there, who has fetched it from the log, with what witnesses signed.
    fs::write(&signed, format!("{note}— witness.example/w1 AAAAAAAA\n")).unwrap();
    assert!(matches!(
        open().unwrap().sign(&asked("true", 0, 7)),
        Err(Refused::Rejected(Rejection::Conflict(3)))
    ));
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    let refused = open().unwrap_err();
    assert!(matches!(
        refused,
        KeyholderError::Key(KeyFileError::Open { .. })
    ));
    fs::remove_file(&key).unwrap();
    let refused = open().unwrap_err();
    assert!(matches!(
        refused,
        KeyholderError::Key(KeyFileError::Lost(_))
    ));
}

#[test]
fn what_it_cannot_keep_it_does_not_sign() {
    let directory = tempfile::tempdir().unwrap();
    let keyholder = Keyholder::open(directory.path(), ORIGIN).unwrap();
    // Where its memory belongs, something lies that no file can take the place of.
    let file = directory.path().join(SIGNED);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let refused = keyholder.sign(&asked("true", 0, 3)).unwrap_err();
    assert!(matches!(refused, Refused::Unkept(_)));
    fs::remove_dir(&file).unwrap();
    assert!(
        keyholder.sign(&asked("other", 0, 2)).is_ok(),
        "it had signed nothing"
    );
}
