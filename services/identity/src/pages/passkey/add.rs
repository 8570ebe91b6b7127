//! Adding a passkey in one's own fresh session.

use identity_domain::account::By;

use super::{Page, answered};
use crate::pages::{Outcome, posted::Posted, step_up, turned::Turned, visit::Visit};

const HERE: &str = "/account/passkey";

/// `GET /account/passkey`.
pub(in crate::pages) async fn offered(visit: Visit) -> Outcome {
    let page = page(&visit, String::new(), "").await?;
    Ok(visit.page(&page))
}

/// `POST /account/passkey`.
pub(in crate::pages) async fn enrol(posted: Posted) -> Outcome {
    let visit = &posted.visit;
    let me = step_up::freshly_inside(visit, HERE)?;
    let name = name(&posted);
    let enrolled = visit
        .identity
        .enrol_passkey(
            &me.person,
            By::Session,
            answered(&posted),
            &name,
            &visit.request(),
        )
        .await;
    match enrolled {
        Ok(_) => Ok(posted.visit.go("/account?done=passkey")),
        Err(failure) => {
            let problem = visit.told(failure, HERE)?;
            let page = page(visit, problem, &name).await?;
            Ok(posted.visit.form_again(&page))
        }
    }
}

/// A passkey's name, as long as one may be.
pub(in crate::pages) fn name(posted: &Posted) -> String {
    posted.text("name").trim().chars().take(100).collect()
}

async fn page(visit: &Visit, problem: String, name: &str) -> Result<Page, Turned> {
    let me = step_up::freshly_inside(visit, HERE)?;
    let offered = visit
        .identity
        .offer_passkey(&me.person, &By::Session, &visit.request())
        .await;
    let ceremony = offered.map_err(|error| visit.failed(error))?;
    Ok(Page {
        action: HERE,
        back: "/account".to_owned(),
        ..Page::making(visit, ceremony, problem, name)
    })
}
