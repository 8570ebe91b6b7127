//! The ways to change a log in its database, and where each must show first.

use audit_domain::{Checkpoint, Leaf, Node, Root, SignerKey, Tree, record_hash};
use sea_orm::{Statement, Value};
use store::Backend;

use crate::signer::check::Unsound;

/// How many ways there are.
pub(super) const WAYS: usize = 20;

/// Nodes in a row of the database.
const CHUNK: usize = 32;

/// Numbers that come in the same order every time (SplitMix64).
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn flip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        let at = self.below(bytes.len() as u64) as usize;
        changed[at] ^= 1 << self.below(8);
        changed
    }
}

/// The log as it was.
pub(super) struct Kept {
    pub(super) records: Vec<Vec<u8>>,
    pub(super) signed: Vec<u64>,
    pub(super) notes: Vec<String>,
    pub(super) chunks: Vec<Vec<u8>>,
    /// Anybody's key, in the log's name.
    pub(super) stranger: SignerKey,
}

/// Something done to the database.
pub(super) struct Change {
    pub(super) what: &'static str,
    pub(super) statements: Vec<Statement>,
    pub(super) expected: Unsound,
}

fn sql(text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(Backend::Sqlite.sea(), text, values)
}

fn number(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn grown(records: &[Vec<u8>]) -> (Tree, Vec<Node>) {
    let mut tree = Tree::default();
    let nodes = tree.append(records.iter().map(|record| Leaf::of(record).hash()));
    (tree, nodes)
}

impl Kept {
    fn leaves(&self) -> u64 {
        self.records.len() as u64
    }

    fn last(&self) -> u64 {
        self.signed[self.signed.len() - 1]
    }

    /// The first checkpoint over a leaf that is signed for.
    fn over(&self, leaf: u64) -> u64 {
        let over = self.signed.iter().find(|size| leaf < **size);
        *over.expect("a leaf that is signed for")
    }

    /// The leaf with which a node came.
    fn leaf_of(&self, node: usize) -> u64 {
        let mut tree = Tree::default();
        let mut count = 0;
        for (leaf, record) in (0..).zip(&self.records) {
            count += tree.append([Leaf::of(record).hash()]).len();
            if node < count {
                return leaf;
            }
        }
        unreachable!("a node of the log")
    }

    /// One change, drawn.
    pub(super) fn change(&self, draw: &mut Draw) -> Change {
        match draw.below(WAYS as u64) {
            0 => self.flipped_record(draw),
            1 => self.deleted(draw),
            2 => self.swapped(draw),
            3 => self.inserted(draw),
            4 => self.truncated(draw),
            5 => self.record_replaced(draw),
            6 => self.flipped_node(draw),
            7 => self.nodes_deleted(draw),
            8 => self.nodes_swapped(draw),
            9 => self.flipped_end(draw),
            10 => self.rolled_back(draw),
            11 => self.forked(draw, false),
            12 => self.forked(draw, true),
            13 => self.flipped_root(draw),
            14 => self.flipped_note(draw),
            15 => self.dropped(draw),
            16 => self.other_source(draw),
            17 => self.other_position(draw),
            18 => self.other_time(draw),
            _ => self.forged_checkpoint(draw),
        }
    }

    fn write(&self, leaf: u64, record: Vec<u8>) -> Statement {
        let update = "UPDATE leaf SET record = $1 WHERE idx = $2";
        sql(update, [record.into(), number(leaf)])
    }

    fn flipped_record(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let record = draw.flip(&self.records[leaf as usize]);
        Change {
            what: "a record's bit flipped",
            statements: vec![self.write(leaf, record)],
            expected: Unsound::OtherLeaf(leaf),
        }
    }

    fn record_replaced(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let other = (leaf + 1 + draw.below(self.leaves() - 1)) % self.leaves();
        Change {
            what: "a record replaced by another",
            statements: vec![self.write(leaf, self.records[other as usize].clone())],
            expected: Unsound::OtherLeaf(leaf),
        }
    }

    fn deleted(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let delete = sql("DELETE FROM leaf WHERE idx = $1", [number(leaf)]);
        Change {
            what: "a leaf deleted",
            statements: vec![delete],
            expected: Unsound::OtherLeaf(leaf),
        }
    }

    fn swapped(&self, draw: &mut Draw) -> Change {
        let one = draw.below(self.leaves() - 1);
        let two = one + 1 + draw.below(self.leaves() - one - 1);
        let (first, second) = (&self.records[one as usize], &self.records[two as usize]);
        Change {
            what: "two records swapped",
            statements: vec![
                self.write(one, second.clone()),
                self.write(two, first.clone()),
            ],
            expected: Unsound::OtherLeaf(one),
        }
    }

    fn inserted(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let shift = "UPDATE leaf SET idx = -(idx + 2) WHERE idx >= $1";
        let back = "UPDATE leaf SET idx = -idx - 1 WHERE idx < 0";
        let insert = "INSERT INTO leaf (idx, source, position, logged_at, record) \
             VALUES ($1, 'forged', 1, 0, $2)";
        Change {
            what: "a leaf inserted",
            statements: vec![
                sql(shift, [number(leaf)]),
                sql(back, []),
                sql(insert, [number(leaf), b"forged".to_vec().into()]),
            ],
            expected: Unsound::OtherLeaf(leaf),
        }
    }

    fn truncated(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let delete = sql("DELETE FROM leaf WHERE idx >= $1", [number(leaf)]);
        Change {
            what: "leaves cut off",
            statements: vec![delete],
            expected: Unsound::OtherLeaf(leaf),
        }
    }

    fn flipped_node(&self, draw: &mut Draw) -> Change {
        let chunk = draw.below(self.chunks.len() as u64);
        let at = draw.below((CHUNK * 32) as u64) as usize;
        let mut hashes = self.chunks[chunk as usize].clone();
        hashes[at] ^= 1 << draw.below(8);
        let update = "UPDATE node SET hashes = $1 WHERE chunk = $2";
        Change {
            what: "a node's bit flipped",
            statements: vec![sql(update, [hashes.into(), number(chunk)])],
            expected: Unsound::OtherLeaf(self.leaf_of(chunk as usize * CHUNK + at / 32)),
        }
    }

    /// As pruning leaves it, but nobody decided that.
    fn dropped(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let hash = record_hash(&self.records[leaf as usize]);
        let update = "UPDATE leaf SET record = $1, pruned = $2 WHERE idx = $3";
        let values = [Vec::<u8>::new().into(), hash.to_vec().into(), number(leaf)];
        Change {
            what: "a record dropped as if it were over",
            statements: vec![sql(update, values)],
            expected: Unsound::Unannounced(leaf),
        }
    }

    fn other_source(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let update = "UPDATE leaf SET source = 'incidents' WHERE idx = $1";
        Change {
            what: "a leaf said to be of another source",
            statements: vec![sql(update, [number(leaf)])],
            expected: Unsound::OtherRow(leaf),
        }
    }

    fn other_position(&self, draw: &mut Draw) -> Change {
        let leaf = draw.below(self.leaves());
        let update = "UPDATE leaf SET position = position + $1 WHERE idx = $2";
        let by = number(self.leaves() + draw.below(1_000));
        Change {
            what: "a leaf said to be elsewhere in its source",
            statements: vec![sql(update, [by, number(leaf)])],
            expected: Unsound::OtherRow(leaf),
        }
    }

    /// Between its neighbours nothing tells when a leaf was taken in: earlier than those it cannot be.
    fn other_time(&self, draw: &mut Draw) -> Change {
        let leaf = 1 + draw.below(self.leaves() - 1);
        let update = "UPDATE leaf SET logged_at = logged_at - $1 WHERE idx = $2";
        let by = number(1 + draw.below(1_000_000_000));
        Change {
            what: "a leaf said to be taken in earlier",
            statements: vec![sql(update, [by, number(leaf)])],
            expected: Unsound::OtherRow(leaf),
        }
    }

    fn nodes_deleted(&self, draw: &mut Draw) -> Change {
        let chunk = draw.below(self.chunks.len() as u64);
        let delete = sql("DELETE FROM node WHERE chunk = $1", [number(chunk)]);
        Change {
            what: "nodes deleted",
            statements: vec![delete],
            expected: Unsound::OtherLeaf(self.leaf_of(chunk as usize * CHUNK)),
        }
    }

    fn nodes_swapped(&self, draw: &mut Draw) -> Change {
        let one = draw.below(self.chunks.len() as u64 - 1);
        let two = one + 1 + draw.below(self.chunks.len() as u64 - one - 1);
        let update = "UPDATE node SET hashes = $1 WHERE chunk = $2";
        let put = |chunk: u64, from: u64| {
            let hashes = self.chunks[from as usize].clone();
            sql(update, [hashes.into(), number(chunk)])
        };
        Change {
            what: "nodes swapped",
            statements: vec![put(one, two), put(two, one)],
            expected: Unsound::OtherLeaf(self.leaf_of(one as usize * CHUNK)),
        }
    }

    /// The row from which the tree grows on.
    fn flipped_end(&self, draw: &mut Draw) -> Change {
        let (tree, _) = grown(&self.records);
        let frontier = draw.flip(&tree.frontier().concat());
        Change {
            what: "the growing end flipped",
            statements: vec![sql("UPDATE log SET frontier = $1", [frontier.into()])],
            expected: Unsound::OtherRoot(self.leaves()),
        }
    }

    fn end(tree: &Tree, nodes: &[Node]) -> Statement {
        let tail: Vec<u8> = nodes[nodes.len() - nodes.len() % CHUNK..]
            .iter()
            .flat_map(|node| node.hash)
            .collect();
        let update = "UPDATE log SET size = $1, frontier = $2, tail = $3";
        let frontier = tree.frontier().concat();
        sql(update, [number(tree.size()), frontier.into(), tail.into()])
    }

    fn rolled_back(&self, draw: &mut Draw) -> Change {
        let size = draw.below(self.last());
        let (tree, nodes) = grown(&self.records[..size as usize]);
        let delete = sql("DELETE FROM leaf WHERE idx >= $1", [number(size)]);
        Change {
            what: "rolled back behind a checkpoint",
            statements: vec![Self::end(&tree, &nodes), delete],
            expected: Unsound::Shorter {
                signed: self.last(),
                found: size,
            },
        }
    }

    /// A story that fits together: records, nodes and the growing end, and with luck a forged root
    /// beside the true signature.
    fn forked(&self, draw: &mut Draw, root_too: bool) -> Change {
        let leaf = draw.below(self.last());
        let mut records = self.records.clone();
        records[leaf as usize] = draw.flip(&records[leaf as usize]);
        let (tree, nodes) = grown(&records);
        let mut statements = vec![
            self.write(leaf, records[leaf as usize].clone()),
            Self::end(&tree, &nodes),
        ];
        let update = "UPDATE node SET hashes = $1 WHERE chunk = $2";
        for (chunk, nodes) in (0..).zip(nodes.chunks_exact(CHUNK)) {
            let hashes: Vec<u8> = nodes.iter().flat_map(|node| node.hash).collect();
            statements.push(sql(update, [hashes.into(), number(chunk)]));
        }
        let shows = self.over(leaf);
        if root_too {
            for size in self.signed.iter().filter(|size| leaf < **size) {
                let (then, _) = grown(&records[..*size as usize]);
                let root = then.root().hash.to_vec();
                let update = "UPDATE checkpoint SET root = $1 WHERE size = $2";
                statements.push(sql(update, [root.into(), number(*size)]));
            }
        }
        // The newest checkpoint is read before anything else.
        let shows = if root_too { self.last() } else { shows };
        Change {
            what: match root_too {
                false => "forked",
                true => "forked, and the checkpoints' roots with it",
            },
            statements,
            expected: Unsound::OtherRoot(shows),
        }
    }

    fn flipped_root(&self, draw: &mut Draw) -> Change {
        let at = draw.below(self.signed.len() as u64) as usize;
        let size = self.signed[at];
        let (tree, _) = grown(&self.records[..size as usize]);
        let root = draw.flip(&tree.root().hash);
        let update = "UPDATE checkpoint SET root = $1 WHERE size = $2";
        Change {
            what: "a checkpoint's root flipped",
            statements: vec![sql(update, [root.into(), number(size)])],
            expected: Unsound::OtherRoot(size),
        }
    }

    fn flipped_note(&self, draw: &mut Draw) -> Change {
        let at = draw.below(self.signed.len() as u64) as usize;
        let size = self.signed[at];
        let note = loop {
            // What is no text is no note the database holds.
            if let Ok(note) = String::from_utf8(draw.flip(self.notes[at].as_bytes())) {
                break note;
            }
        };
        let update = "UPDATE checkpoint SET note = $1 WHERE size = $2";
        Change {
            what: "a checkpoint's note flipped",
            statements: vec![sql(update, [note.into(), number(size)])],
            expected: Unsound::OtherKey(size),
        }
    }

    /// By another key, of a size that was never signed for.
    fn forged_checkpoint(&self, draw: &mut Draw) -> Change {
        let size = loop {
            let size = 1 + draw.below(2 * self.leaves());
            if !self.signed.contains(&size) {
                break size;
            }
        };
        let mut hash = [0; 32];
        hash[0] = draw.below(256) as u8;
        let root = Root { size, hash };
        let checkpoint = Checkpoint {
            origin: self.stranger.name().to_owned(),
            root,
        };
        let note = checkpoint.sign(&self.stranger).expect("signed");
        let insert = "INSERT INTO checkpoint (size, root, note, at) VALUES ($1, $2, $3, 0)";
        Change {
            what: "a checkpoint forged",
            statements: vec![sql(
                insert,
                [number(size), hash.to_vec().into(), note.into()],
            )],
            expected: Unsound::OtherKey(size),
        }
    }
}
