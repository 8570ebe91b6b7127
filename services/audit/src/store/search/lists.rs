//! The lists of places that a filter asks for, walked together.
//!
//! Every list is in the order of the log. A step takes the list that reaches farthest with some
//! thousand places, the rarest there, and looks each of them up in the others; where one list has
//! nothing for a while, all go on from its next place. So a step costs the same however long the log is.

use std::ops::Range;

use sea_orm::{ConnectionTrait, DbErr, Order, Statement, Value};
use store::{Backend, micros};

use super::{Filter, signed};
use crate::{
    index::term,
    store::{
        index::{hour, kinds, number},
        sql::read_unsigned,
    },
};

/// Places in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
enum List {
    /// All of them.
    All,
    /// Those whose entry has this text in this column.
    With(&'static str, String),
    /// Those of any of these terms.
    Terms(Vec<i64>),
}

/// The lists of one filter.
pub(super) struct Lists<'a, C> {
    db: &'a C,
    backend: Backend,
    lists: Vec<List>,
    filter: &'a Filter,
}

/// A statement as it is written.
struct Sql {
    backend: Backend,
    values: Vec<Value>,
}

impl Sql {
    fn bind(&mut self, text: &str) -> String {
        self.values.push(text.into());
        match self.backend {
            Backend::Sqlite => "?".to_owned(),
            Backend::Postgres => format!("${}", self.values.len()),
        }
    }
}

impl List {
    /// Which places of a part, from one end of it; so many, after so many.
    fn select(
        &self,
        sql: &mut Sql,
        part: &Range<u64>,
        order: &Order,
        limit: u64,
        after: u64,
    ) -> String {
        let (from, to) = (signed(part.start), signed(part.end));
        let order = if *order == Order::Asc { "ASC" } else { "DESC" };
        let page =
            |limit: u64, after: u64| format!("ORDER BY idx {order} LIMIT {limit} OFFSET {after}");
        let within = format!("idx >= {from} AND idx < {to}");
        match self {
            Self::All => format!(
                "SELECT idx FROM entry WHERE {within} {}",
                page(limit, after)
            ),
            Self::With(column, text) => {
                let text = sql.bind(text);
                let page = page(limit, after);
                format!("SELECT idx FROM entry WHERE {column} = {text} AND {within} {page}")
            }
            Self::Terms(terms) => {
                let one = |term: &i64, limit, after| {
                    let page = page(limit, after);
                    format!("SELECT idx FROM entry_term WHERE term = {term} AND {within} {page}")
                };
                if let [term] = terms.as_slice() {
                    return one(term, limit, after);
                }
                let each: Vec<_> = terms
                    .iter()
                    .map(|term| format!("SELECT idx FROM ({}) one", one(term, limit + after, 0)))
                    .collect();
                let page = page(limit, after);
                format!("SELECT idx FROM ({}) any_of {page}", each.join(" UNION "))
            }
        }
    }

    /// Whether it has a place that is called `candidate.idx` and is `within` the window looked at: how it
    /// comes to know, by each place or by the window, is then the database's choice.
    fn has(&self, sql: &mut Sql, within: &str) -> Option<String> {
        match self {
            Self::All => None,
            Self::With(column, text) => {
                let text = sql.bind(text);
                Some(format!(
                    "EXISTS (SELECT 1 FROM entry other WHERE other.idx = candidate.idx \
                     AND {within} AND other.{column} = {text})"
                ))
            }
            Self::Terms(terms) => {
                let terms: Vec<_> = terms.iter().map(ToString::to_string).collect();
                let terms = terms.join(", ");
                Some(format!(
                    "EXISTS (SELECT 1 FROM entry_term other WHERE other.term IN ({terms}) \
                     AND other.idx = candidate.idx AND {within})"
                ))
            }
        }
    }
}

impl<'a, C: ConnectionTrait> Lists<'a, C> {
    pub(super) async fn of(db: &'a C, backend: Backend, filter: &'a Filter) -> Result<Self, DbErr> {
        let one = |term: &String| List::Terms(vec![number(term)]);
        let mut lists: Vec<List> = filter.terms.iter().map(one).collect();
        if let Some(any) = &filter.any {
            lists.push(List::Terms(any.iter().map(|term| number(term)).collect()));
        }
        if let Some(prefix) = &filter.kind_prefix {
            let kinds = kinds(db, backend, prefix).await?;
            let terms = kinds.iter().map(|kind| number(&term::kind(kind)));
            lists.push(List::Terms(terms.collect()));
        }
        for (column, text) in [
            ("record_id", &filter.record_id),
            ("subject", &filter.subject),
        ] {
            lists.extend(text.clone().map(|text| List::With(column, text)));
        }
        if lists.is_empty() {
            lists.push(List::All);
        }
        Ok(Self {
            db,
            backend,
            lists,
            filter,
        })
    }

