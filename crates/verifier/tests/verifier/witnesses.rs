//! A witness signs what continues what it has seen, and nothing else; whoever demands its signature
//! is shown no other story.

use audit_domain::Plan;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use verifier::{
    Checkpoint, Cosigner, Failure, Hash, Rejection, Submission, Which, bundle, verify_bundle,
    verify_dump,
};

use crate::log::{dump, grow, happenings, key, prove, records, sign};

const TIME: i64 = 1_775_000_000;

fn witness() -> Cosigner {
    Cosigner::from_seed("witness.example/w1", &[7; 32]).unwrap()
}

fn growth(old: usize, new: usize) -> Vec<Hash> {
    let (_, nodes) = grow(&records(&happenings(new)));
    prove(&Plan::consistency(old as u64, new as u64).unwrap(), &nodes)
}

fn body(old: usize, proof: &[Hash], note: &str) -> String {
    let hashes: String = proof
        .iter()
        .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
        .collect();
    format!("old {old}\n{hashes}\n{note}")
}

fn signed(size: usize) -> String {
    sign(&records(&happenings(size)))
}

fn seen(size: usize) -> Option<Checkpoint> {
    (size > 0).then(|| Checkpoint::open(&signed(size), &key(), Which::Kept).unwrap())
}

fn judge(body: &str, seen: Option<&Checkpoint>) -> Result<u64, Rejection> {
    let submission = Submission::parse(body)?;
    submission.judge(&key(), seen).map(|new| new.size)
}

#[test]
fn what_continues_the_checkpoint_seen_last_is_accepted_from_wherever_it_stands() {
    for (old, new) in [(0, 1), (0, 30), (7, 30), (8, 9), (30, 30), (16, 17)] {
        let body = body(old, &growth(old, new), &signed(new));
        assert_eq!(judge(&body, seen(old).as_ref()), Ok(new as u64));
    }
}

#[test]
fn a_rollback_a_fork_and_a_false_proof_are_refused() {
    let mut other = happenings(30);
    other[2].data.push(b'!');
    let forked = |size: usize| sign(&records(&other[..size]));
    let good = growth(7, 30);
    let seen = seen(7);
    for (what, body, rejection) in [
        (
            "rolled back",
            body(3, &growth(3, 5), &signed(5)),
            Rejection::Conflict(7),
        ),
        (
            "forgets what the witness saw",
            body(0, &[], &signed(30)),
            Rejection::Conflict(7),
        ),
        (
            "another log of the same size",
            body(7, &[], &forked(7)),
            Rejection::Conflict(7),
        ),
        (
            "a fork that went on",
            body(7, &good, &forked(30)),
            Rejection::NoGrowth,
        ),
        ("no proof", body(7, &[], &signed(30)), Rejection::NoGrowth),
        (
            "a proof too long",
            body(7, &[&good[..], &good[..1]].concat(), &signed(30)),
            Rejection::NoGrowth,
        ),
        (
            "older than it says",
            body(31, &good, &signed(30)),
            Rejection::Malformed,
        ),
        (
            "not signed",
            body(7, &good, &signed(30).replace("— log", "— lag")),
            Rejection::Unsigned,
        ),
        (
            "no proof lines end",
            "old 7\n".to_owned(),
            Rejection::Malformed,
        ),
        (
            "a number written twice",
            body(7, &good, &signed(30)).replace("old 7", "old 07"),
            Rejection::Malformed,
        ),
        (
            "more hashes than a tree is high",
            body(7, &vec![[0; 32]; 64], &signed(30)),
            Rejection::Malformed,
        ),
    ] {
        assert_eq!(judge(&body, seen.as_ref()), Err(rejection), "{what}");
    }
}

#[test]
fn who_demands_a_witness_accepts_only_what_it_has_signed() {
    let witness = witness();
    let trust = key().witnessed_by(witness.verifier());
    let log = records(&happenings(30));
    let note = sign(&log);
    let line = witness.cosign(&note, TIME).unwrap();
    let cosigned = format!("{note}{line}");
    assert!(verify_dump(dump(&log, &cosigned).as_slice(), &trust, None).is_ok());
    assert!(verify_dump(dump(&log, &cosigned).as_slice(), &key(), None).is_ok());
    let proof = prove(&Plan::inclusion(30, 4).unwrap(), &grow(&log).1);
    let proven = |note: &str| verify_bundle(&bundle(&log[4], 4, &proof, note), &trust);
    assert!(proven(&cosigned).is_ok());

    let older = sign(&log[..29]);
    let impostor = Cosigner::from_seed("witness.example/w1", &[8; 32]).unwrap();
    for (what, line) in [
        ("nobody", String::new()),
        (
            "of another checkpoint",
            witness.cosign(&older, TIME).unwrap(),
        ),
        ("by another key", impostor.cosign(&note, TIME).unwrap()),
        ("at another time", {
            let blob = line.trim_end().rsplit(' ').next().unwrap();
            let mut bytes = BASE64_STANDARD.decode(blob).unwrap();
            bytes[11] ^= 1;
            line.replace(blob, &BASE64_STANDARD.encode(bytes))
        }),
    ] {
        let shown = format!("{note}{line}");
        for failure in [
            verify_dump(dump(&log, &shown).as_slice(), &trust, None).unwrap_err(),
            proven(&shown).unwrap_err(),
        ] {
            assert!(
                matches!(failure, Failure::Unwitnessed { .. }),
                "{what}: {failure}"
            );
        }
    }
    // What was kept earlier was kept by the verifying person, and needs no witness.
    let kept = sign(&log[..9]);
    assert!(verify_dump(dump(&log, &cosigned).as_slice(), &trust, Some(&kept)).is_ok());
}

#[test]
fn the_server_reads_a_cosignature_and_its_key_as_they_are_made_here() {
    let witness = witness();
    let text = witness.verifier().to_string();
    let key: audit_domain::WitnessKey = text.parse().unwrap();
    assert_eq!(key.name(), witness.verifier().name());
    assert_eq!(
        text.parse::<verifier::WitnessKey>().unwrap(),
        witness.verifier()
    );
    let note = signed(30);
    let line = witness.cosign(&note, TIME).unwrap();
    assert_eq!(key.find(&note, &line), Some(line.clone()));
    assert_eq!(key.find(&note, ""), None);
    assert_eq!(key.find(&signed(29), &line), None);
    let impostor = Cosigner::from_seed("witness.example/w1", &[8; 32]).unwrap();
    let both = impostor.cosign(&note, TIME).unwrap() + &line;
    assert_eq!(key.find(&note, &both), Some(line), "others are passed over");
    // A log's key is no witness's, nor the other way round.
    assert!(text.parse::<verifier::VerifierKey>().is_err());
    assert!(text.parse::<audit_domain::VerifierKey>().is_err());
    let log = crate::log::signer().verifier().to_string();
    assert!(log.parse::<verifier::WitnessKey>().is_err());
    assert!(log.parse::<audit_domain::WitnessKey>().is_err());
}
