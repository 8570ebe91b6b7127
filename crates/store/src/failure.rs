//! What can come of a command beside success.

use std::fmt;

use kernel::Refusal;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why a command was not carried out. In every case nothing of it was kept.
#[derive(Debug)]
pub enum Failure<R> {
    /// A rule stood against it.
    Refused(R),
    /// The idempotency key was used before with another request.
    KeyReused,
    /// Others changed the same things at the same time, again and again; worth another try. What the
    /// database said of it, if anything did but a version that was not there any more.
    Contended(Option<DbErr>),
    /// The database could not be reached or gave up; worth another try later.
    Unavailable(DbErr),
    /// A row is not what this version of the program wrote.
    Corrupt {
        /// Table of the row.
        table: &'static str,
        /// Its id.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl<R> Failure<R> {
    /// The same failure seen as one of another refusal type, where it is no refusal.
    pub fn map<S>(self, refused: impl FnOnce(R) -> S) -> Failure<S> {
        match self.refusal() {
            Ok(refusal) => Failure::Refused(refused(refusal)),
            Err(other) => other,
        }
    }

    /// The refusal, or the failure that it is otherwise.
    pub fn refusal<S>(self) -> Result<R, Failure<S>> {
        Err(match self {
            Self::Refused(refusal) => return Ok(refusal),
            Self::KeyReused => Failure::KeyReused,
            Self::Contended(error) => Failure::Contended(error),
            Self::Unavailable(error) => Failure::Unavailable(error),
            Self::Corrupt { table, row, reason } => Failure::Corrupt { table, row, reason },
        })
    }
}

impl<R: Refusal> fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::KeyReused => f.write_str("the idempotency key was used with another request"),
            Self::Contended(_) => f.write_str("others changed the same things at the same time"),
            Self::Unavailable(_) => f.write_str("the database is not available"),
            Self::Corrupt { table, row, reason } => write!(f, "{table} {row} is corrupt: {reason}"),
        }
    }
}

impl<R: Refusal> std::error::Error for Failure<R> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Contended(Some(error)) | Self::Unavailable(error) => Some(error),
            _ => None,
        }
    }
}

/// Two transactions met and this one lost: SQLSTATE 40001 (serialisation), 40P01 (deadlock), a
/// second insert of the same aggregate, or SQLite's busy.
impl<R> From<DbErr> for Failure<R> {
    fn from(error: DbErr) -> Self {
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Self::Contended(Some(error));
        }
        let code = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(e))
            | DbErr::Query(RuntimeErr::SqlxError(e))
            | DbErr::Conn(RuntimeErr::SqlxError(e)) => e
                .as_database_error()
                .and_then(|e| e.code().map(|code| code.into_owned())),
            _ => None,
        };
        match code.as_deref() {
            Some("40001" | "40P01" | "5" | "517") => Self::Contended(Some(error)),
            _ => Self::Unavailable(error),
        }
    }
}
