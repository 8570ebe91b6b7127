//! May this record enter the log? One answer per record, from the source's watermark.

use serde::{Deserialize, Serialize};

use crate::{Hash, Suspicion, record_hash};

/// How far one source's records are in the log: all of them up to here, none beyond.
///
/// The default is the start: nothing taken in, and an all-zero hash for the first record to name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    /// Position of the last record taken in; 0 before the first.
    pub position: u64,
    /// SHA-256 of that record.
    pub hash: Hash,
}

/// A record at the door, with what its envelope says.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// CloudEvents `source`.
    pub source: &'a str,
    /// `sequence`, from 1.
    pub position: u64,
    /// `prevhash`: SHA-256 of the source's previous record, all zero for its first.
    pub prev_hash: Hash,
    /// The record's bytes as published.
    pub record: &'a [u8],
}

/// What to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Append the record, and store this watermark in the same transaction.
    Append(Watermark),
    /// The log holds exactly this record: drop it.
    AlreadyHave,
    /// Records are missing before this one: fetch these positions from the source first.
    Gap {
        /// First position missing.
        first: u64,
        /// Last position missing.
        last: u64,
    },
    /// Do not append; raise it.
    Suspect(Suspicion),
}

impl Watermark {
    /// Judges a record of the watermark's source.
    ///
    /// `held` is the SHA-256 of the record the log holds at the same position. It is looked at only
    /// for positions below the watermark; there, `None` means the log holds none.
    pub fn judge(&self, incoming: &Incoming<'_>, held: Option<Hash>) -> Verdict {
        let position = incoming.position;
        let offered = record_hash(incoming.record);
        let source_name = || incoming.source.to_owned();

        if position == 0 {
            return Verdict::Suspect(Suspicion::NoPosition {
                source_name: source_name(),
            });
        }
        if position > self.position + 1 {
            return Verdict::Gap {
                first: self.position + 1,
                last: position - 1,
            };
        }
        if position == self.position + 1 {
            if incoming.prev_hash != self.hash {
                return Verdict::Suspect(Suspicion::ChainBroken {
                    source_name: source_name(),
                    position,
                    named: incoming.prev_hash,
                    held: self.hash,
                });
            }
            return Verdict::Append(Self {
                position,
                hash: offered,
            });
        }

        let held = if position == self.position {
            Some(self.hash)
        } else {
            held
        };
        match held {
            Some(held) if held == offered => Verdict::AlreadyHave,
            Some(held) => Verdict::Suspect(Suspicion::Divergent {
                source_name: source_name(),
                position,
                held,
                offered,
            }),
            None => Verdict::Suspect(Suspicion::Lost {
                source_name: source_name(),
                position,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "/sekisho/identity";

    fn incoming(position: u64, prev_hash: Hash, record: &[u8]) -> Incoming<'_> {
        Incoming {
            source: SOURCE,
            position,
            prev_hash,
            record,
        }
    }

    /// After three records `r1`, `r2`, `r3`.
    fn third() -> Watermark {
        let mut watermark = Watermark::default();
        for (position, record) in [(1, b"r1"), (2, b"r2"), (3, b"r3")] {
            let verdict = watermark.judge(&incoming(position, watermark.hash, record), None);
            let Verdict::Append(next) = verdict else {
                panic!("{verdict:?}");
            };
            watermark = next;
        }
        watermark
    }

    #[test]
    fn the_next_record_that_names_the_last_is_appended() {
        let watermark = third();
        assert_eq!(watermark.position, 3);
        assert_eq!(watermark.hash, record_hash(b"r3"));
    }

    #[test]
    fn the_first_record_names_nothing() {
        let verdict = Watermark::default().judge(&incoming(1, [1; 32], b"r1"), None);
        assert!(matches!(
            verdict,
            Verdict::Suspect(Suspicion::ChainBroken { position: 1, .. })
        ));
    }

    #[test]
    fn a_delivery_repeated_is_dropped_whatever_its_age() {
        let last = incoming(3, record_hash(b"r2"), b"r3");
        assert_eq!(third().judge(&last, None), Verdict::AlreadyHave);
        let first = incoming(1, [0; 32], b"r1");
        assert_eq!(
            third().judge(&first, Some(record_hash(b"r1"))),
            Verdict::AlreadyHave
        );
    }

    #[test]
    fn other_bytes_at_a_position_held_are_an_incident_not_an_update() {
        for (position, held) in [(3, None), (1, Some(record_hash(b"r1")))] {
            let verdict = third().judge(&incoming(position, [0; 32], b"forged"), held);
            let Verdict::Suspect(suspicion) = verdict else {
                panic!("{verdict:?}");
            };
            assert_eq!(suspicion.code(), "log_record_divergent");
            assert!(
                suspicion
                    .to_string()
                    .contains(&hex::encode(record_hash(b"forged")))
            );
            assert_eq!(suspicion.clauses()[0].as_str(), "7-1-(4)-3");
        }
    }

    #[test]
    fn a_record_from_the_future_asks_for_what_is_missing() {
        let verdict = third().judge(&incoming(7, [0; 32], b"r7"), None);
        assert_eq!(verdict, Verdict::Gap { first: 4, last: 6 });
        let farthest = third().judge(&incoming(u64::MAX, [0; 32], b"x"), None);
        assert_eq!(
            farthest,
            Verdict::Gap {
                first: 4,
                last: u64::MAX - 1
            }
        );
    }

    #[test]
    fn a_record_that_names_another_predecessor_breaks_the_chain() {
        let verdict = third().judge(&incoming(4, record_hash(b"other r3"), b"r4"), None);
        let broken = Suspicion::ChainBroken {
            source_name: SOURCE.to_owned(),
            position: 4,
            named: record_hash(b"other r3"),
            held: record_hash(b"r3"),
        };
        assert_eq!(verdict, Verdict::Suspect(broken));
    }

    #[test]
    fn a_hole_in_the_log_itself_is_not_taken_for_a_repeat() {
        let verdict = third().judge(&incoming(2, record_hash(b"r1"), b"r2"), None);
        assert!(matches!(
            verdict,
            Verdict::Suspect(Suspicion::Lost { position: 2, .. })
        ));
        let verdict = third().judge(&incoming(0, [0; 32], b"r0"), None);
        assert!(matches!(
            verdict,
            Verdict::Suspect(Suspicion::NoPosition { .. })
        ));
    }
}
