//! One field of a form: label, hint, what is wrong with it.

use askama::Template;

use super::frame::Frame;

/// See the module. Its error stands beside it and is read out with it.
#[derive(Template, Default)]
#[template(path = "input.html")]
pub(super) struct Input {
    /// Name in the form, and id on the page.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// Empty = none.
    pub(super) hint: String,
    /// Empty = nothing is wrong.
    pub(super) problem: String,
    /// What stands in it.
    pub(super) value: String,
    pub(super) kind: Kind,
    /// What the browser may fill in (HTML `autocomplete`).
    pub(super) autocomplete: &'static str,
    /// The cursor is in it when the page opens.
    pub(super) focus: bool,
}

/// What is typed into a field.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Text,
    Password,
    /// A few digits.
    Code,
}

/// Text under a form's heading, for what concerns no single field.
#[derive(Default)]
pub(super) struct Notice {
    pub(super) text: String,
    pub(super) bad: bool,
}

impl Notice {
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bad: true,
        }
    }

    /// What is wrong, if anything is.
    pub(super) fn problem(text: String) -> Self {
        Self {
            bad: !text.is_empty(),
            text,
        }
    }

    pub(super) fn good(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bad: false,
        }
    }
}

/// The field for a one-time password.
pub(super) fn code(frame: &Frame, problem: String) -> Input {
    Input {
        name: "code",
        label: frame.say("ワンタイムパスワード", "One-time password"),
        hint: frame
            .say("認証アプリに表示される6桁", "The 6 digits your app shows")
            .to_owned(),
        problem,
        kind: Kind::Code,
        autocomplete: "one-time-code",
        focus: true,
        ..Input::default()
    }
}

/// The field for the present password.
pub(super) fn password(frame: &Frame, problem: String) -> Input {
    Input {
        name: "password",
        label: frame.say("パスワード", "Password"),
        problem,
        kind: Kind::Password,
        autocomplete: "current-password",
        ..Input::default()
    }
}

/// The fields for a new password, typed twice.
pub(super) fn new_password(frame: &Frame, problem: String, again: String) -> [Input; 2] {
    let one = Input {
        name: "password",
        label: frame.say("新しいパスワード", "New password"),
        hint: frame
            .say(
                "15文字以上（ワンタイムパスワード等と併用するときは8文字以上）。文字の種類は問いません。長い文章がおすすめです。",
                "At least 15 characters, or 8 beside a second factor. Any characters; a long phrase is best.",
            )
            .to_owned(),
        problem,
        kind: Kind::Password,
        autocomplete: "new-password",
        ..Input::default()
    };
    let two = Input {
        name: "again",
        label: frame.say("新しいパスワード（確認）", "New password, again"),
        problem: again,
        kind: Kind::Password,
        autocomplete: "new-password",
        ..Input::default()
    };
    [one, two]
}
