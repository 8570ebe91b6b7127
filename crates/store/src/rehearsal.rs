//! A transaction to try things out in.

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement, TransactionTrait as _};

use crate::{Backend, Database, schema};

impl Database {
    /// A transaction whose end is a rollback. On PostgreSQL it is like any other. SQLite has one
    /// writer, which all others would wait for: there it is a reader's, and the tables that
    /// services write are hidden behind temporary ones of the same name and content.
    pub(crate) async fn rehearsal(&self) -> Result<DatabaseTransaction, DbErr> {
        match self.backend() {
            Backend::Postgres => self.begin().await,
            Backend::Sqlite => {
                let tx = self.read().begin().await?;
                hide(&tx).await?;
                Ok(tx)
            }
        }
    }
}

/// SQLite looks a name up among the temporary tables first; they go with the rollback. What it
/// keeps of a definition begins with `CREATE TABLE "name"` or `CREATE INDEX "name"`, however it was
/// written once.
async fn hide(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let of_the_house = schema::HOUSE.map(|name| format!("'{name}'")).join(", ");
    let rows = tx
        .query_all_raw(Statement::from_string(
            Backend::Sqlite.sea(),
            format!(
                "SELECT type, name, sql FROM main.sqlite_master \
                 WHERE type IN ('table', 'index') AND sql IS NOT NULL \
                 AND tbl_name NOT LIKE 'sqlite_%' AND tbl_name NOT IN ({of_the_house}) \
                 ORDER BY type DESC"
            ),
        ))
        .await?;
    for row in rows {
        let name: String = row.try_get("", "name")?;
        let sql: String = row.try_get("", "sql")?;
        if row.try_get::<String>("", "type")? == "table" {
            tx.execute_unprepared(&sql.replacen("TABLE ", "TABLE temp.", 1))
                .await?;
            let copy = format!("INSERT INTO temp.\"{name}\" SELECT * FROM main.\"{name}\"");
            tx.execute_unprepared(&copy).await?;
        } else {
            tx.execute_unprepared(&sql.replacen("INDEX ", "INDEX temp.", 1))
                .await?;
        }
    }
    Ok(())
}
