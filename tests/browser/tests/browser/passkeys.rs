//! Passkeys of Chromium's virtual authenticator.

use crate::town::{PASSWORD, with_browser};

#[tokio::test]
async fn a_passkey_is_enrolled_and_signs_in_with_two_categories_at_once() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        browser.authenticator().await;
        town.enrol().await;
        browser.click("a[href='/account/passkey']").await;
        browser.arrives("/account/passkey").await;
        browser.picture("passkey-new").await;
        browser.fill("name", "業務用PC").await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;
        assert_eq!(browser.text(".detail").await, "業務用PC");
        browser.picture("account-passkey").await;
        town.sign_out().await;

        browser.open("/sign-in").await;
        browser.click("a[href^='/sign-in/passkey']").await;
        // The page asks by itself, and the authenticator answers at once.
        browser.arrives("/account").await;
        assert!(browser.text(".level strong").await.starts_with('2'));

        // The session is too old to add a factor in: the passkey is asked for again.
        town.later(600);
        browser.open("/account/password").await;
        browser.arrives("/step-up").await;
        browser.picture("step-up-passkey").await;
        browser.click("a[href^='/step-up/passkey']").await;
        browser.arrives("/account/password").await;
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn without_the_passkey_the_page_says_so_and_the_password_still_opens() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        browser.authenticator().await;
        town.enrol().await;
        town.sign_out().await;
        browser.open("/sign-in").await;
        browser.click("a[href^='/sign-in/passkey']").await;
        browser.arrives("/sign-in/passkey").await;
        browser.shows("#told").await;
        let told = browser.text("#told").await;
        assert!(told.contains("確認できませんでした"), "{told}");
        browser.picture("passkey-failed").await;
        browser.click(".aside a").await;
        browser.arrives("/sign-in").await;
        town.sign_in(PASSWORD).await;
        browser.arrives("/account").await;
        town.no_complaints().await;
    })
    .await;
}
