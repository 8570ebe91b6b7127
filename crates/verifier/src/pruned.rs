//! Leaves of which the log kept the hash and dropped the record, because its period was over. The log says
//! so itself: a leaf without a record of which no `RecordsPruned` speaks was taken away.

use std::ops::Range;

use crate::{
    Failure,
    wire::{Fields, Value},
};

/// Field numbers of `io.cloudevents.v1.CloudEvent`.
const SOURCE: u64 = 2;
const TYPE: u64 = 4;
const BINARY_DATA: u64 = 6;
/// Field numbers of `sekisho.audit.v1.RecordsPruned` and its ranges.
const RANGES: u64 = 1;
const FROM: u64 = 1;
const TO: u64 = 2;
/// The event that says so, and who must say it: the log's own service.
const EVENT: &[u8] = b"sekisho.audit.v1.RecordsPruned";
const LOG: &[u8] = b"/sekisho/audit";

/// What is gone, and what was said to be.
#[derive(Debug, Default)]
pub(crate) struct Pruned {
    gone: Vec<Range<u64>>,
    said: Vec<Range<u64>>,
    count: u64,
}

impl Pruned {
    /// A leaf has no record.
    pub(crate) fn is_gone(&mut self, leaf: u64) {
        self.count += 1;
        match self.gone.last_mut() {
            Some(last) if last.end == leaf => last.end += 1,
            _ => self.gone.push(leaf..leaf + 1),
        }
    }

    /// Takes in what a record says of others.
    pub(crate) fn hear(&mut self, record: &[u8]) {
        let fields = || Fields::of(record).map_while(Result::ok);
        let last = |wanted| {
            let found = fields().filter_map(move |(number, value)| match value {
                Value::Bytes(bytes) if number == wanted => Some(bytes),
                _ => None,
            });
            found.last()
        };
        if last(TYPE) != Some(EVENT) || last(SOURCE) != Some(LOG) {
            return;
        }
        let data = last(BINARY_DATA).unwrap_or_default();
        for field in Fields::of(data).map_while(Result::ok) {
            if let (RANGES, Value::Bytes(message)) = field {
                self.said.push(range(message));
            }
        }
    }

    /// How many leaves have no record, if the log speaks of all of them.
    ///
    /// # Errors
    /// [`Failure::Unannounced`] with the first of which it does not.
    pub(crate) fn judge(&self) -> Result<u64, Failure> {
        match self.unannounced() {
            Some(leaf) => Err(Failure::Unannounced { leaf }),
            None => Ok(self.count),
        }
    }

    /// The first leaf without a record of which the log does not speak.
    pub(crate) fn unannounced(&self) -> Option<u64> {
        let mut said = self.said.clone();
        said.sort_unstable_by_key(|range| range.start);
        let mut said = said.into_iter().peekable();
        let mut up_to = 0;
        for leaf in self.gone.iter().cloned().flatten() {
            while let Some(range) = said.next_if(|range| range.start <= leaf) {
                up_to = up_to.max(range.end);
            }
            if leaf >= up_to {
                return Some(leaf);
            }
        }
        None
    }
}

fn range(message: &[u8]) -> Range<u64> {
    let mut range = 0..0;
    for field in Fields::of(message).map_while(Result::ok) {
        match field {
            (FROM, Value::Varint(from)) => range.start = from,
            (TO, Value::Varint(to)) => range.end = to,
            _ => {}
        }
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pruned(gone: &[u64], said: &[(u64, u64)]) -> Result<u64, Option<u64>> {
        let mut pruned = Pruned {
            said: said.iter().map(|(from, to)| *from..*to).collect(),
            ..Pruned::default()
        };
        gone.iter().for_each(|leaf| pruned.is_gone(*leaf));
        pruned.judge().map_err(|failure| match failure {
            Failure::Unannounced { leaf } => Some(leaf),
            _ => None,
        })
    }

    #[test]
    fn the_first_leaf_is_told_of_which_the_log_does_not_speak() {
        assert_eq!(pruned(&[], &[]), Ok(0));
        assert_eq!(pruned(&[4, 5, 9], &[(9, 10), (4, 6)]), Ok(3));
        assert_eq!(pruned(&[4, 5, 6], &[(4, 6), (5, 7)]), Ok(3));
        assert_eq!(pruned(&[4, 5], &[(0, 9), (4, 5)]), Ok(2));
        assert_eq!(pruned(&[4, 5], &[]), Err(Some(4)));
        assert_eq!(pruned(&[4, 5, 6], &[(4, 5), (6, 7)]), Err(Some(5)));
        assert_eq!(pruned(&[3], &[(4, 6)]), Err(Some(3)));
        assert_eq!(pruned(&[6], &[(4, 6)]), Err(Some(6)));
    }
}
