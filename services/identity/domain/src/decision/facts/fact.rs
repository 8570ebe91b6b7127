//! One fact, the key under which it is kept, and a change to it.

use std::{fmt, str::FromStr};

use kernel::{EnforcementPointId, PermitId, RestrictedItemId};
use serde::{Deserialize, Serialize};
use standard::{AccessPath, ServiceName};

use super::{
    Device, Disabled, Epoch, Grant, Holders, Lost, Network, Person, RestrictedItem, Session,
    SharedIdUse, Suspension, System,
};
use crate::{decision::Relaxation, grant::GrantKind};

/// A registered enforcement point: what asks for decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnforcementPoint {
    /// Its id.
    pub id: EnforcementPointId,
    /// Id of the workload that asks, without the leading `workload/`.
    pub workload: String,
    /// The path every request through it takes.
    pub path: AccessPath,
}

/// Something that holds until it is changed or removed. Each is stored under its [`FactKey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// From the ledger.
    System(System),
    /// From incidents.
    Suspension(Suspension),
    /// From the ledger.
    Device(Device),
    /// From the ledger.
    Network(Network),
    /// From identity.
    Person(Person),
    /// From identity.
    Disabled(Disabled),
    /// From identity.
    Epoch(Epoch),
    /// From identity.
    Lost(Lost),
    /// From identity.
    Session(Session),
    /// From identity.
    Holders(Holders),
    /// From identity.
    Grant(Grant),
    /// From identity.
    SharedIdUse(SharedIdUse),
    /// From identity.
    RestrictedItem(RestrictedItem),
    /// From approvals: an exception, or a permit that relaxes clauses.
    Relaxation(Relaxation),
    /// From identity.
    EnforcementPoint(EnforcementPoint),
}

/// The kinds of [`Fact`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as the facts are")]
pub enum FactKind {
    System,
    Suspension,
    Device,
    Network,
    Person,
    Disabled,
    Epoch,
    Lost,
    Session,
    Holders,
    Grant,
    SharedIdUse,
    RestrictedItem,
    Relaxation,
    EnforcementPoint,
}

impl FactKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::System,
        Self::Suspension,
        Self::Device,
        Self::Network,
        Self::Person,
        Self::Disabled,
        Self::Epoch,
        Self::Lost,
        Self::Session,
        Self::Holders,
        Self::Grant,
        Self::SharedIdUse,
        Self::RestrictedItem,
        Self::Relaxation,
        Self::EnforcementPoint,
    ];

    /// The service whose records tell it.
    pub const fn source(self) -> ServiceName {
        match self {
            Self::System | Self::Device | Self::Network => ServiceName::Ledger,
            Self::Suspension => ServiceName::Incidents,
            Self::Relaxation => ServiceName::Approvals,
            Self::Person
            | Self::Disabled
            | Self::Epoch
            | Self::Lost
            | Self::Session
            | Self::Holders
            | Self::Grant
            | Self::SharedIdUse
            | Self::RestrictedItem
            | Self::EnforcementPoint => ServiceName::Identity,
        }
    }

    /// The spelling in storage, apart from the facts other parts of identity keep there.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "access.system",
            Self::Suspension => "access.suspension",
            Self::Device => "access.device",
            Self::Network => "access.network",
            Self::Person => "access.person",
            Self::Disabled => "access.disabled",
            Self::Epoch => "access.epoch",
            Self::Lost => "access.lost",
            Self::Session => "access.session",
            Self::Holders => "access.holder",
            Self::Grant => "access.grant",
            Self::SharedIdUse => "access.shared_id",
            Self::RestrictedItem => "access.restricted_item",
            Self::Relaxation => "access.relaxation",
            Self::EnforcementPoint => "access.enforcement_point",
        }
    }
}

/// A stored text is not a kind of fact of decisions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of fact: {0:?}")]
pub struct UnknownFactKind(String);

impl FromStr for FactKind {
    type Err = UnknownFactKind;

    fn from_str(text: &str) -> Result<Self, UnknownFactKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownFactKind(text.to_owned()))
    }
}

/// Under which a fact is kept, and by which it is removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    /// What it is.
    pub kind: FactKind,
    /// Its id; where a fact joins several things, their ids with slashes (which no id contains)
    /// between them.
    pub id: String,
}

impl FactKey {
    /// The key of something with one id.
    pub fn one(kind: FactKind, id: impl fmt::Display) -> Self {
        let id = id.to_string();
        Self { kind, id }
    }

    /// The key of something that joins two.
    pub fn two(kind: FactKind, first: impl fmt::Display, second: impl fmt::Display) -> Self {
        let id = format!("{first}/{second}");
        Self { kind, id }
    }

    /// The key of a grant, on a system or on one item there; without a permit it was imported, or is an
    /// admission to the item.
    pub fn grant(
        person: impl fmt::Display,
        (system, item): (impl fmt::Display, Option<&RestrictedItemId>),
        kind: GrantKind,
        permit: Option<&PermitId>,
    ) -> Self {
        let kind = match kind {
            GrantKind::Use => "use",
            GrantKind::Privileged => "privileged",
        };
        let permit = permit.map_or("", PermitId::as_str);
        let item = item.map_or("", RestrictedItemId::as_str);
        Self {
            kind: FactKind::Grant,
            id: format!("{person}/{system}/{kind}/{permit}/{item}"),
        }
    }

    /// The first id and the second; the second is empty when there is one only.
    pub(super) fn pair(&self) -> (&str, &str) {
        let mut ids = self.id.split('/');
        (ids.next().unwrap_or(""), ids.next().unwrap_or(""))
    }
}

impl Fact {
    /// The key under which it is kept.
    pub fn key(&self) -> FactKey {
        match self {
            Self::System(one) => FactKey::one(FactKind::System, &one.id),
            Self::Suspension(one) => FactKey::two(FactKind::Suspension, &one.system, &one.incident),
            Self::Device(one) => FactKey::one(FactKind::Device, &one.id),
            Self::Network(one) => FactKey::one(FactKind::Network, &one.id),
            Self::Person(one) => FactKey::one(FactKind::Person, &one.id),
            Self::Disabled(one) => FactKey::one(FactKind::Disabled, &one.person),
            Self::Epoch(one) => FactKey::one(FactKind::Epoch, &one.person),
            Self::Lost(one) => FactKey::two(FactKind::Lost, &one.person, &one.credential),
            Self::Session(one) => FactKey::one(FactKind::Session, &one.id),
            Self::Holders(one) => FactKey::one(FactKind::Holders, &one.post),
            Self::Grant(one) => {
                let ground = &one.ground;
                FactKey::grant(
                    &one.person,
                    (&one.system, one.item.as_ref()),
                    ground.kind,
                    ground.permit.as_ref(),
                )
            }
            Self::SharedIdUse(one) => {
                FactKey::two(FactKind::SharedIdUse, &one.shared_id, &one.person)
            }
            Self::RestrictedItem(one) => FactKey::one(FactKind::RestrictedItem, &one.id),
            Self::Relaxation(one) => FactKey::one(FactKind::Relaxation, &one.id),
            Self::EnforcementPoint(one) => FactKey::one(FactKind::EnforcementPoint, &one.id),
        }
    }
}

/// A change to the snapshot.
#[expect(
    clippy::large_enum_variant,
    reason = "a change lives for one call; nearly all of them are the large kind"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactChange {
    /// The fact holds as given from now on.
    Set(Fact),
    /// It holds no longer.
    Removed(FactKey),
}
