//! What a person reads first: what was asked, what was found, and how to check it.

use std::collections::BTreeMap;

use proto::audit::v1::{LogEntry, RecordFilter, SearchRecordsRequest};
use sheet::write_csv;

use super::asked::conditions;
use crate::{
    language::Language,
    log::{Row, headings},
};

/// What was asked and found.
pub(super) struct Summary<'a> {
    pub(super) request: &'a SearchRecordsRequest,
    pub(super) entries: &'a [LogEntry],
    /// Leaves of the log looked at.
    pub(super) size: u64,
}

impl Summary<'_> {
    /// As Markdown.
    pub(super) fn told(&self, lang: Language) -> Vec<u8> {
        let mut text = String::new();
        let mut line = |words: String| {
            text.push_str(&words);
            text.push('\n');
        };
        line(lang.pick("# 証跡", "# Evidence").to_owned());
        line(String::new());
        let (count, size) = (self.entries.len(), self.size);
        line(lang.pick(
            format!("監査ログの最初の {size} 件のうち、次の条件に合う {count} 件の記録すべてです。"),
            format!("All {count} records that fit these conditions, of the first {size} of the audit log."),
        ));
        line(String::new());
        for (name, value) in self.conditions(lang) {
            line(format!("- {name}: {}", plain(&value)));
        }
        line(String::new());
        line(lang.pick(
            "検証: `sekisho verify package.zip --key log.vkey`（鍵は、この証跡を渡した者以外から受け取ること）".to_owned(),
            "To check: `sekisho verify package.zip --key log.vkey`, with the key from somebody else than whoever gave you this.".to_owned(),
        ));
        line(String::new());
        line(
            lang.pick("## 出来事の種類", "## Kinds of events")
                .to_owned(),
        );
        line(String::new());
        let mut kinds: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for entry in self.entries {
            *kinds.entry((&entry.r#type, &entry.outcome)).or_default() += 1;
        }
        for ((kind, outcome), count) in kinds {
            line(format!("- {} {}: {count}", plain(kind), plain(outcome)));
        }
        line(String::new());
        line(lang.pick("## 記録", "## Records").to_owned());
        line(String::new());
        let cells = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let heads = headings(lang).map(str::to_owned).to_vec();
        line(cells(heads.clone()));
        line(cells(vec!["---".to_owned(); heads.len()]));
        for entry in self.entries {
            let row = Row::from(entry.clone()).cells();
            line(cells(row.iter().map(|cell| plain(cell)).collect()));
        }
        text.into_bytes()
    }

    /// As a table for Excel.
    pub(super) fn table(&self) -> Vec<u8> {
        let rows = self.entries.iter().cloned();
        let rows: Vec<_> = rows
            .map(|entry| Row::from(entry).cells().to_vec())
            .collect();
        write_csv(&headings(Language::Ja), &rows)
    }

    fn conditions(&self, lang: Language) -> Vec<(&'static str, String)> {
        let asked = self.request.clone();
        let asked = RecordFilter {
            actor: asked.actor,
            subject: asked.subject,
            type_prefix: asked.type_prefix,
            clause: asked.clause,
            system_id: asked.system_id,
            person_id: asked.person_id,
            incident_id: asked.incident_id,
            source: asked.source,
            from_time: asked.from_time,
            to_time: asked.to_time,
        };
        conditions(&asked, lang)
    }
}

/// Text that Markdown shows as it is, whatever a record holds.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => plain.push(' '),
            c if c.is_ascii_punctuation()
                && !matches!(c, '-' | '.' | ':' | '/' | ',' | '(' | ')') =>
            {
                plain.push('\\');
                plain.push(c);
            }
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_of_a_system_and_its_table_say_who_was_denied_8_3_3_2b() {
        let entry = LogEntry {
            actor: "workload/office-proxy".to_owned(),
            outcome: "deny".to_owned(),
            person_ids: vec!["S0073".to_owned()],
            system_ids: vec!["SYS-020".to_owned()],
            ..LogEntry::default()
        };
        let summary = Summary {
            request: &SearchRecordsRequest::default(),
            entries: &[entry],
            size: 7,
        };
        let text = |bytes| String::from_utf8(bytes).expect("text");
        for lang in [Language::Ja, Language::En] {
            let told = text(summary.told(lang));
            assert!(told.contains("| S0073 | SYS-020 | deny |"), "{told}");
        }
        let table = text(summary.table());
        assert!(table.contains(",S0073,SYS-020,deny,"), "{table}");
    }

    #[test]
    fn what_a_record_holds_is_shown_and_not_obeyed() {
        let entry = LogEntry {
            subject: "<img src=x>|\n# [a](b)".to_owned(),
            ..LogEntry::default()
        };
        let summary = Summary {
            request: &SearchRecordsRequest {
                system_id: "SYS-1".to_owned(),
                ..SearchRecordsRequest::default()
            },
            entries: &[entry],
            size: 7,
        };
        for (lang, words) in [
            (Language::Ja, "情報システム: SYS-1"),
            (Language::En, "system: SYS-1"),
        ] {
            let text = String::from_utf8(summary.told(lang)).expect("text");
            assert!(text.contains(words), "{text}");
            assert!(
                text.contains("\\<img src\\=x\\>\\| \\# \\[a\\](b)"),
                "{text}"
            );
        }
    }
}
