//! The ways in and out that are no form.

use askama::Template;

use super::{Outcome, errand::Asked, frame::Frame, turned::Turned, visit::Visit};

#[derive(Template)]
#[template(path = "continue.html")]
struct Continue {
    frame: Frame,
    address: String,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut {
    frame: Frame,
}

/// `GET /`.
pub(super) async fn home(visit: Visit) -> Outcome {
    Ok(visit.go("/account"))
}

/// `GET /continue`: back to the application. A page and not a redirect, because the browser lets no
/// form of ours end anywhere else.
pub(super) async fn go_on(visit: Visit, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/continue")?;
    let met = visit
        .me
        .as_ref()
        .is_some_and(|me| errand.is_met(me, visit.now()));
    if !met {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let Some(address) = errand.elsewhere(&visit.identity) else {
        return Err(Turned::to("/account"));
    };
    let page = Continue {
        frame: visit.frame(),
        address: address.to_owned(),
    };
    Ok(visit.page(&page))
}

/// `GET /signed-out`.
pub(super) async fn signed_out(visit: Visit) -> Outcome {
    let page = SignedOut {
        frame: visit.frame(),
    };
    Ok(visit.page(&page))
}
