//! One's own factors and sessions, in both languages.

use crate::town::{PASSWORD, with_browser};

#[tokio::test]
async fn the_language_follows_the_browser_and_then_the_choice() {
    with_browser("en", async |town| {
        let browser = &town.browser;
        browser.open("/sign-in").await;
        assert_eq!(browser.heading().await, "Sign in");
        browser.picture("sign-in-english").await;
        browser.click("a[hreflang=ja]").await;
        assert_eq!(browser.heading().await, "サインイン");
        browser.open("/enrol").await;
        assert_eq!(browser.heading().await, "登録コードで設定");
        browser.click("a[hreflang=en]").await;
        town.enrol().await;
        assert_eq!(browser.text("#factors").await, "Factors");
        browser.picture("account-english").await;
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_the_person() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        let mine = browser.client.get_all_cookies().await.expect("cookies");
        let session = mine
            .iter()
            .find(|one| one.name() == "__Host-sekisho-session");
        let session = session.expect("a session");
        assert_eq!(session.http_only(), Some(true));
        assert_eq!(session.secure(), Some(true));
        // Another browser of the same person: this one's cookies gone, signed in again.
        browser.client.delete_all_cookies().await.expect("deleted");
        browser.open("/sign-in").await;
        town.sign_in(PASSWORD).await;
        browser.arrives("/account").await;
        assert!(browser.has("form[action='/account/end-session']").await);
        browser.picture("two-sessions").await;
        browser
            .click("form[action='/sign-out-everywhere'] button")
            .await;
        browser.arrives("/signed-out").await;
        assert_eq!(town.sessions().await, 0, "the other browser's too");
        town.no_complaints().await;
    })
    .await;
}
