//! A browser's visit to a page: its language, its session, and the answer to it.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{self, SET_COOKIE},
        request::Parts,
    },
    response::{Html, IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity_domain::account::{self, Session, State};
use jiff::Timestamp;
use kernel::{Actor, Context, PersonId, SessionId};
use runtime::http::Client;
use sha2::{Digest as _, Sha256};
use store::{Failure, Request};

use super::{
    Outcome, cookies,
    errand::{Errand, to},
    frame::Frame,
    language::Language,
    turned::Turned,
};
use crate::{
    facts, failure::AnyFailure, identity::Identity, refused::Refused, secrets::Handle,
    sign_in::Grant, sources::Source,
};

/// See the module.
pub(super) struct Visit {
    pub(super) identity: Identity,
    pub(super) language: Language,
    /// Whoever is signed in.
    pub(super) me: Option<Me>,
    /// This page's address without a language, for the way to the other language.
    pub(super) here: String,
    /// Where it comes from, for the waiting after failures.
    pub(super) source: Source,
    /// The secret behind the tokens of forms.
    form: String,
    /// The session cookie as it came.
    held: String,
    cookies: Vec<Option<HeaderValue>>,
}

/// Whoever holds the session of the cookie.
pub(super) struct Me {
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) id: SessionId,
    pub(super) session: Session,
    pub(super) account: State,
}

impl Visit {
    pub(super) async fn begin(identity: &Identity, parts: &Parts) -> Result<Self, Turned> {
        let (headers, uri) = (&parts.headers, &parts.uri);
        let client = parts.extensions.get::<Client>();
        let client = client.ok_or_else(|| Turned::unreadable(Language::accepted(headers)))?;
        let mut cookies = Vec::new();
        let language = language(headers, uri, &mut cookies);
        let held = cookies::read(headers, cookies::SESSION).unwrap_or("");
        let me = Me::holding(identity, held).await;
        let form = cookies::read(headers, cookies::FORM).unwrap_or("");
        let mut visit = Self {
            identity: identity.clone(),
            language,
            me: me.map_err(|error| Turned::failed(language, &error))?,
            here: here(uri),
            source: Source::address(client.0),
            form: form.to_owned(),
            held: held.to_owned(),
            cookies,
        };
        if visit.form.is_empty() {
            visit.renew_form();
        }
        Ok(visit)
    }

