//! Passkeys: signing in, verifying, adding one. Each is a page with a challenge; what the
//! authenticator answers comes back as a form.

mod add;
mod sign_in;
mod verify;

use askama::Template;

use super::{
    fields::{Input, Notice},
    frame::Frame,
    posted::Posted,
    visit::Visit,
};
use crate::passkeys::{Answered, Ceremony};

pub(super) use add::{enrol, name, offered as add_offered};
pub(super) use sign_in::{offered as sign_in_offered, sign_in};
pub(super) use verify::{offered as verify_offered, verify};

/// Longest answer looked at, in bytes.
const ANSWER: usize = 16 << 10;

/// A page with a challenge.
#[derive(Template)]
#[template(path = "passkey.html")]
pub(super) struct Page {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) notice: Notice,
    /// Where the answer goes.
    pub(super) action: &'static str,
    /// The way without a passkey.
    pub(super) back: String,
    pub(super) errand: String,
    /// A new passkey is made.
    pub(super) making: bool,
    pub(super) challenge: String,
    pub(super) options: String,
    pub(super) name: Option<Input>,
    /// Fields that go along, unseen.
    pub(super) carried: Vec<(&'static str, String)>,
}

impl Page {
    /// A page that asks for a passkey that is there.
    pub(super) fn asking(visit: &Visit, ceremony: Ceremony, problem: String) -> Self {
        Self {
            title: visit.say("パスキー", "Passkey"),
            notice: Notice::problem(problem),
            action: "",
            back: String::new(),
            errand: String::new(),
            making: false,
            challenge: ceremony.challenge,
            options: ceremony.options,
            name: None,
            carried: Vec::new(),
            frame: visit.frame(),
        }
    }

    /// A page that makes a new one.
    pub(super) fn making(visit: &Visit, ceremony: Ceremony, problem: String, name: &str) -> Self {
        let label = visit.say("パスキーの名前", "Name of the passkey");
        let hint = visit.say(
            "ほかのパスキーと区別するための名前です（例：業務用PC）。",
            "To tell it from others, such as “work laptop”.",
        );
        Self {
            title: visit.say("パスキーの追加", "Add a passkey"),
            making: true,
            name: Some(Input {
                name: "name",
                label,
                hint: hint.to_owned(),
                value: name.to_owned(),
                autocomplete: "off",
                focus: true,
                ..Input::default()
            }),
            ..Self::asking(visit, ceremony, problem)
        }
    }
}

/// What the form brings back; one that is too long is nothing that can be read.
pub(super) fn answered(posted: &Posted) -> Answered<'_> {
    let json = posted.text("credential");
    Answered {
        challenge: posted.text("challenge"),
        json: if json.len() > ANSWER { "" } else { json },
    }
}
