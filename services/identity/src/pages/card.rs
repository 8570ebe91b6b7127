//! ID cards at the pages. Their certificates are shown at a port of their own, the card door: TLS asks for
//! one at every connection, and the pages would ask everybody. The door shares the pages' host and so their
//! cookies; whatever is not about cards it sends to the pages.

mod sign_in;
mod verify;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, Uri, header, uri::PathAndQuery},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{
    FORM, assets, errand::Errand, fields::Notice, frame::Frame, headers, sessions, visit::Visit,
};
use crate::{cards::Caller, failure::AnyFailure, identity::Identity, refused::Refused};

const SIGN_IN: &str = "/sign-in/card";
const STEP_UP: &str = "/step-up/card";

/// The pages at the card door.
pub(crate) fn door(identity: &Identity) -> Router {
    let policy = headers::Policy::at_door(&identity.runtime.config.identity.pages);
    Router::new()
        .route(SIGN_IN, get(sign_in::offered).post(sign_in::sign_in))
        .route(STEP_UP, get(verify::offered).post(verify::verify))
        .route("/sign-out", post(sessions::sign_out))
        .fallback(get(to_pages))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(headers::private))
        .with_state(identity.clone())
        .merge(assets::routes())
        .layer(middleware::from_fn_with_state(policy, headers::guard))
}

/// The way to the door, where there is one.
pub(super) fn way_to_sign_in(visit: &Visit, errand: &Errand) -> Option<String> {
    way(visit, SIGN_IN, errand)
}

/// The same for verifying in a session.
pub(super) fn way_to_step_up(visit: &Visit, errand: &Errand) -> Option<String> {
    way(visit, STEP_UP, errand)
}

fn way(visit: &Visit, page: &str, errand: &Errand) -> Option<String> {
    let door = visit.identity.cards.door.as_deref()?;
    Some(format!("{door}{}", super::errand::to(page, errand, visit)))
}

/// Everything else is at the pages.
async fn to_pages(State(identity): State<Identity>, uri: Uri) -> Response {
    let rest = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let place = format!("{}{rest}", identity.runtime.config.identity.pages.origin);
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

#[derive(Template)]
#[template(path = "card.html")]
struct Page {
    frame: Frame,
    title: &'static str,
    notice: Notice,
    /// Where the form goes.
    action: &'static str,
    /// The way without a card.
    back: String,
    errand: String,
    /// The browser has shown a certificate.
    shown: bool,
}

impl Page {
    fn new(visit: &Visit, caller: &Caller, errand: &Errand, problem: String) -> Self {
        Self {
            title: "",
            notice: Notice::problem(problem),
            action: "",
            back: String::new(),
            errand: errand.sealed(&visit.identity),
            shown: caller.shown.is_some(),
            frame: visit.frame(),
        }
    }
}

/// What is said of a card that does not count: the same, whatever the reason.
fn problem(visit: &Visit, failure: AnyFailure) -> Result<String, super::turned::Turned> {
    match failure {
        AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => {
            let ja = "このカードは使えません。登録されていないか、紛失の届出があるか、有効期間外です。情報管理者にお知らせください。";
            let en = "This card cannot be used: it is not registered, reported lost, or not valid now. \
                      Tell your information manager.";
            Ok(visit.say(ja, en).to_owned())
        }
        other => visit.told(other, "/account"),
    }
}
