//! A witness over HTTP, as any log would ask it, and what it remembers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{os::unix::fs::PermissionsExt as _, sync::Arc};

use audit_domain::{Checkpoint, Leaf, Plan, SignerKey, Tree, WitnessKey};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::ManualClock;
use reqwest::StatusCode;
use runtime::{
    CancellationToken,
    config::Limits,
    http::{Port, Speech},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use verifier::{Rejection, Trust};

use crate::{Refused, Witness, WitnessError, router};

const ORIGIN: &str = "log.city.example/sekisho";
const NAME: &str = "witness.example/w1";

fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

fn trust() -> Trust {
    signer().verifier().to_string().parse().unwrap()
}

/// A signed checkpoint of so many leaves of a story.
fn signed(story: &str, size: u64) -> String {
    let mut tree = Tree::default();
    tree.append((0..size).map(|n| leaf(story, n)));
    let origin = ORIGIN.to_owned();
    let root = tree.root();
    Checkpoint { origin, root }.sign(&signer()).unwrap()
}

fn leaf(story: &str, number: u64) -> [u8; 32] {
    Leaf::of(format!("{story} {number}").as_bytes()).hash()
}

fn body(story: &str, old: u64, new: u64) -> String {
    let mut tree = Tree::default();
    let nodes = tree.append((0..new).map(|n| leaf(story, n)));
    let plan = Plan::consistency(old, new).unwrap();
    let read: Vec<_> = plan
        .needs()
        .iter()
        .map(|at| nodes[*at as usize].hash)
        .collect();
    let proof = plan.build(&read).unwrap();
    let hashes: String = proof
        .iter()
        .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
        .collect();
    format!("old {old}\n{hashes}\n{}", signed(story, new))
}

struct Served {
    address: String,
    key: WitnessKey,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn from(directory: &TempDir) -> Self {
        runtime::crypto::install();
        let witness = Witness::open(directory.path(), NAME, vec![trust()]).unwrap();
        let key = witness.key().to_string().parse().unwrap();
        let clock = ManualClock::new("2026-04-01T01:00:00Z".parse().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let routes = router(Arc::new(witness), Arc::new(clock));
        let port = Port {
            name: "witness",
            speech: Speech::Http,
            listener,
            limits: Limits::default(),
        };
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        let serving = tokio::spawn(port.serve(routes, stop.clone()));
        Self {
            address,
            key,
            stop,
            serving,
        }
    }

    /// Returns when it answers nobody any more; its key.
    async fn stopped(self) -> WitnessKey {
        self.stop.cancel();
        self.serving.await.unwrap().unwrap();
        self.key
    }

    async fn ask(&self, body: String) -> (StatusCode, Option<String>, String) {
        let uri = format!("{}/add-checkpoint", self.address);
        let request = reqwest::Client::new().post(uri).body(body);
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type");
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        (answer.status(), kind, answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn it_signs_what_continues_what_it_has_seen_and_answers_the_rest_as_the_specification_says() {
    let directory = tempfile::tempdir().unwrap();
    let witness = Served::from(&directory).await;
    let (status, _, line) = witness.ask(body("true", 0, 7)).await;
    assert_eq!(status, StatusCode::OK, "{line}");
    assert_eq!(witness.key.find(&signed("true", 7), &line), Some(line));
    let (status, _, line) = witness.ask(body("true", 7, 30)).await;
    assert_eq!(status, StatusCode::OK, "{line}");

    let conflict = Some("text/x.tlog.size");
    let plain = Some("text/plain; charset=utf-8");
    let unsigned = body("true", 30, 31).replace("— log", "— lag");
    for (what, body, status, kind, text) in [
        ("rolled back", body("true", 7, 20), 409, conflict, "30\n"),
        (
            "from the beginning",
            body("true", 0, 40),
            409,
            conflict,
            "30\n",
        ),
        (
            "a fork of that size",
            body("other", 30, 30),
            409,
            conflict,
            "30\n",
        ),
        ("a fork that went on", body("other", 30, 31), 422, plain, ""),
        ("nobody's", unsigned, 403, plain, ""),
        (
            "another log",
            body("true", 30, 31).replace(ORIGIN, "x.example"),
            404,
            plain,
            "",
        ),
        ("no request", "old x".to_owned(), 400, plain, ""),
        ("too much", "x".repeat(100_000), 413, plain, ""),
    ] {
        let answer = witness.ask(body).await;
        assert_eq!(answer.0.as_u16(), status, "{what}: {answer:?}");
        assert_eq!(answer.1.as_deref(), kind, "{what}");
        assert!(answer.2.contains(text), "{what}: {answer:?}");
    }
    assert_eq!(witness.ask(body("true", 30, 31)).await.0, StatusCode::OK);
    assert_eq!(
        witness.ask(body("true", 31, 31)).await.0,
        StatusCode::OK,
        "the same again"
    );
}

#[tokio::test]
async fn started_again_it_has_forgotten_nothing_and_has_the_same_key() {
    let directory = tempfile::tempdir().unwrap();
    let before = Served::from(&directory).await;
    assert_eq!(before.ask(body("true", 0, 30)).await.0, StatusCode::OK);
    let key = before.stopped().await;
    let after = Served::from(&directory).await;
    let (status, _, text) = after.ask(body("true", 0, 20)).await;
    assert_eq!((status, text.as_str()), (StatusCode::CONFLICT, "30\n"));
    let (status, _, line) = after.ask(body("true", 30, 31)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(key.find(&signed("true", 31), &line), Some(line));
}

#[test]
fn two_on_one_memory_cannot_sign_two_stories_and_none_rolls_it_back() {
    let directory = tempfile::tempdir().unwrap();
    let now = "2026-04-01T01:00:00Z".parse().unwrap();
    let open = || Witness::open(directory.path(), NAME, vec![trust()]);
    let first = open().unwrap();
    let second = open().unwrap_err();
    assert!(matches!(second, WitnessError::InUse(_)), "{second}");
    first.add(&body("true", 0, 30), now).unwrap();
    drop(first);
    let next = open().unwrap();
    for elsewhere in [body("other", 0, 20), body("other", 0, 30)] {
        assert!(matches!(
            next.add(&elsewhere, now),
            Err(Refused::Rejected(Rejection::Conflict(30)))
        ));
    }
    next.add(&body("true", 30, 31), now).unwrap();
}

#[test]
fn it_does_not_begin_with_a_memory_or_a_key_that_is_not_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Witness::open(directory.path(), NAME, vec![trust()]);
    let witness = open().unwrap();
    let now = "2026-04-01T01:00:00Z".parse().unwrap();
    witness.add(&body("true", 0, 3), now).unwrap();
    drop(witness);
    let kept = std::fs::read_dir(directory.path()).unwrap();
    let kept = kept
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "checkpoint"))
        .unwrap();
    let note = std::fs::read_to_string(&kept).unwrap();
    for forged in ["", "forged", &note.replace("\n3\n", "\n1\n")] {
        std::fs::write(&kept, forged).unwrap();
        let refused = open().unwrap_err();
        assert!(matches!(refused, WitnessError::Form(..)), "{refused}");
    }
    std::fs::write(&kept, note).unwrap();
    let key = directory.path().join("witness.key");
    for mode in [0o644, 0o640, 0o604] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = open().unwrap_err();
        assert!(matches!(refused, WitnessError::Open { .. }), "{refused}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(open().is_ok());
    let twice = Witness::open(directory.path(), NAME, vec![trust(), trust()]);
    assert!(matches!(twice, Err(WitnessError::Twice(_))));
    std::fs::write(&key, "PRIVATE+KEY+x").unwrap();
    let refused = open().unwrap_err();
    assert!(matches!(refused, WitnessError::Form(..)));
    assert!(!refused.to_string().contains("PRIVATE"));
}

#[test]
fn what_it_cannot_keep_it_does_not_sign() {
    let directory = tempfile::tempdir().unwrap();
    let witness = Witness::open(directory.path(), NAME, vec![trust()]).unwrap();
    let now = "2026-04-01T01:00:00Z".parse().unwrap();
    // Where its memory belongs, something lies that no file can take the place of.
    let name = witness.logs[ORIGIN].file.clone();
    std::fs::create_dir(&name).unwrap();
    assert!(matches!(
        witness.add(&body("true", 0, 3), now),
        Err(Refused::Unkept(_))
    ));
    std::fs::remove_dir(&name).unwrap();
    assert!(
        witness.add(&body("other", 0, 2), now).is_ok(),
        "it had signed nothing"
    );
}
