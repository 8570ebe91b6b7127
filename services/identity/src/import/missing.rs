//! People in service whom the staff table does not list.
//!
//! Nobody is taken for gone because a row is missing: a table may be of one bureau, or of those
//! who move. Who leaves is said with a day (7-2-(9)-1). The report says who is missing.

use std::collections::BTreeSet;

use identity_domain::organisation::person::Kind;
use sea_orm::sea_query::Condition;
use store::{Failure, Unit};

use super::Note;
use crate::store::{People, query};

/// Staff numbers that are told by name; the others are counted.
const NAMED: usize = 10;

/// What to say of people who are in service and whom the table does not list.
pub(super) async fn missing<R>(
    unit: &Unit,
    listed: &BTreeSet<String>,
) -> Result<Option<Note>, Failure<R>> {
    let now = unit.context().now;
    let known = query::all::<People, R>(unit.tx(), Condition::all()).await?;
    let missing: Vec<String> = known
        .into_iter()
        .filter_map(|person| person.registered)
        .filter(|record| {
            record.kind == Kind::Staff && record.serves(now) && !listed.contains(record.id.as_str())
        })
        .map(|record| record.id.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let (count, [ja, en]) = (missing.len(), named(&missing));
    Ok(Some(Note {
        ja: format!(
            "在職中の職員{count}人がこの表にありません（{ja}）。変更していません。退職は退職日を書いた行で登録してください。"
        ),
        en: format!(
            "{count} members of staff in service are not in this table ({en}); nothing was changed. Record a leaving by a row with its last day."
        ),
    }))
}

/// Staff numbers in Japanese and in English, the first of them if there are many.
pub(super) fn named(people: &[String]) -> [String; 2] {
    let first = people[..people.len().min(NAMED)].join(", ");
    if people.len() > NAMED {
        [format!("{first}ほか"), format!("{first} and others")]
    } else {
        [first.clone(), first]
    }
}
