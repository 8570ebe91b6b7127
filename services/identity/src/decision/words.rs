//! The shared words of the contracts and of the standard, each way.

use proto::common::v1 as wire;
use standard::{InformationClass, NetworkClass};

pub(super) use crate::words::{path, path_on_wire};

pub(super) const fn class(class: wire::InformationClass) -> Option<InformationClass> {
    match class {
        wire::InformationClass::Unspecified => None,
        wire::InformationClass::Iii => Some(InformationClass::III),
        wire::InformationClass::Ii => Some(InformationClass::II),
        wire::InformationClass::I => Some(InformationClass::I),
        wire::InformationClass::S => Some(InformationClass::S),
    }
}

pub(super) const fn class_on_wire(class: InformationClass) -> wire::InformationClass {
    match class {
        InformationClass::III => wire::InformationClass::Iii,
        InformationClass::II => wire::InformationClass::Ii,
        InformationClass::I => wire::InformationClass::I,
        InformationClass::S => wire::InformationClass::S,
    }
}

pub(super) const fn network(class: wire::NetworkClass) -> Option<NetworkClass> {
    match class {
        wire::NetworkClass::Unspecified => None,
        wire::NetworkClass::MyNumber => Some(NetworkClass::MyNumber),
        wire::NetworkClass::Lgwan => Some(NetworkClass::Lgwan),
        wire::NetworkClass::Internet => Some(NetworkClass::Internet),
        wire::NetworkClass::Independent => Some(NetworkClass::Independent),
    }
}
