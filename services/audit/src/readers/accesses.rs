//! Records of who accessed what (アクセス記録, 7-1-(4)-1).

use std::sync::LazyLock;

use proto::{
    Event,
    audit::v1::RecordsRead,
    identity::v1::{
        AccessEvaluated, SessionEnded, SessionStarted, SessionSteppedUp, SessionUsed,
        SessionsRevoked, SignInRefused,
    },
};

/// Whether records of this kind tell of people's accesses: who reads those of others is put on record.
pub(crate) fn are(kind: &str) -> bool {
    kinds().iter().any(|name| name == kind)
}

/// Whether the people a record of this kind names may read it: of their accesses, and of who looked at
/// them. What is suspected of somebody, or investigated, is not theirs to read.
pub(crate) fn are_readable_by_those_they_name(kind: &str) -> bool {
    are(kind) || kind == name::<RecordsRead>()
}

/// The kinds of records of accesses.
pub(crate) fn kinds() -> &'static [String; 7] {
    static KINDS: LazyLock<[String; 7]> = LazyLock::new(|| {
        [
            name::<AccessEvaluated>(),
            name::<SessionStarted>(),
            name::<SessionUsed>(),
            name::<SessionSteppedUp>(),
            name::<SessionEnded>(),
            name::<SessionsRevoked>(),
            name::<SignInRefused>(),
        ]
    });
    &KINDS
}

fn name<E: Event>() -> String {
    E::full_name()
}
