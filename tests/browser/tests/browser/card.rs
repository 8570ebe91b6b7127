//! An ID card in Chromium's reader, shown at the card door.

use fantoccini::key::Key;

use crate::{reader::SERIAL, town::with_card};

#[tokio::test]
async fn an_id_card_opens_a_session_at_the_pages_and_is_asked_for_anew_when_it_is_old() {
    with_card(async |town| {
        let browser = &town.browser;
        town.enrol().await;
        town.register_card(SERIAL).await;
        town.sign_out().await;
        browser.open("/sign-in").await;
        let pages = browser.client.current_url().await.expect("a page").origin();
        browser.picture("sign-in-with-card").await;
        browser.click("a[href*='/sign-in/card']").await;
        browser.arrives("/sign-in/card").await;
        browser.picture("card").await;
        // The button has the focus: nothing but the keyboard is needed.
        browser.press(Key::Enter).await;
        browser.arrives("/account").await;
        let there = browser.client.current_url().await.expect("a page").origin();
        assert_eq!(there, pages, "back at the pages");
        assert!(browser.text(".level strong").await.starts_with('3'));
        browser.picture("account-card").await;

        town.later(600);
        browser.open("/account/password").await;
        browser.arrives("/step-up").await;
        browser.picture("step-up-card").await;
        browser.click("a[href*='/step-up/card']").await;
        browser.arrives("/step-up/card").await;
        browser.click("main button.primary").await;
        browser.arrives("/account/password").await;
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_not_registered_is_refused_in_words_and_another_way_is_open() {
    with_card(async |town| {
        let browser = &town.browser;
        browser.open("/sign-in").await;
        browser.click("a[href*='/sign-in/card']").await;
        browser.arrives("/sign-in/card").await;
        browser.click("main button.primary").await;
        let told = browser.text(".notice.bad[role=alert]").await;
        assert!(told.contains("このカードは使えません"), "{told}");
        browser.picture("card-refused").await;
        browser.click("a[hreflang=en]").await;
        browser.shows("html[lang=en]").await;
        assert_eq!(browser.heading().await, "Sign in with an ID card");
        browser.click(".aside a").await;
        browser.arrives("/sign-in").await;
        assert_eq!(browser.heading().await, "Sign in", "one choice for both");
        town.no_complaints().await;
    })
    .await;
}
