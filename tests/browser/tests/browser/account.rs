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

/// Pages that anybody sees, and those of whoever is signed in.
const PAGES: [&[&str]; 2] = [
    &[
        "/sign-in",
        "/sign-in/passkey",
        "/enrol",
        "/enrol/factor",
        "/recover",
        "/signed-out",
    ],
    &[
        "/account",
        "/account/password",
        "/account/passkey",
        "/device",
    ],
];

#[tokio::test]
async fn no_page_in_english_is_in_japanese_and_none_is_wider_than_a_telephone() {
    with_browser("en", async |town| {
        let browser = &town.browser;
        for (signed_in, pages) in PAGES.into_iter().enumerate() {
            if signed_in == 1 {
                town.enrol().await;
            }
            for page in pages {
                browser.open(page).await;
                assert_eq!(browser.path().await, *page);
                let text = browser.text("main").await.replace("青葉 花子", "");
                let japanese = |c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
                assert!(!text.contains(japanese), "{page}: {text}");
                let name = format!("english{}", page.replace('/', "-"));
                browser.picture(&name).await;
            }
        }
        town.no_complaints().await;
    })
    .await;
}
