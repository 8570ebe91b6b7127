//! Copies of SQLite files, all as they were at one and the same moment, while their services go on.
//!
//! A copy of a source that is older than what its listeners have heard of it would tell another
//! history than they remember. So nobody may write to any of the files until every copy has begun;
//! that takes milliseconds, and a service's writers wait for longer than that anyway.

use std::{path::PathBuf, time::Duration};

use futures::future::try_join_all;
use sea_orm::{
    ConnectionTrait as _, DbErr, Statement,
    sqlx::{
        self, Connection as _, Executor as _,
        sqlite::{SqliteConnectOptions, SqliteConnection},
    },
};

use crate::{Backend, Database};

/// How long a writer may take to let us in.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked whether a copy has begun.
const LOOK: Duration = Duration::from_millis(1);

/// A file and its copy to be, which must not exist or be empty.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The database.
    pub from: PathBuf,
    /// Where its copy goes.
    pub to: PathBuf,
}

/// Makes the copies. They are complete, and on the disk, when this returns.
///
/// # Errors
/// When a file is no database, a writer does not let go of it within a minute, or there is no room.
pub async fn copy(copies: &[Copy]) -> Result<(), sqlx::Error> {
    let mut held = Vec::with_capacity(copies.len());
    for one in copies {
        let mut connection = open(one).await?;
        connection.execute("BEGIN IMMEDIATE").await?;
        held.push(connection);
    }
    let release = async {
        for one in copies {
            begun(one).await;
        }
        for connection in held {
            connection.close().await?;
        }
        Ok(())
    };
    tokio::try_join!(try_join_all(copies.iter().map(write)), release)?;
    Ok(())
}

async fn open(copy: &Copy) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(&copy.from)
        .busy_timeout(PATIENCE);
    SqliteConnection::connect_with(&options).await
}

/// Nothing is written before the moment to be copied is fixed, and what is small is written at its end.
async fn begun(copy: &Copy) {
    while std::fs::metadata(&copy.to).map_or(0, |file| file.len()) == 0 {
        tokio::time::sleep(LOOK).await;
    }
}

async fn write(copy: &Copy) -> Result<(), sqlx::Error> {
    let mut connection = open(copy).await?;
    sqlx::query("VACUUM INTO ?")
        .bind(copy.to.to_string_lossy().into_owned())
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    std::fs::File::open(&copy.to)?.sync_all()?;
    Ok(())
}

impl Database {
    /// What SQLite finds wrong with its file; none when it is whole.
    ///
    /// # Errors
    /// When it is no database at all.
    pub async fn damage(&self) -> Result<Option<String>, DbErr> {
        let check = Statement::from_string(Backend::Sqlite.sea(), "PRAGMA integrity_check(1)");
        let row = self.read().query_one_raw(check).await?;
        let word: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(word.filter(|word| word != "ok"))
    }
}
