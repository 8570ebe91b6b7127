//! What somebody came for: how strongly they must be verified, and where they go then.
//!
//! An application names both in the address it sends the browser to (RFC 9470: `acr_values`,
//! `max_age`). From there on they are sealed: the browser carries them and can neither read nor
//! lower them. What an application asked for it checks again when the browser is back; an address
//! lowered before it reached us lowers nothing there.

use axum::extract::{FromRequestParts, Query, rejection::QueryRejection};
use axum::http::request::Parts;
use identity_domain::account::{
    Acr, Assurance, CredentialId, CredentialStanding, FRESH, SealedSecret,
};
use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use standard::FactorKind;

use super::{
    turned::Turned,
    visit::{Me, Visit},
};
use crate::{identity::Identity, secrets::Sealing};

/// How long somebody may take over it.
const OPEN: SignedDuration = SignedDuration::from_mins(30);
/// Pages of ours that people are led back to.
const OWN: [&str; 4] = ["/account", "/account/password", "/account/totp", "/device"];
/// What an errand is sealed for. It is nobody's: no person's id is empty.
const SEALED_FOR: &str = "errand";

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Errand {
    /// The values of `acr` asked for, the preferred one first, any of which is enough; none = whatever
    /// level the account can reach.
    acr: Vec<String>,
    /// How old a verification may be, in seconds; none = as old as the session.
    max_age: Option<i64>,
    /// A page of ours, or a registered address; none = the account.
    return_to: Option<String>,
    /// When it was given.
    since: Timestamp,
}

/// What an address may say of an errand.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    errand: String,
    acr_values: Option<String>,
    max_age: Option<String>,
    return_to: Option<String>,
}

impl Errand {
    /// To a page of ours and nothing more.
    pub(super) fn home(page: &'static str, visit: &Visit) -> Self {
        Self {
            return_to: Some(page.to_owned()),
            since: visit.now(),
            ..Self::default()
        }
    }

    /// With factors of that level verified just now.
    pub(super) fn freshly(self, level: Assurance) -> Self {
        Self {
            acr: vec![level.urn().to_owned()],
            max_age: Some(FRESH.as_secs()),
            ..self
        }
    }

    /// The sealed errand; one that is too old, or not of our sealing, is none at all.
    pub(super) fn read(identity: &Identity, sealed: &str) -> Self {
        let now = identity.now();
        let opened = Self::opened(&identity.sealing, sealed, now);
        opened.unwrap_or(Self {
            since: now,
            ..Self::default()
        })
    }

    /// The sealed errand, if it is of our sealing and not too old.
    pub(super) fn opened(sealing: &Sealing, sealed: &str, now: Timestamp) -> Option<Self> {
        let whose = (PersonId::default(), CredentialId::new(SEALED_FOR));
        let opened = sealing.open(&whose.0, &whose.1, &SealedSecret::new(sealed));
        let errand: Self = serde_json::from_str(&opened.ok()?).ok()?;
        (now - OPEN < errand.since).then_some(errand)
    }

