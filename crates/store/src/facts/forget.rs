//! Facts that nobody needs any more are deleted: what is only ever added to would grow for good.

use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::{Fact, read};
use crate::{Database, journal::signed};

/// How many facts are looked at, and deleted, at a time.
const PAGE: usize = 500;

impl Database {
    /// Deletes the oldest facts of a kind from a source, up to the event of the first that is not
    /// over. Replicas that hold them in memory forget them by themselves. Returns how many it were.
    pub async fn forget_facts(
        &self,
        source: &str,
        kind: &str,
        over: impl Fn(&Fact) -> bool,
    ) -> Result<u64, DbErr> {
        let mut forgotten = 0;
        loop {
            let oldest = self.oldest_facts(source, kind).await?;
            // They are deleted by position, and the facts of an event share theirs.
            let stays = oldest.iter().find(|fact| !over(fact));
            let is_older = |fact: &&Fact| stays.is_none_or(|stays| fact.position < stays.position);
            let over: Vec<&Fact> = oldest.iter().take_while(is_older).collect();
            let Some(last) = over.last() else { break };
            forgotten += self.forget_up_to(source, kind, last.position).await?;
            if over.len() < PAGE {
                break;
            }
        }
        Ok(forgotten)
    }

    async fn oldest_facts(&self, source: &str, kind: &str) -> Result<Vec<Fact>, DbErr> {
        let statement = Statement::from_sql_and_values(
            self.backend().sea(),
            format!(
                "SELECT kind, id, body, position FROM fact WHERE source = $1 AND kind = $2 \
                 ORDER BY position LIMIT {PAGE}"
            ),
            [source.into(), kind.into()],
        );
        let rows = self.read().query_all_raw(statement).await?;
        rows.iter().map(read).collect()
    }

    async fn forget_up_to(&self, source: &str, kind: &str, position: u64) -> Result<u64, DbErr> {
        let statement = Statement::from_sql_and_values(
            self.backend().sea(),
            "DELETE FROM fact WHERE source = $1 AND kind = $2 AND position <= $3",
            [source.into(), kind.into(), signed(position)],
        );
        let tx = self.begin().await?;
        let deleted = tx.execute_raw(statement).await?.rows_affected();
        tx.commit().await?;
        Ok(deleted)
    }
}
