//! Many aggregates of a kind at once: read together, changed in memory, written together.
//!
//! For tables of thousands of rows, where a round trip for each row would be what takes the time. What
//! happens to them is staged in the unit as by [`Unit::execute`]; a write that meets another's leaves
//! the unit [`Failure::Contended`].

use std::collections::BTreeMap;

use kernel::Decider;
use sea_orm::{
    ConnectionTrait as _, ExprTrait as _, Statement, Value,
    sea_query::{Alias, Condition, Expr, LockType, Query},
};

use crate::{
    Aggregate, Done, Failure, Unit, journal, micros, query,
    unit::{Refusal, encode, read_version, version_value},
};

type Event<A> = <<A as Aggregate>::State as Decider>::Event;

/// See the module.
#[derive(Debug)]
pub struct Batch<A: Aggregate> {
    held: BTreeMap<String, Held<A::State>>,
}

#[derive(Debug)]
struct Held<S> {
    state: S,
    /// The version read; 0 = there was none.
    seen: u64,
    changed: bool,
}

impl<A: Aggregate> Default for Batch<A> {
    fn default() -> Self {
        Self {
            held: BTreeMap::new(),
        }
    }
}

impl<A: Aggregate> Batch<A> {
    /// Reads, and locks until the unit's end, every aggregate that fits. What is held already stays as
    /// it is.
    pub async fn read(&mut self, unit: &Unit, fits: Condition) -> Result<(), Failure<Refusal<A>>> {
        let mut select = Query::select();
        select
            .columns(["id", "version", "state"].map(Alias::new))
            .from(Alias::new(A::TABLE))
            .cond_where(fits)
            .lock(LockType::Update);
        for row in unit.tx().query_all(&select).await? {
            let id: String = row.try_get("", "id")?;
            let (text, number): (String, i64) =
                (row.try_get("", "state")?, row.try_get("", "version")?);
            let held = Held {
                state: query::decode::<A, _>(&id, &text)?,
                seen: read_version::<A>(&id, number)?,
                changed: false,
            };
            self.held.entry(id).or_insert(held);
        }
        Ok(())
    }

    /// The same for those whose column has one of these values.
    pub async fn read_where(
        &mut self,
        unit: &Unit,
        column: &'static str,
        values: impl IntoIterator<Item = String>,
    ) -> Result<(), Failure<Refusal<A>>> {
        let values: Vec<String> = values.into_iter().collect();
        for some in values.chunks(query::AT_ONCE) {
            let one_of = Expr::col(Alias::new(column)).is_in(some.iter().map(String::as_str));
            self.read(unit, Condition::all().add(one_of)).await?;
        }
        Ok(())
    }

    /// What is known of an aggregate that was read; none if there was none.
    pub fn state(&self, id: &str) -> Option<&A::State> {
        self.held.get(id).map(|held| &held.state)
    }

    /// Everything held, by id.
    pub fn states(&self) -> impl Iterator<Item = (&str, &A::State)> {
        let held = self.held.iter();
        held.map(|(id, held)| (id.as_str(), &held.state))
    }

    /// Decides one command on an aggregate that was read, or that there was none of, and takes in what it
    /// leads to.
    pub fn execute(
        &mut self,
        unit: &mut Unit,
        id: &str,
        command: &<A::State as Decider>::Command,
        facts: &<A::State as Decider>::Facts,
    ) -> Result<Done<A::State>, Refusal<A>> {
        let none = A::State::default();
        let state = self.state(id).unwrap_or(&none);
        let events = state.decide(command, facts, unit.context())?;
        Ok(self.stage(unit, id, events))
    }

    /// Takes in what was decided on an aggregate that was read, or that there was none of.
    pub fn stage(&mut self, unit: &mut Unit, id: &str, events: Vec<Event<A>>) -> Done<A::State> {
        let held = self.held.entry(id.to_owned()).or_insert_with(|| Held {
            state: A::State::default(),
            seen: 0,
            changed: false,
        });
        for event in &events {
            held.state.evolve(event);
            let outgoing = A::publish(event, &held.state);
            unit.record(A::TABLE, id, outgoing);
        }
        held.changed |= !events.is_empty();
        Done {
            id: id.to_owned(),
            version: held.seen + u64::from(held.changed),
            state: held.state.clone(),
            events,
        }
    }

    /// Writes what has changed.
    pub async fn write(self, unit: &Unit) -> Result<(), Failure<Refusal<A>>> {
        let changed = self.held.into_iter().filter(|(_, held)| held.changed);
        let changed: Vec<_> = changed.collect();
        for some in changed.chunks(query::AT_ONCE) {
            write::<A>(unit, some).await?;
        }
        Ok(())
    }
}

/// One statement for new rows and changed ones: a row that is there is written over only if it is of the
/// version that was read.
async fn write<A: Aggregate>(
    unit: &Unit,
    changed: &[(String, Held<A::State>)],
) -> Result<(), Failure<Refusal<A>>> {
    let mut names = vec!["id", "version", "state", "updated_at"];
    let mut values: Vec<Value> = Vec::new();
    let now = micros(unit.context().now);
    for (row, (id, held)) in changed.iter().enumerate() {
        let columns = A::columns(&held.state);
        if row == 0 {
            names.extend(columns.iter().map(|(name, _)| *name));
        }
        values.extend([
            id.as_str().into(),
            version_value(held.seen + 1),
            encode::<A>(id, &held.state)?.into(),
            now.into(),
        ]);
        values.extend(columns.into_iter().map(|(_, value)| value));
    }
    let blank = vec![""; names.len()];
    let rows: Vec<_> = (0..changed.len())
        .map(|row| journal::marks(unit.backend(), row * names.len(), &blank))
        .collect();
    let sets: Vec<_> = names[1..]
        .iter()
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES {} ON CONFLICT (id) DO UPDATE SET {} \
         WHERE {table}.version = excluded.version - 1",
        names.join(", "),
        rows.join(", "),
        sets.join(", "),
        table = A::TABLE,
    );
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    let written = unit.tx().execute_raw(statement).await?.rows_affected();
    if written != changed.len() as u64 {
        return Err(Failure::Contended(None));
    }
    Ok(())
}
