//! `sekisho clauses`: what serves each clause of the standard, and what nothing serves yet.

use std::path::PathBuf;

use serde::Serialize;
use standard::{CoverageRow, Mode, Pack, Served, ServiceName, coverage};

use crate::{Failure, language::Language, output::say};

/// Lists the obligations of the clause pack.
#[derive(Debug, clap::Args)]
pub(crate) struct Clauses {
    /// Only clauses of this service.
    #[arg(long)]
    service: Option<ServiceName>,
    /// Only what is, or is to be, served in this way: enforce, workflow, record, schedule, attest. A
    /// clause served in another way only counts as not served.
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
    strength: &'static str,
    served_by: Vec<By>,
    not_yet: Option<String>,
}

/// What serves it, and in which way.
#[derive(Debug, Serialize)]
struct By {
    by: String,
    mode: &'static str,
}

impl Row {
    /// The row as far as it concerns one way of serving, if only that is asked for.
    fn new(row: &CoverageRow<'_>, only: Option<Mode>) -> Option<Self> {
        let clause = row.clause;
        let concerns = |served: &&&Served| only.is_none_or(|mode| served.mode == mode);
        let by = |served: &&Served| By {
            by: served.by.clone(),
            mode: served.mode.as_str(),
        };
        let served_by: Vec<By> = row.served.iter().filter(concerns).map(by).collect();
        if served_by.is_empty() && only.is_some_and(|mode| clause.mode != mode) {
            return None;
        }
        Some(Self {
            clause: clause.id.to_string(),
            title_ja: clause.title_ja.clone(),
            title_en: clause.title_en.clone(),
            service: clause.service.as_str(),
            mode: clause.mode.as_str(),
            strength: clause.strength.as_str(),
            served_by,
            not_yet: row.not_yet.map(str::to_owned),
        })
    }
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
        let coverage = coverage(pack, served);
        let asked = |row: &&CoverageRow<'_>| {
            self.service
                .is_none_or(|service| row.clause.service == service)
        };
        let rows = coverage.rows.iter().filter(asked);
        rows.filter_map(|row| Row::new(row, self.mode)).collect()
    }
}

fn print(rows: &[Row], lang: Language) {
    for row in rows {
        let title = lang.pick(&row.title_ja, &row.title_en);
        let (clause, service, mode) = (&row.clause, row.service, row.mode);
        say!("{clause:<16} {service:<9} {mode:<9} {title}");
        if row.served_by.is_empty() {
            let why = row
                .not_yet
                .as_deref()
                .unwrap_or("nothing serves it in this way");
            let english = format!("not served yet: {why}");
            say!("{:18}― {}", "", lang.pick("未対応", &english));
        }
        for By { by, mode } in &row.served_by {
            say!("{:18}✓ {by} [{mode}]", "");
        }
    }
    let (all, served) = (
        rows.len(),
        rows.iter().filter(|row| !row.served_by.is_empty()).count(),
    );
    let open = all - served;
    say!(
        "\n{}",
        lang.pick(
            format!("{all} 条項のうち、対応 {served}、未対応 {open}"),
            format!("of {all} clauses, {served} are served and {open} are not served yet"),
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

    #[test]
    fn a_clause_is_served_in_a_mode_only_by_what_serves_it_in_that_mode() {
        let pack = Pack::sendai().expect("the pack");
        let clause = pack.clauses().iter().find(|one| one.mode == Mode::Schedule);
        let clause = clause.expect("a clause to be scheduled").id.clone();
        let served = [Served {
            clause: clause.clone(),
            mode: Mode::Record,
            by: "test".to_owned(),
        }];
        let of = |mode| {
            let rows = asked(mode).rows(&pack, &served).into_iter();
            let row = rows.into_iter().find(|row| row.clause == clause.as_str());
            row.map(|row| row.served_by.len())
        };
        assert_eq!(of(None), Some(1));
        assert_eq!(of(Some(Mode::Record)), Some(1));
        assert_eq!(of(Some(Mode::Schedule)), Some(0), "to be, but is not");
        assert_eq!(of(Some(Mode::Attest)), None);
    }

    #[test]
    fn the_json_keeps_its_fields() {
        let pack = Pack::sendai().expect("the pack");
        let rows = asked(None).rows(&pack, &super::served(&pack));
        let text = serde_json::to_value(&rows).expect("JSON");
        let row = &text.as_array().expect("a list")[0];
        let fields: Vec<_> = row.as_object().expect("an object").keys().collect();
        let expected = [
            "clause",
            "mode",
            "not_yet",
            "served_by",
            "service",
            "strength",
            "title_en",
            "title_ja",
        ];
        let mut sorted: Vec<_> = fields.iter().map(|field| field.as_str()).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
    }
}