    pub(super) fn sealed(&self, identity: &Identity) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        seal(&identity.sealing, &text).unwrap_or_default()
    }

    fn wanted(&self) -> impl Iterator<Item = Acr> {
        self.acr.iter().filter_map(|text| Acr::read(text))
    }

    /// What was asked for first, if anything was.
    pub(super) fn preferred(&self) -> Option<Acr> {
        self.wanted().next()
    }

    /// What is asked for, any of which is enough: the account's best level where nothing was.
    pub(super) fn enough(&self, me: &Me) -> Vec<Acr> {
        let wanted: Vec<_> = self.wanted().collect();
        match wanted.is_empty() {
            true => vec![Acr::Level(reachable(me))],
            false => wanted,
        }
    }

    /// Whether the session is verified as strongly and as freshly as was asked. What was verified
    /// since it was asked is fresh.
    pub(super) fn is_met(&self, me: &Me, now: Timestamp) -> bool {
        let age = self.age(now).unwrap_or(SignedDuration::MAX);
        let verified = me.session.kinds_within(age, now);
        let mut enough = self.enough(me).into_iter();
        enough.any(|acr| acr.is_reached_by(verified.clone()))
    }

    /// How long ago a factor may have been verified.
    pub(super) fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        let asked = SignedDuration::from_secs(self.max_age?);
        Some(asked.max(now.duration_since(self.since)))
    }

    /// Where the browser goes next.
    pub(super) fn next(&self, visit: &Visit) -> String {
        match &visit.me {
            None => to("/sign-in", self, visit),
            Some(me) if !self.is_met(me, visit.now()) => to("/step-up", self, visit),
            Some(_) => match self.return_to.as_deref() {
                None => "/account".to_owned(),
                Some(page) if page.starts_with('/') => page.to_owned(),
                Some(_) => to("/continue", self, visit),
            },
        }
    }

    /// The registered address to go back to, if it is one still.
    pub(super) fn elsewhere(&self, identity: &Identity) -> Option<&str> {
        let registered = &identity.runtime.config.identity.pages.return_to;
        let address = self.return_to.as_deref()?;
        registered
            .iter()
            .any(|one| one == address)
            .then_some(address)
    }

    /// What an address asks for, if it is something that we do, and to an address that we know.
    pub(super) fn asked(asked: &Asked, registered: &[String], now: Timestamp) -> Option<Self> {
        let mut acr: Vec<String> = Vec::new();
        if let Some(values) = &asked.acr_values {
            for known in values.split(' ').filter_map(Acr::read) {
                if acr.iter().all(|one| one != known.urn()) {
                    acr.push(known.urn().to_owned());
                }
            }
            // What is asked for and is nothing of ours must not come out as nothing asked.
            if acr.is_empty() {
                return None;
            }
        }
        let max_age = match &asked.max_age {
            None => None,
            Some(text) => Some(i64::from(text.parse::<u32>().ok()?)),
        };
        if let Some(address) = &asked.return_to
            && !OWN.contains(&address.as_str())
            && !registered.contains(address)
        {
            return None;
        }
        Some(Self {
            acr,
            max_age,
            return_to: asked.return_to.clone(),
            since: now,
        })
    }
}

impl Asked {
    /// The errand of an address. One that is still open to see is sealed first, and the browser sent
    /// to the sealed one.
    pub(super) fn errand(&self, visit: &Visit, page: &str) -> Result<Errand, Turned> {
        if self.acr_values.is_none() && self.max_age.is_none() && self.return_to.is_none() {
            return Ok(Errand::read(&visit.identity, &self.errand));
        }
        let registered = &visit.identity.runtime.config.identity.pages.return_to;
        let errand = Errand::asked(self, registered, visit.now());
        let errand = errand.ok_or_else(|| Turned::bad_errand(visit.language))?;
        Err(Turned::to(&to(page, &errand, visit)))
    }
}

impl FromRequestParts<Identity> for Asked {
    type Rejection = QueryRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Identity,
    ) -> Result<Self, QueryRejection> {
        let Query(asked) = Query::from_request_parts(parts, state).await?;
        Ok(asked)
    }
}

/// The contents of an errand, sealed.
pub(super) fn seal(sealing: &Sealing, contents: &str) -> Option<String> {
    let whose = (PersonId::default(), CredentialId::new(SEALED_FOR));
    let sealed = sealing.seal(&whose.0, &whose.1, contents).ok()?;
    Some(sealed.reveal().to_owned())
}

/// A page's address with the errand.
pub(super) fn to(page: &str, errand: &Errand, visit: &Visit) -> String {
    format!("{page}?errand={}", errand.sealed(&visit.identity))
}

/// The kinds of the live factors of the account that sign in.
pub(super) fn live(me: &Me) -> impl Iterator<Item = FactorKind> + Clone {
    let known = me.account.credentials.values();
    let live = known.filter(|known| known.standing == CredentialStanding::Live);
    let signing = live.filter(|known| known.factor.signs_in());
    signing.map(|known| known.factor.kind())
}

/// Whether they are one category. Behind a link there is a password at least.
pub(super) fn is_alone(me: &Me) -> bool {
    let kinds = live(me).map(|kind| match kind {
        FactorKind::Federated => FactorKind::Password,
        kind => kind,
    });
    Assurance::of(kinds) < Some(Assurance::Aal2)
}

/// The assurance that they can reach together.
pub(super) fn reachable(me: &Me) -> Assurance {
    Assurance::of(live(me)).unwrap_or(Assurance::Aal1)
}
