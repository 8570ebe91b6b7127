//! Chromium, steered over WebDriver.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    key::Key,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::reader::Reader;

/// Where pictures of the pages are kept.
const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/screenshots");
/// Widths at which each page is pictured: a desk and a telephone.
const WIDTHS: [u32; 2] = [1280, 390];

/// A browser of one's own; the driver ends with it.
pub(crate) struct Browser {
    pub(crate) client: Client,
    origin: String,
    _driver: Driver,
}

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command of Chromium's driver that WebDriver itself does not have.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    /// With a card reader it offers the card's certificate without asking, and believes any door.
    pub(crate) async fn start(origin: &str, language: &str, reader: Option<&Reader>) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let mut preferences = json!({"intl.accept_languages": language});
        if let Some(reader) = reader {
            command.env("HOME", reader.home());
            let offers = json!({"pattern": reader.door(), "filter": {}}).to_string();
            preferences["profile.managed_auto_select_certificate_for_urls"] = json!([offers]);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let output = child.stdout.take().expect("its output is a pipe");
        let driver = Driver(child);
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.expect("chromedriver says its port");
        let wanted = json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-dev-shm-usage",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--window-size=1280,900",
                ],
                "prefs": preferences,
            },
            "acceptInsecureCerts": reader.is_some(),
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(wanted) = wanted else {
            unreachable!("an object");
        };
        let wanted: Capabilities = wanted;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser");
        Self {
            client,
            origin: origin.to_owned(),
            _driver: driver,
        }
    }

    /// Opens a page of ours.
    pub(crate) async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.client.goto(&address).await.expect("opened");
    }

    /// The path of the page, without what follows it.
    pub(crate) async fn path(&self) -> String {
        self.client
            .current_url()
            .await
            .expect("a page")
            .path()
            .to_owned()
    }

    /// The page's heading.
    pub(crate) async fn heading(&self) -> String {
        self.text("h1").await
    }

    /// The text of an element, as soon as it is to be seen.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.shows(css).await;
        self.element(css).await.text().await.expect("its text")
    }

    pub(crate) async fn element(&self, css: &str) -> Element {
        let found = self.client.find(Locator::Css(css)).await;
        match found {
            Ok(found) => found,
            Err(error) => {
                let page = self.client.source().await.unwrap_or_default();
                panic!("{css}: {error}\n{page}");
            }
        }
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        let found = self.client.find_all(Locator::Css(css)).await;
        !found.expect("looked for").is_empty()
    }

    pub(crate) async fn fill(&self, name: &str, value: &str) {
        let field = self
            .element(&format!("input[name={name}]:not([type=hidden])"))
            .await;
        field.clear().await.expect("cleared");
        field.send_keys(value).await.expect("typed");
    }

    pub(crate) async fn click(&self, css: &str) {
        let button = self.element(css).await;
        button.click().await.expect("clicked");
    }

    /// A key for whatever has the focus.
    pub(crate) async fn press(&self, key: Key) {
        self.type_keys(&char::from(key).to_string()).await;
    }

    pub(crate) async fn type_keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("focus");
        focused.send_keys(keys).await.expect("typed");
    }

    /// Waits until the browser is at a path.
    pub(crate) async fn arrives(&self, path: &str) {
        let arrived = async {
            let there = Url::parse(&self.origin).and_then(|origin| origin.join(path));
            let there = there.expect("an address");
            loop {
                let here = self.client.current_url().await.expect("a page");
                if here.path() == there.path() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let late = std::time::Duration::from_secs(20);
        if tokio::time::timeout(late, arrived).await.is_err() {
            let page = self.client.source().await.unwrap_or_default();
            panic!("still at {} and not {path}\n{page}", self.path().await);
        }
    }

    /// Waits until an element is to be seen.
    pub(crate) async fn shows(&self, css: &str) {
        let seen = async {
            loop {
                let found = self.client.find_all(Locator::Css(css)).await;
                for one in found.expect("looked for") {
                    // One of the page before may be gone by now.
                    if one.is_displayed().await.unwrap_or(false) {
                        return;
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        let late = std::time::Duration::from_secs(20);
        let seen = tokio::time::timeout(late, seen).await;
        seen.unwrap_or_else(|_| panic!("{css} is not shown"));
    }

    /// Waits until there is no such element any more.
    pub(crate) async fn gone(&self, css: &str) {
        let gone = async {
            while self.has(css).await {
                tokio::task::yield_now().await;
            }
        };
        let late = std::time::Duration::from_secs(20);
        let gone = tokio::time::timeout(late, gone).await;
        gone.unwrap_or_else(|_| panic!("{css} is still there"));
    }

    /// A new authenticator of the machine itself: it verifies its user, keeps passkeys, and says
    /// whether it copies them.
    pub(crate) async fn authenticator(&self) {
        let body = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
            "isUserConsenting": true,
        });
        self.extension("webauthn/authenticator", body).await;
    }

    /// Whatever the browser complained of: scripts, styles and forms that the policy refused, errors
    /// of scripts. That a form was not accepted is told by its status, and is no complaint.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.extension("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let told = entries.iter().filter(|entry| entry["source"] != "network");
        told.map(ToString::to_string).collect()
    }

    /// Keeps a picture of the page as it is, at each width, light and dark.
    pub(crate) async fn picture(&self, name: &str) {
        std::fs::create_dir_all(PICTURES).expect("a directory");
        for scheme in ["light", "dark"] {
            let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
            self.devtools("Emulation.setEmulatedMedia", json!({"features": features}))
                .await;
            for width in WIDTHS {
                let size = json!({
                    "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
                });
                self.devtools("Emulation.setDeviceMetricsOverride", size)
                    .await;
                let wide = self.client.execute(
                    "return document.documentElement.scrollWidth > window.innerWidth",
                    vec![],
                );
                let wide = wide.await.expect("measured");
                assert_eq!(
                    wide,
                    json!(false),
                    "{name} at {width} is wider than the window"
                );
                let picture = self.client.screenshot().await.expect("a picture");
                let file = PathBuf::from(PICTURES).join(format!("{name}-{width}-{scheme}.png"));
                std::fs::write(file, picture).expect("kept");
            }
        }
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await;
        let none = json!({"features": []});
        self.devtools("Emulation.setEmulatedMedia", none).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.extension("goog/cdp/execute", body).await
    }

    async fn extension(&self, path: &'static str, body: Value) -> Value {
        let answer = self.client.issue_cmd(Extension { path, body }).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}
