//! Signing in with a passkey: it says whose it is, and is two categories at once.

use super::{Page, answered};
use crate::{
    failure::AnyFailure,
    pages::{
        Outcome,
        errand::{Asked, Errand, to},
        posted::Posted,
        sign_in::end_present,
        visit::Visit,
    },
    refused::Refused,
};

/// `GET /sign-in/passkey`.
pub(in crate::pages) async fn offered(visit: Visit, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/sign-in/passkey")?;
    if visit.me.is_some() {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = page(&visit, &errand, String::new()).await?;
    Ok(visit.page(&page))
}

/// `POST /sign-in/passkey`.
pub(in crate::pages) async fn sign_in(posted: Posted) -> Outcome {
    let errand = posted.errand();
    let request = posted.visit.request();
    let identity = &posted.visit.identity;
    let trying = identity.sign_in_with_passkey(answered(&posted), &request);
    let granted = posted.visit.tried(trying).await;
    let visit = posted.visit;
    match granted {
        Ok(grant) => {
            end_present(&visit).await?;
            visit.go_on(grant, &errand).await
        }
        Err(failure) => {
            let problem = match failure {
                AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => unusable(&visit),
                other => visit.told(other, "/account")?,
            };
            let page = page(&visit, &errand, problem).await?;
            Ok(visit.form_again(&page))
        }
    }
}

/// What is said of a passkey that does not count.
pub(super) fn unusable(visit: &Visit) -> String {
    let ja = "このパスキーは使えません。";
    visit.say(ja, "This passkey cannot be used.").to_owned()
}

async fn page(
    visit: &Visit,
    errand: &Errand,
    problem: String,
) -> Result<Page, crate::pages::turned::Turned> {
    let asked = visit
        .identity
        .ask_anybody_for_passkey(&visit.source, &visit.request())
        .await;
    let ceremony = asked.map_err(|error| visit.failed(error))?;
    Ok(Page {
        title: visit.say("パスキーでサインイン", "Sign in with a passkey"),
        action: "/sign-in/passkey",
        back: to("/sign-in", errand, visit),
        errand: errand.sealed(&visit.identity),
        ..Page::asking(visit, ceremony, problem)
    })
}
