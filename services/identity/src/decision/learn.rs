//! What published records teach the decisions.

mod approvals;
mod identity;
mod incidents;
mod ledger;

use std::{fmt, str::FromStr};

use bus::Trouble;
use identity_domain::decision::{Fact, FactChange, FactKey};
use jiff::Timestamp;
use proto::record::Record;
use store::{Unit, facts};

use super::facts::stored;

/// Keeps what a record of identity, ledger, approvals or incidents says, in the consumer's own
/// transaction. Records of no interest teach nothing. Whoever holds the snapshot is to be woken
/// when the transaction is committed.
///
/// # Errors
/// [`Trouble::Record`] for an event that cannot be right: it goes to quarantine.
pub async fn learn(unit: &Unit, record: &Record) -> Result<(), Trouble> {
    let changes = match record.source.as_str() {
        "identity" => identity::changes(unit, record).await?,
        "ledger" => ledger::changes(unit, record).await?,
        "approvals" => approvals::changes(record)?,
        "incidents" => incidents::changes(record)?,
        _ => Vec::new(),
    };
    let changes = changes.into_iter().map(stored);
    let backend = unit.backend();
    facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
    Ok(())
}

/// What was known before, in the same transaction.
async fn known(unit: &Unit, key: &FactKey) -> Result<Option<Fact>, Trouble> {
    Ok(facts::get(unit.tx(), unit.backend(), key.kind.as_str(), &key.id).await?)
}

fn set(fact: Fact) -> FactChange {
    FactChange::Set(fact)
}

/// A word of an event, an id most often.
fn read<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(wrong)
}

fn read_all<T, C>(texts: &[String]) -> Result<C, Trouble>
where
    T: FromStr<Err: fmt::Display>,
    C: FromIterator<T>,
{
    texts.iter().map(|text| read(text)).collect()
}

/// The same where empty means none.
fn optional<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<Option<T>, Trouble> {
    (!text.is_empty()).then(|| read(text)).transpose()
}

fn instant(at: Option<&prost_types::Timestamp>) -> Result<Option<Timestamp>, Trouble> {
    at.map(|at| proto::instant(at).ok_or_else(|| wrong("an instant is out of range")))
        .transpose()
}

fn wrong(what: impl fmt::Display) -> Trouble {
    Trouble::Record(what.to_string())
}

fn missing(what: &str) -> Trouble {
    Trouble::Record(format!("the event names no {what}"))
}
