//! Recovery codes and enrolment codes: the ways back for whoever has lost a factor.

use crate::town::{PASSWORD, with_browser};

#[tokio::test]
async fn whoever_lost_the_generator_enrols_another_with_a_recovery_code() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        town.enrol_totp().await;
        browser
            .click("form[action='/account/recovery-codes'] button")
            .await;
        browser.shows(".codes").await;
        browser.picture("recovery-codes").await;
        let code = browser.text(".codes code").await;
        town.sign_out().await;

        browser.open("/recover").await;
        browser.picture("recover").await;
        browser.fill("person_id", "S1").await;
        browser.fill("recovery", &code).await;
        browser.click("main button.primary").await;
        browser.shows("input[name=again]").await;
        browser.picture("recovered").await;
        let enrolment = browser.element("input[name=enrolment]").await;
        let enrolment = enrolment.prop("value").await.expect("a property");
        browser.click("a[href='/enrol/factor']").await;
        browser.arrives("/enrol/factor").await;
        browser.fill("person_id", "S1").await;
        browser.fill("enrolment", &enrolment.expect("a code")).await;
        browser.click("button[value=totp]").await;
        browser.shows(".secret code").await;
        let secret = browser.text(".secret code").await;
        browser.picture("enrol-totp").await;
        browser.fill("code", &town.totp(&secret)).await;
        browser.click("main button.primary").await;
        browser.arrives("/sign-in").await;
        assert_eq!(town.sessions().await, 0, "all sessions have ended");

        town.later(30);
        town.sign_in(PASSWORD).await;
        browser.arrives("/step-up").await;
        browser.fill("code", &town.totp(&secret)).await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;

        // It worked once.
        town.sign_out().await;
        browser.open("/recover").await;
        browser.fill("person_id", "S1").await;
        browser.fill("recovery", &code).await;
        browser.click("main button.primary").await;
        browser.shows(".notice.bad[role=alert]").await;
        browser.picture("recover-refused").await;
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_enrolled_with_the_code_that_somebody_in_charge_hands_over() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        browser.authenticator().await;
        town.enrol().await;
        town.sign_out().await;
        let code = town.code_for("S1").await;
        browser.open("/enrol/factor").await;
        browser.picture("enrol-factor").await;
        browser.fill("person_id", "S1").await;
        browser.fill("enrolment", &code).await;
        browser.click("button[value=passkey]").await;
        browser.shows("form[data-passkey=create]").await;
        browser.picture("enrol-passkey").await;
        browser.fill("name", "業務用PC").await;
        browser.click("main button.primary").await;
        browser.arrives("/sign-in").await;
        browser.click("a[href^='/sign-in/passkey']").await;
        browser.arrives("/account").await;
        assert!(browser.text(".level strong").await.starts_with('2'));
        town.no_complaints().await;
    })
    .await;
}
