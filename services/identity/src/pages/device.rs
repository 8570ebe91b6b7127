//! Letting in a device that has no browser (RFC 8628): its code is typed here.

use askama::Template;
use store::Failure;

use super::{
    Outcome,
    fields::{Input, Notice},
    frame::Frame,
    posted::Posted,
    step_up,
    turned::Turned,
    visit::Visit,
};
use crate::failure::AnyFailure;

const HERE: &str = "/device";
/// Longest code looked at, in characters.
const CODE: usize = 32;

#[derive(Template)]
#[template(path = "device.html")]
struct Device {
    frame: Frame,
    notice: Notice,
    step: Step,
}

enum Step {
    /// The code is asked for.
    Type(Input),
    /// The device is named and waits for the answer.
    Answer { code: String, client: String },
    /// It was answered.
    Done,
}

/// `GET /device`. The code in the address is never taken from there: whoever lets a device in has it
/// before them and types what it shows (RFC 8628, 5.4).
pub(super) async fn offered(visit: Visit) -> Outcome {
    step_up::freshly_inside(&visit, HERE)?;
    let page = typing(&visit, String::new(), "");
    Ok(visit.page(&page))
}

/// `POST /device`: the code, and then the answer.
pub(super) async fn answer(posted: Posted) -> Outcome {
    let visit = &posted.visit;
    let me = step_up::freshly_inside(visit, HERE)?;
    let code: String = posted.text("user_code").chars().take(CODE).collect();
    let (identity, request) = (&visit.identity, visit.request());
    let step = match posted.text("answer") {
        "approve" => {
            let approved = identity.approve_device(&me.person, &code, &request).await;
            approved.map(|_| (Step::Done, said(visit, true)))
        }
        "deny" => {
            let denied = identity.deny_device(&me.person, &code, &request).await;
            denied.map(|()| (Step::Done, said(visit, false)))
        }
        _ => identity
            .waiting_device(&me.person, &code)
            .await
            .map(|asked| {
                let id = asked.chain.client.as_str();
                let known = identity.client(id);
                let name = known.map_or(id, |known| visit.say(&known.name_ja, &known.name_en));
                let client = name.to_owned();
                let code = code.clone();
                (Step::Answer { code, client }, Notice::default())
            }),
    };
    let page = match step {
        Ok((step, notice)) => Device {
            frame: visit.frame(),
            notice,
            step,
        },
        Err(failure) => {
            let problem = told(visit, failure)?;
            let page = typing(visit, problem, &code);
            return Ok(posted.visit.form_again(&page));
        }
    };
    Ok(posted.visit.page(&page))
}

fn told(visit: &Visit, failure: AnyFailure) -> Result<String, Turned> {
    match failure {
        AnyFailure::Device(Failure::Refused(_)) => Ok(visit
            .say(
                "このコードで待っている端末はありません。",
                "No device waits with this code.",
            )
            .to_owned()),
        other => visit.told(other, HERE),
    }
}

fn said(visit: &Visit, approved: bool) -> Notice {
    let (ja, en) = if approved {
        (
            "端末を許可しました。端末に戻ってください。",
            "The device is let in. Go back to it.",
        )
    } else {
        ("端末を許可しませんでした。", "The device was not let in.")
    };
    Notice::good(visit.say(ja, en))
}

fn typing(visit: &Visit, problem: String, typed: &str) -> Device {
    let frame = visit.frame();
    let field = Input {
        name: "user_code",
        label: frame.say("端末に表示されたコード", "The code the device shows"),
        value: typed.to_owned(),
        problem,
        autocomplete: "off",
        focus: true,
        ..Input::default()
    };
    Device {
        notice: Notice::default(),
        step: Step::Type(field),
        frame,
    }
}
