//! The pages as a browser meets them, and the attacks on them. In a real browser they are tested in
//! `tests/browser`.

#[path = "pages/attacks.rs"]
mod attacks;
#[path = "pages/browser.rs"]
pub(crate) mod browser;
#[path = "pages/step_up.rs"]
pub(crate) mod step_up;

use proto::identity::v1::{self as wire, factors_client::FactorsClient};

use crate::town::{PASSWORD, Town};
use browser::Browser;

/// An application that browsers may be sent back to.
pub(crate) const APPLICATION: &str = "https://app.example.city/start?from=sekisho";

/// Runs a test on SQLite and then on PostgreSQL, with that application registered.
async fn in_both(test: impl AsyncFn(&Town)) {
    for engine in [testkit::Engine::Sqlite, testkit::Engine::Postgres] {
        let town = Town::configured(engine, |config| {
            config.identity.pages.return_to = vec![APPLICATION.to_owned()];
        })
        .await;
        test(&town).await;
        town.process.stop().await;
    }
}

#[tokio::test]
async fn a_person_signs_in_at_the_page_and_steps_up_with_the_second_factor() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        town.later(30);
        let mut browser = Browser::new(town);
        let answer = browser.get("/account").await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("<h1>サインイン</h1>"), "{}", page.body);
        let answer = browser.sign_in("S1", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("<h1>本人の確認</h1>"), "{}", page.body);
        let code = town.totp(&two.totp.expect("a generator"));
        let fields = [("factor", "totp"), ("code", &code)];
        let answer = browser.send("/step-up", &fields).await;
        assert_eq!(answer.location(), "/account");
        let page = browser.follow(answer).await;
        assert!(page.body.contains("2（要素二つ）"), "{}", page.body);
    })
    .await;
}

#[tokio::test]
async fn an_application_gets_its_browser_back_by_a_page_of_ours() {
    in_both(async |town| {
        town.with_password("S1").await;
        let mut browser = Browser::new(town);
        let path = format!("/sign-in?return_to={}", browser::encoded(APPLICATION));
        let answer = browser.get(&path).await;
        browser.follow(answer).await;
        let answer = browser.sign_in("S1", PASSWORD).await;
        assert!(answer.location().starts_with("/continue?errand="));
        let page = browser.follow(answer).await;
        let link = format!("href=\"{APPLICATION}\"");
        assert!(page.body.contains(&link), "{}", page.body);
    })
    .await;
}

#[tokio::test]
async fn every_page_forbids_what_is_inline_or_from_elsewhere_and_has_none_of_it() {
    in_both(async |town| {
        let mut browser = Browser::new(town);
        for path in [
            "/sign-in",
            "/enrol",
            "/sign-in/passkey",
            "/signed-out",
            "/account",
        ] {
            let page = browser.get(path).await;
            let policy = page.header("content-security-policy");
            for part in [
                "default-src 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(page.header("strict-transport-security"), "", "on loopback");
            for inline in [" style=", "<style", " onclick=", "<script>", "javascript:"] {
                assert!(!page.body.contains(inline), "{path}: {inline}");
            }
        }
        let page = browser.get("/sign-in").await;
        let style = page.between("rel=\"stylesheet\" href=\"", "\"");
        let style = browser.get(&style).await;
        assert_eq!(style.status, 200);
        assert!(style.header("cache-control").contains("immutable"));
    })
    .await;
}

#[tokio::test]
async fn whatever_is_posted_is_answered_and_never_breaks_a_page() {
    in_both(async |town| {
        let mut browser = Browser::new(town);
        browser.get("/sign-in").await;
        let long = "あ".repeat(4096);
        for (person, password) in [
            ("", ""),
            ("\u{0}", "\u{0}"),
            ("S1/../S2", "x"),
            ("<script>", "\"><script>alert(1)</script>"),
            (&long, "x"),
        ] {
            let answer = browser.sign_in(person, password).await;
            assert!(
                matches!(answer.status, 413 | 422 | 400),
                "{}",
                answer.status
            );
            assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
            assert!(!answer.body.contains("value=\"<script>"), "{}", answer.body);
        }
        for path in [
            "/sign-in?errand=nonsense",
            "/step-up?errand=",
            "/sign-in?lang=xx",
            "/sign-in/passkey?errand=%ff",
            "/account?done=%00",
        ] {
            let status = browser.get(path).await.status;
            assert!(status < 500, "{path}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_generator_is_replaced_with_a_recovery_code_that_works_once() {
    in_both(async |town| {
        let two = town.with_two_factors("S3").await;
        let mut factors = FactorsClient::new(town.as_person(&two.grant));
        let made = factors.make_recovery_codes(wire::MakeRecoveryCodesRequest {});
        let made = made.await.expect("made").into_inner().codes;
        let mut browser = Browser::new(town);
        browser.get("/recover").await;
        let recovery = [("person_id", "S3"), ("recovery", made[0].as_str())];
        let page = browser.send("/recover", &recovery).await;
        let code = page.between("name=\"enrolment\" type=\"text\" value=\"", "\"");
        assert_eq!((page.status, code.len()), (200, 29), "{}", page.body);

        let kind = [("person_id", "S3"), ("enrolment", &code), ("kind", "totp")];
        let page = browser.send("/enrol/factor", &kind).await;
        let secret = page.between("<code>", "</code>").replace(' ', "");
        let wrong = [kind.as_slice(), &[("code", "000000")]].concat();
        let page = browser.send("/enrol/factor", &wrong).await;
        assert_eq!(page.between("<code>", "</code>").replace(' ', ""), secret);
        // Whoever has no code is not shown what waits for its proof.
        let guessed = [
            ("person_id", "S3"),
            ("enrolment", "X"),
            ("kind", "totp"),
            ("code", "1"),
        ];
        let page = browser.send("/enrol/factor", &guessed).await;
        assert_eq!(
            (page.status, page.between("<code>", "</code>").as_str()),
            (422, "")
        );
        let totp = town.totp(&secret);
        let right = [kind.as_slice(), &[("code", totp.as_str())]].concat();
        assert_eq!(
            browser.send("/enrol/factor", &right).await.location(),
            "/sign-in"
        );
        assert!(town.account("S3").await.sessions.is_empty());

        browser.get("/recover").await;
        let again = browser.send("/recover", &recovery).await;
        assert_eq!(again.status, 422);
    })
    .await;
}
