//! Finding records for somebody who says that these are all of them: by the leaves alone, since whoever can
//! write to the database can take rows out of the index. The database itself looks for the texts that are
//! asked for in the records' bytes, so that only what may fit is brought here.

use std::ops::Range;

use sea_orm::{ConnectionTrait as _, DbErr, EntityTrait as _, Statement, Value};
use store::Backend;

use super::{Entity, Filter, Leaf, Page, Search, signed};
use crate::store::sql::{corrupt, read_unsigned};

/// How much farther the database looks in one step than records are brought here.
const FARTHER: u64 = 10;

impl Search<'_> {
    /// Records that fit, oldest first, at most so many. Costs what the part has leaves.
    ///
    /// # Errors
    /// [`DbErr::Type`] when a leaf of the part is missing.
    pub(crate) async fn vouched(
        &self,
        filter: &Filter,
        part: Range<u64>,
        limit: u64,
    ) -> Result<Page, DbErr> {
        let city = self.terms.newest_city().await?;
        let (mut leaves, mut rest) = (Vec::new(), part);
        while !rest.is_empty() && (leaves.len() as u64) < limit {
            let far = self.effort.stretch.saturating_mul(FARTHER);
            let end = rest.end.min(rest.start.saturating_add(far));
            self.is_whole(rest.start..end).await?;
            let held = self.holding(filter, rest.start..end).await?;
            rest.start = match held.last() {
                Some(last) if held.len() as u64 == self.effort.stretch => last.index + 1,
                _ => end,
            };
            for leaf in held {
                if leaves.len() as u64 == limit {
                    rest.start = leaf.index;
                    break;
                }
                let said = leaf.said();
                let terms = self.terms.of(&city, &leaf.source, said.as_ref());
                if filter.fits(said.as_ref(), &terms) {
                    leaves.push(leaf);
                }
            }
        }
        Ok(Page { leaves, rest })
    }

    /// What is not there cannot be looked through.
    async fn is_whole(&self, part: Range<u64>) -> Result<(), DbErr> {
        let sql = "SELECT COUNT(*) AS held FROM leaf WHERE idx >= $1 AND idx < $2";
        let values = [signed(part.start).into(), signed(part.end).into()];
        let statement = Statement::from_sql_and_values(self.backend.sea(), sql, values);
        let row = self.db.query_one_raw(statement).await?;
        let held = row.map_or(Ok(0), |row| read_unsigned(&row, "held"))?;
        if held == part.end - part.start {
            return Ok(());
        }
        Err(corrupt("leaf", format!("one of {part:?} is missing")))
    }

    /// Leaves of a part that hold every text that is asked for, as many as are looked at in one step.
    async fn holding(&self, filter: &Filter, part: Range<u64>) -> Result<Vec<Leaf>, DbErr> {
        let mut sql = "SELECT idx, source, position, logged_at, record, pruned FROM leaf \
             WHERE idx >= $1 AND idx < $2 AND pruned IS NULL"
            .to_owned();
        let mut values: Vec<Value> = vec![signed(part.start).into(), signed(part.end).into()];
        for text in filter.texts() {
            values.push(text.as_bytes().to_vec().into());
            let nth = values.len();
            sql.push_str(&match self.backend {
                Backend::Sqlite => format!(" AND instr(record, ${nth}) > 0"),
                Backend::Postgres => format!(" AND position(${nth} in record) > 0"),
            });
        }
        sql.push_str(&format!(" ORDER BY idx LIMIT {}", self.effort.stretch));
        let statement = Statement::from_sql_and_values(self.backend.sea(), sql, values);
        let rows = Entity::find().from_raw_sql(statement).all(self.db).await?;
        rows.into_iter().map(Leaf::try_from).collect()
    }
}
