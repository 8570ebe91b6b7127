//! Fault test 9 in bulk: every bit of a file, and thousands of mutations drawn from a fixed seed.

use verifier::{Failure, verify_dump};

use crate::log::{SOURCES, dump, happenings, key, records, sign};

/// A small generator of our own, so that a failing case can be found again by its number.
struct Draw(u64);

impl Draw {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        let end = (start + 1 + self.below(80)).min(length);
        start..end
    }
}

#[test]
fn no_bit_of_a_dump_can_change() {
    let log = records(&happenings(9));
    let kept = sign(&log[..6]);
    let file = dump(&log, &sign(&log));
    let key = key();
    for at in 0..file.len() {
        for bit in 0..8 {
            let mut changed = file.clone();
            changed[at] ^= 1 << bit;
            let verified = verify_dump(changed.as_slice(), &key, Some(&kept));
            assert!(verified.is_err(), "bit {bit} of byte {at}");
        }
    }
    println!("{} bits flipped in a dump, all found", file.len() * 8);
}

/// The leaves that a failure tells to look at.
fn told(failure: &Failure) -> Vec<u64> {
    match failure {
        Failure::ChainBroken {
            leaf,
            previous_leaf,
            ..
        } => previous_leaf.iter().chain([leaf]).copied().collect(),
        Failure::Gap { leaf, unread, .. } => [unread.as_slice(), &[*leaf]].concat(),
        Failure::Repeated { leaf, .. } => vec![*leaf],
        Failure::Root { last, .. } => last.clone(),
        _ => Vec::new(),
    }
}

/// Whichever bit of whichever record is flipped: what is told names that leaf, in both languages.
#[test]
fn the_leaf_that_was_changed_is_named() {
    let log = records(&happenings(12));
    let note = sign(&log);
    let key = key();
    let mut renamed = 0;
    for leaf in 0..log.len() {
        for at in 0..log[leaf].len() * 8 {
            let mut changed = log.clone();
            changed[leaf][at / 8] ^= 1 << (at % 8);
            let verified = verify_dump(dump(&changed, &note).as_slice(), &key, None);
            let failure = verified.unwrap_err();
            let number = leaf as u64;
            // The first record of a source, made that of another: it fits there, and nothing is left of
            // where it was but the hole.
            if let Failure::Gap {
                leaf: next,
                after: 0,
                found: 2,
                ..
            } = failure
                && next > number
                && !told(&failure).contains(&number)
            {
                renamed += 1;
                continue;
            }
            assert!(told(&failure).contains(&number), "{leaf}, {at}: {failure}");
            for words in [failure.to_string(), failure.message_ja()] {
                let mut numbers = words.split(|c: char| !c.is_ascii_digit());
                let named = numbers.any(|word| word.parse() == Ok(number));
                assert!(named, "{leaf}, {at}: {words}");
            }
        }
    }
    let sources: usize = SOURCES.iter().map(|source| source.len() * 8).sum();
    assert!((1..=sources).contains(&renamed), "{renamed} of {sources}");
}

#[test]
fn no_beginning_of_a_dump_and_no_longer_file_passes() {
    let log = records(&happenings(9));
    let file = dump(&log, &sign(&log));
    let key = key();
    for length in 0..file.len() {
        assert!(
            verify_dump(&file[..length], &key, None).is_err(),
            "{length} bytes"
        );
    }
    for more in [&b"\n"[..], b"x", b"\xe2\x80\x94 x AAAA\n", &file] {
        let longer = [&file, more].concat();
        assert!(
            verify_dump(longer.as_slice(), &key, None).is_err(),
            "{more:?}"
        );
    }
}

#[test]
fn no_mutation_of_the_file_passes() {
    let log = records(&happenings(12));
    let kept = sign(&log[..8]);
    let file = dump(&log, &sign(&log));
    let key = key();
    let mut draw = Draw(1);
    let mut tried = 0;
    for number in 0..6_000 {
        let mut changed = file.clone();
        for _ in 0..=draw.below(3) {
            let at = draw.range(changed.len());
            match draw.below(6) {
                0 => changed[at.start] ^= 1 << draw.below(8),
                1 => drop(changed.drain(at)),
                2 => {
                    let bytes: Vec<u8> = at.clone().map(|_| draw.below(256) as u8).collect();
                    changed.splice(at.start..at.start, bytes);
                }
                3 => {
                    let copy = changed[at].to_vec();
                    let to = draw.below(changed.len());
                    changed.splice(to..to, copy);
                }
                4 => changed[at].reverse(),
                _ => {
                    let middle = (at.start + at.end) / 2;
                    changed[at.clone()].rotate_left(middle - at.start);
                }
            }
        }
        if changed == file {
            continue;
        }
        tried += 1;
        let verified = verify_dump(changed.as_slice(), &key, Some(&kept));
        assert!(verified.is_err(), "mutation {number}");
    }
    println!("{tried} mutations of a dump, all found");
    assert!(tried > 5_000, "{tried}");
}

/// The forger holds the key, chains the records anew and signs: found exactly when what the kept
/// checkpoint covers is not the same, for what came after it is the log's to write.
#[test]
fn no_forged_history_passes_against_a_kept_checkpoint() {
    let (now, then) = (24, 15);
    let story = happenings(now);
    let kept = sign(&records(&story[..then]));
    let key = key();
    let mut draw = Draw(2);
    let mut passed = 0;
    for number in 0..3_000 {
        let mut forged = story.clone();
        for _ in 0..=draw.below(2) {
            let (one, two) = (draw.below(forged.len()), draw.below(forged.len()));
            match draw.below(6) {
                0 => forged[one].data[0] ^= 1 << draw.below(8),
                1 => drop(forged.remove(one)),
                2 => forged.insert(one, story[two].clone()),
                3 => forged.swap(one, two),
                4 => forged[one].source = SOURCES[draw.below(3)],
                _ => forged.truncate(one + 1),
            }
        }
        let log = records(&forged);
        let file = dump(&log, &sign(&log));
        let verified = verify_dump(file.as_slice(), &key, Some(&kept));
        let same_past = forged.get(..then) == Some(&story[..then]);
        assert_eq!(verified.is_ok(), same_past, "forgery {number}");
        passed += usize::from(same_past);
    }
    println!("{} forged histories, all found", 3_000 - passed);
    assert!(passed > 100 && passed < 2_000, "{passed}");
}
