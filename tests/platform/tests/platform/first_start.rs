//! A first start is cut off; whenever that was, the next one goes on.

use std::{cell::Cell, path::Path};

use standard::ServiceName;
use testkit::{Program, eventually};

use crate::harness::Platform;

#[tokio::test]
async fn a_first_start_that_is_cut_off_goes_on_where_it_stopped() {
    let platform = Platform::embedded_after(&[], async |program, data| {
        cut_off(program, "identity has a database", async || {
            data.join("identity.db").exists()
        })
        .await;
        let (secret, seen) = (data.join("bootstrap-secret"), Cell::new(false));
        cut_off(program, "the bootstrap secret has ended", async || {
            seen.set(seen.get() || secret.exists());
            seen.get() && !secret.exists()
        })
        .await;
        cut_off(program, "a one-time password is known", async || {
            sign_ins(data).contains("totp_secret")
        })
        .await;
        cut_off(program, "some can sign in", async || {
            sign_ins(data).matches("totp_secret").count() > 3
        })
        .await;
    })
    .await;
    platform
        .said(ServiceName::Identity, "Sekisho is serving")
        .await;
    let sign_ins = sign_ins(&platform.path(""));
    assert!(!sign_ins.contains("unfinished"), "{sign_ins}");
    let people: Vec<&str> = sign_ins
        .lines()
        .filter_map(|line| line.strip_prefix("person = "))
        .map(|person| person.trim_matches('"'))
        .collect();
    assert_eq!(people.len(), 13, "{sign_ins}");
    for person in people {
        let token = platform.sekisho(&["sign-in", person], &[]).await;
        assert!(!token.trim().is_empty(), "{person}");
    }
}

/// kill -9 at this moment.
async fn cut_off(program: &mut Program, moment: &str, has_come: impl AsyncFn() -> bool) {
    program.start();
    eventually(moment, async || has_come().await.then_some(())).await;
    program.kill();
}

fn sign_ins(data: &Path) -> String {
    std::fs::read_to_string(data.join("demo-sign-ins.toml")).unwrap_or_default()
}
