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
