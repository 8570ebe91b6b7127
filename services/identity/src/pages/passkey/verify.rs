//! Verifying a passkey in a session (step-up).

use super::{Page, answered, sign_in::unusable};
use crate::{
    failure::AnyFailure,
    pages::{
        Outcome,
        errand::{Asked, Errand, to},
        posted::Posted,
        turned::Turned,
        visit::{Me, Visit},
    },
    refused::Refused,
    secrets::Handle,
};

/// `GET /step-up/passkey`.
pub(in crate::pages) async fn offered(visit: Visit, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/step-up/passkey")?;
    let me = visit.inside_for(&errand)?;
    if errand.is_met(me, visit.now()) {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = page(&visit, me, &errand, String::new()).await?;
    Ok(visit.page(&page))
}

/// `POST /step-up/passkey`.
pub(in crate::pages) async fn verify(posted: Posted) -> Outcome {
    let errand = posted.errand();
    let visit = &posted.visit;
    let me = visit.inside_for(&errand)?;
    let handle = Handle::draw(me.person.clone(), me.id.clone());
    let request = visit.request();
    let trying = visit
        .identity
        .verify_passkey(handle, answered(&posted), &request);
    let verified = visit.tried_inside(trying).await;
    let visit = posted.visit;
    match verified {
        Ok(grant) => visit.go_on(grant, &errand).await,
        Err(failure) => {
            let problem = match failure {
                AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => unusable(&visit),
                other => visit.told(other, "/account")?,
            };
            let me = visit.inside_for(&errand)?;
            let page = page(&visit, me, &errand, problem).await?;
            Ok(visit.form_again(&page))
        }
    }
}

async fn page(visit: &Visit, me: &Me, errand: &Errand, problem: String) -> Result<Page, Turned> {
    let asked = visit
        .identity
        .ask_for_passkey(&me.person, &me.id, &visit.request())
        .await;
    let ceremony = asked.map_err(|error| visit.failed(error))?;
    Ok(Page {
        title: visit.say("パスキーで確認", "Verify with a passkey"),
        action: "/step-up/passkey",
        back: to("/step-up", errand, visit),
        errand: errand.sealed(&visit.identity),
        ..Page::asking(visit, ceremony, problem)
    })
}
