//! Moves and leavings that a table puts off or calls off.
//!
//! When a move or leaving was recorded, the posts and grants that go with it were ended for that day.
//! They do not come back by themselves: some were to end then anyway, and others may have been given
//! to somebody else since. The report says whose are to be looked at.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::PersonId;
use sea_orm::sea_query::Condition;
use store::{Failure, Unit};

use super::{Note, missing::named};
use crate::store::{People, query};

/// When each person is to depart next, and when to leave for good, as far as that is in sight.
pub(super) type Ends = BTreeMap<PersonId, [Option<Timestamp>; 2]>;

/// The ends in sight as they are recorded now.
pub(super) async fn ends<R>(unit: &Unit) -> Result<Ends, Failure<R>> {
    let now = unit.context().now;
    let known = query::all::<People, R>(unit.tx(), Condition::all()).await?;
    let records = known.into_iter().filter_map(|person| person.registered);
    let ends = records.map(|record| {
        let last = record.memberships.spells().last();
        let leaves = last.and_then(|spell| spell.until).filter(|at| now < *at);
        (record.id, [record.memberships.end_of(now), leaves])
    });
    Ok(ends.collect())
}

/// What to say of people who move or leave later than was recorded before, or not at all.
pub(super) fn put_off(before: &Ends, after: &Ends) -> Option<Note> {
    let later = before.iter().filter(|(person, before)| {
        let after = after.get(*person).copied().unwrap_or_default();
        let mut ends = before.iter().zip(after);
        ends.any(|(was, is)| was.is_some_and(|was| is.is_none_or(|is| was < is)))
    });
    let people: Vec<String> = later.map(|(person, _)| person.to_string()).collect();
    if people.is_empty() {
        return None;
    }
    let (count, [ja, en]) = (people.len(), named(&people));
    Some(Note {
        ja: format!(
            "職員{count}人の異動又は退職が、前の記録より遅くなったか取り消されました（{ja}）。職と利用登録は前の記録の日に終わるままです。職表と利用登録表を取り込み直してください。許可による利用登録は、申請し直してください。"
        ),
        en: format!(
            "{count} members of staff move or leave later than was recorded before, or not at all ({en}); their posts and entitlements still end on the day recorded first. Enter the tables of posts and entitlements again; for what a permit granted, apply again."
        ),
    })
}
