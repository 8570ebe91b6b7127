//! Which troubles with the database are the record's own.

use sea_orm::{DbErr, RuntimeErr};

/// True for what the next try will not mend: the database understood the statement and refused its
/// content. Connections, locks, space and writers who met pass with time. So does, once somebody
/// mends it, a row that nobody can read: it stands there for every record, and to blame the record
/// would put one after the other aside.
pub(crate) fn is_lasting(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            let code = error.as_database_error().and_then(|error| error.code());
            code.is_some_and(|code| is_content(&code))
        }
        _ => false,
    }
}

/// PostgreSQL: SQLSTATE classes 22 (data) and 23 (integrity). SQLite: too big, constraint, mismatch,
/// in the low byte of its extended code.
fn is_content(code: &str) -> bool {
    match code.len() {
        5 => code.starts_with("22") || code.starts_with("23"),
        _ => code
            .parse::<u32>()
            .is_ok_and(|code| matches!(code & 0xff, 18..=20)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_content;

    #[test]
    fn content_is_told_from_connections_and_locks() {
        for code in [
            "22001", "22021", "23502", "23505", "19", "1299", "2067", "20",
        ] {
            assert!(is_content(code), "{code}");
        }
        for code in [
            "40001", "40P01", "08006", "53100", "57P01", "42P01", "5", "517", "13", "1", "",
        ] {
            assert!(!is_content(code), "{code}");
        }
    }
}
