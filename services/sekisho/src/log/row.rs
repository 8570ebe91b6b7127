//! A record in a line, in a table of the office, and as JSON.

use jiff::Timestamp;
use proto::{audit::v1::LogEntry, instant};
use serde::Serialize;
use standard::{JST, jst_words};

use crate::{language::Language, output::harmless};

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
    persons: Vec<String>,
    systems: Vec<String>,
    outcome: String,
    codes: Vec<String>,
    clauses: Vec<String>,
    record_id: String,
    record_hash: String,
}

/// The headings of a table, in the order of [`Row::cells`].
const HEADINGS: [(&str, &str); 15] = [
    ("番号", "index"),
    ("日時", "time"),
    ("受入日時", "logged_at"),
    ("サービス", "source"),
    ("位置", "position"),
    ("出来事", "type"),
    ("行った者", "actor"),
    ("対象", "subject"),
    ("関係者", "persons"),
    ("情報システム", "systems"),
    ("結果", "outcome"),
    ("理由", "codes"),
    ("条項", "clauses"),
    ("記録ID", "record_id"),
    ("ハッシュ", "record_hash"),
];

pub(crate) fn headings(lang: Language) -> [&'static str; 15] {
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
            persons: entry.person_ids,
            systems: entry.system_ids,
            outcome: entry.outcome,
            codes: entry.codes,
            clauses: entry.clauses,
            record_id: entry.record_id,
            record_hash: hex::encode(entry.record_hash),
        }
    }
}

/// As many as a line of a terminal has room for.
fn few(ids: &[String]) -> String {
    match ids {
        [first, second, third, _, ..] => format!("{first},{second},{third},…"),
        all => all.join(","),
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
            few(&self.persons),
            few(&self.systems),
            self.outcome.clone(),
            self.codes.join(","),
        ];
        words.retain(|word| !word.is_empty());
        harmless(&words.join("  "))
    }

    /// For a table.
    pub(crate) fn cells(&self) -> [String; 15] {
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
            self.persons.join(" "),
            self.systems.join(" "),
            self.outcome.clone(),
            self.codes.join(" "),
            self.clauses.join(" "),
            self.record_id.clone(),
            self.record_hash.clone(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An access as it is on record: the checkpoint asked, and the decision has an id of its own.
    fn access(people: &[&str]) -> Row {
        Row::from(LogEntry {
            actor: "workload/office-proxy".to_owned(),
            subject: "01a208c2-a455-7703-bce6-c9ce7d7eeb81".to_owned(),
            outcome: "deny".to_owned(),
            person_ids: people.iter().map(ToString::to_string).collect(),
            system_ids: vec!["SYS-020".to_owned()],
            ..LogEntry::default()
        })
    }

    #[test]
    fn who_accessed_what_is_in_the_table_in_json_and_in_the_line_7_1_4_1() {
        let row = access(&["S0073"]);
        let cells = row.cells();
        for (heading, value) in [("persons", "S0073"), ("systems", "SYS-020")] {
            let headings = headings(Language::En);
            let place = headings.iter().position(|one| *one == heading);
            assert_eq!(cells[place.expect(heading)], value);
        }
        let json = serde_json::to_value(&row).expect("JSON");
        assert_eq!(json["persons"], serde_json::json!(["S0073"]));
        assert_eq!(json["systems"], serde_json::json!(["SYS-020"]));
        let line = row.line();
        assert!(line.contains("  S0073  SYS-020  deny"), "{line}");
    }

    #[test]
    fn a_line_names_a_few_and_a_table_all_of_them() {
        let row = access(&["S0001", "S0002", "S0003", "S0004"]);
        assert!(row.line().contains("S0001,S0002,S0003,…"));
        assert!(row.cells().contains(&"S0001 S0002 S0003 S0004".to_owned()));
    }
}
