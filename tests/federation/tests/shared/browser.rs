//! As much of a browser as sign-in pages need: cookies of each host, redirects, forms.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Response, Url, header, redirect::Policy};

/// See the module.
pub(crate) struct Browser {
    client: Client,
    /// By host and port, and name.
    cookies: BTreeMap<(String, String), String>,
}

/// A page that is open.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Page {
    /// The text between two others, as a reader would see it.
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let found = self.body.split_once(before);
        let found = found.and_then(|(_, rest)| rest.split_once(after));
        let (text, _) = found.unwrap_or_else(|| panic!("no {before:?} in {self:?}"));
        unescaped(text)
    }

    /// Where its first form is sent that has this in its tag, and what stands in it.
    fn form(&self, mark: &str) -> (Url, Vec<(String, String)>) {
        let mut forms = self.body.split("<form").skip(1);
        let form = forms.find(|form| form.split('>').next().is_some_and(|tag| tag.contains(mark)));
        let form = form.unwrap_or_else(|| panic!("no form {mark:?} in {self:?}"));
        let (tag, rest) = form.split_once('>').expect("a tag");
        let action = attribute(tag, "action").unwrap_or_default();
        let inside = rest.split("</form").next().unwrap_or(rest);
        let inputs = inside.split("<input").skip(1);
        let inputs = inputs.filter_map(|input| {
            let tag = input.split('>').next()?;
            let named = Some((attribute(tag, "name")?, attribute(tag, "value")?));
            named.filter(|_| attribute(tag, "type").as_deref() == Some("hidden"))
        });
        (
            self.url.join(&action).expect("an address"),
            inputs.collect(),
        )
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&#x3D;", "=")
        .replace("&amp;", "&")
}

impl Browser {
    pub(crate) fn new() -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build();
        Self {
            client: client.expect("a client"),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens an address and goes where it is sent.
    pub(crate) async fn open(&mut self, address: &str) -> Page {
        let url = address.parse().expect("an address");
        self.go(Method::GET, url, None).await
    }

    /// Fills a form in, sends it, and goes where it is sent.
    pub(crate) async fn send(&mut self, page: &Page, mark: &str, fields: &[(&str, &str)]) -> Page {
        let (action, mut all) = page.form(mark);
        let typed = fields.iter();
        all.extend(typed.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body = Url::parse_with_params("form:", &all).expect("a form");
        let body = body.query().unwrap_or("").to_owned();
        self.go(Method::POST, action, Some(body)).await
    }

    async fn go(&mut self, method: Method, url: Url, body: Option<String>) -> Page {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..20 {
            let response = self.one(&method, &url, body.take()).await;
            let status = response.status();
            let place = response.headers().get(header::LOCATION);
            let place = place.map(|place| place.to_str().expect("ASCII").to_owned());
            match place.filter(|_| status.is_redirection()) {
                Some(place) => {
                    url = url.join(&place).expect("an address");
                    method = Method::GET;
                }
                None => {
                    return Page {
                        url,
                        status: status.as_u16(),
                        body: response.text().await.expect("text"),
                    };
                }
            }
        }
        panic!("it is sent round in circles at {url}");
    }

    /// One request with the host's cookies, and no further.
    pub(crate) async fn one(
        &mut self,
        method: &Method,
        url: &Url,
        body: Option<String>,
    ) -> Response {
        let host = host(url);
        let own = self.cookies.iter().filter(|((of, _), _)| *of == host);
        let own: Vec<_> = own
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let mut request = self.client.request(method.clone(), url.clone());
        request = request.header(header::COOKIE, own.join("; "));
        if let Some(body) = body {
            let kind = "application/x-www-form-urlencoded";
            request = request.header(header::CONTENT_TYPE, kind).body(body);
        }
        let response = request.send().await.expect("answered");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            let key = (host.clone(), name.to_owned());
            let gone = value.is_empty() || rest.to_ascii_lowercase().contains("max-age=0");
            match gone {
                true => self.cookies.remove(&key),
                false => self.cookies.insert(key, value.to_owned()),
            };
        }
        response
    }
}

fn host(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or(""),
        url.port().unwrap_or(0)
    )
}
