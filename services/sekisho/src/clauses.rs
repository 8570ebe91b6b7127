//! `sekisho clauses`: what serves each clause of the standard, by each kind of work it asks for, and what
//! nothing serves yet.

use std::path::PathBuf;

use serde::Serialize;
use standard::{CoverageRow, Extent, Mode, Open, Pack, Served, ServiceName, coverage};

use crate::{Failure, language::Language, output::say};

/// Lists the obligations of the clause pack.
#[derive(Debug, clap::Args)]
pub(crate) struct Clauses {
    /// Only clauses of this service.
    #[arg(long)]
    service: Option<ServiceName>,
    /// Only what is, or is to be, served in this way, first or also: enforce, workflow, record, schedule,
    /// attest. A clause served in another way only counts as not served.
    #[arg(long)]
    mode: Option<Mode>,
    /// As JSON (docs/operating.md).
    #[arg(long)]
    json: bool,
    /// Another city's clause pack.
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

/// A clause as `--json` prints it: fields are added, never renamed or removed.
#[derive(Debug, Serialize)]
struct Row {
    clause: String,
    title_ja: String,
    title_en: String,
    service: &'static str,
    mode: &'static str,
    also: Vec<&'static str>,
    strength: &'static str,
    served_by: Vec<By>,
    not_yet: Vec<NotYet>,
    #[serde(skip)]
    extent: Extent,
}

/// What serves it, and in which way.
#[derive(Debug, Serialize)]
struct By {
    by: String,
    mode: &'static str,
}

/// A way in which it is to be served and is not, and why.
#[derive(Debug, Serialize)]
struct NotYet {
    mode: &'static str,
    reason_ja: String,
    reason_en: String,
}

impl NotYet {
    fn new(open: &Open<'_>) -> Self {
        let (ja, en) = match open.listed {
            Some(listed) => (listed.reason_ja.as_str(), listed.reason_en.as_str()),
            None => (
                "この方式で対応するものがない",
                "nothing serves it in this way",
            ),
        };
        Self {
            mode: open.mode.as_str(),
            reason_ja: ja.to_owned(),
            reason_en: en.to_owned(),
        }
    }
}

impl From<CoverageRow<'_>> for Row {
    fn from(row: CoverageRow<'_>) -> Self {
        let clause = row.clause;
        let served_by = row.served.iter().map(|one| By {
            by: one.by.clone(),
            mode: one.mode.as_str(),
        });
        Self {
            clause: clause.id.to_string(),
            title_ja: clause.title_ja.clone(),
            title_en: clause.title_en.clone(),
            service: clause.service.as_str(),
            mode: clause.mode.as_str(),
            also: clause.also.iter().map(|mode| mode.as_str()).collect(),
            strength: clause.strength.as_str(),
            served_by: served_by.collect(),
            not_yet: row.open.iter().map(NotYet::new).collect(),
            extent: row.extent(),
        }
    }
}

/// The row as far as it concerns one way of serving, if only that is asked for.
fn narrowed(mut row: CoverageRow<'_>, only: Option<Mode>) -> Option<CoverageRow<'_>> {
    if let Some(only) = only {
        row.served.retain(|one| one.mode == only);
        row.open.retain(|one| one.mode == only);
    }
    let concerns = !row.served.is_empty() || !row.open.is_empty();
    concerns.then_some(row)
}

impl Clauses {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let pack = match &self.pack {
            Some(dir) => Pack::load(dir),
            None => Pack::sendai(),
        };
        let pack = pack.map_err(|error| {
            let why = shell::explain(&error);
            Failure::new(
                format!("基準のデータを読み取れません: {why}"),
                format!("the clause pack cannot be read: {why}"),
            )
        })?;
        let rows = self.rows(&pack, &served(&pack));
        if self.json {
            let text = serde_json::to_string_pretty(&rows).map_err(Failure::unexpected)?;
            say!("{text}");
        } else {
            print(&rows, lang);
        }
        Ok(())
    }

    fn rows(&self, pack: &Pack, served: &[Served]) -> Vec<Row> {
        let rows = coverage(pack, served).rows.into_iter();
        let asked = rows.filter(|row| {
            let service = row.clause.service;
            self.service.is_none_or(|asked| service == asked)
        });
        let narrowed = asked.filter_map(|row| narrowed(row, self.mode));
        narrowed.map(Row::from).collect()
    }
}

