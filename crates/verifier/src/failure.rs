//! What was found wrong, and where. `Display` is English; every failure has its Japanese sentence.

use std::{fmt, io};

use crate::Hash;

/// Which of the checkpoints in play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one the log or bundle ends with.
    Final,
    /// The one the verifying person kept from earlier.
    Kept,
}

impl Which {
    fn ja(self) -> &'static str {
        match self {
            Self::Final => "末尾のチェックポイント",
            Self::Kept => "手元のチェックポイント",
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Final => "final checkpoint",
            Self::Kept => "kept checkpoint",
        })
    }
}

/// Why the log, a proof or a checkpoint was not accepted. Leaf indexes count from 0.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in each sentence")]
pub enum Failure {
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
    /// Not an Ed25519 verifier key, or its id is not that of the key.
    #[error("not an Ed25519 verifier key")]
    Key,
    /// The first line is not `sklog 1 <origin>`.
    #[error("the file does not begin as a version 1 log dump")]
    Header,
    /// The file is of another log than the key.
    #[error("the file is of {found:?}, the key is of {key:?}")]
    Origin { found: String, key: String },
    /// The file ends before its end mark.
    #[error("the file ends inside leaf {leaf}")]
    Truncated { leaf: u64 },
    /// A record longer than any the format allows.
    #[error("leaf {leaf} claims {length} bytes, more than a record may have")]
    TooLong { leaf: u64, length: u32 },
    /// The note is not signed by the key.
    #[error("the {which} is not signed by this log's key")]
    Unsigned { which: Which },
    /// Signed, but not a checkpoint of this log.
    #[error("the {which} is signed but is not a checkpoint of this log")]
    NotACheckpoint { which: Which },
    /// Signed by a key that had been handed over by then.
    #[error("the {which} of {size} leaves is signed by a key that ended at {until}")]
    Retired { which: Which, size: u64, until: u64 },
    /// A witness that was demanded has not signed.
    #[error("the final checkpoint is not signed by the witness {witness}")]
    Unwitnessed { witness: String },
    /// A hand-over of the log's key does not hold; the first has number 0.
    #[error("hand-over {number} of the log's key: {why}")]
    HandOver { number: usize, why: &'static str },
    /// Leaves were taken away from, or added to, what was signed.
    #[error(
        "the file holds {found} leaves, its checkpoint is for {signed}; no chain is broken: what was taken \
         away or added is at the end of a source, or a leaf that cannot be read"
    )]
    Size { signed: u64, found: u64 },
    /// Some leaf is not what was signed, or not in its place. Where that was found by no record that names
    /// the one before it, `last` are the leaves that none names: the last of each source.
    #[error(
        "the {size} leaves have root {}, their checkpoint signed {}{}",
        hex::encode(found),
        hex::encode(signed),
        look_at(last)
    )]
    Root {
        size: u64,
        signed: Hash,
        found: Hash,
        last: Vec<u64>,
    },
    /// The log is shorter than it once was.
    #[error("the log was rolled back: it had {kept} leaves and now has {now}")]
    RolledBack { kept: u64, now: u64 },
    /// The log has another past than the kept checkpoint signed.
    #[error(
        "the log's past was changed: its first {size} leaves have root {}, the kept checkpoint signed {}",
        hex::encode(found),
        hex::encode(kept)
    )]
    PastChanged { size: u64, kept: Hash, found: Hash },
    /// No proof that the one log is the beginning of the other.
    #[error("the proof does not show that the first {kept} of {now} leaves are unchanged")]
    NoGrowth { kept: u64, now: u64 },
    /// A source's records have a hole. `unread` are leaves before it that cannot be read, and none of them
    /// is the record that it names.
    #[error(
        "leaf {leaf}: {source_name} jumps from position {after} to {found}{}",
        not_named(unread)
    )]
    Gap {
        leaf: u64,
        source_name: String,
        after: u64,
        found: u64,
        unread: Vec<u64>,
    },
    /// A source's position occurs again, or its records are out of order.
    #[error("leaf {leaf}: {source_name} has position {found} again, after position {after}")]
    Repeated {
        leaf: u64,
        source_name: String,
        after: u64,
        found: u64,
    },
    /// A record does not name the one before it: one of the two was changed.
    #[error(
        "{}leaf {leaf}: {source_name} position {position} names {} as the record before it, which (leaf {}) has {}",
        either(*previous_leaf, *leaf), hex::encode(named), leaf_or_none(*previous_leaf), hex::encode(held)
    )]
    ChainBroken {
        leaf: u64,
        source_name: String,
        position: u64,
        named: Hash,
        previous_leaf: Option<u64>,
        held: Hash,
    },
    /// A file and the log part.
    #[error("leaf {leaf} is the first that is not the log's")]
    Parts { leaf: u64 },
    /// A file that holds, and the log, part: its key has signed two pasts.
    #[error(
        "leaf {leaf} is another in the log, and the log's key has signed both: it tells two stories; keep \
         both checkpoints"
    )]
    TwoPasts { leaf: u64 },
    /// A leaf has no record, and the log does not say that it was dropped.
    #[error("leaf {leaf} has no record, and no record of the log says that it was dropped")]
    Unannounced { leaf: u64 },
    /// An evidence package does not hold what it must; an empty name is the package itself.
    #[error("the package is not what was taken: {file}: {why}")]
    Package { file: String, why: &'static str },
    /// A tile is not there, has not as many hashes as its name says, or others than the tree.
    #[error("the tile {path} is missing, not whole or not of this log")]
    Tile { path: String },
    /// A proof bundle is not in its format.
    #[error("the bundle is not in its format: {0}")]
    Bundle(&'static str),
    /// The record is not the one the proof is for, or the proof is wrong.
    #[error("the proof does not show this record at leaf {leaf} of {size}")]
    NotIncluded { leaf: u64, size: u64 },
}

fn leaf_or_none(leaf: Option<u64>) -> String {
    leaf.map_or_else(|| "none".to_owned(), |leaf| leaf.to_string())
}

fn either(previous: Option<u64>, leaf: u64) -> String {
    previous.map_or_else(String::new, |previous| {
        format!("leaf {previous} was changed, or leaf {leaf}'s word of it: ")
    })
}

fn not_named(unread: &[u64]) -> String {
    match unread {
        [] => String::new(),
        unread => format!(
            "; leaf {} cannot be read and is not the record it names: changed, or its word of it",
            listed(unread)
        ),
    }
}

fn look_at(last: &[u64]) -> String {
    match last {
        [] => String::new(),
        last => format!(
            "; no chain is broken, and none covers the last record of each source (leaf {}), the order \
             between sources and the hash of a record that was dropped: one of these was changed",
            listed(last)
        ),
    }
}

fn listed(leaves: &[u64]) -> String {
    let leaves: Vec<_> = leaves.iter().map(ToString::to_string).collect();
    leaves.join(", ")
}

impl Failure {
    /// The sentence in Japanese.
    pub fn message_ja(&self) -> String {
        match self {
            Self::Io(_) => "ファイルを読み取れません。".to_owned(),
            Self::Key => "Ed25519 の検証鍵ではありません。".to_owned(),
            Self::Header => "第1版のログ書出しファイルではありません。".to_owned(),
            Self::Origin { found, key } => {
                format!("ファイルは {found} のログですが、鍵は {key} のものです。")
            }
            Self::Truncated { leaf } => format!("ファイルが {leaf} 番の葉の途中で終わっています。"),
            Self::TooLong { leaf, length } => {
                format!("{leaf} 番の葉の長さ {length} バイトは上限を超えています。")
            }
            Self::Unsigned { which } => {
                format!(
                    "{}に、このログの鍵による正しい署名がありません。",
                    which.ja()
                )
            }
            Self::NotACheckpoint { which } => format!(
                "{}は署名されていますが、このログのチェックポイントではありません。",
                which.ja()
            ),
            Self::Retired { which, size, until } => format!(
                "{}（葉の数 {size}）は、葉の数 {until} で引き継がれた古い鍵で署名されています。",
                which.ja()
            ),
            Self::Unwitnessed { witness } => {
                format!("末尾のチェックポイントに、証人 {witness} の署名がありません。")
            }
            Self::HandOver { number, .. } => {
                format!("{number} 番の鍵の引継ぎが正しくありません。")
            }
            Self::Size { signed, found } => {
                format!(
                    "葉の数が違います（チェックポイント {signed}、ファイル {found}）。どの連鎖も切れていないので、増減したのは情報源の最後の記録か、読めない葉です。"
                )
            }
            Self::Root {
                size,
                signed,
                found,
                last,
            } => {
                let told = format!(
                    "{size} 個の葉のルートハッシュが違います（署名 {}、計算 {}）。",
                    hex::encode(signed),
                    hex::encode(found)
                );
                match last.as_slice() {
                    [] => told,
                    last => format!(
                        "{told}どの連鎖も切れていません。連鎖では確かめられないもの、つまり各情報源の最後の記録（葉 {}）、情報源の間の順序、削除された記録のハッシュのいずれかが変わっています。",
                        listed(last)
                    ),
                }
            }
            Self::RolledBack { kept, now } => {
                format!("ログが巻き戻されています（以前 {kept} 葉、現在 {now} 葉）。")
            }
            Self::PastChanged { size, kept, found } => format!(
                "ログの過去が書き換えられています（先頭 {size} 葉のルートハッシュ: 手元 {}、計算 {}）。",
                hex::encode(kept),
                hex::encode(found)
            ),
            Self::NoGrowth { kept, now } => {
                format!("{now} 葉のうち先頭 {kept} 葉が変わっていないことを証明できません。")
            }
            Self::Gap {
                leaf,
                source_name,
                after,
                found,
                unread,
            } => {
                let told = format!(
                    "{leaf} 番の葉: {source_name} の位置が {after} から {found} に飛んでいます。"
                );
                match unread.as_slice() {
                    [] => told,
                    unread => format!(
                        "{told}読めない葉 {} は、これが指す直前の記録ではありません。どちらかが書き換えられています。",
                        listed(unread)
                    ),
                }
            }
            Self::Repeated {
                leaf,
                source_name,
                after,
                found,
            } => format!(
                "{leaf} 番の葉: {source_name} の位置 {found} が、位置 {after} の後に再び現れました。"
            ),
            Self::ChainBroken {
                leaf,
                source_name,
                position,
                named,
                previous_leaf,
                held,
            } => {
                let told = format!(
                    "{leaf} 番の葉: {source_name} の位置 {position} が指す直前の記録は {} ですが、実際（葉 {}）は {} です。",
                    hex::encode(named),
                    previous_leaf.map_or_else(|| "なし".to_owned(), |leaf| leaf.to_string()),
                    hex::encode(held)
                );
                match previous_leaf {
                    None => told,
                    Some(previous) => format!(
                        "{previous} 番の葉か、それを指す {leaf} 番の葉が書き換えられています。{told}"
                    ),
                }
            }
            Self::Tile { path } => {
                format!("タイル {path} がないか、欠けているか、このログのものではありません。")
            }
            Self::Bundle(_) => "証明ファイルの形式が正しくありません。".to_owned(),
            Self::Package { file, why } => {
                format!("証跡パッケージが取得時のものと異なります: {file}（{why}）")
            }
            Self::Parts { leaf } => {
                format!("ログのものと異なる最初の葉は {leaf} 番です。")
            }
            Self::TwoPasts { leaf } => format!(
                "{leaf} 番の葉がログと異なり、どちらもログの鍵で署名されています。ログは二通りの過去を示しています。両方のチェックポイントを保管してください。"
            ),
            Self::Unannounced { leaf } => {
                format!("{leaf} 番の葉に記録がなく、削除したという記録もありません。")
            }
            Self::NotIncluded { leaf, size } => {
                format!("この記録が {size} 葉のうち {leaf} 番の葉であることを証明できません。")
            }
        }
    }
}
