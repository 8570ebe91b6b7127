//! Signing in with staff number and password.

use askama::Template;
use identity_domain::account::Command;
use kernel::PersonId;

use super::{
    Outcome, card,
    errand::{Asked, Errand},
    federation::{Way, ways},
    fields::{self, Input, Notice},
    frame::Frame,
    posted::Posted,
    visit::Visit,
};
use crate::{accounts::AccountFailure, failure::AnyFailure, refused::Refused, sign_in::Grant};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    errand: String,
    notice: Notice,
    person: Input,
    password: Input,
    providers: Vec<Way>,
    /// The way to the card door.
    card: Option<String>,
}

/// `GET /sign-in`.
pub(super) async fn offered(visit: Visit, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/sign-in")?;
    if visit.me.is_some() {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = form(&visit, &errand, "", String::new());
    Ok(visit.page(&page))
}

/// `POST /sign-in`.
pub(super) async fn sign_in(posted: Posted) -> Outcome {
    let (number, errand) = (posted.text("person_id").trim().to_owned(), posted.errand());
    let password = posted.text("password").to_owned();
    let visit = posted.visit;
    match attempt(&visit, &number, &password).await {
        Ok(grant) => {
            end_present(&visit).await?;
            visit.go_on(grant, &errand).await
        }
        Err(failure) => refused(visit, &errand, &number, failure),
    }
}

/// What cannot be a staff number or a password is refused in the same words as a wrong one.
async fn attempt(visit: &Visit, number: &str, password: &str) -> Result<Grant, AnyFailure> {
    let refused = || AnyFailure::from(store::Failure::Refused(Refused::SignIn));
    let person: PersonId = number.parse().map_err(|_| refused())?;
    if password.is_empty() || password.len() > identity_domain::account::password::MOST_BYTES {
        return Err(refused());
    }
    let request = visit.request();
    let trying = visit.identity.sign_in(person, password, &request);
    visit.tried(trying).await
}

/// A browser has one session: signing in ends the one it had.
pub(super) async fn end_present(visit: &Visit) -> Result<(), super::turned::Turned> {
    let Some(me) = &visit.me else {
        return Ok(());
    };
    let ended: Result<_, AccountFailure> = visit
        .identity
        .account(&me.person, &Command::SignOut, &visit.request())
        .await;
    match ended {
        Ok(_) => Ok(()),
        Err(failure) => visit.told(failure, "/account").map(|_| ()),
    }
}

fn refused(visit: Visit, errand: &Errand, number: &str, failure: AnyFailure) -> Outcome {
    let problem = match failure {
        AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => visit
            .say(
                "職員番号又はパスワードが違うか、今は使えません。失敗が続くと、次に試せるまでの時間が延びます。",
                "The staff number or password is wrong, or cannot be used now. After several \
                 failures it takes longer until the next try counts.",
            )
            .to_owned(),
        other => visit.told(other, "/account")?,
    };
    let page = form(&visit, errand, number, problem);
    Ok(visit.form_again(&page))
}

fn form(visit: &Visit, errand: &Errand, number: &str, problem: String) -> SignIn {
    let frame = visit.frame();
    SignIn {
        person: Input {
            name: "person_id",
            label: frame.say("職員番号", "Staff number"),
            value: number.to_owned(),
            autocomplete: "username",
            focus: number.is_empty(),
            ..Input::default()
        },
        password: Input {
            focus: !number.is_empty(),
            ..fields::password(&frame, String::new())
        },
        providers: ways(visit),
        card: card::way_to_sign_in(visit, errand),
        errand: errand.sealed(&visit.identity),
        notice: Notice::problem(problem),
        frame,
    }
}
