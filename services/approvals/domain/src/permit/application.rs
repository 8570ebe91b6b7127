//! What an applicant puts in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{DeviceId, InformationId, NetworkId, PersonId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{
    InformationClass, ServiceType,
    pack::{PermitKind, Rule},
};

use crate::Facts;

/// An application for a permit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Code of a permit kind of the pack: `service.terms_only`.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Strictest class of the information concerned, where the kind asks for it.
    pub class: Option<InformationClass>,
    /// Personal information under article 7 item 2 of the ordinance is concerned.
    pub personal_information: bool,
    /// Content by field id.
    pub content: BTreeMap<String, String>,
    /// Answered checklists by their id.
    pub checklists: BTreeMap<String, Answers>,
    /// In force from; none = from now. A past start means now.
    pub starts_at: Option<Timestamp>,
    /// Hard end; none = until revoked.
    pub ends_at: Option<Timestamp>,
}

/// What a permit is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The person it is for; none = the applicant.
    pub person: Option<PersonId>,
    /// System.
    pub system: Option<SystemId>,
    /// Device.
    pub device: Option<DeviceId>,
    /// Medium, by the ledger's number.
    pub medium: Option<String>,
    /// Network.
    pub network: Option<NetworkId>,
    /// Information.
    pub information: Option<InformationId>,
    /// Name of an external service.
    pub service_name: Option<String>,
    /// Type of the external service; filled in from the kind where the kind tells.
    pub service_type: Option<ServiceType>,
    /// The external service is a cloud service.
    pub cloud: bool,
}

/// The answers to one checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The version that was answered.
    pub version: String,
    /// Ids of the questions answered yes.
    pub confirmed: BTreeSet<String>,
}

impl Application {
    /// The application as it is judged and kept: blank content dropped, the start no earlier than
    /// now, the class no laxer than the ledger's, the service type the kind is for.
    pub(super) fn prepared(&self, kind: &PermitKind, facts: &Facts, now: Timestamp) -> Self {
        let mut own = self.clone();
        own.content.retain(|_, text| !kernel::is_blank(text));
        own.starts_at = Some(own.starts_at.map_or(now, |start| start.max(now)));
        let on_record = own
            .subject
            .information
            .as_ref()
            .and_then(|id| facts.information.get(id))
            .map(|information| information.class);
        own.class = own.class.max(on_record);
        own.subject.service_type = own.subject.service_type.or_else(|| service_type(kind));
        own
    }

    /// When it begins to be in force.
    pub(super) fn start(&self, now: Timestamp) -> Timestamp {
        self.starts_at.unwrap_or(now)
    }
}

/// The type of external service a kind is for.
pub(super) fn service_type(kind: &PermitKind) -> Option<ServiceType> {
    kind.guards.iter().find_map(|guard| match guard.rule {
        Rule::Matrix(service) => Some(service),
        _ => None,
    })
}
