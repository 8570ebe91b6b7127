//! Turned away: sent elsewhere, or told in a page of its own what is wrong.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{frame::Frame, language::Language};

/// See the module.
pub(super) struct Turned(Box<Response>);

#[derive(Template)]
#[template(path = "stopped.html")]
struct Stopped {
    frame: Frame,
    title: &'static str,
    text: String,
}

impl Turned {
    /// To another page. The method becomes GET.
    pub(super) fn to(place: &str) -> Self {
        let headers = [(header::LOCATION, place)];
        Self(Box::new((StatusCode::SEE_OTHER, headers).into_response()))
    }

    /// A form that was not made for this browser, or before it signed in or out elsewhere.
    pub(super) fn stale_form(language: Language) -> Self {
        let text = language.pick(
            "この画面は古くなっています。前の画面に戻って、もう一度お試しください。",
            "This form is out of date. Go back and try again.",
        );
        Self::stopped(StatusCode::FORBIDDEN, language, text)
    }

    /// A form that cannot be read.
    pub(super) fn unreadable(language: Language) -> Self {
        let text = language.pick(
            "送信された内容を読み取れませんでした。",
            "What was sent cannot be read.",
        );
        Self::stopped(StatusCode::BAD_REQUEST, language, text)
    }

    /// An address that the pages send nobody to, or a level they do not know.
    pub(super) fn bad_errand(language: Language) -> Self {
        let text = language.pick(
            "戻り先又は求められた認証の強さが正しくありません。元のシステムの担当者にお知らせください。",
            "The address to return to, or the strength of authentication asked for, is not valid. \
             Tell those who run the system you came from.",
        );
        Self::stopped(StatusCode::BAD_REQUEST, language, text)
    }

    /// Something that is refused, in its own words.
    pub(super) fn refused(language: Language, text: &str) -> Self {
        Self::stopped(StatusCode::FORBIDDEN, language, text)
    }

    /// Something that is refused for now, in its own words.
    pub(super) fn busy(language: Language, text: &str) -> Self {
        Self::stopped(StatusCode::SERVICE_UNAVAILABLE, language, text)
    }

    /// Something here failed: it is in the log.
    pub(super) fn failed(language: Language, error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a page could not be answered");
        let text = language.pick(
            "ただいま応答できません。しばらくしてからもう一度お試しください。",
            "We cannot answer just now. Try again in a while.",
        );
        Self::stopped(StatusCode::SERVICE_UNAVAILABLE, language, text)
    }

    fn stopped(status: StatusCode, language: Language, text: &str) -> Self {
        let page = Stopped {
            frame: Frame::bare(language),
            title: language.pick("処理できませんでした", "This did not work"),
            text: text.to_owned(),
        };
        Self(Box::new(
            (status, Html(page.render().unwrap_or_default())).into_response(),
        ))
    }
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        *self.0
    }
}
