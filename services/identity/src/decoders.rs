//! What comes to identity from outside, each kind of it read as it is before anything is done with it.
//!
//! For whoever tries the decoders on any bytes (`tests/fuzz`): none of them panics or goes on for long,
//! and each says whether what it was given was any good.

use std::path::Path;

use axum::{
    Form,
    body::Body,
    extract::{FromRequest as _, Request},
    http::header,
};
use futures::executor::block_on;
use identity_domain::account::Passkey;
use jiff::Timestamp;
use kernel::PersonId;
use serde::de::DeserializeOwned;

pub use crate::{
    federation::decoders as federation, oauth::decoders as oauth, pages::decoders as pages,
    scim::decoders as scim,
};

use crate::{
    decision,
    import::{Table, read},
    secrets::{
        Asked, CardIssuers, DeviceCode, Handle, OneTimeCode, RefreshToken, RelyingParty, UserCode,
        serial_of,
    },
};

/// A table, by its name in `sekisho import`: `organisation`, `staff`, `posts`, `entitlements`,
/// `transfers`. Good if it has a good row.
pub fn table(name: &str, content: &[u8]) -> bool {
    let table = match name {
        "organisation" => Table::Organisation,
        "staff" => Table::Staff,
        "posts" => Table::Posts,
        "entitlements" => Table::Entitlements,
        "transfers" => Table::Transfers,
        _ => return false,
    };
    read(table, content).is_ok_and(|contents| !contents.is_empty())
}

/// A form, if it has what it is to have.
pub(crate) fn form<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post("/").header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from(body.to_vec())).ok()?;
    let form = block_on(Form::<T>::from_request(request, &()));
    form.ok().map(|Form(form)| form)
}

/// What a gateway asks by AuthZEN, once or several times.
pub fn authzen(body: &[u8]) -> bool {
    decision::asks(body)
}

/// Whatever somebody types or a client presents in place of a secret.
pub fn secret(text: &str) -> bool {
    let _ = (
        OneTimeCode::typed(text).digest(),
        UserCode::typed(text).hash(),
    );
    let _ = serial_of(text);
    let client = RefreshToken::read(text).is_some() || DeviceCode::read(text).is_some();
    Handle::read(text).is_some() || client
}

/// Those who issue ID cards.
pub struct Cards(CardIssuers);

impl Cards {
    /// The issuers in a PEM file; none when it has none.
    pub fn load(path: &Path) -> Option<Self> {
        let issuer = [("city".to_owned(), path.to_owned())].into();
        CardIssuers::load(&issuer).ok().map(Self)
    }

    /// A certificate, DER.
    pub fn vouch(&self, certificate: &[u8], now: Timestamp) -> bool {
        self.0.vouch(certificate, now).is_ok()
    }
}

/// One challenge to make a passkey and one to use it, and what a browser answers.
pub struct Passkeys {
    party: RelyingParty,
    person: PersonId,
    offered: Asked,
    asked: Asked,
    known: Option<Passkey>,
}

impl Passkeys {
    /// For the pages at that origin; none where browsers have no passkeys.
    pub fn new(origin: &str) -> Option<Self> {
        let party = RelyingParty::new(origin).ok()?;
        let person = PersonId::try_new("S1").ok()?;
        Some(Self {
            offered: party.offer(&person, "S1", std::iter::empty()).ok()?,
            asked: party.ask().ok()?,
            known: None,
            party,
            person,
        })
    }

    /// Options to make one and to use one, as the browser gets them.
    pub fn options(&self) -> [&str; 2] {
        [&self.offered.options, &self.asked.options]
    }

    /// Whether the answer makes a passkey.
    pub fn made(&self, answer: &str) -> bool {
        self.party.made(answer, &self.offered.state, "name").is_ok()
    }

    /// The same, and it is the passkey from then on.
    pub fn enrol(&mut self, answer: &str) -> bool {
        let made = self.party.made(answer, &self.offered.state, "name");
        self.known = made.ok();
        self.known.is_some()
    }

    /// Whether the answer is signed by the passkey.
    pub fn signed(&self, answer: &str) -> bool {
        let Ok(assertion) = self.party.read(answer) else {
            return false;
        };
        let state = &self.asked.state;
        let verified = |known| self.party.verify(&assertion, state, &self.person, known);
        self.known
            .as_ref()
            .is_some_and(|known| verified(known).is_ok())
    }
}
