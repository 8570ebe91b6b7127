//! Recovery codes: made and shown once; used up for the code of a short enrolment.

use askama::Template;
use kernel::PersonId;

use super::{
    Outcome, enrol,
    fields::{Input, Notice},
    frame::Frame,
    posted::Posted,
    visit::Visit,
};
use crate::{bootstrap::Code, failure::AnyFailure, refused::Refused, secrets::OneTimeCode};

/// Longest code looked at, in bytes.
const CODE: usize = 100;

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct Made {
    frame: Frame,
    codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "recover.html")]
struct Recover {
    frame: Frame,
    notice: Notice,
    who: [Input; 2],
}

/// `POST /account/recovery-codes`: a new set, in a fresh session.
pub(super) async fn make(posted: Posted) -> Outcome {
    let mut visit = posted.visit;
    "/account".clone_into(&mut visit.here);
    let me = visit.inside("/account")?;
    let (identity, request) = (&visit.identity, visit.request());
    match identity.make_recovery_codes(&me.person, &request).await {
        Ok(codes) => {
            let frame = visit.frame();
            Ok(visit.page(&Made { frame, codes }))
        }
        Err(failure) => Err(visit.failed(failure)),
    }
}

/// `GET /recover`.
pub(super) async fn offered(visit: Visit) -> Outcome {
    let page = form(&visit, String::new(), Notice::default());
    Ok(visit.page(&page))
}

/// `POST /recover`.
pub(super) async fn recover(posted: Posted) -> Outcome {
    let number = posted.text("person_id").trim().to_owned();
    let recovered = attempt(&posted, &number).await;
    let visit = posted.visit;
    match recovered {
        Ok(code) => enrol::with_code(visit, number, code.text),
        Err(failure) => {
            let problem = match failure {
                AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => visit
                    .say(
                        "職員番号又は回復コードが違うか、使用済みか、今は使えません。失敗が続くと、次に試せるまでの時間が延びます。",
                        "The staff number or the code is wrong, or the code was used, or cannot be used \
                         now. After several failures it takes longer until the next try counts.",
                    )
                    .to_owned(),
                other => visit.told(other, "/account")?,
            };
            let page = form(&visit, number, Notice::bad(problem));
            Ok(visit.form_again(&page))
        }
    }
}

async fn attempt(posted: &Posted, number: &str) -> Result<Code, AnyFailure> {
    let refused = || AnyFailure::from(store::Failure::Refused(Refused::SignIn));
    let (visit, typed) = (&posted.visit, posted.text("recovery"));
    let person: PersonId = number.parse().map_err(|_| refused())?;
    if typed.len() > CODE {
        return Err(refused());
    }
    let (request, code) = (visit.request(), OneTimeCode::typed(typed));
    let trying = visit.identity.use_recovery_code(&person, &code, &request);
    visit.tried(trying).await
}

fn form(visit: &Visit, number: String, notice: Notice) -> Recover {
    let frame = visit.frame();
    let [number, _] = enrol::who(&frame, number, String::new());
    let code = Input {
        name: "recovery",
        label: frame.say("回復コード", "Recovery code"),
        autocomplete: "off",
        ..Input::default()
    };
    Recover {
        notice,
        who: [number, code],
        frame,
    }
}