fn print(rows: &[Row], lang: Language) {
    for row in rows {
        let title = lang.pick(&row.title_ja, &row.title_en);
        let modes: Vec<&str> = std::iter::once(&row.mode)
            .chain(&row.also)
            .copied()
            .collect();
        let (clause, service, modes) = (&row.clause, row.service, modes.join("+"));
        say!("{clause:<16} {service:<9} {modes:<16} {title}");
        for By { by, mode } in &row.served_by {
            say!("{:18}✓ {by} [{mode}]", "");
        }
        for one in &row.not_yet {
            let why = lang.pick(&one.reason_ja, &one.reason_en);
            let open = lang.pick("未対応", "not served yet");
            say!("{:18}― {open}: {why} [{}]", "", one.mode);
        }
    }
    let count = |extent| rows.iter().filter(|row| row.extent == extent).count();
    let [whole, part, nothing] = [Extent::Whole, Extent::Part, Extent::Nothing].map(count);
    let all = rows.len();
    say!(
        "\n{}",
        lang.pick(
            format!("{all} 条項のうち、すべての方式で対応 {whole}、一部の方式で対応 {part}、未対応 {nothing}"),
            format!(
                "of {all} clauses, {whole} are served in every way they ask for, {part} in some, {nothing} not yet"
            ),
        )
    );
}

/// What the services of the platform declare, together.
fn served(pack: &Pack) -> Vec<Served> {
    [
        identity::served(),
        ledger::served(),
        approvals::served(pack),
        incidents::served(),
        audit::served(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mode: Option<Mode>) -> Clauses {
        Clauses {
            service: None,
            mode,
            json: false,
            pack: None,
        }
    }

    /// 2-6-2 asks for a rule, a procedure and a record.
    #[test]
    fn a_clause_is_served_in_a_mode_only_by_what_serves_it_in_that_mode() {
        let pack = Pack::sendai().expect("the pack");
        let served = [Served {
            clause: kernel::ClauseId::known("2-6-2"),
            mode: Mode::Record,
            by: "test".to_owned(),
        }];
        let of = |mode| {
            let rows = asked(mode).rows(&pack, &served);
            let row = rows.into_iter().find(|row| row.clause == "2-6-2")?;
            let not_yet: Vec<_> = row.not_yet.iter().map(|one| one.mode).collect();
            Some((row.extent, row.served_by.len(), not_yet))
        };
        let open = vec!["enforce", "workflow"];
        assert_eq!(of(None), Some((Extent::Part, 1, open)));
        assert_eq!(of(Some(Mode::Record)), Some((Extent::Whole, 1, vec![])));
        let also = Some((Extent::Nothing, 0, vec!["workflow"]));
        assert_eq!(of(Some(Mode::Workflow)), also, "also asked for");
        assert_eq!(of(Some(Mode::Attest)), None, "neither asked for nor served");
    }

    #[test]
    fn the_json_keeps_its_fields() {
        let pack = Pack::sendai().expect("the pack");
        let rows = asked(None).rows(&pack, &super::served(&pack));
        let text = serde_json::to_value(&rows).expect("JSON");
        let fields = |of: &serde_json::Value| -> Vec<String> {
            let object = of.as_object().expect("an object");
            let mut fields: Vec<_> = object.keys().cloned().collect();
            fields.sort_unstable();
            fields
        };
        let rows = text.as_array().expect("a list");
        let expected = [
            "also",
            "clause",
            "mode",
            "not_yet",
            "served_by",
            "service",
            "strength",
            "title_en",
            "title_ja",
        ];
        assert_eq!(fields(&rows[0]), expected);
        let first = |of: &str| rows.iter().find_map(|row| row[of].get(0)).expect("one");
        assert_eq!(fields(first("served_by")), ["by", "mode"]);
        assert_eq!(fields(first("not_yet")), ["mode", "reason_en", "reason_ja"]);
    }
}
