//! A passkey or a generator with an enrolment's one-time code: for who has lost one, or begins.

use askama::Template;
use identity_domain::account::By;
use kernel::PersonId;
use standard::FactorKind;
use store::Failure;

use super::{
    Outcome,
    enrol::who,
    fields::{Input, Notice},
    frame::Frame,
    passkey::{self, Page},
    posted::Posted,
    totp,
    visit::Visit,
};
use crate::{failure::AnyFailure, refused::Refused, secrets::OneTimeCode};

const HERE: &str = "/enrol/factor";
/// Longest code looked at, in characters.
const CODE: usize = 100;

#[derive(Template)]
#[template(path = "enrol_factor.html")]
struct EnrolFactor {
    frame: Frame,
    notice: Notice,
    who: [Input; 2],
}

/// Who enrols, with which code.
struct Enrolling {
    person: PersonId,
    typed: String,
    code: OneTimeCode,
}

impl Enrolling {
    fn of(posted: &Posted) -> Option<Self> {
        let typed: String = posted.text("enrolment").chars().take(CODE).collect();
        Some(Self {
            person: posted.text("person_id").trim().parse().ok()?,
            code: OneTimeCode::typed(&typed),
            typed,
        })
    }

    fn by(&self) -> By {
        By::Code(self.code.digest())
    }

    /// What goes along with the next step.
    fn carried(&self, kind: FactorKind) -> Vec<(&'static str, String)> {
        vec![
            ("person_id", self.person.to_string()),
            ("enrolment", self.typed.clone()),
            ("kind", kind.as_str().to_owned()),
        ]
    }
}

/// `GET /enrol/factor`.
pub(super) async fn offered(visit: Visit) -> Outcome {
    let page = form(&visit, ["", ""], Notice::default());
    Ok(visit.page(&page))
}

/// `POST /enrol/factor`: the code, and then the factor.
pub(super) async fn enrol(posted: Posted) -> Outcome {
    let Some(enrolling) = Enrolling::of(&posted) else {
        return again(posted, Failure::Refused(Refused::SignIn).into());
    };
    let passkey = posted.text("kind") == FactorKind::Passkey.as_str();
    let answered = if passkey { "credential" } else { "code" };
    let first = posted.text(answered).is_empty();
    let step = match (passkey, first) {
        (true, true) => return offer_passkey(posted, &enrolling, String::new()).await,
        (false, true) => return offer_totp(posted, &enrolling).await,
        (true, false) => enrol_passkey(&posted, &enrolling).await,
        (false, false) => confirm_totp(&posted, &enrolling).await,
    };
    match step {
        Ok(()) => Ok(posted.visit.go("/sign-in")),
        Err(failure) if passkey => {
            let problem = posted.visit.told(failure, "/account")?;
            offer_passkey(posted, &enrolling, problem).await
        }
        Err(failure) => show_totp(posted, &enrolling, failure).await,
    }
}

async fn offer_passkey(posted: Posted, enrolling: &Enrolling, problem: String) -> Outcome {
    let visit = &posted.visit;
    let (identity, request) = (&visit.identity, visit.request());
    let by = enrolling.by();
    let trying = identity.offer_passkey(&enrolling.person, &by, &request);
    match visit.tried(trying).await {
        Ok(ceremony) => {
            let page = Page {
                action: HERE,
                back: "/enrol".to_owned(),
                carried: enrolling.carried(FactorKind::Passkey),
                ..Page::making(visit, ceremony, problem, posted.text("name"))
            };
            Ok(posted.visit.page(&page))
        }
        Err(failure) => again(posted, failure),
    }
}

async fn enrol_passkey(posted: &Posted, enrolling: &Enrolling) -> Result<(), AnyFailure> {
    let visit = &posted.visit;
    let (identity, request) = (&visit.identity, visit.request());
    let (answered, name) = (passkey::answered(posted), passkey::name(posted));
    let trying =
        identity.enrol_passkey(&enrolling.person, enrolling.by(), answered, &name, &request);
    visit.tried(trying).await.map(|_| ())
}

async fn offer_totp(posted: Posted, enrolling: &Enrolling) -> Outcome {
    let visit = &posted.visit;
    let (identity, request) = (&visit.identity, visit.request());
    let trying = identity.offer_totp(&enrolling.person, enrolling.by(), &request);
    match visit.tried(trying).await {
        Ok(_) => generator(posted, enrolling, String::new()).await,
        Err(failure) => again(posted, failure),
    }
}

async fn confirm_totp(posted: &Posted, enrolling: &Enrolling) -> Result<(), AnyFailure> {
    let visit = &posted.visit;
    let (identity, request) = (&visit.identity, visit.request());
    let (person, totp) = (enrolling.person.clone(), posted.text("code"));
    let trying = identity.confirm_totp_with_code(person, &enrolling.code, totp, &request);
    visit.tried(trying).await
}

/// After a wrong first code the generator is shown again.
async fn show_totp(posted: Posted, enrolling: &Enrolling, failure: AnyFailure) -> Outcome {
    match failure {
        AnyFailure::Shell(Failure::Refused(Refused::SignIn)) => {
            let problem = totp::wrong(&posted.visit);
            generator(posted, enrolling, problem).await
        }
        other => again(posted, other),
    }
}

/// The generator that waits, only for who has the code of the open enrolment.
async fn generator(posted: Posted, enrolling: &Enrolling, problem: String) -> Outcome {
    let visit = &posted.visit;
    let account = visit.identity.read_account::<Refused>(&enrolling.person);
    let account = account.await.map_err(|failure| visit.failed(failure))?;
    let page = if account.is_open_to(&enrolling.code.digest(), visit.now()) {
        let whose = (&enrolling.person, &account);
        totp::with_code(visit, whose, enrolling.carried(FactorKind::Totp), problem)?
    } else {
        None
    };
    match page {
        Some(page) => Ok(posted.visit.page(&page)),
        None => again(posted, Failure::Refused(Refused::SignIn).into()),
    }
}

fn again(posted: Posted, failure: AnyFailure) -> Outcome {
    let visit = &posted.visit;
    let problem = match failure {
        AnyFailure::Shell(Failure::Refused(Refused::SignIn)) => visit
            .say(
                "職員番号又は登録コードが違うか、期限が過ぎています。",
                "The staff number or the code is wrong, or the code has ended.",
            )
            .to_owned(),
        other => visit.told(other, "/account")?,
    };
    let typed = [posted.text("person_id"), posted.text("enrolment")];
    let page = form(visit, typed, Notice::bad(problem));
    Ok(posted.visit.form_again(&page))
}

fn form(visit: &Visit, typed: [&str; 2], notice: Notice) -> EnrolFactor {
    let frame = visit.frame();
    let [number, code] = typed.map(str::to_owned);
    EnrolFactor {
        notice,
        who: who(&frame, number, code),
        frame,
    }
}
