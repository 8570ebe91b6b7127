//! What the parts of this service share.

use std::sync::Arc;

use directory::Directory;
use jiff::Timestamp;
use kernel::Actor;
use store::{Request, Store, facts::Snapshot};

use crate::{
    begun::Begun,
    cards::Cards,
    device_sign_in::DevicePaces,
    federation::Federation,
    secrets::{Passwords, RelyingParty, Sealing},
    sources::Sources,
    tokens::Tokens,
};

/// See the module; cheap to clone.
#[derive(Clone)]
pub(crate) struct Identity(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) runtime: runtime::Runtime,
    pub(crate) revocations: auth::Revocations,
    pub(crate) passwords: Passwords,
    pub(crate) sealing: Sealing,
    pub(crate) tokens: Tokens,
    pub(crate) directory: Arc<Snapshot<Directory>>,
    pub(crate) relying_party: RelyingParty,
    pub(crate) cards: Cards,
    pub(crate) federation: Federation,
    /// What is begun with passkeys.
    pub(crate) begun: Begun,
    pub(crate) sources: Sources,
    pub(crate) device_paces: DevicePaces,
}

impl std::ops::Deref for Identity {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Identity {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.runtime.clock.now()
    }

    /// What this service does by itself.
    pub(crate) fn own_request(&self) -> Request {
        let actor = Actor::Service(self.store.source().to_owned());
        let correlation = runtime::new_id().to_string();
        kernel::Context::new(actor, self.now(), correlation).into()
    }
}
