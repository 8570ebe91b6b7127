//! What a browser brings to the pages: the head of a visit, forms, and errands.

use std::{collections::BTreeMap, path::Path};

use axum::{
    extract::Query,
    http::{HeaderMap, Uri},
};
use jiff::Timestamp;

use super::{
    cookies,
    errand::{self, Asked, Errand},
    visit::{here, language},
};
use crate::{
    decoders,
    secrets::{self, Handle, Sealing},
};

/// The address and the headers of a visit. Good if it is in a session, and may send forms.
pub fn visit(address: &str, headers: &HeaderMap) -> bool {
    let Ok(uri) = address.parse::<Uri>() else {
        return false;
    };
    let mut kept = Vec::new();
    language(headers, &uri, &mut kept);
    let address = here(&uri);
    let held = cookies::read(headers, cookies::SESSION).and_then(Handle::read);
    let form = cookies::read(headers, cookies::FORM);
    address.starts_with('/') && held.is_some() && form.is_some()
}

/// A form that shows that it was made by a page.
pub fn form(body: &[u8]) -> bool {
    let values: Option<BTreeMap<String, String>> = decoders::form(body);
    values.is_some_and(|values| values.contains_key("token"))
}

/// Errands, and the key that they are sealed with.
pub struct Errands(Sealing);

impl Errands {
    /// With a new key, which is kept in that file.
    pub fn new(key: &Path) -> Option<Self> {
        secrets::create(key).ok().map(Self)
    }

    /// Any text, sealed as an errand is.
    pub fn sealed(&self, contents: &str) -> Option<String> {
        errand::seal(&self.0, contents)
    }

    /// What a page has carried through a redirect or in a form.
    pub fn opened(&self, sealed: &str, now: Timestamp) -> bool {
        let opened = Errand::opened(&self.0, sealed, now);
        opened.is_some_and(|errand| errand.age(now).is_some() && errand.preferred().is_some())
    }

    /// The query of an address that an application sends a browser to, of those that it may ask to be
    /// sent back to.
    pub fn asked(query: &str, registered: &[String], now: Timestamp) -> bool {
        let uri = format!("/step-up?{query}").parse::<Uri>().ok();
        let asked = uri.and_then(|uri| Query::<Asked>::try_from_uri(&uri).ok());
        let errand = asked.and_then(|Query(asked)| Errand::asked(&asked, registered, now));
        errand.is_some_and(|errand| errand.age(now).is_some() && errand.preferred().is_some())
    }
}
