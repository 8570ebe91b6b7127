//! Signing in with an ID card: it says whose it is, and is two categories at once.

use axum::extract::ConnectInfo;

use super::{Page, SIGN_IN, problem};
use crate::{
    cards::Caller,
    pages::{
        Outcome,
        errand::{Asked, Errand, to},
        posted::Posted,
        sign_in::end_present,
        visit::Visit,
    },
};

/// `GET /sign-in/card`, at the card door.
pub(in crate::pages) async fn offered(
    visit: Visit,
    ConnectInfo(caller): ConnectInfo<Caller>,
    asked: Asked,
) -> Outcome {
    let errand = asked.errand(&visit, SIGN_IN)?;
    if visit.me.is_some() {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = page(&visit, &caller, &errand, String::new());
    Ok(visit.page(&page))
}

/// `POST /sign-in/card`, at the card door.
pub(in crate::pages) async fn sign_in(
    ConnectInfo(caller): ConnectInfo<Caller>,
    posted: Posted,
) -> Outcome {
    let errand = posted.errand();
    let visit = posted.visit;
    let Some(shown) = &caller.shown else {
        let page = page(&visit, &caller, &errand, String::new());
        return Ok(visit.form_again(&page));
    };
    let (identity, request) = (&visit.identity, visit.request());
    let trying = identity.sign_in_with_card(shown, &request);
    match visit.tried(trying).await {
        Ok(grant) => {
            end_present(&visit).await?;
            visit.go_on(grant, &errand).await
        }
        Err(failure) => {
            let page = page(&visit, &caller, &errand, problem(&visit, failure)?);
            Ok(visit.form_again(&page))
        }
    }
}

fn page(visit: &Visit, caller: &Caller, errand: &Errand, problem: String) -> Page {
    Page {
        title: visit.say("ICカードでサインイン", "Sign in with an ID card"),
        action: SIGN_IN,
        back: to("/sign-in", errand, visit),
        ..Page::new(visit, caller, errand, problem)
    }
}
