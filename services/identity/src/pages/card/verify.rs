//! Verifying an ID card in a session (step-up).

use axum::extract::ConnectInfo;

use super::{Page, STEP_UP, problem};
use crate::{
    cards::Caller,
    pages::{
        Outcome,
        errand::{Asked, Errand, to},
        posted::Posted,
        visit::Visit,
    },
    secrets::Handle,
};

/// `GET /step-up/card`, at the card door.
pub(in crate::pages) async fn offered(
    visit: Visit,
    ConnectInfo(caller): ConnectInfo<Caller>,
    asked: Asked,
) -> Outcome {
    let errand = asked.errand(&visit, STEP_UP)?;
    let me = visit.inside_for(&errand)?;
    if errand.is_met(me, visit.now()) {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = page(&visit, &caller, &errand, String::new());
    Ok(visit.page(&page))
}

/// `POST /step-up/card`, at the card door.
pub(in crate::pages) async fn verify(
    ConnectInfo(caller): ConnectInfo<Caller>,
    posted: Posted,
) -> Outcome {
    let errand = posted.errand();
    let visit = posted.visit;
    let me = visit.inside_for(&errand)?;
    let Some(shown) = &caller.shown else {
        let page = page(&visit, &caller, &errand, String::new());
        return Ok(visit.form_again(&page));
    };
    let handle = Handle::draw(me.person.clone(), me.id.clone());
    let (identity, request) = (&visit.identity, visit.request());
    let trying = identity.verify_card(handle, shown, &request);
    match visit.tried_inside(trying).await {
        Ok(grant) => visit.go_on(grant, &errand).await,
        Err(failure) => {
            let page = page(&visit, &caller, &errand, problem(&visit, failure)?);
            Ok(visit.form_again(&page))
        }
    }
}

fn page(visit: &Visit, caller: &Caller, errand: &Errand, problem: String) -> Page {
    Page {
        title: visit.say("ICカードで確認", "Verify with an ID card"),
        action: STEP_UP,
        back: to("/step-up", errand, visit),
        ..Page::new(visit, caller, errand, problem)
    }
}
