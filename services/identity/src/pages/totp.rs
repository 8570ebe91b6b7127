//! A one-time password generator: shown, typed into an app, proven.

use askama::Template;
use identity_domain::account::{By, CredentialStanding, Factor, State};
use kernel::PersonId;
use qrcodegen::{QrCode, QrCodeEcc};

use super::{
    Outcome,
    fields::{self, Input},
    frame::Frame,
    posted::Posted,
    step_up,
    turned::Turned,
    visit::Visit,
};
use crate::{
    failure::AnyFailure,
    refused::Refused,
    secrets::{Handle, Otp},
};

const HERE: &str = "/account/totp";
/// Light around a QR code, in modules, as the standard asks.
const QUIET: i32 = 4;

#[derive(Template)]
#[template(path = "totp.html")]
struct Totp {
    frame: Frame,
    /// In groups of four, for typing.
    secret: String,
    uri: String,
    /// The dark modules of the QR code, as an SVG path.
    dark: String,
    /// Modules on a side.
    side: i32,
    code: Input,
    /// Where the first code goes.
    action: &'static str,
    /// Fields that go along, unseen.
    carried: Vec<(&'static str, String)>,
}

/// `POST /account/totp/new`: another generator is offered, and shown.
pub(super) async fn offer(posted: Posted) -> Outcome {
    let visit = &posted.visit;
    let me = visit.inside(HERE)?;
    let (identity, request) = (&visit.identity, visit.request());
    let offered = identity.offer_totp(&me.person, By::Session, &request).await;
    if let Err(failure) = offered {
        visit.told(failure, "/account")?;
    }
    Ok(posted.visit.go(HERE))
}

/// `GET /account/totp`: the generator that waits for its proof.
pub(super) async fn offered(visit: Visit) -> Outcome {
    show(visit, String::new())
}

/// `POST /account/totp`: its first code.
pub(super) async fn confirm(posted: Posted) -> Outcome {
    let code = posted.text("code").to_owned();
    let mut visit = posted.visit;
    let me = visit.inside(HERE)?;
    let handle = Handle::draw(me.person.clone(), me.id.clone());
    let confirmed = visit
        .identity
        .confirm_totp(handle, &code, &visit.request())
        .await;
    match confirmed {
        Ok(grant) => {
            visit.take(grant).await?;
            Ok(visit.go("/account?done=totp"))
        }
        Err(AnyFailure::Shell(store::Failure::Refused(Refused::SignIn))) => {
            let problem = wrong(&visit);
            show(visit, problem)
        }
        Err(other) => {
            let problem = visit.told(other, HERE)?;
            show(visit, problem)
        }
    }
}

/// What is said to a code that is not right.
pub(super) fn wrong(visit: &Visit) -> String {
    let ja = "コードが違います。今表示されているコードを入れてください。";
    let en = "This is not the code. Type the one shown now.";
    visit.say(ja, en).to_owned()
}

fn show(visit: Visit, problem: String) -> Outcome {
    let me = step_up::freshly_inside(&visit, HERE)?;
    let Some(otp) = pending(&visit, &me.person, &me.account)? else {
        return Ok(visit.go("/account"));
    };
    let refused = !problem.is_empty();
    let page = page(&visit, &otp, problem)?;
    Ok(if refused {
        visit.form_again(&page)
    } else {
        visit.page(&page)
    })
}

/// A generator to scan or type, and the field for its first code.
fn page(visit: &Visit, otp: &Otp, problem: String) -> Result<Totp, Turned> {
    let failed = |error: &dyn std::error::Error| Turned::failed(visit.language, error);
    let uri = otp.uri().map_err(|error| failed(&error))?;
    let qr = QrCode::encode_text(&uri, QrCodeEcc::Medium).map_err(|error| failed(&error))?;
    let frame = visit.frame();
    Ok(Totp {
        secret: in_groups(&otp.secret()),
        dark: dark(&qr),
        side: qr.size() + 2 * QUIET,
        uri,
        code: fields::code(&frame, problem),
        action: HERE,
        carried: Vec::new(),
        frame,
    })
}

/// The same for whoever enrols with a one-time code; none when no generator waits.
pub(super) fn with_code(
    visit: &Visit,
    (person, account): (&PersonId, &State),
    carried: Vec<(&'static str, String)>,
    problem: String,
) -> Result<Option<impl Template + use<>>, Turned> {
    let Some(otp) = pending(visit, person, account)? else {
        return Ok(None);
    };
    Ok(Some(Totp {
        action: "/enrol/factor",
        carried,
        ..page(visit, &otp, problem)?
    }))
}

/// The generator offered last and not proven yet.
fn pending(visit: &Visit, person: &PersonId, account: &State) -> Result<Option<Otp>, Turned> {
    let waiting = account.credentials.iter();
    let waiting = waiting.filter_map(|(id, known)| match (&known.factor, known.standing) {
        (Factor::Totp { secret, .. }, CredentialStanding::Pending) => {
            Some((known.since, id, secret))
        }
        _ => None,
    });
    let Some((_, id, sealed)) = waiting.max_by_key(|(since, ..)| *since) else {
        return Ok(None);
    };
    let opened = visit.identity.sealing.open(person, id, sealed);
    let secret = opened.map_err(|error| Turned::failed(visit.language, &error))?;
    Ok(Otp::named(&secret, person.as_str()))
}

fn in_groups(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups = signs.chunks(4).map(|four| four.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

fn dark(qr: &QrCode) -> String {
    let side = qr.size();
    let all = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    all.filter(|(x, y)| qr.get_module(*x, *y))
        .map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET))
        .collect()
}
