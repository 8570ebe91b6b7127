//! `/federation/{id}/backchannel-logout`: a provider says that somebody has signed out there
//! (OpenID Connect Back-Channel Logout 1.0). Their sessions here that began there end at once.

use axum::{
    Form, Json, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use identity_domain::account::{Command, CredentialId, Sessions};
use jiff::SignedDuration;
use kernel::{PersonId, SessionId};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Unit;

use super::{
    claims::SKEW,
    provider::Provider,
    refused::Rejected,
    token::{self, Verified},
};
use crate::{
    accounts::AccountFailure,
    identity::Identity,
    metrics,
    store::{Accounts, SignedOut, take_notice, upstream_holder, upstream_sessions},
};

/// Most bytes of a form.
const FORM: usize = 16 << 10;
/// How old a notice may be.
const OLDEST: SignedDuration = SignedDuration::from_mins(5);
/// The one event that a logout token tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Why, on record.
const REASON: &str = "signed out at the provider";

#[derive(Deserialize)]
pub(super) struct Sent {
    pub(super) logout_token: String,
}

/// The endpoint, for the HTTP port.
pub(crate) fn routes(identity: &Identity) -> Router {
    Router::new()
        .route("/federation/{id}/backchannel-logout", post(logout))
        .layer(DefaultBodyLimit::max(FORM))
        .with_state(identity.clone())
}

async fn logout(
    State(identity): State<Identity>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Some(provider) = identity.federation.provider(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let ended = match form {
        Ok(Form(sent)) => {
            identity
                .signed_out_there(provider, &sent.logout_token)
                .await
        }
        Err(_) => Err(Rejected::Token("there is none".to_owned())),
    };
    let status = match ended {
        Ok(()) => {
            metrics::federation().count(provider.id(), "signed_out");
            StatusCode::OK
        }
        Err(why) => {
            tracing::warn!(provider = provider.id(), reason = %why, "a logout was not taken");
            metrics::federation().count(provider.id(), why.outcome());
            match why {
                Rejected::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_REQUEST,
            }
        }
    };
    let body = match status {
        StatusCode::OK => json!({}),
        _ => json!({ "error": "invalid_request" }),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A provider that kept the connection would send its next notice, perhaps hours later, into one
    // that was ended here for being idle, and not send it again: nobody's session would end.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Whom a notice is about.
pub(super) struct Notice {
    jti: String,
    subject: Option<String>,
    sid: Option<String>,
}

impl Identity {
    async fn signed_out_there(&self, provider: &Provider, text: &str) -> Result<(), Rejected> {
        let token = token::verified(text, provider, self.now()).await?;
        if token.issued_at + OLDEST + SKEW <= self.now() {
            return Err(Rejected::Token("it is too old".to_owned()));
        }
        let notice = &notice(&token)?;
        // As long as it could be sent again, and as long as what was signed in before it could count.
        let oldest = OLDEST.max(provider.max_age());
        let kept_until = token.issued_at + oldest + SKEW + SKEW;
        let issuer = provider.section.issuer.as_str();
        let said = &SignedOut {
            issuer,
            subject: notice.subject.as_deref(),
            sid: notice.sid.as_deref(),
            at: token.issued_at,
        };
        let request = self.own_request();
        let ended = self.store.transact(&request, |mut unit| async move {
            if !take_notice(&unit, &notice.jti, said, kept_until).await? {
                return Ok((unit, None));
            }
            let mut all = Vec::new();
            for (person, sessions) in meant(&unit, issuer, notice).await? {
                let command = Command::RevokeSessions {
                    sessions,
                    reason: REASON.to_owned(),
                };
                all.push(self.account_in(&mut unit, &person, &command).await?);
            }
            Ok((unit, Some(all)))
        });
        let ended: Result<_, AccountFailure> = ended.await;
        match ended {
            Ok(None) => Err(Rejected::Replayed),
            Ok(Some(all)) => {
                all.iter().for_each(|done| self.withdraw(done));
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "a logout could not be carried out");
                Err(Rejected::Unavailable)
            }
        }
    }
}

/// Whose sessions a notice is about, and which. A session that is not known here may have begun
/// without a name: then all of the person's that began at the provider.
async fn meant(
    unit: &Unit,
    issuer: &str,
    notice: &Notice,
) -> Result<Vec<(PersonId, Sessions)>, AccountFailure> {
    let holder = match &notice.subject {
        Some(subject) => upstream_holder(unit.tx(), issuer, subject).await?,
        None => None,
    };
    // A session of theirs that is just beginning is there when the account is ours, or begins
    // after us and finds the notice.
    let account = match &holder {
        Some(person) => Some(unit.load::<Accounts>(person.as_str()).await?.0),
        None => None,
    };
    let known = match &notice.sid {
        Some(sid) => upstream_sessions(unit.tx(), issuer, sid).await?,
        None => Vec::new(),
    };
    let about = |person: &PersonId| notice.subject.is_none() || holder.as_ref() == Some(person);
    let mut meant: Vec<(PersonId, CredentialId, Vec<SessionId>)> = Vec::new();
    for one in known.into_iter().filter(|one| about(&one.person)) {
        let credential = CredentialId::new(one.credential);
        let same = meant
            .iter_mut()
            .find(|(person, link, _)| *person == one.person && *link == credential);
        match same {
            Some((.., sessions)) => sessions.push(one.session),
            None => meant.push((one.person, credential, vec![one.session])),
        }
    }
    let linked = |credential, sessions| Sessions::Linked {
        credential,
        sessions,
    };
    if let (true, Some(person), Some(subject)) = (meant.is_empty(), holder, &notice.subject) {
        let link = account.and_then(|account| account.link(issuer, subject).cloned());
        return Ok(link
            .map(|link| (person, linked(link, None)))
            .into_iter()
            .collect());
    }
    let all = meant.into_iter();
    Ok(all
        .map(|(person, link, some)| (person, linked(link, Some(some))))
        .collect())
}

/// What a logout token says, if it is one (2.4 and 2.6 of the standard).
pub(super) fn notice(token: &Verified) -> Result<Notice, Rejected> {
    let bad = |reason: &str| Rejected::Token(reason.to_owned());
    // Providers older than the final standard write no type of its own. What tells it from an ID token
    // is below.
    if !matches!(token.kind.as_str(), "logout+jwt" | "jwt") {
        return Err(bad("it is no logout token"));
    }
    let events = token.claims.get("events").and_then(Value::as_object);
    let told = events.and_then(|events| events.get(EVENT));
    if !told.is_some_and(Value::is_object) {
        return Err(bad("it tells of no logout"));
    }
    if token.claims.contains_key("nonce") {
        return Err(bad("it has a nonce: it is an ID token"));
    }
    let text = |claim: &str| token.text(claim).filter(|text| !text.is_empty());
    let jti = text("jti").filter(|jti| jti.len() <= 255);
    let (subject, sid) = (text("sub"), text("sid"));
    if subject.is_none() && sid.is_none() {
        return Err(bad("it names neither person nor session"));
    }
    Ok(Notice {
        jti: jti.ok_or_else(|| bad("it has no jti"))?.to_owned(),
        subject: subject.map(str::to_owned),
        sid: sid.map(str::to_owned),
    })
}
