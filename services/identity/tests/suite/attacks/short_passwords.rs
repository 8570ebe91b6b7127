//! A password of 8 to 14 characters is set beside a second factor only, and is good beside one only.

use proto::identity::v1 as wire;
use testkit::refused;
use tonic::{Code, Status};

use crate::{
    pages::browser::Browser,
    refusals::code,
    town::{PASSWORD, Person, Town, in_both},
};

/// Twelve characters.
const SHORT: &str = "orbit-kettle";

impl Town {
    /// Somebody with a generator and a password too short to stand alone.
    async fn with_short_password(&self, person: &str) -> Person {
        let two = self.with_two_factors(person).await;
        let change = wire::ChangePasswordRequest {
            password: SHORT.to_owned(),
        };
        let mut accounts = self.accounts(self.as_person(&two.grant));
        accounts.change_password(change).await.expect("beside one");
        two
    }

    async fn with_handle(&self, handle: &str, code: String) -> Result<wire::SessionGrant, Status> {
        let request = wire::VerifyTotpWithHandleRequest {
            session_handle: handle.to_owned(),
            code,
        };
        let mut sign_ins = self.sign_ins(self.process.anonymous());
        let raised = sign_ins.verify_totp_with_handle(request).await?;
        Ok(raised.into_inner().grant.expect("a grant"))
    }
}

#[tokio::test]
async fn a_short_password_gets_no_token_before_the_second_factor() {
    in_both(async |town| {
        let two = town.with_short_password("S1").await;
        town.later(30);
        let begun = town.sign_in("S1", SHORT).await.expect("begun");
        assert_eq!(
            (&*begun.access_token, begun.access_token_ends_at),
            ("", None)
        );
        assert_eq!(begun.session.as_ref().expect("a session").acr, "");
        let asked = town.refresh(&begun.session_handle).await;
        let asked = refused(&asked.expect_err("no token"));
        assert_eq!(asked.code, "insufficient_user_authentication");
        assert_eq!(asked.challenge[0], "urn:sekisho:aal2");
        assert_eq!(asked.status, Code::PermissionDenied);

        let right = town.totp(two.totp.as_deref().expect("a generator"));
        let none = town.with_handle("x", right.clone()).await;
        assert_eq!(code(none), "session_handle_over");
        let wrong = town.with_handle(&begun.session_handle, "000000".to_owned());
        assert_eq!(code(wrong.await), "sign_in_refused");
        let raised = town.with_handle(&begun.session_handle, right.clone()).await;
        let raised = raised.expect("raised");
        let session = town.session(&raised.access_token).await.expect("good");
        assert_eq!(session.acr, "urn:sekisho:aal2");
        let again = town.with_handle(&begun.session_handle, right).await;
        assert_eq!(code(again), "session_handle_over", "a new handle each time");
    })
    .await;
}

/// The generator of `S1` is lost, and with it the category that their password counts beside.
async fn generator_lost(town: &Town) {
    let lost = wire::ReportCredentialLostRequest {
        person_id: "S1".to_owned(),
        credential_id: town.credential("S1", "totp").await,
        circumstances: "left on a train".to_owned(),
    };
    let mut accounts = town.accounts(town.platform());
    accounts.report_credential_lost(lost).await.expect("lost");
}

#[tokio::test]
async fn a_short_password_that_is_left_over_opens_nothing() {
    in_both(async |town| {
        let two = town.with_short_password("S1").await;
        generator_lost(town).await;
        let begun = town.sign_in("S1", SHORT).await.expect("begun");
        assert_eq!(begun.access_token, "");
        let old = town.totp(two.totp.as_deref().expect("a generator"));
        let dead = town.with_handle(&begun.session_handle, old).await;
        assert_eq!(code(dead), "sign_in_refused");
        town.refresh(&begun.session_handle)
            .await
            .expect_err("no token");
        // The way back is a code from somebody who knows whom they give it to.
        let one_time = town.code_for("S1").await;
        town.enrol("S1", &one_time, PASSWORD)
            .await
            .expect("enrolled");
        let long = town.sign_in("S1", PASSWORD).await.expect("in");
        assert_ne!(long.access_token, "");
    })
    .await;
}

#[tokio::test]
async fn a_browser_with_a_short_password_sees_nothing_before_the_second_factor() {
    in_both(async |town| {
        let two = town.with_short_password("S1").await;
        town.later(30);
        let mut browser = Browser::new(town);
        browser.get("/sign-in").await;
        let sent = browser.sign_in("S1", SHORT).await;
        assert!(sent.location().starts_with("/step-up"));
        for page in ["/account", "/account/password", "/account/totp", "/device"] {
            let sent = browser.get(page).await;
            assert!(sent.location().starts_with("/step-up"), "{page}");
        }
        browser.follow(sent).await;
        let code = town.totp(two.totp.as_deref().expect("a generator"));
        let fields = [("factor", "totp"), ("code", code.as_str())];
        let raised = browser.send("/step-up", &fields).await;
        assert_eq!(raised.location(), "/account");
        let page = browser.get("/account").await;
        assert!(page.body.contains("2（要素二つ）"), "{}", page.body);

        // Once the second is lost there is no page but that one, which does not lead in circles.
        generator_lost(town).await;
        let mut browser = Browser::new(town);
        browser.get("/sign-in").await;
        let sent = browser.sign_in("S1", SHORT).await;
        assert!(sent.location().starts_with("/step-up"));
        assert_eq!(browser.follow(sent).await.status, 200);
        let account = browser.get("/account").await;
        assert!(account.location().starts_with("/step-up"));
    })
    .await;
}
