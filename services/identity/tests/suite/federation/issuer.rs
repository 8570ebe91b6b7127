//! A provider that says what a test wants it to say: well-behaved until it is told otherwise.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use reqwest::Url;
use runtime::config::{AcrSection, Ceiling, FederationSection};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use standard::FactorKind;

/// Our secret there.
const SECRET: &str = "s e:cret/&";

/// See the module.
pub(crate) struct Issuer {
    pub(crate) uri: String,
    shared: Arc<Shared>,
    secret: tempfile::NamedTempFile,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    uri: String,
    script: Mutex<Script>,
    codes: Mutex<BTreeMap<String, Asked>>,
    pushed: Mutex<Vec<BTreeMap<String, String>>>,
    fetches: AtomicUsize,
    drawn: AtomicUsize,
}

/// What it does.
#[derive(Clone, Default)]
pub(crate) struct Script {
    /// Written over the claims of its ID tokens; null takes one away.
    pub(crate) claims: Value,
    /// Written over the header of its ID tokens.
    pub(crate) header: Value,
    /// Written over its metadata.
    pub(crate) metadata: Value,
    /// Its keys are somewhere else.
    pub(crate) redirect_keys: Option<String>,
    /// Its metadata is somewhere else.
    pub(crate) redirect_metadata: Option<String>,
    /// So many bytes more than there need be.
    pub(crate) padding: usize,
    /// It signs with a key that it does not publish.
    pub(crate) other_key: bool,
    /// It takes requests beforehand (RFC 9126).
    pub(crate) pushes: bool,
    /// It names itself in its answers (RFC 9207).
    pub(crate) names_itself: bool,
    /// What it answers at that path is no longer what it was.
    pub(crate) spoils: Option<(&'static str, Spoil)>,
}

/// What becomes of an answer.
pub(crate) type Spoil = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// Where it publishes its metadata.
pub(crate) const METADATA: &str = "/.well-known/openid-configuration";
/// Where its keys are.
pub(crate) const KEYS: &str = "/keys";
/// Where it gives tokens for a code.
pub(crate) const TOKEN: &str = "/token";

impl Script {
    /// What is answered at that path.
    fn answer(&self, path: &str, value: &Value) -> Response {
        let text = value.to_string();
        let body = match &self.spoils {
            Some((spoilt, spoil)) if *spoilt == path => spoil(&text),
            _ => text.into_bytes(),
        };
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// What a browser was sent for.
#[derive(Clone)]
struct Asked {
    nonce: String,
    challenge: String,
    redirect: String,
    subject: String,
    at: Timestamp,
}

impl Issuer {
    #[expect(
        clippy::disallowed_methods,
        reason = "a provider is no task of the process that is tried"
    )]
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let uri = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            uri: uri.clone(),
            ..Shared::default()
        });
        let routes = Router::new()
            .route(METADATA, get(metadata))
            .route(KEYS, get(keys))
            .route(TOKEN, post(token))
            .route("/par", post(push))
            .with_state(Arc::clone(&shared));
        let serving = async { axum::serve(listener, routes).await.expect("served") };
        let secret = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(secret.path(), format!("{SECRET}\n")).expect("written");
        Self {
            uri,
            shared,
            secret,
            serving: tokio::spawn(serving),
        }
    }

    /// How it is configured: `one` is a password, `two` a password and a one-time password.
    pub(crate) fn section(&self, ceiling: Ceiling) -> FederationSection {
        let acr = |value: &str, proves: &[FactorKind]| AcrSection {
            value: value.to_owned(),
            proves: proves.to_vec(),
        };
        FederationSection {
            id: "idp".to_owned(),
            name_ja: "市の認証基盤".to_owned(),
            name_en: "City sign-on".to_owned(),
            issuer: self.uri.clone(),
            client_id: "sekisho".to_owned(),
            client_secret_file: self.secret.path().to_owned(),
            scopes: vec!["profile".to_owned()],
            acr: vec![
                acr("one", &[FactorKind::Password]),
                acr("two", &[FactorKind::Password, FactorKind::Totp]),
            ],
            amr: [("otp".to_owned(), FactorKind::Totp)].into(),
            ceiling,
            max_age_seconds: 300,
            allowed_hosts: Vec::new(),
            private_addresses: false,
            loopback: true,
            ca_file: None,
            exchange: true,
        }
    }

    pub(crate) fn does(&self, script: Script) {
        *self.shared.script.lock().expect("a script") = script;
    }

    /// Says this over the claims of its ID tokens.
    pub(crate) fn says(&self, claims: Value) {
        self.does(Script {
            claims,
            ..Script::default()
        });
    }

    /// How often its keys were fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// What it was asked at that address, whether in it or beforehand.
    pub(crate) fn asked(&self, address: &str) -> BTreeMap<String, String> {
        assert!(
            address.starts_with(&format!("{}/authorize?", self.uri)),
            "{address}"
        );
        let url = Url::parse(address).expect("a URL");
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        match asked.get("request_uri") {
            None => asked,
            Some(name) => {
                assert_eq!(asked.len(), 2, "nothing else goes by the browser");
                let at: usize = name
                    .rsplit_once(':')
                    .expect("ours")
                    .1
                    .parse()
                    .expect("a number");
                self.shared.pushed.lock().expect("pushed")[at].clone()
            }
        }
    }

    /// Somebody signs in there; the path to which the browser is sent back.
    pub(crate) fn signs_in(&self, address: &str, subject: &str, at: Timestamp) -> String {
        let (code, state) = self.code(address, subject, at);
        let script = self.shared.script.lock().expect("a script").clone();
        let mut path = format!("/federation/idp/callback?code={code}&state={state}");
        if script.names_itself {
            path.push_str(&format!(
                "&iss={}",
                crate::pages::browser::encoded(&self.uri)
            ));
        }
        path
    }

    /// The code for somebody who signs in there, and the state that was sent along.
    pub(crate) fn code(&self, address: &str, subject: &str, at: Timestamp) -> (String, String) {
        let asked = self.asked(address);
        for (name, value) in [
            ("client_id", "sekisho"),
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
            ("scope", "openid profile"),
        ] {
            assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
        }
        let of = |name: &str| asked.get(name).expect(name).clone();
        let code = format!("code-{}", self.shared.drawn.fetch_add(1, Ordering::SeqCst));
        let waits = Asked {
            nonce: of("nonce"),
            challenge: of("code_challenge"),
            redirect: of("redirect_uri"),
            subject: subject.to_owned(),
            at,
        };
        let mut codes = self.shared.codes.lock().expect("codes");
        codes.insert(code.clone(), waits);
        (code, of("state"))
    }

    /// A token of that type, for us and of just now but for what is written over it.
    pub(crate) fn token(&self, typ: &str, at: Timestamp, over: Value) -> String {
        let now = at.as_second();
        let claims = json!({
            "iss": self.uri, "aud": "sekisho", "sub": "u1", "iat": now, "exp": now + 120,
            "jti": format!("j{}", self.shared.drawn.fetch_add(1, Ordering::SeqCst)),
        });
        self.sign(json!({ "typ": typ }), merged(claims, &over))
    }

    /// Signs with its published key whatever header and claims there are.
    pub(crate) fn sign(&self, header: Value, claims: Value) -> String {
        sign(
            &key(),
            merged(json!({ "alg": "ES256", "kid": "k1" }), &header),
            claims,
        )
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a key")
}

