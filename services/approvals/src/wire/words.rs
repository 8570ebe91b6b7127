//! The words that approvals shares with others.

use approvals_domain::permit::Verdict;
use proto::{approvals::v1 as wire, common::v1 as common};
use standard::{AccessPath, InformationClass, ServiceType};

/// None for the unspecified and for numbers of a later version.
pub(crate) fn class_from(number: i32) -> Option<InformationClass> {
    match common::InformationClass::try_from(number).ok()? {
        common::InformationClass::Unspecified => None,
        common::InformationClass::Iii => Some(InformationClass::III),
        common::InformationClass::Ii => Some(InformationClass::II),
        common::InformationClass::I => Some(InformationClass::I),
        common::InformationClass::S => Some(InformationClass::S),
    }
}

pub(crate) fn class_to(class: Option<InformationClass>) -> i32 {
    match class {
        None => common::InformationClass::Unspecified,
        Some(InformationClass::III) => common::InformationClass::Iii,
        Some(InformationClass::II) => common::InformationClass::Ii,
        Some(InformationClass::I) => common::InformationClass::I,
        Some(InformationClass::S) => common::InformationClass::S,
    }
    .into()
}

pub(crate) fn service_type_from(number: i32) -> Option<ServiceType> {
    match common::ServiceType::try_from(number).ok()? {
        common::ServiceType::Unspecified => None,
        common::ServiceType::Outsourcing => Some(ServiceType::Outsourcing),
        common::ServiceType::TermsOnly => Some(ServiceType::TermsOnly),
        common::ServiceType::Negotiated => Some(ServiceType::Negotiated),
        common::ServiceType::Government => Some(ServiceType::Government),
    }
}

pub(super) fn service_type_to(service: Option<ServiceType>) -> i32 {
    match service {
        None => common::ServiceType::Unspecified,
        Some(ServiceType::Outsourcing) => common::ServiceType::Outsourcing,
        Some(ServiceType::TermsOnly) => common::ServiceType::TermsOnly,
        Some(ServiceType::Negotiated) => common::ServiceType::Negotiated,
        Some(ServiceType::Government) => common::ServiceType::Government,
    }
    .into()
}

pub(crate) fn path_from(number: i32) -> Option<AccessPath> {
    match common::AccessPath::try_from(number).ok()? {
        common::AccessPath::Unspecified => None,
        common::AccessPath::Office => Some(AccessPath::Office),
        common::AccessPath::Telework => Some(AccessPath::Telework),
        common::AccessPath::PublicLine => Some(AccessPath::PublicLine),
    }
}

pub(super) fn path_to(path: AccessPath) -> i32 {
    match path {
        AccessPath::Office => common::AccessPath::Office,
        AccessPath::Telework => common::AccessPath::Telework,
        AccessPath::PublicLine => common::AccessPath::PublicLine,
    }
    .into()
}

pub(crate) fn verdict_from(number: i32) -> Option<Verdict> {
    match wire::StepVerdict::try_from(number).ok()? {
        wire::StepVerdict::Unspecified => None,
        wire::StepVerdict::Permitted => Some(Verdict::Permitted),
        wire::StepVerdict::Refused => Some(Verdict::Refused),
    }
}

pub(super) fn verdict_to(verdict: Option<Verdict>) -> i32 {
    match verdict {
        None => wire::StepVerdict::Unspecified,
        Some(Verdict::Permitted) => wire::StepVerdict::Permitted,
        Some(Verdict::Refused) => wire::StepVerdict::Refused,
    }
    .into()
}
