//! Verifying anew what a session has verified too long ago.

use crate::town::{PASSWORD, with_browser};

#[tokio::test]
async fn whoever_has_a_password_alone_verifies_it_anew() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        town.later(600);
        browser.open("/account/password").await;
        browser.arrives("/step-up").await;
        browser.picture("step-up-password").await;
        browser.fill("password", "not the password").await;
        browser.click("main button.primary").await;
        browser.shows("[aria-invalid=true]").await;
        browser.fill("password", PASSWORD).await;
        browser.click("main button.primary").await;
        browser.arrives("/account/password").await;
        town.no_complaints().await;
    })
    .await;
}

/// As the challenge asks that somebody gets who wants to administer (7-2-(8)-3).
#[tokio::test]
async fn what_must_resist_phishing_takes_a_passkey_and_offers_nothing_else() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        browser.authenticator().await;
        town.enrol().await;
        browser.click("a[href='/account/passkey']").await;
        browser.arrives("/account/passkey").await;
        browser.fill("name", "業務用PC").await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;
        town.later(600);
        let asked = "acr_values=urn:sekisho:phr%20urn:sekisho:aal3&max_age=300";
        let path = format!("/step-up?{asked}&return_to=/account/password");
        browser.open(&path).await;
        browser.arrives("/step-up").await;
        browser.picture("step-up-phishing-resistant").await;
        browser.gone("input[name=password]").await;
        browser.click("a[href^='/step-up/passkey']").await;
        browser.arrives("/account/password").await;
        town.no_complaints().await;
    })
    .await;
}
