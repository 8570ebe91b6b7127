//! Which subject of a detector a record concerns.

use standard::{Calendar, pack::Detector};

use super::{
    Seen, burst, dormant, off_hours,
    seen::{Access, What},
    shared_id, two_places,
};

/// Longest subject, in characters.
const LONGEST: usize = 128;

/// The subject a record concerns: `person/S0001`, `shared_id/front-desk`, `source/ledger`. None for most
/// records and most detectors: then nothing need be remembered or looked up.
pub(super) fn subject(detector: &Detector, seen: &Seen, calendar: &Calendar) -> Option<String> {
    named(detector, seen, calendar).filter(|subject| can_be(subject))
}

/// No id is as long or has such characters. A defective source must not bring the rules to a stand.
fn can_be(subject: &str) -> bool {
    subject.chars().count() <= LONGEST && !subject.chars().any(char::is_control)
}

fn named(detector: &Detector, seen: &Seen, calendar: &Calendar) -> Option<String> {
    match detector {
        Detector::Burst { counted, .. } => {
            person(access(seen).filter(|access| burst::counts(*counted, access)))
        }
        Detector::TwoPlaces { .. } => {
            person(access(seen).filter(|access| two_places::tells_a_place(access)))
        }
        Detector::OffHours { opens, closes } => {
            let privileged = access(seen).filter(|access| off_hours::is_privileged(access));
            let closed = off_hours::is_closed(seen.at, *opens, *closes, calendar);
            person(privileged.filter(|_| closed))
        }
        Detector::Dormant { .. } => {
            let concerned = dormant::concerns(seen) && !seen.person().is_empty();
            concerned.then(|| format!("person/{}", seen.person()))
        }
        Detector::SharedId { .. } => {
            let id = shared_id::concerned(seen)?;
            (!id.is_empty()).then(|| format!("shared_id/{id}"))
        }
        Detector::Clock { .. } => Some(format!("source/{}", seen.source)),
        Detector::Overdue => match &seen.what {
            What::Overdue { source } => Some(format!("source/{source}")),
            _ => None,
        },
    }
}

fn access(seen: &Seen) -> Option<&Access> {
    match &seen.what {
        What::Access(access) => Some(access),
        _ => None,
    }
}

/// The person of an access whose token was good.
fn person(access: Option<&Access>) -> Option<String> {
    let access = access.filter(|access| !access.person.is_empty())?;
    Some(format!("person/{}", access.person))
}
