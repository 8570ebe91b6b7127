//! Enrolling, signing in, stepping up.

use fantoccini::key::Key;

use crate::town::{APPLICATION, PASSWORD, with_browser};

#[tokio::test]
async fn a_person_enrols_and_signs_in_with_password_and_one_time_password() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        browser.open("/enrol").await;
        browser.picture("enrol").await;
        town.enrol().await;
        browser.picture("account-one-factor").await;
        browser
            .click("form[action='/account/totp/new'] button")
            .await;
        browser.arrives("/account/totp").await;
        browser.picture("totp").await;
        browser.open("/account").await;
        let secret = town.enrol_totp().await;
        browser.picture("account-two-factors").await;

        town.sign_out().await;
        browser.picture("signed-out").await;
        town.later(30);
        browser.open("/account").await;
        browser.arrives("/sign-in").await;
        browser.picture("sign-in").await;
        town.sign_in(PASSWORD).await;
        browser.arrives("/step-up").await;
        browser.picture("second-factor").await;
        browser.fill("code", &town.totp(&secret)).await;
        browser.click("main button.primary").await;
        browser.arrives("/account").await;
        assert!(browser.text(".level strong").await.starts_with('2'));
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_told_in_place_and_what_was_typed_stays() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        town.sign_out().await;
        browser.open("/sign-in").await;
        town.sign_in("not the password").await;
        let told = browser.text(".notice.bad[role=alert]").await;
        assert!(told.contains("職員番号又はパスワード"), "{told}");
        let number = browser.element("input[name=person_id]").await;
        let number = number.prop("value").await.expect("a property");
        assert_eq!(number.as_deref(), Some("S1"));
        let focused = browser.client.active_element().await.expect("focus");
        let focused = focused.attr("name").await.expect("an attribute");
        assert_eq!(focused.as_deref(), Some("password"));
        browser.picture("sign-in-refused").await;
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn an_application_asks_for_two_fresh_factors_and_gets_its_browser_back() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        let secret = town.enrol_totp().await;
        town.later(600);
        let address: String =
            url::form_urlencoded::byte_serialize(APPLICATION.as_bytes()).collect();
        let path = format!("/step-up?acr_values=urn:sekisho:aal2&max_age=300&return_to={address}");
        browser.open(&path).await;
        browser.picture("step-up").await;
        let here = browser.client.current_url().await.expect("a page");
        assert!(!here.as_str().contains("aal2"), "sealed: {here}");
        browser.fill("code", &town.totp(&secret)).await;
        browser.click("main button.primary").await;
        // The password is as old as the session.
        browser.gone("input[name=code]").await;
        browser.fill("password", PASSWORD).await;
        browser.click("form[action='/step-up'] button").await;
        // Nobody listens there: that the browser went is enough.
        browser
            .arrives("http://localhost:9/application/start")
            .await;
    })
    .await;
}

#[tokio::test]
async fn everything_can_be_done_with_the_keyboard_alone() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        let code = town.code_for("S1").await;
        browser.open("/enrol").await;
        for typed in ["S1", &code, PASSWORD, PASSWORD] {
            browser.type_keys(typed).await;
            browser.press(Key::Tab).await;
        }
        browser.press(Key::Enter).await;
        browser.arrives("/account").await;
        // The first stop leads past the bar to the content.
        browser.press(Key::Tab).await;
        let first = browser.client.active_element().await.expect("focus");
        assert_eq!(
            first.attr("href").await.expect("an attribute").as_deref(),
            Some("#main")
        );
        browser.picture("skip-link").await;
        browser.press(Key::Enter).await;
        browser.press(Key::Tab).await;
        let change = browser.client.active_element().await.expect("focus");
        let change = change.attr("href").await.expect("an attribute");
        assert_eq!(change.as_deref(), Some("/account/password"));
        browser.picture("focus").await;
        browser.press(Key::Enter).await;
        browser.arrives("/account/password").await;
        for _ in 0..2 {
            browser.type_keys("another orbit walnut").await;
            browser.press(Key::Tab).await;
        }
        browser.press(Key::Enter).await;
        browser.arrives("/account").await;
        let told = browser.text(".notice[role=status]").await;
        assert!(told.contains("パスワードを変更しました"), "{told}");
        town.no_complaints().await;
    })
    .await;
}
