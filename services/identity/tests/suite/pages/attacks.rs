//! The attacks on the pages, by their numbers in the threat list.

use proto::identity::v1 as wire;

use super::{
    APPLICATION,
    browser::{Browser, Page, encoded},
    in_both,
};
use crate::town::{PASSWORD, Town};

/// Attack 4.
#[tokio::test]
async fn attack_4_what_is_asked_for_cannot_be_lowered_or_stripped_in_the_browser() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.expect("a generator");
        let mut browser = signed_in(town, PASSWORD).await;
        let path = format!(
            "/step-up?acr_values=urn:sekisho:aal2&max_age=300&return_to={}",
            encoded(APPLICATION)
        );
        let answer = browser.get(&path).await;
        assert!(!answer.location().contains("aal"), "{}", answer.location());
        browser.follow(answer).await;
        let sealed = browser.errand.clone();

        // Beside the sealed errand nothing counts, neither in the form nor in the address.
        let lowered = [
            ("factor", "password"),
            ("password", PASSWORD),
            ("acr_values", "urn:sekisho:aal1"),
            ("max_age", "86400"),
        ];
        let answer = browser
            .send("/step-up?acr_values=urn:sekisho:aal1", &lowered)
            .await;
        assert!(
            answer.location().starts_with("/step-up?errand="),
            "still asked for"
        );
        browser.follow(answer).await;
        // An errand that was changed, or left out, leads to no application.
        for forged in [&sealed[..sealed.len() - 2], "", "e30"] {
            let fields = [
                ("token", browser.token.clone()),
                ("errand", forged.to_owned()),
                ("factor", "password".to_owned()),
                ("password", PASSWORD.to_owned()),
            ];
            let fields = fields
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            let answer = browser.send_only("/step-up", &fields).await;
            let page = browser.follow(answer).await;
            assert!(!page.body.contains("app.example.city"), "{forged}");
        }
        town.later(30);
        browser.get(&format!("/step-up?errand={sealed}")).await;
        let code = town.totp(&secret);
        let answer = browser
            .send("/step-up", &[("factor", "totp"), ("code", &code)])
            .await;
        assert!(answer.location().starts_with("/continue?errand="));
    })
    .await;
}

/// Attack 6.
#[tokio::test]
async fn attack_6_a_session_cookie_is_never_taken_over_and_is_new_at_every_step() {
    in_both(async |town| {
        let two = town.with_two_factors("S1").await;
        let secret = two.totp.expect("a generator");
        let mut browser = Browser::new(town);
        browser
            .cookies
            .insert("__Host-sekisho-session".to_owned(), "planted".to_owned());
        browser.get("/sign-in").await;
        let answer = browser.sign_in("S1", PASSWORD).await;
        let (first, before) = (browser.session(), browser.token.clone());
        assert!(first != "planted" && !first.is_empty());
        browser.follow(answer).await;
        assert_ne!(
            browser.token, before,
            "a form from before the sign-in is stale"
        );
        town.later(30);
        let code = town.totp(&secret);
        browser
            .send("/step-up", &[("factor", "totp"), ("code", &code)])
            .await;
        let second = browser.session();
        assert_ne!(second, first);
        assert_eq!(browser.get("/account").await.status, 200);
        browser
            .cookies
            .insert("__Host-sekisho-session".to_owned(), first);
        let answer = browser.get("/account").await;
        assert!(
            answer.location().starts_with("/sign-in"),
            "the old handle is dead"
        );
        browser
            .cookies
            .insert("__Host-sekisho-session".to_owned(), second);

        // Signing in again in the same browser ends the session it had.
        let sessions = town.account("S1").await.sessions.len();
        browser.get("/account").await;
        let answer = browser.sign_in("S1", PASSWORD).await;
        assert_eq!(answer.status, 303);
        assert_eq!(town.account("S1").await.sessions.len(), sessions);
    })
    .await;
}

/// Attack 11, forged forms.
#[tokio::test]
async fn attack_11_no_form_is_accepted_without_the_token_of_this_browser_and_session() {
    in_both(async |town| {
        let mut other = Browser::new(town);
        other.get("/sign-in").await;
        let mut browser = signed_in_once(town).await;
        let mine = browser.token.clone();
        for path in [
            "/sign-in",
            "/enrol",
            "/step-up",
            "/step-up/passkey",
            "/sign-in/passkey",
            "/sign-out",
            "/sign-out-everywhere",
            "/account/password",
            "/account/totp",
            "/account/totp/new",
            "/account/remove",
            "/account/lost",
            "/account/end-session",
            "/account/passkey",
            "/device",
        ] {
            for token in ["", "x", &other.token] {
                let answer = browser.send_only(path, &[("token", token)]).await;
                assert_eq!(answer.status, 403, "{path} {token}");
            }
        }
        assert_eq!(
            browser.get("/account").await.status,
            200,
            "nothing happened"
        );
        browser.send_only("/sign-out", &[("token", &mine)]).await;
        let answer = browser.send_only("/sign-in", &[("token", &mine)]).await;
        assert_eq!(answer.status, 403, "a token ends with its session");
    })
    .await;
}

