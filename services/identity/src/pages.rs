//! The pages at which people sign in and look after their factors and sessions.
//!
//! Plain HTML in Japanese and English, rendered here; a script is there for passkeys only. A page
//! carries out the same commands as the RPCs do, as whoever holds the session in the cookie.

mod account;
mod assets;
mod card;
mod cookies;
pub mod decoders;
mod device;
mod enrol;
mod enrol_factor;
mod errand;
mod federation;
mod fields;
mod frame;
mod headers;
mod home;
mod language;
mod passkey;
mod password;
mod posted;
mod recovery;
mod sessions;
mod sign_in;
mod step_up;
mod totp;
mod turned;
mod visit;

pub(crate) use card::door as card_door;
pub(crate) use language::Language;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

use crate::identity::Identity;

/// Most bytes of a form: the longest password, percent-encoded, and room for the rest.
const FORM: usize = 16 << 10;

/// How a handler ends: with a page, or turned away.
type Outcome = Result<axum::response::Response, turned::Turned>;

/// The pages, for the HTTP port.
pub(crate) fn routes(identity: &Identity) -> Router {
    let pages = Router::new()
        .route("/", get(home::home))
        .route("/sign-in", get(sign_in::offered).post(sign_in::sign_in))
        .route(
            "/sign-in/passkey",
            get(passkey::sign_in_offered).post(passkey::sign_in),
        )
        .route("/sign-in/federation/{id}", get(federation::sign_in))
        .route("/step-up/federation/{id}", get(federation::step_up))
        .route("/federation/{id}/callback", get(federation::back))
        .route("/account/federation", post(federation::link))
        .route("/enrol", get(enrol::offered).post(enrol::enrol))
        .route(
            "/enrol/factor",
            get(enrol_factor::offered).post(enrol_factor::enrol),
        )
        .route("/recover", get(recovery::offered).post(recovery::recover))
        .route("/account/recovery-codes", post(recovery::make))
        .route("/step-up", get(step_up::offered).post(step_up::step_up))
        .route(
            "/step-up/passkey",
            get(passkey::verify_offered).post(passkey::verify),
        )
        .route("/continue", get(home::go_on))
        .route("/account", get(account::shown))
        .route(
            "/account/password",
            get(password::offered).post(password::change),
        )
        .route("/account/totp", get(totp::offered).post(totp::confirm))
        .route("/account/totp/new", post(totp::offer))
        .route(
            "/account/passkey",
            get(passkey::add_offered).post(passkey::enrol),
        )
        .route("/account/remove", post(account::remove))
        .route("/account/lost", post(account::lost))
        .route("/account/end-session", post(sessions::end))
        .route("/device", get(device::offered).post(device::answer))
        .route("/sign-out", post(sessions::sign_out))
        .route("/sign-out-everywhere", post(sessions::everywhere))
        .route("/signed-out", get(home::signed_out))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(headers::private))
        .with_state(identity.clone());
    let policy = headers::Policy::of(&identity.runtime.config.identity.pages);
    pages
        .merge(assets::routes())
        .layer(middleware::from_fn_with_state(policy, headers::guard))
}
