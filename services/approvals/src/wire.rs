//! Permits and exceptions as others read them, on the bus and in answers.

mod exception;
mod permit;
mod verdict;

pub(crate) use exception::{exception, phase_from as exception_phase_from};
pub(crate) use permit::{permit, phase_from as permit_phase_from, step, violation};
pub(crate) use verdict::verdict_from;

use jiff::Timestamp;

fn at(instant: Option<Timestamp>) -> Option<prost_types::Timestamp> {
    instant.map(proto::timestamp)
}

fn text<T: ToString>(id: Option<&T>) -> String {
    id.map(T::to_string).unwrap_or_default()
}

fn texts<'a, T: ToString + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    ids.into_iter().map(T::to_string).collect()
}