/// Signs with a key that nobody publishes.
pub(crate) fn forged(header: Value, claims: Value) -> String {
    let other = SigningKey::from_slice(&[8; 32]).expect("a key");
    sign(
        &other,
        merged(json!({ "alg": "ES256", "kid": "k1" }), &header),
        claims,
    )
}

fn sign(key: &SigningKey, header: Value, claims: Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature: Signature = key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn merged(mut value: Value, over: &Value) -> Value {
    let fields = value.as_object_mut().expect("an object");
    for (name, over) in over.as_object().unwrap_or(&Map::new()) {
        match over {
            Value::Null => fields.remove(name),
            over => fields.insert(name.clone(), over.clone()),
        };
    }
    value
}

fn elsewhere(place: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, place)]).into_response()
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Response {
    let script = shared.script.lock().expect("a script").clone();
    if let Some(place) = &script.redirect_metadata {
        return elsewhere(place);
    }
    let at = |path: &str| format!("{}{path}", shared.uri);
    let mut metadata = json!({
        "issuer": shared.uri,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at(TOKEN),
        "jwks_uri": at(KEYS),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": script.names_itself,
    });
    if script.pushes {
        metadata["pushed_authorization_request_endpoint"] = json!(at("/par"));
    }
    script.answer(METADATA, &merged(metadata, &script.metadata))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    let script = shared.script.lock().expect("a script").clone();
    if let Some(place) = &script.redirect_keys {
        return elsewhere(place);
    }
    let point = key().verifying_key().to_encoded_point(false);
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = (point.x().expect("x"), point.y().expect("y"));
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1",
        "x": part(x), "y": part(y),
    });
    let padding = "x".repeat(script.padding);
    script.answer(KEYS, &json!({ "keys": [key], "padding": padding }))
}

fn is_us(headers: &HeaderMap) -> bool {
    let encoded = |text: &str| -> String {
        openidconnect::url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
    };
    let pair = STANDARD.encode(format!("sekisho:{}", encoded(SECRET)));
    headers
        .get("authorization")
        .is_some_and(|value| *value == format!("Basic {pair}"))
}

async fn push(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    if !is_us(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut pushed = shared.pushed.lock().expect("pushed");
    pushed.push(form);
    let name = format!("urn:example:{}", pushed.len() - 1);
    let taken = json!({ "request_uri": name, "expires_in": 60 });
    (StatusCode::CREATED, Json(taken)).into_response()
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let refused =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if !is_us(&headers) {
        return refused("invalid_client");
    }
    let of = |name: &str| form.get(name).map_or("", String::as_str);
    let asked = shared.codes.lock().expect("codes").remove(of("code"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
    let Some(asked) =
        asked.filter(|asked| asked.challenge == challenge && asked.redirect == of("redirect_uri"))
    else {
        return refused("invalid_grant");
    };
    let script = shared.script.lock().expect("a script").clone();
    let now = asked.at.as_second();
    let claims = json!({
        "iss": shared.uri, "aud": "sekisho", "sub": asked.subject, "iat": now, "exp": now + 120,
        "nonce": asked.nonce, "auth_time": now, "acr": "one", "sid": "there",
        "email": "s1@city.example", "email_verified": true,
    });
    let claims = merged(claims, &script.claims);
    let header = merged(
        json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" }),
        &script.header,
    );
    let key = match script.other_key {
        true => SigningKey::from_slice(&[8; 32]).expect("a key"),
        false => key(),
    };
    let given = json!({
        "access_token": "there", "token_type": "Bearer", "id_token": sign(&key, header, claims),
    });
    script.answer(TOKEN, &given)
}
