//! Records of who accessed what (アクセス記録, 7-1-(4)-1), and of what is suspected of somebody by them.

use std::{collections::BTreeSet, sync::LazyLock};

use proto::{
    Event,
    audit::v1::{EvidenceTaken, LogDigest, LogDigestMade, RecordsRead, SuspicionRaised},
    common::v1::{PersonLookedAt, RequestRefused},
    identity::v1::{
        AccessEvaluated, SessionEnded, SessionStarted, SessionSteppedUp, SessionUsed,
        SessionsRevoked, SharedIdCheckedIn, SharedIdCheckedOut, SignInRefused,
    },
    record::Record,
};

use crate::{index::term, store::search::Filter};

/// Whether records of this kind tell of people's accesses: who reads those of others is put on record.
pub(crate) fn are(kind: &str) -> bool {
    kinds().iter().any(|name| name == kind)
}

/// Whether the people a record of this kind names may read it: of their accesses, and of who looked at
/// them. What is suspected of somebody, or investigated, is not theirs to read; nor is what another did
/// with an ID that both have.
pub(crate) fn are_readable_by_those_they_name(kind: &str) -> bool {
    let shared = kind == name::<SharedIdCheckedOut>();
    (are(kind) && !shared) || tell_who_looked(kind)
}

/// Whether a record of this kind says that somebody's accesses were looked at.
pub(crate) fn tell_who_looked(kind: &str) -> bool {
    kind == name::<PersonLookedAt>()
}

/// Whether a record of this kind holds what somebody asked the log for: whom and what they are after. Only
/// who reads everything may read it, and who asked.
pub(crate) fn hold_a_question(kind: &str) -> bool {
    questions().iter().any(|name| name == kind)
}

/// The kinds of records that hold a question.
pub(crate) fn questions() -> [String; 2] {
    [name::<RecordsRead>(), name::<EvidenceTaken>()]
}

/// Whether records of accesses, or of suspicions, may be the answer to a question with conditions: then that
/// there are none is an answer too. Who asks for whatever there is, or a source has, asks for nothing of the kind.
pub(crate) fn may_fit(filter: &Filter) -> bool {
    let source = term::source("");
    let mut conditions = filter.clone();
    conditions.terms.retain(|term| !term.starts_with(&source));
    conditions != Filter::default() && (may_be(filter) || suspicions_may_be(filter))
}

/// Whether the kinds asked for are some of accesses.
pub(crate) fn may_be(filter: &Filter) -> bool {
    any_begins(kinds(), filter)
}

/// The same of suspicions.
pub(crate) fn suspicions_may_be(filter: &Filter) -> bool {
    any_begins(suspicions(), filter)
}

fn any_begins(kinds: &[String], filter: &Filter) -> bool {
    let prefix = filter.kind_prefix.as_deref().unwrap_or_default();
    kinds.iter().any(|name| name.starts_with(prefix))
}

/// The people of whom a record says what is suspected of them: who reads it is on record as well, but it is
/// not theirs to know (7-1-(4)-4).
pub(crate) fn suspects(said: &Record) -> BTreeSet<String> {
    if let Some(Ok(suspicion)) = said.event::<SuspicionRaised>() {
        let people = [suspicion.person_id].into_iter();
        return people.filter(|id| !id.is_empty()).collect();
    }
    let made = said.event::<LogDigestMade>().and_then(Result::ok);
    let digest = made.and_then(|made| made.digest);
    digest.as_ref().map(suspects_of).unwrap_or_default()
}

/// The same of a digest.
pub(crate) fn suspects_of(digest: &LogDigest) -> BTreeSet<String> {
    let subjects = digest.rules.iter().flat_map(|rule| &rule.subjects);
    let people = subjects.filter_map(|said| said.subject.strip_prefix("person/"));
    people.map(str::to_owned).collect()
}

/// The kinds of records of accesses.
fn kinds() -> &'static [String; 10] {
    static KINDS: LazyLock<[String; 10]> = LazyLock::new(|| {
        [
            name::<AccessEvaluated>(),
            name::<SessionStarted>(),
            name::<SessionUsed>(),
            name::<SessionSteppedUp>(),
            name::<SessionEnded>(),
            name::<SessionsRevoked>(),
            name::<SignInRefused>(),
            name::<SharedIdCheckedOut>(),
            name::<SharedIdCheckedIn>(),
            name::<RequestRefused>(),
        ]
    });
    &KINDS
}

/// The kinds of records of suspicions.
fn suspicions() -> &'static [String; 2] {
    static KINDS: LazyLock<[String; 2]> =
        LazyLock::new(|| [name::<SuspicionRaised>(), name::<LogDigestMade>()]);
    &KINDS
}

fn name<E: Event>() -> String {
    E::full_name()
}
