//! The log as whoever kept something of it is given it: signed notes, keys, proofs and dumps.

use std::{collections::BTreeMap, sync::LazyLock};

use audit_domain::{Checkpoint, Leaf, SignerKey, Tile, TileKind, Tree};
use verifier::{
    Comparison, Growth, Trust, VerifierKey, Which, Writer, bundle, verify_bundle, verify_dump,
};

use crate::Target;

const ORIGIN: &str = "log.city.example/sekisho";
const WORDS: &[&str] = &[
    "\n",
    "\n\n",
    "— ",
    ORIGIN,
    "+",
    "18446744073709551615",
    "00",
    "index 1\n",
    "c2sp.org/tlog-proof@v1\n",
    "sklog 1 ",
    "\\n",
    "extra ",
    "AAAA",
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "log_checkpoint",
        seeds: || vec![LOG.note.clone().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let ours = Checkpoint::open(text, &LOG.signer.verifier());
            let judges = verifier::Checkpoint::open(text, &LOG.key, Which::Kept);
            if let (Ok(ours), Ok(judges)) = (&ours, &judges) {
                assert_eq!((ours.root.size, ours.root.hash), (judges.size, judges.root));
            }
            ours.is_ok() && judges.is_ok()
        },
    },
    Target {
        name: "log_key",
        seeds: || vec![LOG.signer.verifier().to_string().into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            let ours = text.parse::<audit_domain::VerifierKey>();
            // A secret key is read from a file, by the same rules.
            let _ = format!("PRIVATE+KEY+{text}").parse::<SignerKey>();
            let judges = text.parse::<VerifierKey>();
            ours.is_ok() && judges.is_ok()
        },
    },
    Target {
        name: "log_tile",
        seeds: || {
            let paths = ["0/000", "1/x001/234.p/7", "entries/067.p/8"];
            paths.map(|path| path.as_bytes().to_vec()).to_vec()
        },
        words: &["/", "x", ".p/", "entries", "256", "999", "63"],
        read: |input| {
            let path = std::str::from_utf8(input).unwrap_or_default();
            let Ok(tile) = Tile::parse(path) else {
                return false;
            };
            // Of a log longer than any there will be.
            if tile.is_within(1 << 60) {
                match tile.kind {
                    TileKind::Entries => drop(tile.places()),
                    TileKind::Hashes(_) => drop(tile.nodes()),
                }
            }
            true
        },
    },
    Target {
        name: "log_bundle",
        seeds: || vec![bundle(b"one", 0, &[], &LOG.note).into_bytes()],
        words: WORDS,
        read: |input| {
            let text = std::str::from_utf8(input).unwrap_or_default();
            verify_bundle(text, &LOG.key).is_ok()
        },
    },
    Target {
        name: "log_dump",
        seeds: || vec![LOG.dump.clone()],
        words: WORDS,
        read: |input| {
            let dump = verify_dump(input, &LOG.key, None);
            let kept = verify_dump(input, &LOG.key, Some(&LOG.note));
            dump.is_ok() && kept.is_ok()
        },
    },
    Target {
        name: "log_hashes",
        seeds: || vec![LOG.hashes.to_vec()],
        words: &[],
        read: |input| {
            let tiles = |wanted: Vec<_>| {
                let answers = wanted.into_iter().map(|tile| (tile, input.to_vec()));
                answers.collect::<BTreeMap<_, _>>()
            };
            let growth = Growth::open(&LOG.note, &LOG.key, Some(&LOG.note)).expect("signed");
            let signed = growth.checkpoint().clone();
            let wanted = tiles(growth.tiles().into_iter().collect());
            let grown = growth.verify(&wanted);
            let compared = Comparison::read(LOG.dump.as_slice(), &LOG.key, signed);
            let compared = compared.expect("a file");
            let parting = compared.part(&tiles(compared.tiles()));
            // What leads to the signed root is the leaf that was signed.
            assert_eq!(grown.is_ok(), input == LOG.hashes);
            assert_eq!(parting.is_ok(), input == LOG.hashes);
            let parting = parting.ok().flatten();
            let found = parting.map(|parting| parting.find(input, LOG.dump.as_slice(), &LOG.key));
            grown.is_ok() && matches!(found, Some(Ok(())))
        },
    },
];

static LOG: LazyLock<Log> = LazyLock::new(Log::of_one);

struct Log {
    signer: SignerKey,
    key: Trust,
    note: String,
    dump: Vec<u8>,
    hashes: [u8; 32],
}

impl Log {
    /// Of one record.
    fn of_one() -> Self {
        let signer = SignerKey::from_seed(ORIGIN, &[42; 32]).expect("a name");
        let key = signer.verifier().to_string().parse().expect("a key");
        let mut tree = Tree::default();
        let hashes = Leaf::of(b"one").hash();
        tree.append([hashes]);
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            root: tree.root(),
        };
        let note = checkpoint.sign(&signer).expect("signed");
        let mut writer = Writer::begin(Vec::new(), ORIGIN).expect("begun");
        writer.record(b"one").expect("written");
        let dump = writer.finish(&note).expect("finished");
        Self {
            signer,
            key,
            note,
            dump,
            hashes,
        }
    }
}
