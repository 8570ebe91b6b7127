//! The first password, or a new one, with a one-time code.

use askama::Template;
use kernel::PersonId;

use super::{
    Outcome,
    errand::Errand,
    fields::{self, Input, Notice},
    frame::Frame,
    posted::Posted,
    sign_in::end_present,
    visit::Visit,
};
use crate::{failure::AnyFailure, identity::Identity, refused::Refused, secrets::OneTimeCode};

/// Longest code looked at, in bytes.
const CODE: usize = 100;

#[derive(Template)]
#[template(path = "enrol.html")]
struct Enrol {
    frame: Frame,
    notice: Notice,
    who: [Input; 2],
    password: [Input; 2],
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    number: String,
    code: String,
    notice: Notice,
    password: String,
    again: String,
}

/// `GET /enrol`.
pub(super) async fn offered(visit: Visit) -> Outcome {
    let page = form(&visit, Typed::default());
    Ok(visit.page(&page))
}

/// `POST /enrol`. Whoever has enrolled is signed in with the new password.
pub(super) async fn enrol(posted: Posted) -> Outcome {
    let mut typed = Typed {
        number: posted.text("person_id").trim().to_owned(),
        code: posted.text("enrolment").to_owned(),
        ..Typed::default()
    };
    let (password, again) = (
        posted.text("password").to_owned(),
        posted.text("again").to_owned(),
    );
    let mut visit = posted.visit;
    if password != again {
        typed.again = differs(&visit);
        let page = form(&visit, typed);
        return Ok(visit.form_again(&page));
    }
    match attempt(&visit, &typed, &password).await {
        Ok(grant) => {
            end_present(&visit).await?;
            visit.take(grant).await?;
            let next = Errand::home("/account", &visit).next(&visit);
            Ok(visit.go(&next))
        }
        Err(failure) => {
            match failure {
                AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => {
                    typed.notice = Notice::bad(visit.say(
                        "職員番号又は登録コードが違うか、期限が過ぎています。",
                        "The staff number or the code is wrong, or the code has ended.",
                    ));
                }
                other => typed.password = visit.told(other, "/account")?,
            }
            let page = form(&visit, typed);
            Ok(visit.form_again(&page))
        }
    }
}

/// The page with a code that was just given.
pub(super) fn with_code(mut visit: Visit, number: String, code: String) -> Outcome {
    "/enrol".clone_into(&mut visit.here);
    let notice = Notice::good(visit.say(
        "回復コードを使いました。15分以内に設定してください。",
        "The recovery code is used. Set up within 15 minutes.",
    ));
    let typed = Typed {
        number,
        code,
        notice,
        ..Typed::default()
    };
    let page = form(&visit, typed);
    Ok(visit.page(&page))
}

/// The fields of staff number and enrolment code.
pub(super) fn who(frame: &Frame, number: String, code: String) -> [Input; 2] {
    [
        Input {
            name: "person_id",
            label: frame.say("職員番号", "Staff number"),
            focus: number.is_empty(),
            value: number,
            autocomplete: "username",
            ..Input::default()
        },
        Input {
            name: "enrolment",
            label: frame.say("登録コード", "Enrolment code"),
            hint: frame
                .say(
                    "情報管理者などから受け取った25文字。ハイフンと大文字・小文字は問いません。",
                    "The 25 characters you were given. Hyphens and case do not matter.",
                )
                .to_owned(),
            value: code,
            autocomplete: "off",
            ..Input::default()
        },
    ]
}

/// What the second field says when it differs from the first.
pub(super) fn differs(visit: &Visit) -> String {
    let words = (
        "二つのパスワードが一致しません。",
        "The two passwords differ.",
    );
    visit.say(words.0, words.1).to_owned()
}

async fn attempt(
    visit: &Visit,
    typed: &Typed,
    password: &str,
) -> Result<crate::sign_in::Grant, AnyFailure> {
    let refused = || AnyFailure::from(store::Failure::Refused(Refused::SignIn));
    let person: PersonId = typed.number.parse().map_err(|_| refused())?;
    if typed.code.len() > CODE {
        return Err(refused());
    }
    let code = OneTimeCode::typed(&typed.code);
    let (identity, request) = (&visit.identity, visit.request());
    let trying = Identity::enrol(identity, person.clone(), &code, password, &request);
    visit.tried(trying).await?;
    Ok(identity.sign_in(person, password, &visit.request()).await?)
}

fn form(visit: &Visit, typed: Typed) -> Enrol {
    let frame = visit.frame();
    Enrol {
        who: who(&frame, typed.number, typed.code),
        password: fields::new_password(&frame, typed.password, typed.again),
        notice: typed.notice,
        frame,
    }
}
