//! As much of a browser as the attacks need: cookies by name, forms with their token.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder, header, redirect::Policy};

use crate::town::Town;

/// See the module.
pub(crate) struct Browser {
    client: Client,
    origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Token and errand of the form seen last.
    pub(crate) token: String,
    pub(crate) errand: String,
}

/// What was answered.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: header::HeaderMap,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location")
    }

    /// The text between two others; empty when there is none.
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let found = self.body.split_once(before);
        let found = found.and_then(|(_, rest)| rest.split_once(after));
        found.map_or(String::new(), |(text, _)| text.to_owned())
    }
}

impl Browser {
    pub(crate) fn new(town: &Town) -> Self {
        let client = Client::builder().redirect(Policy::none()).build();
        Self {
            client: client.expect("a client"),
            origin: town.process.http_uri(),
            cookies: BTreeMap::new(),
            token: String::new(),
            errand: String::new(),
        }
    }

    /// The same browser at another origin, with this client for its TLS.
    pub(crate) fn at(self, client: Client, origin: &str) -> Self {
        Self {
            client,
            origin: origin.to_owned(),
            ..self
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.answer(request).await
    }

    /// Goes where it is sent until a page is there.
    pub(crate) async fn follow(&mut self, mut answer: Page) -> Page {
        for _ in 0..5 {
            if answer.status != 303 {
                return answer;
            }
            let next = answer.location().to_owned();
            answer = self.get(&next).await;
        }
        panic!("it is sent round in circles");
    }

    /// Sends a form with the token and the errand of the page seen last.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let (token, errand) = (self.token.clone(), self.errand.clone());
        let hidden = [("token", token.as_str()), ("errand", errand.as_str())];
        let all: Vec<_> = hidden.iter().chain(fields).copied().collect();
        self.send_only(path, &all).await
    }

    /// Sends these fields and nothing more.
    pub(crate) async fn send_only(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pairs = fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let kind = "application/x-www-form-urlencoded";
        let request = self.request(Method::POST, path).body(body);
        self.answer(request.header(header::CONTENT_TYPE, kind))
            .await
    }

    pub(crate) async fn sign_in(&mut self, person: &str, password: &str) -> Page {
        let fields = [("person_id", person), ("password", password)];
        self.send("/sign-in", &fields).await
    }

    /// The cookie that holds the session.
    pub(crate) fn session(&self) -> String {
        let held = self.cookies.get("__Host-sekisho-session");
        held.cloned().unwrap_or_default()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin));
        request.header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "))
    }

    async fn answer(&mut self, request: RequestBuilder) -> Page {
        let response = request.send().await.expect("answered");
        let headers = response.headers().clone();
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            let (pair, rest) = cookie.split_once("; ").expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            assert!(name.starts_with("__Host-"), "{cookie}");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status().as_u16();
        let body = response.text().await.expect("text");
        let page = Page {
            status,
            body,
            headers,
        };
        let hidden = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"");
        if page.body.contains("name=\"token\"") {
            (self.token, self.errand) = (hidden("token"), hidden("errand"));
        }
        page
    }
}

/// Percent-encoded, every byte that might mean something.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
