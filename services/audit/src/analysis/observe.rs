//! A record as the rules see it. Each source is heard on its own matters only.

use audit_domain::analysis::{Access, Conduct, Outcome, Seen, What};
use proto::{
    Event,
    audit::v1::SourceOverdue,
    common::v1::AccessPath,
    identity::v1::{
        AccessEvaluated, AccessOutcome, AccountEnabled, AccountFoundUnused, SessionStarted,
        SharedIdCheckedIn, SharedIdCheckedOut, SignInRefused,
    },
    record::Record,
};

use crate::store::leaf::Leaf;

/// Codes of sign-ins that were refused because the account is stopped.
const STOPPED: [&str; 2] = ["account_dormant", "account_disabled"];

/// What a leaf says; none when it cannot be read.
pub(super) fn seen(leaf: &Leaf) -> Option<(Seen, Record)> {
    let said = leaf.said()?;
    let seen = Seen {
        index: leaf.index,
        source: leaf.source.clone(),
        at: said.time,
        logged_at: leaf.logged_at,
        what: match leaf.source.as_str() {
            "identity" => of_identity(&said),
            "audit" => of_audit(&said),
            _ => What::Other,
        },
    };
    Some((seen, said))
}

fn of_identity(said: &Record) -> What {
    if let Some(event) = read::<AccessEvaluated>(said) {
        return What::Access(Box::new(access(event)));
    }
    if let Some(SessionStarted { person_id, .. }) = read(said) {
        return What::SignedIn { person: person_id };
    }
    if let Some(SignInRefused { person_id, code }) = read(said) {
        return if STOPPED.contains(&code.as_str()) {
            What::StoppedIdTried { person: person_id }
        } else {
            What::Other
        };
    }
    if let Some(AccountFoundUnused { person_id, .. }) = read(said) {
        return What::FoundUnused { person: person_id };
    }
    if let Some(AccountEnabled { person_id, .. }) = read(said) {
        return What::Enabled { person: person_id };
    }
    if let Some(event) = read::<SharedIdCheckedOut>(said) {
        return What::CheckedOut {
            shared_id: event.shared_id,
            beside_others: !event.beside_ids.is_empty(),
        };
    }
    if let Some(event) = read::<SharedIdCheckedIn>(said) {
        return What::CheckedIn {
            shared_id: event.shared_id,
            person: event.person_id,
        };
    }
    What::Other
}

fn of_audit(said: &Record) -> What {
    match read::<SourceOverdue>(said) {
        Some(SourceOverdue { source, .. }) => What::Overdue { source },
        None => What::Other,
    }
}

fn access(event: AccessEvaluated) -> Access {
    Access {
        outcome: match event.outcome() {
            AccessOutcome::Allow | AccessOutcome::AllowByException => Outcome::Allowed,
            AccessOutcome::Deny => Outcome::Denied,
            AccessOutcome::StepUp | AccessOutcome::Unspecified => Outcome::Neither,
        },
        conduct: match event.action.as_str() {
            "export" => Conduct::Export,
            "administer" | "change" => Conduct::Privileged,
            _ => Conduct::Ordinary,
        },
        path: AccessPath::word_of(event.path),
        person: event.person_id,
        system: event.system_id,
        point: event.enforcement_point_id,
        device: event.device_id,
        shared_id: event.shared_id,
        automated: event.automated,
    }
}

/// The event of that type, if it is one and can be read.
fn read<E: Event + Default>(said: &Record) -> Option<E> {
    said.event()?.ok()
}
