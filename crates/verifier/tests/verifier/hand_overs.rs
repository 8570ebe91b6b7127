//! One key after the other: whoever trusts the first follows the log to the last, and nobody else's
//! word leads there.

use audit_domain::{Checkpoint, HandOver, Root, SignerKey};
use verifier::{Failure, Trust, verify_dump};

use crate::log::{ORIGIN, dump, grow, happenings, key, records, sign, signer};

/// Leaves at the two hand-overs, and in the end.
const FIRST: usize = 11;
const SECOND: usize = 19;
const NOW: usize = 30;

fn keys() -> [SignerKey; 3] {
    [42, 43, 44].map(|seed| SignerKey::from_seed(ORIGIN, &[seed; 32]).unwrap())
}

fn root(size: usize) -> Root {
    grow(&records(&happenings(size))).0.root()
}

fn signed_by(key: &SignerKey, size: usize) -> String {
    let origin = ORIGIN.to_owned();
    let root = root(size);
    Checkpoint { origin, root }.sign(key).unwrap()
}

/// The two notes, one after the other.
fn hand_overs() -> [String; 2] {
    let [first, second, third] = keys();
    [
        HandOver::sign(root(FIRST), &first, &second).unwrap(),
        HandOver::sign(root(SECOND), &second, &third).unwrap(),
    ]
}

fn dumped(size: usize, by: &SignerKey) -> Vec<u8> {
    dump(&records(&happenings(size)), &signed_by(by, size))
}

#[test]
fn whoever_trusts_an_old_key_follows_its_hand_overs_to_the_newest() {
    let [first, second, third] = keys();
    let notes = hand_overs().join("\n");
    let followed = key().follow(&notes).unwrap();
    let file = dumped(NOW, &third);
    let kept = signed_by(&first, FIRST - 1);
    assert!(verify_dump(file.as_slice(), &followed, Some(&kept)).is_ok());
    // A file with the key and what follows it says the same, and what was fetched before still holds.
    let written = format!("{}\n{notes}", first.verifier());
    let read: Trust = written.parse().unwrap();
    assert!(verify_dump(file.as_slice(), &read, Some(&signed_by(&second, SECOND))).is_ok());
    assert!(verify_dump(dumped(FIRST - 3, &first).as_slice(), &read, None).is_ok());
    // Who joined later has no use for the first, and who follows nothing does not get there.
    let joined: Trust = second.verifier().to_string().parse().unwrap();
    let joined = joined.follow(&notes).unwrap();
    assert!(verify_dump(file.as_slice(), &joined, None).is_ok());
    let failure = verify_dump(file.as_slice(), &key(), None).unwrap_err();
    assert!(matches!(failure, Failure::Unsigned { .. }), "{failure}");
}

#[test]
fn a_hand_over_not_signed_by_the_old_key_is_refused() {
    let [first, second, thief] = keys();
    let note = HandOver::sign(root(FIRST), &first, &second).unwrap();
    let lines: Vec<&str> = note.lines().filter(|line| line.starts_with('—')).collect();
    let without = |line: &str| note.replace(&format!("{line}\n"), "");
    // Signed by a key the thief made, which is none of the two in the text.
    let stranger = HandOver::sign(root(FIRST), &thief, &second).unwrap();
    let text = note.split("\n\n").next().unwrap();
    let signatures = stranger.split("\n\n").nth(1).unwrap();
    let forged = format!("{text}\n\n{signatures}");
    for bad in [without(lines[0]), without(lines[1]), forged] {
        let failure = key().follow(&bad).unwrap_err();
        assert!(
            matches!(failure, Failure::HandOver { number: 0, .. }),
            "{failure}"
        );
    }
    // One from a stranger leads nowhere: the trusted key never signed there.
    let trust = key().follow(&stranger).unwrap();
    let failure = verify_dump(dumped(NOW, &second).as_slice(), &trust, None).unwrap_err();
    assert!(matches!(failure, Failure::Unsigned { .. }), "{failure}");
}

#[test]
fn hand_overs_follow_one_another_and_the_log_only_grows() {
    let [first, second, third] = keys();
    let [one, two] = hand_overs();
    let follow = |notes: &[&String]| {
        let notes: Vec<&str> = notes.iter().map(|note| note.as_str()).collect();
        key().follow(&notes.join("\n"))
    };
    let shorter = HandOver::sign(root(FIRST - 1), &second, &third).unwrap();
    let back = HandOver::sign(root(SECOND), &second, &first).unwrap();
    for notes in [
        vec![&one, &shorter],
        vec![&one, &back],
        vec![&one, &one],
        vec![&one, &two, &two],
    ] {
        let failure = follow(&notes).unwrap_err();
        assert!(matches!(failure, Failure::HandOver { .. }), "{failure}");
    }
    let cut = &one[..one.rfind("\n\n").unwrap()];
    assert!(key().follow(cut).is_err());
}

#[test]
fn an_old_key_is_not_believed_of_a_longer_log_nor_a_new_one_of_another_past() {
    let [first, second, third] = keys();
    let trust = key().follow(&hand_overs().join("\n")).unwrap();
    for (thief, size, until) in [(&first, FIRST + 1, FIRST), (&second, NOW, SECOND)] {
        let failure = verify_dump(dumped(size, thief).as_slice(), &trust, None).unwrap_err();
        assert!(
            matches!(failure, Failure::Retired { until: u, .. } if u == until as u64),
            "{failure}"
        );
    }
    // Whoever has the newest key writes the log anew: the hand-overs remember it.
    let mut story = happenings(NOW);
    story[3].data.push(b'!');
    let forged = records(&story);
    let origin = ORIGIN.to_owned();
    let root = grow(&forged).0.root();
    let note = Checkpoint { origin, root }.sign(&third).unwrap();
    let failure = verify_dump(dump(&forged, &note).as_slice(), &trust, None).unwrap_err();
    assert!(
        matches!(failure, Failure::PastChanged { size: 11, .. }),
        "{failure}"
    );
    // Without hand-overs nothing of this is known.
    assert_eq!(sign(&records(&happenings(NOW))), signed_by(&signer(), NOW));
    assert!(verify_dump(dumped(NOW, &first).as_slice(), &key(), None).is_ok());
}
