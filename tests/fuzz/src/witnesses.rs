//! What witnesses and the holder of a log's key are asked, what witnesses answer, and the notes by which
//! one key of a log follows another: they come from whoever sends them.

use std::sync::LazyLock;

use audit_domain::{Checkpoint, Continuation, HandOver, Leaf, Root, SignerKey, Tree};
use verifier::{Cosigner, Submission, Trust};

use crate::Target;

const ORIGIN: &str = "log.city.example/sekisho";
const WORDS: &[&str] = &[
    "\n",
    "\n\n",
    "— ",
    ORIGIN,
    "witness.example/w1",
    "+",
    "old 0\n",
    "old 1\n",
    "18446744073709551615",
    "sekisho-hand-over/1\n",
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    "AAAA",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "log_hand_over",
        seeds: || vec![LOG.hand_overs.clone().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let ours = HandOver::open(text, &LOG.second.verifier());
            let judges = text_of(&LOG.first).parse::<Trust>();
            let judges = judges.expect("a key").follow(text);
            let file = format!("{}\n{text}", text_of(&LOG.first)).parse::<Trust>();
            assert_eq!(
                judges.is_ok(),
                file.is_ok(),
                "a file with the key says the same"
            );
            ours.is_ok() && judges.is_ok()
        },
    },
    Target {
        name: "witness_key",
        seeds: || vec![LOG.witness.verifier().to_string().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let ours = text.parse::<audit_domain::WitnessKey>();
            // A secret key is read from a file, by the same rules.
            let _ = format!("PRIVATE+KEY+{text}").parse::<Cosigner>();
            let judges = text.parse::<verifier::WitnessKey>();
            ours.is_ok() && judges.is_ok()
        },
    },
    Target {
        name: "witness_request",
        seeds: || vec![LOG.request.clone().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let Ok(submission) = Submission::parse(text) else {
                return false;
            };
            let trust = text_of(&LOG.first).parse().expect("a key");
            let judged = submission.judge(&trust, None);
            if judged.is_ok() {
                let line = LOG.witness.cosign(submission.note(), 0);
                assert!(line.is_some(), "what is judged good can be signed");
            }
            judged.is_ok() && submission.origin() == ORIGIN
        },
    },
    Target {
        name: "witness_answer",
        seeds: || vec![LOG.answer.clone().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = String::from_utf8_lossy(input);
            let key = LOG.witness.verifier().to_string();
            let key: audit_domain::WitnessKey = key.parse().expect("a key");
            key.find(&LOG.note, &text).is_some()
        },
    },
    Target {
        name: "signing_request",
        seeds: || vec![LOG.signing.clone().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let Ok(asked) = Continuation::parse(text) else {
                return false;
            };
            assert_eq!(asked.text().as_deref(), Ok(text), "it has one text only");
            let nothing = checkpoint(Tree::default().root());
            let judged = asked.judge(&nothing);
            if judged.is_ok() {
                let note = asked.checkpoint.sign(&LOG.first);
                assert!(note.is_ok(), "what is judged good can be signed");
            }
            judged.is_ok()
        },
    },
];

static LOG: LazyLock<Log> = LazyLock::new(Log::of_one);

struct Log {
    first: SignerKey,
    second: SignerKey,
    witness: Cosigner,
    note: String,
    hand_overs: String,
    request: String,
    answer: String,
    signing: String,
}

impl Log {
    /// Of one record, with two keys and a witness.
    fn of_one() -> Self {
        let key = |seed| SignerKey::from_seed(ORIGIN, &[seed; 32]).expect("a name");
        let (first, second) = (key(42), key(43));
        let witness = Cosigner::from_seed("witness.example/w1", &[7; 32]).expect("a name");
        let mut tree = Tree::default();
        tree.append([Leaf::of(b"one").hash()]);
        let root: Root = tree.root();
        let note = checkpoint(root).sign(&first).expect("signed");
        let asked = Continuation {
            old: 0,
            proof: Vec::new(),
            checkpoint: checkpoint(root),
        };
        Self {
            hand_overs: HandOver::sign(root, &first, &second).expect("signed"),
            request: format!("old 0\n\n{note}"),
            signing: asked.text().expect("an origin"),
            answer: witness.cosign(&note, 1).expect("signed"),
            first,
            second,
            witness,
            note,
        }
    }
}

fn checkpoint(root: Root) -> Checkpoint {
    let origin = ORIGIN.to_owned();
    Checkpoint { origin, root }
}

fn text_of(key: &SignerKey) -> String {
    key.verifier().to_string()
}
