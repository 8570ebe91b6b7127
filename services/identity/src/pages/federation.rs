//! Signing in with a provider, verifying there, and linking an account there.

use askama::Template;
use axum::extract::{Path, Query, rejection::QueryRejection};
use identity_domain::account::{Acr, Assurance};

use super::{
    Outcome,
    errand::{Asked, Errand, to},
    frame::Frame,
    posted::Posted,
    sign_in::end_present,
    turned::Turned,
    visit::{Me, Visit},
};
use crate::federation::{Answer, Began, Came, Purpose};

/// A way to a provider.
pub(super) struct Way {
    pub(super) id: String,
    pub(super) name: String,
}

/// From a form of ours to the provider: a page and not a redirect, because the browser lets no form of
/// ours end anywhere else.
#[derive(Template)]
#[template(path = "federation.html")]
struct Onwards {
    frame: Frame,
    name: String,
    address: String,
}

/// `GET /sign-in/federation/{id}`.
pub(super) async fn sign_in(visit: Visit, Path(id): Path<String>, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/sign-in")?;
    if visit.me.is_some() {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let address = address(&visit, &id, Purpose::SignIn, errand.preferred(), &errand).await?;
    Ok(visit.go(&address))
}

/// `GET /step-up/federation/{id}`.
pub(super) async fn step_up(visit: Visit, Path(id): Path<String>, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/step-up")?;
    let Some(me) = &visit.me else {
        return Err(Turned::to(&to("/sign-in", &errand, &visit)));
    };
    let purpose = Purpose::StepUp(me.person.clone(), me.id.clone());
    let wanted = errand.enough(me).first().copied();
    let address = address(&visit, &id, purpose, wanted, &errand).await?;
    Ok(visit.go(&address))
}

/// `POST /account/federation`: whoever may link is sent to show the account there.
pub(super) async fn link(posted: Posted) -> Outcome {
    let id = posted.text("provider_id").to_owned();
    let visit = posted.visit;
    let me = visit.inside("/account")?;
    let errand = Errand::home("/account", &visit).freshly(Assurance::Aal2);
    if !errand.is_met(me, visit.now()) {
        return Err(Turned::to(&to("/step-up", &errand, &visit)));
    }
    let purpose = Purpose::Link(me.person.clone(), me.id.clone());
    let address = address(&visit, &id, purpose, None, &errand).await?;
    let page = Onwards {
        name: name(&visit, &id),
        address,
        frame: visit.frame(),
    };
    Ok(visit.page(&page))
}

/// `GET /federation/{id}/callback`: back from the provider.
pub(super) async fn back(
    mut visit: Visit,
    Path(id): Path<String>,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Outcome {
    let answer = answer.map_err(|_| Turned::unreadable(visit.language))?;
    let request = visit.request();
    let made = |token: &str| visit.made(token);
    let trying = (visit.identity).back_from_provider(&id, &answer, made, &request);
    let came = match visit.me {
        Some(_) => visit.tried_inside(trying).await,
        None => visit.tried(trying).await,
    };
    let (grant, carried) = match came {
        Ok(Came::Linked) => return Ok(visit.go("/account?done=linked")),
        Ok(Came::In(grant, carried)) => {
            end_present(&visit).await?;
            (grant, carried)
        }
        Ok(Came::Up(grant, carried)) => (grant, carried),
        Err(failure) => {
            let text = visit.told(failure, "/account")?;
            return Err(Turned::refused(visit.language, &text));
        }
    };
    visit.take(grant).await?;
    let next = Errand::read(&visit.identity, &carried).next(&visit);
    Ok(visit.go(&next))
}

async fn address(
    visit: &Visit,
    provider: &str,
    purpose: Purpose,
    wanted: Option<Acr>,
    errand: &Errand,
) -> Result<String, Turned> {
    let began = Began {
        purpose,
        wanted,
        browser: visit.token(),
        carried: errand.sealed(&visit.identity),
        language: visit.language.tag(),
        source: visit.source.clone(),
    };
    let request = visit.request();
    let asked = visit.identity.ask_provider(provider, began, &request);
    asked
        .await
        .map_err(|failure| match visit.told(failure, "/account") {
            Ok(text) => Turned::refused(visit.language, &text),
            Err(turned) => turned,
        })
}

/// The ways to every provider.
pub(super) fn ways(visit: &Visit) -> Vec<Way> {
    let all = visit.identity.federation.providers();
    let way = |id: &str| Way {
        id: id.to_owned(),
        name: name(visit, id),
    };
    all.map(|provider| way(provider.id())).collect()
}

/// Those at which somebody has a linked account, or has none.
pub(super) fn linked(visit: &Visit, me: &Me, is: bool) -> Vec<Way> {
    let has = |id: &str| me.account.links().any(|(_, known)| known.provider == id);
    ways(visit)
        .into_iter()
        .filter(|way| has(&way.id) == is)
        .collect()
}

/// Whether what a provider proves may reach any of these.
pub(super) fn may_reach(visit: &Visit, id: &str, any: &[Acr]) -> bool {
    let provider = visit.identity.federation.provider(id);
    provider.is_some_and(|provider| any.iter().any(|acr| provider.may_reach(*acr)))
}

/// A provider's name; its id where it is set up no more.
pub(super) fn name(visit: &Visit, id: &str) -> String {
    let known = visit.identity.federation.provider(id);
    known.map_or(id.to_owned(), |provider| {
        let (ja, en) = provider.names();
        visit.say(ja, en).to_owned()
    })
}
