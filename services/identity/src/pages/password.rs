//! Another password.

use askama::Template;
use identity_domain::account::Command;

use super::{
    Outcome,
    enrol::differs,
    fields::{self, Input},
    frame::Frame,
    posted::Posted,
    step_up,
    visit::Visit,
};
use crate::{credentials::new_credential, failure::AnyFailure};

const HERE: &str = "/account/password";

#[derive(Template)]
#[template(path = "password.html")]
struct Password {
    frame: Frame,
    number: String,
    fields: [Input; 2],
}

/// `GET /account/password`.
pub(super) async fn offered(visit: Visit) -> Outcome {
    step_up::freshly_inside(&visit, HERE)?;
    let page = form(&visit, String::new(), String::new());
    Ok(visit.page(&page))
}

/// `POST /account/password`.
pub(super) async fn change(posted: Posted) -> Outcome {
    let (password, again) = (posted.text("password"), posted.text("again"));
    let visit = &posted.visit;
    let problems = if password == again {
        (carry_out(visit, password).await?, String::new())
    } else {
        (String::new(), differs(visit))
    };
    if problems.0.is_empty() && problems.1.is_empty() {
        return Ok(posted.visit.go("/account?done=password"));
    }
    let page = form(visit, problems.0, problems.1);
    Ok(posted.visit.form_again(&page))
}

/// What is wrong with the password; nothing when it is the password now.
async fn carry_out(visit: &Visit, password: &str) -> Result<String, super::turned::Turned> {
    let me = visit.inside(HERE)?;
    let identity = &visit.identity;
    let changed: Result<(), AnyFailure> = async {
        let command = Command::ChangePassword {
            credential: new_credential(),
            password: identity.new_password(&me.person, password).await?,
        };
        let request = visit.request();
        identity.account(&me.person, &command, &request).await?;
        Ok(())
    }
    .await;
    match changed {
        Ok(()) => Ok(String::new()),
        Err(failure) => visit.told(failure, HERE),
    }
}

fn form(visit: &Visit, problem: String, again: String) -> Password {
    let frame = visit.frame();
    let mut fields = fields::new_password(&frame, problem, again);
    fields[0].focus = true;
    let number = visit.me.as_ref().map(|me| me.person.to_string());
    Password {
        number: number.unwrap_or_default(),
        fields,
        frame,
    }
}