    pub(super) fn say<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        self.language.pick(ja, en)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.identity.now()
    }

    /// Whoever is signed in; anybody else is sent to sign in and comes back to `back`. Who has shown
    /// no more than a password too short to stand alone verifies a further factor first.
    pub(super) fn inside(&self, back: &'static str) -> Result<&Me, Turned> {
        let sent = |page: &str| Turned::to(&to(page, &Errand::home(back, self), self));
        let me = self.me.as_ref().ok_or_else(|| sent("/sign-in"))?;
        match me.session.assurance() {
            Some(_) => Ok(me),
            None => Err(sent("/step-up")),
        }
    }

    /// Whoever is signed in; anybody else is sent to sign in and goes on with the errand.
    pub(super) fn inside_for(&self, errand: &Errand) -> Result<&Me, Turned> {
        let sign_in = || Turned::to(&to("/sign-in", errand, self));
        self.me.as_ref().ok_or_else(sign_in)
    }

    /// Tries something that whoever does not know a secret fails at, unless too many tries from there
    /// have failed.
    pub(super) async fn tried<T, E: Into<AnyFailure>>(
        &self,
        trying: impl Future<Output = Result<T, E>>,
    ) -> Result<T, AnyFailure> {
        self.identity.tried(&self.source, trying).await
    }

    /// The same where whoever is signed in tries something that concerns their own session, and so can
    /// fail at nobody else's secret.
    pub(super) async fn tried_inside<T, E: Into<AnyFailure>>(
        &self,
        trying: impl Future<Output = Result<T, E>>,
    ) -> Result<T, AnyFailure> {
        let source = self.source.clone().inside();
        self.identity.tried(&source, trying).await
    }

    /// Goes on with the session of a grant to where the errand leads.
    pub(super) async fn go_on(mut self, grant: Grant, errand: &Errand) -> Outcome {
        self.take(grant).await?;
        let next = errand.next(&self);
        Ok(self.go(&next))
    }

    /// A command's surroundings: whoever holds the cookie, now.
    pub(super) fn request(&self) -> Request {
        let actor = self
            .me
            .as_ref()
            .map_or(Actor::Anonymous, |me| Actor::Person {
                id: me.person.clone(),
                session: me.id.clone(),
            });
        Context::new(actor, self.now(), runtime::new_id().to_string()).into()
    }

    /// The session of a grant is this browser's from now on, under a handle nobody has seen, and
    /// forms made before are good no longer.
    pub(super) async fn take(&mut self, grant: Grant) -> Result<(), Turned> {
        self.held = grant.handle;
        self.cookies
            .push(cookies::set(cookies::SESSION, &self.held));
        self.renew_form();
        let me = Me::holding(&self.identity, &self.held).await;
        self.me = me.map_err(|error| Turned::failed(self.language, &error))?;
        Ok(())
    }

    /// The browser has no session any more.
    pub(super) fn leave(&mut self) {
        self.me = None;
        self.held.clear();
        self.cookies.push(cookies::take_back(cookies::SESSION));
        self.renew_form();
    }

    /// Whether a form was made for this browser in this session.
    pub(super) fn made(&self, token: &str) -> bool {
        self.token() == token
    }

    /// What surrounds the page.
    pub(super) fn frame(&self) -> Frame {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        let tag = self.language.other().tag();
        Frame {
            language: self.language,
            switch: format!("{}{joint}lang={tag}", self.here),
            name: self.me.as_ref().map(|me| me.name.clone()),
            token: self.token(),
        }
    }

    /// Answers with a page.
    pub(super) fn page(self, page: &impl Template) -> Response {
        self.answer(StatusCode::OK, page)
    }

    /// Answers with the page of a form that was not accepted: always the same status.
    pub(super) fn form_again(self, page: &impl Template) -> Response {
        self.answer(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    /// Sends the browser on.
    pub(super) fn go(self, place: &str) -> Response {
        let place = [(header::LOCATION, place)];
        self.with_cookies((StatusCode::SEE_OTHER, place).into_response())
    }

    /// What a refusal says; where it asks to sign in or to verify factors anew, the way there and
    /// then to `back`.
    pub(super) fn told(
        &self,
        failure: impl Into<AnyFailure>,
        back: &'static str,
    ) -> Result<String, Turned> {
        match failure.into() {
            AnyFailure::Account(Failure::Refused(account::Refusal::SessionOver)) => {
                Err(Turned::to(&to("/sign-in", &Errand::home(back, self), self)))
            }
            AnyFailure::Account(Failure::Refused(account::Refusal::StepUpNeeded(level))) => {
                let errand = Errand::home(back, self).freshly(level);
                Err(Turned::to(&to("/step-up", &errand, self)))
            }
            AnyFailure::Account(Failure::Refused(refusal)) => Ok(self.words(&refusal)),
            AnyFailure::Shell(Failure::Refused(refusal)) => Ok(self.words(&refusal)),
            other => Err(Turned::failed(self.language, &other)),
        }
    }

    /// What keeps a page from being shown.
    pub(super) fn failed(&self, failure: impl Into<AnyFailure>) -> Turned {
        match self.told(failure, "/account") {
            Ok(text) => Turned::busy(self.language, &text),
            Err(turned) => turned,
        }
    }

    fn words(&self, refusal: &impl kernel::Refusal) -> String {
        let english = || {
            let text = refusal.to_string();
            let mut rest = text.chars();
            let first: String = rest
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect();
            format!("{first}{}.", rest.as_str())
        };
        match self.language {
            Language::Ja => refusal.message_ja(),
            Language::En => english(),
        }
    }

    fn renew_form(&mut self) {
        self.form = URL_SAFE_NO_PAD.encode(runtime::random_bytes::<32>());
        self.cookies.push(cookies::set(cookies::FORM, &self.form));
    }

    /// Bound to the browser and to the session: made in one it is good in no other.
    pub(super) fn token(&self) -> String {
        let mut token = Sha256::new_with_prefix("sekisho form ");
        for part in [&self.form, &self.held] {
            token.update(Sha256::digest(part));
        }
        URL_SAFE_NO_PAD.encode(token.finalize())
    }

    fn answer(self, status: StatusCode, page: &impl Template) -> Response {
        match page.render() {
            Ok(text) => self.with_cookies((status, Html(text)).into_response()),
            Err(error) => Turned::failed(self.language, &error).into_response(),
        }
    }

    fn with_cookies(self, mut response: Response) -> Response {
        for cookie in self.cookies.into_iter().flatten() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Identity> for Visit {
    type Rejection = Turned;

    async fn from_request_parts(parts: &mut Parts, state: &Identity) -> Result<Self, Turned> {
        Self::begin(state, parts).await
    }
}

impl Me {
    /// Whoever holds this handle, if its session lives and its person is in service.
    async fn holding(identity: &Identity, handle: &str) -> Result<Option<Self>, Failure<Refused>> {
        let Some(handle) = Handle::read(handle) else {
            return Ok(None);
        };
        let now = identity.now();
        let account = match identity.hold(&handle).await {
            Ok(account) => account,
            Err(Failure::Refused(_)) => return Ok(None),
            Err(other) => return Err(other),
        };
        let Some(session) = account.live_session(&handle.session, now).cloned() else {
            return Ok(None);
        };
        let record = facts::record(identity.store.database().read(), &handle.person).await?;
        Ok(record
            .filter(|record| record.serves(now))
            .map(|record| Self {
                person: handle.person,
                name: record.name,
                id: handle.session,
                session,
                account,
            }))
    }
}

/// The language that the address names, or that was chosen before, or that the browser prefers.
pub(super) fn language(
    headers: &HeaderMap,
    uri: &Uri,
    set: &mut Vec<Option<HeaderValue>>,
) -> Language {
    let mut query = uri.query().unwrap_or("").split('&');
    let asked = query.find_map(|pair| Language::read(pair.strip_prefix("lang=")?));
    if let Some(language) = asked {
        set.push(cookies::set(cookies::LANGUAGE, language.tag()));
    }
    let kept = || cookies::read(headers, cookies::LANGUAGE).and_then(Language::read);
    asked
        .or_else(kept)
        .unwrap_or_else(|| Language::accepted(headers))
}

/// An address without the language it names.
pub(super) fn here(uri: &Uri) -> String {
    let query = uri.query().unwrap_or("").split('&');
    let kept: Vec<_> = query
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    if kept.is_empty() {
        return uri.path().to_owned();
    }
    format!("{}?{}", uri.path(), kept.join("&"))
}
