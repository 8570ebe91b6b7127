//! A record in a line, in a table of the office, and as JSON.

use jiff::Timestamp;
use proto::{audit::v1::LogEntry, instant};
use serde::Serialize;
use standard::{JST, jst_words};

use crate::language::Language;

/// A record as it is exported.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    index: u64,
    time: Option<Timestamp>,
    logged_at: Option<Timestamp>,
    source: String,
    position: u64,
    #[serde(rename = "type")]
    kind: String,
    actor: String,
    subject: String,
    outcome: String,
    codes: Vec<String>,
    clauses: Vec<String>,
    record_id: String,
    record_hash: String,
}

/// The headings of a table, in the order of [`Row::cells`].
const HEADINGS: [(&str, &str); 13] = [
    ("番号", "index"),
    ("日時", "time"),
    ("受入日時", "logged_at"),
    ("サービス", "source"),
    ("位置", "position"),
    ("出来事", "type"),
    ("行った者", "actor"),
    ("対象", "subject"),
    ("結果", "outcome"),
    ("理由", "codes"),
    ("条項", "clauses"),
    ("記録ID", "record_id"),
    ("ハッシュ", "record_hash"),
];

pub(crate) fn headings(lang: Language) -> [&'static str; 13] {
    HEADINGS.map(|(ja, en)| lang.pick(ja, en))
}

impl From<LogEntry> for Row {
    fn from(entry: LogEntry) -> Self {
        Self {
            index: entry.index,
            time: entry.time.as_ref().and_then(instant),
            logged_at: entry.logged_at.as_ref().and_then(instant),
            source: entry.source,
            position: entry.position,
            kind: entry.r#type,
            actor: entry.actor,
            subject: entry.subject,
            outcome: entry.outcome,
            codes: entry.codes,
            clauses: entry.clauses,
            record_id: entry.record_id,
            record_hash: hex::encode(entry.record_hash),
        }
    }
}

impl Row {
    /// In one line of a terminal.
    pub(super) fn line(&self) -> String {
        let event = self.kind.rsplit('.').next().unwrap_or_default();
        let mut words = vec![
            format!("{:>8}", self.index),
            self.time.map_or_else(String::new, jst_words),
            format!("{event:<24}"),
            self.actor.clone(),
            self.subject.clone(),
            self.outcome.clone(),
            self.codes.join(","),
        ];
        words.retain(|word| !word.is_empty());
        words.join("  ")
    }

    /// For a table.
    pub(crate) fn cells(&self) -> [String; 13] {
        // Of the office's day, and exact.
        let at = |at: Option<Timestamp>| {
            at.map_or_else(String::new, |at| at.display_with_offset(JST).to_string())
        };
        [
            self.index.to_string(),
            at(self.time),
            at(self.logged_at),
            self.source.clone(),
            self.position.to_string(),
            self.kind.clone(),
            self.actor.clone(),
            self.subject.clone(),
            self.outcome.clone(),
            self.codes.join(" "),
            self.clauses.join(" "),
            self.record_id.clone(),
            self.record_hash.clone(),
        ]
    }
}
