//! `sekisho clauses`: what serves each clause of the standard, and what nothing serves yet.

use std::path::PathBuf;

use serde::Serialize;
use standard::{CoverageRow, Mode, Pack, Served, ServiceName, coverage};

use crate::{Failure, language::Language};

/// Lists the obligations of the clause pack.
#[derive(Debug, clap::Args)]
pub(crate) struct Clauses {
    /// Only clauses of this service.
    #[arg(long)]
    service: Option<ServiceName>,
    /// Only clauses to be served in this way first: enforce, workflow, record, schedule, attest.
    #[arg(long)]
    mode: Option<Mode>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Another city's clause pack.
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Language of the titles.
    #[arg(long, value_enum, default_value_t, env = "SEKISHO_LANG")]
    lang: Language,
}

#[derive(Serialize)]
struct Row {
    clause: String,
    title_ja: String,
    title_en: String,
    service: &'static str,
    mode: &'static str,
    strength: &'static str,
    served_by: Vec<String>,
    not_yet: Option<String>,
}

impl Row {
    fn new(row: &CoverageRow<'_>) -> Self {
        let clause = row.clause;
        let by = |served: &&Served| format!("{} [{}]", served.by, served.mode.as_str());
        Self {
            clause: clause.id.to_string(),
            title_ja: clause.title_ja.clone(),
            title_en: clause.title_en.clone(),
            service: clause.service.as_str(),
            mode: clause.mode.as_str(),
            strength: clause.strength.as_str(),
            served_by: row.served.iter().map(by).collect(),
            not_yet: row.not_yet.map(str::to_owned),
        }
    }
}

impl Clauses {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let pack = match &self.pack {
            Some(dir) => Pack::load(dir),
            None => Pack::sendai(),
        }
        .map_err(Failure::new)?;
        let served = served(&pack);
        let rows: Vec<Row> = coverage(&pack, &served)
            .rows
            .iter()
            .filter(|row| {
                self.service
                    .is_none_or(|service| row.clause.service == service)
            })
            .filter(|row| self.mode.is_none_or(|mode| row.clause.mode == mode))
            .map(Row::new)
            .collect();
        if self.json {
            println!(
                "{}",
                serde_json::to_string_pretty(&rows).map_err(Failure::new)?
            );
        } else {
            self.print(&rows);
        }
        Ok(())
    }

    fn print(&self, rows: &[Row]) {
        for row in rows {
            let title = self.lang.pick(&row.title_ja, &row.title_en);
            println!(
                "{:<16} {:<9} {:<9} {title}",
                row.clause, row.service, row.mode
            );
            if row.served_by.is_empty() {
                let word = self.lang.pick("― まだ実装がありません", "― not served yet");
                let why = row.not_yet.as_deref().unwrap_or_default();
                println!("{:18}{word} {why}", "");
            }
            for by in &row.served_by {
                println!("{:18}✓ {by}", "");
            }
        }
        let served = rows.iter().filter(|row| !row.served_by.is_empty()).count();
        println!(
            "\n{served} / {} {}",
            rows.len(),
            self.lang
                .pick("条項に実装があります。", "clauses are served.")
        );
    }
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