/// Attack 11, open redirects.
#[tokio::test]
async fn attack_11_a_browser_is_sent_to_registered_addresses_only() {
    in_both(async |town| {
        let mut browser = signed_in_once(town).await;
        for address in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "https://app.example.city/start",
            "https://app.example.city/start?from=sekisho&x=1",
            "https://app.example.city/start?from=sekisho#x",
            "https://app.example.city/start/../start?from=sekisho",
            "HTTPS://app.example.city/start?from=sekisho",
            "https://app.example.city@evil.example/start?from=sekisho",
            "javascript:alert(1)",
            "/account/../../evil",
            "",
        ] {
            for page in ["/sign-in", "/step-up", "/continue"] {
                let path = format!("{page}?return_to={}", encoded(address));
                let answer = browser.get(&path).await;
                assert_eq!(answer.status, 400, "{page} {address}");
                assert_eq!(answer.header("location"), "", "{page} {address}");
            }
        }
        for levels in ["urn:sekisho:aal9", "", "mfa"] {
            let path = format!("/step-up?acr_values={}", encoded(levels));
            assert_eq!(browser.get(&path).await.status, 400, "{levels}");
        }
    })
    .await;
}

/// Attack 15.
#[tokio::test]
async fn attack_15_unknown_disabled_and_locked_look_the_same_at_the_page() {
    in_both(async |town| {
        town.with_password("S1").await;
        town.with_password("S2").await;
        town.with_password("M1").await;
        let disable = wire::DisableAccountRequest {
            person_id: "S2".to_owned(),
            reason: "left".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts.disable_account(disable).await.expect("disabled");
        let mut browser = Browser::new(town);
        browser.get("/sign-in").await;
        for _ in 0..6 {
            browser.sign_in("M1", "wrong").await;
        }
        let mut seen = Vec::new();
        for (person, password) in [
            ("nobody", PASSWORD),
            ("S2", PASSWORD),
            ("M1", PASSWORD),
            ("S1", "wrong"),
            ("not a number", "x"),
        ] {
            let sent = browser.errand.clone();
            let answer = browser.sign_in(person, password).await;
            let body = answer
                .body
                .replace(&browser.errand, "ERRAND")
                .replace(&sent, "ERRAND");
            // As a whole value: a random token may have the same letters in it.
            let typed = format!("value=\"{person}\"");
            assert!(body.contains(&typed), "{person} is shown again");
            let body = body.replace(&typed, "value=\"NUMBER\"");
            seen.push((answer.status, headers(&answer), body));
        }
        for one in &seen {
            assert_eq!(one, &seen[0]);
        }
    })
    .await;
}

fn headers(page: &Page) -> [String; 3] {
    ["content-type", "set-cookie", "location"].map(|name| page.header(name).to_owned())
}

/// A browser whose password was just verified, also where a second factor is asked for then.
async fn signed_in(town: &Town, password: &str) -> Browser {
    let mut browser = Browser::new(town);
    browser.get("/sign-in").await;
    let answer = browser.sign_in("S1", password).await;
    browser.follow(answer).await;
    browser
}

async fn signed_in_once(town: &Town) -> Browser {
    town.with_password("S1").await;
    signed_in(town, PASSWORD).await
}

/// Attack 7: what fails at a page in a session counts against where it comes from, for all who verify
/// there; strangers are counted for themselves.
#[tokio::test]
async fn attack_7_failed_step_ups_make_their_address_wait() {
    const ANEW: &str = "/step-up?acr_values=urn:sekisho:aal1&max_age=0";
    in_both(async |town| {
        town.with_two_factors("S1").await;
        town.with_password("S2").await;
        let mut browser = signed_in(town, PASSWORD).await;
        browser.get("/step-up?acr_values=urn:sekisho:aal2").await;
        for _ in 0..31 {
            let wrong = [("factor", "totp"), ("code", "000000")];
            assert_eq!(browser.send("/step-up", &wrong).await.status, 422);
        }
        let mut other = Browser::new(town);
        other.get("/sign-in").await;
        assert_eq!(other.sign_in("S2", PASSWORD).await.status, 303);
        let right = [("factor", "password"), ("password", PASSWORD)];
        // Nothing is verified within no time at all, so it is asked anew.
        town.later(1);
        let asked = other.get(ANEW).await;
        other.follow(asked).await;
        assert_eq!(other.send("/step-up", &right).await.status, 422);
        // Being signed in is no way to try others' passwords as no stranger.
        browser.get("/sign-in").await;
        for _ in 0..31 {
            let tried = browser.sign_in("S3", "wrong password").await;
            assert_eq!(tried.status, 422);
        }
        let mut stranger = Browser::new(town);
        stranger.get("/sign-in").await;
        assert_eq!(stranger.sign_in("S2", PASSWORD).await.status, 422);
        town.later(10);
        assert_eq!(other.send("/step-up", &right).await.status, 303);
    })
    .await;
}
