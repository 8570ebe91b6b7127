//! A form that was sent, from a page of ours and by whoever saw it.

use std::collections::BTreeMap;

use axum::{
    Form,
    extract::{FromRequest, Request},
};

use super::{errand::Errand, language::Language, turned::Turned, visit::Visit};
use crate::identity::Identity;

/// See the module. Nothing of a form is looked at before its token has been.
pub(super) struct Posted {
    pub(super) visit: Visit,
    values: BTreeMap<String, String>,
}

impl FromRequest<Identity> for Posted {
    type Rejection = Turned;

    async fn from_request(request: Request, state: &Identity) -> Result<Self, Turned> {
        let language = Language::accepted(request.headers());
        let (parts, body) = request.into_parts();
        let visit = Visit::begin(state, &parts).await?;
        let request = Request::from_parts(parts, body);
        let form = Form::<BTreeMap<String, String>>::from_request(request, state).await;
        let Form(values) = form.map_err(|_| Turned::unreadable(language))?;
        let mut posted = Self { visit, values };
        if !posted.visit.made(posted.text("token")) {
            return Err(Turned::stale_form(posted.visit.language));
        }
        let errand = posted.text("errand").to_owned();
        if !errand.is_empty() {
            posted.visit.here = format!("{}?errand={errand}", posted.visit.here);
        }
        Ok(posted)
    }
}

impl Posted {
    /// A field as it was typed; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What the form is for.
    pub(super) fn errand(&self) -> Errand {
        Errand::read(&self.visit.identity, self.text("errand"))
    }
}
