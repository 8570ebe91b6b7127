//! A device without a browser, let in or not by whoever has it before them (RFC 8628).

use fantoccini::key::Key;
use serde_json::Value;

use crate::town::{Town, with_browser};

/// What the command line is told when it asks to be let in.
struct Device {
    code: String,
    user_code: String,
    page: String,
}

impl Device {
    async fn asking(town: &Town) -> Self {
        let told = town
            .post("/oauth2/device_authorization", "client_id=sekisho-cli")
            .await;
        let text = |key: &str| {
            told[key]
                .as_str()
                .unwrap_or_else(|| panic!("{key}: {told}"))
        };
        let page = url::Url::parse(text("verification_uri")).expect("an address");
        Self {
            code: text("device_code").to_owned(),
            user_code: text("user_code").to_owned(),
            page: page.path().to_owned(),
        }
    }

    /// What it gets when it asks for its tokens.
    async fn asks(&self, town: &Town) -> Value {
        let kind = "urn:ietf:params:oauth:grant-type:device_code";
        let form = format!(
            "grant_type={kind}&client_id=sekisho-cli&device_code={}",
            self.code
        );
        town.post("/oauth2/token", &form).await
    }
}

#[tokio::test]
async fn the_command_line_is_let_in_with_the_code_that_it_shows() {
    with_browser("ja", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        let device = Device::asking(town).await;
        assert_eq!(device.asks(town).await["error"], "authorization_pending");
        town.later(10);
        browser.open(&device.page).await;
        browser.picture("device").await;
        browser.type_keys(&device.user_code.to_lowercase()).await;
        browser.press(Key::Enter).await;
        browser.shows(".facts").await;
        assert_eq!(browser.text(".facts dd").await, "関所のコマンドライン");
        browser.picture("device-asks").await;
        browser.click("button[value=approve]").await;
        let told = browser.text(".notice[role=status]").await;
        assert!(told.contains("端末を許可しました"), "{told}");
        browser.picture("device-let-in").await;
        let tokens = device.asks(town).await;
        assert!(tokens["access_token"].is_string(), "{tokens}");
        assert_eq!(town.sessions().await, 2, "the browser's and the device's");
        town.no_complaints().await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_not_let_in_gets_nothing_and_a_wrong_code_is_told() {
    with_browser("en", async |town| {
        let browser = &town.browser;
        town.enrol().await;
        let device = Device::asking(town).await;
        browser.open("/device").await;
        browser.fill("user_code", "BCDF-GHJK").await;
        browser.click("main button.primary").await;
        let told = browser.text("main form").await;
        assert!(told.contains("No device waits with this code."), "{told}");
        browser.picture("device-unknown").await;
        browser.fill("user_code", &device.user_code).await;
        browser.click("main button.primary").await;
        browser.shows(".facts").await;
        browser.click("button[value=deny]").await;
        let told = browser.text(".notice[role=status]").await;
        assert!(told.contains("was not let in"), "{told}");
        assert_eq!(device.asks(town).await["error"], "access_denied");
        assert_eq!(town.sessions().await, 1);
        town.no_complaints().await;
    })
    .await;
}