    /// The part of a part in which records of the asked time can be; empty if there are none.
    pub(super) async fn narrowed(&self, part: Range<u64>) -> Result<Range<u64>, DbErr> {
        let Filter { from, to, .. } = self.filter;
        if from.is_none() && to.is_none() {
            return Ok(part);
        }
        let sql = format!(
            "SELECT MIN(first) AS first, MAX(last) AS last FROM entry_hour \
             WHERE hour >= {} AND hour <= {}",
            from.map_or(i64::from(i32::MIN), hour),
            to.map_or(i64::from(i32::MAX), hour),
        );
        let statement = Statement::from_string(self.backend.sea(), sql);
        let row = self.db.query_one_raw(statement).await?;
        let (first, last): (Option<i64>, Option<i64>) = match row {
            Some(row) => (row.try_get("", "first")?, row.try_get("", "last")?),
            None => (None, None),
        };
        let place = |place: i64| u64::try_from(place).unwrap_or_default();
        Ok(match (first.map(place), last.map(place)) {
            (Some(first), Some(last)) => part.start.max(first)..part.end.min(last + 1),
            _ => part.start..part.start,
        })
    }

    /// Looks through the next stretch of a part and takes it off the part: at most `limit` places in
    /// it that are in every list, in order.
    pub(super) async fn step(
        &self,
        part: &mut Range<u64>,
        order: &Order,
        stretch: u64,
        limit: u64,
    ) -> Result<Vec<u64>, DbErr> {
        if self
            .lists
            .iter()
            .any(|list| *list == List::Terms(Vec::new()))
        {
            part.end = part.start;
            return Ok(Vec::new());
        }
        if self.lists.len() > 1 {
            for list in &self.lists {
                let next = self.place(list, part, order, 0).await?;
                follow(part, order, next);
                if part.is_empty() {
                    return Ok(Vec::new());
                }
            }
        }
        let (mut rarest, mut window) = (&self.lists[0], part.clone());
        let mut farthest = None;
        for (n, list) in self.lists.iter().enumerate() {
            let end = self.place(list, part, order, stretch - 1).await?;
            let reached = up_to(part, order, end);
            let reach = reached.end - reached.start;
            if n == 0 || farthest.is_some_and(|far| reach > far) {
                (rarest, window, farthest) = (list, reached, Some(reach));
            }
        }
        let found = self.common(rarest, &window, order, stretch, limit).await?;
        let all = (found.len() as u64) < limit;
        match (order, found.last()) {
            (Order::Asc, Some(last)) if !all => part.start = last + 1,
            (_, Some(last)) if !all => part.end = *last,
            (Order::Asc, _) => part.start = window.end,
            _ => part.end = window.start,
        }
        Ok(found)
    }

    /// The place after so many others, from the end where a part begins.
    async fn place(
        &self,
        list: &List,
        part: &Range<u64>,
        order: &Order,
        after: u64,
    ) -> Result<Option<u64>, DbErr> {
        let mut sql = self.sql();
        let text = list.select(&mut sql, part, order, 1, after);
        let statement = Statement::from_sql_and_values(self.backend.sea(), text, sql.values);
        let row = self.db.query_one_raw(statement).await?;
        row.map(|row| read_unsigned(&row, "idx")).transpose()
    }

    /// The places of a list in a window that are in all others and of the asked time.
    async fn common(
        &self,
        list: &List,
        window: &Range<u64>,
        order: &Order,
        stretch: u64,
        limit: u64,
    ) -> Result<Vec<u64>, DbErr> {
        let mut sql = self.sql();
        let candidates = list.select(&mut sql, window, order, stretch, 0);
        let others = self.lists.iter().filter(|other| *other != list);
        let (start, end) = (signed(window.start), signed(window.end));
        let within = format!("other.idx >= {start} AND other.idx < {end}");
        let mut conditions: Vec<String> = others
            .filter_map(|other| other.has(&mut sql, &within))
            .collect();
        let Filter { from, to, .. } = self.filter;
        let mut at = Vec::new();
        at.extend(from.map(|from| format!("other.at >= {}", micros(from))));
        at.extend(to.map(|to| format!("other.at < {}", micros(to))));
        if !at.is_empty() {
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM entry other WHERE other.idx = candidate.idx AND {within} AND {})",
                at.join(" AND ")
            ));
        }
        let fitting = match conditions.as_slice() {
            [] => String::new(),
            some => format!("WHERE {}", some.join(" AND ")),
        };
        let order = if *order == Order::Asc { "ASC" } else { "DESC" };
        let text = format!(
            "SELECT candidate.idx AS idx FROM ({candidates}) candidate {fitting} \
             ORDER BY candidate.idx {order} LIMIT {limit}"
        );
        let statement = Statement::from_sql_and_values(self.backend.sea(), text, sql.values);
        let rows = self.db.query_all_raw(statement).await?;
        rows.iter().map(|row| read_unsigned(row, "idx")).collect()
    }

    fn sql(&self) -> Sql {
        Sql {
            backend: self.backend,
            values: Vec::new(),
        }
    }
}

/// The part from a list's next place on; empty if it has none.
fn follow(part: &mut Range<u64>, order: &Order, next: Option<u64>) {
    match (order, next) {
        (Order::Asc, Some(next)) => part.start = next,
        (_, Some(next)) => part.end = next + 1,
        (Order::Asc, None) => part.start = part.end,
        (_, None) => part.end = part.start,
    }
}

/// The part up to a place, and with it; all of it if there is none.
fn up_to(part: &Range<u64>, order: &Order, last: Option<u64>) -> Range<u64> {
    match (order, last) {
        (Order::Asc, Some(last)) => part.start..last + 1,
        (_, Some(last)) => last..part.end,
        (_, None) => part.clone(),
    }
}
