//! One record, by its place in the log or in its source's order.

use std::str::FromStr;

use proto::audit::v1::{RecordName, SourcePosition, record_name::Name};
use standard::ServiceName;

/// `1000`: the index in the log. `ledger:85`: what the ledger published as its 85th.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Index(u64),
    Position(ServiceName, u64),
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || "INDEX / SOURCE:POSITION (1000, ledger:85)".to_owned();
        let number = |digits: &str| digits.parse().map_err(|_| malformed());
        match text.split_once(':') {
            None => number(text).map(Self::Index),
            Some((source, position)) => {
                let source = source.parse().map_err(|_| malformed())?;
                Ok(Self::Position(source, number(position)?))
            }
        }
    }
}

impl From<Named> for RecordName {
    fn from(named: Named) -> Self {
        let name = match named {
            Named::Index(index) => Name::Index(index),
            Named::Position(source, position) => Name::SourcePosition(SourcePosition {
                source: source.as_str().to_owned(),
                position,
            }),
        };
        Self { name: Some(name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_named_by_its_index_or_by_source_and_position() {
        assert_eq!("1000".parse(), Ok(Named::Index(1000)));
        let position = Named::Position(ServiceName::Ledger, 85);
        assert_eq!("ledger:85".parse(), Ok(position));
        for other in ["", "-1", "ledger", "ledger:", ":85", "bank:85", "ledger:x"] {
            assert!(other.parse::<Named>().is_err(), "{other}");
        }
    }
}
