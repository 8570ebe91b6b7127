//! `sekisho log rules | replay | digest`: the analysis of the log (docs/analysis.md).

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use proto::{
    audit::v1::{
        ListAnalysisRulesRequest, ListLogDigestsRequest, LogDigest, ReplayAnalysisRequest,
        SourceState, SuspicionRaised, analysis_client::AnalysisClient,
    },
    instant, timestamp,
};
use standard::pack::Severity;

use super::fitting;
use crate::{
    Failure,
    client::Line,
    language::Language,
    output::{aside, say},
};

/// Which rules, over which part of the log.
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// Only this rule. Repeat for several.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// Records logged from then on: 2026-04-01 (Japan) or 2026-04-01T09:00:00+09:00.
    #[arg(long, value_name = "TIME", value_parser = fitting::instant)]
    from: Option<Timestamp>,
    /// Records logged before then.
    #[arg(long, value_name = "TIME", value_parser = fitting::instant)]
    to: Option<Timestamp>,
    /// File with rules to try instead of those in force, in the form of the pack's analysis.toml.
    #[arg(long, value_name = "FILE")]
    rules_file: Option<PathBuf>,
}

/// How many digests.
#[derive(Debug, clap::Args)]
pub(super) struct Digest {
    /// So many of the newest.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=500))]
    last: i32,
}

/// Lists the rules in force, and how far they are in the log.
pub(super) async fn rules(line: Line, lang: Language) -> Result<(), Failure> {
    let mut client = AnalysisClient::new(line);
    let answer = client.list_analysis_rules(ListAnalysisRulesRequest {});
    let answer = answer.await?.into_inner();
    for rule in &answer.rules {
        say!(
            "{:<22} {:<8} {}  [{}]",
            rule.rule,
            severity(&rule.severity, lang),
            lang.pick(&rule.title_ja, &rule.title_en),
            rule.clauses.join(", ")
        );
    }
    let (seen, all, pack) = (answer.analysed, answer.log_size, answer.pack_version);
    say!(
        "{}",
        lang.pick(
            format!("{pack}: ログの記録 {all} 件のうち {seen} 件を見ました。"),
            format!("{pack}: seen {seen} of the log's {all} records.")
        )
    );
    Ok(())
}

impl Replay {
    /// Prints what would have been raised, and how often each rule would have spoken.
    pub(super) async fn run(self, line: Line, lang: Language) -> Result<(), Failure> {
        let rules_toml = match &self.rules_file {
            None => String::new(),
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?
            }
        };
        let request = ReplayAnalysisRequest {
            rules: self.rules,
            from_time: self.from.map(timestamp),
            to_time: self.to.map(timestamp),
            rules_toml,
        };
        let mut client = AnalysisClient::new(line);
        let mut steps = client.replay_analysis(request).await?.into_inner();
        let mut spoke: BTreeMap<String, u64> = BTreeMap::new();
        while let Some(step) = steps.message().await? {
            match step.suspicion {
                Some(suspicion) => {
                    show(&suspicion, lang);
                    *spoke.entry(suspicion.rule).or_default() += 1;
                }
                None => aside(&format!("{} / {}", step.next_index, step.to_index)),
            }
        }
        if spoke.is_empty() {
            let nothing = lang.pick(
                "どの規則も何も言わなかったでしょう。",
                "No rule would have said anything.",
            );
            say!("{nothing}");
        }
        for (rule, times) in spoke {
            let times = lang.pick(format!("{times} 回"), format!("{times} times"));
            say!("{rule:<22} {times}");
        }
        Ok(())
    }
}

fn show(suspicion: &SuspicionRaised, lang: Language) {
    let at = suspicion.seen_at.as_ref().and_then(instant);
    let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let (subject, rule) = (&suspicion.subject, &suspicion.rule);
    let title = lang.pick(&suspicion.title_ja, &suspicion.title_en);
    say!("{at}  {rule}  {subject}  {title}");
    let indexes: Vec<_> = suspicion.log_indexes.iter().map(u64::to_string).collect();
    let records = lang.pick("記録", "records");
    say!("    {}", suspicion.description);
    say!("    {records}: {}", indexes.join(" "));
}

impl Digest {
    /// Prints the newest digests, the newest first.
    pub(super) async fn run(self, line: Line, lang: Language) -> Result<(), Failure> {
        let request = ListLogDigestsRequest {
            page_size: self.last,
            page_token: String::new(),
        };
        let answer = AnalysisClient::new(line).list_log_digests(request).await?;
        let digests = answer.into_inner().digests;
        if digests.is_empty() {
            let none = lang.pick("要約はまだありません。", "There is no digest yet.");
            say!("{none}");
        }
        for digest in &digests {
            summed_up(digest, lang);
        }
        Ok(())
    }
}

fn summed_up(digest: &LogDigest, lang: Language) {
    let at = |time: &Option<_>| {
        let at = time.as_ref().and_then(instant);
        at.map_or_else(|| "-".to_owned(), |at: Timestamp| at.to_string())
    };
    let (from, to) = (at(&digest.from_time), at(&digest.to_time));
    let (records, left) = (digest.records, digest.not_analysed);
    say!(
        "{}",
        lang.pick(
            format!("{from} 〜 {to}: 記録 {records} 件、未分析 {left} 件"),
            format!("{from} - {to}: {records} records, {left} not looked at yet")
        )
    );
    for rule in &digest.rules {
        let title = lang.pick(&rule.title_ja, &rule.title_en);
        let (id, count) = (&rule.rule, rule.suspicions);
        say!(
            "  {id:<22} {count:>6}  {} {title}",
            severity(&rule.severity, lang)
        );
        for subject in &rule.subjects {
            say!("      {:>6}  {}", subject.suspicions, subject.subject);
        }
    }
    for source in &digest.sources {
        let state = match source.state() {
            SourceState::Sound => lang.pick("正常", "sound"),
            SourceState::Overdue => lang.pick("遅延", "overdue"),
            SourceState::Diverged => lang.pick("不一致", "diverged"),
            SourceState::Unspecified => "-",
        };
        let (name, logged, head) = (&source.source, source.logged, source.head);
        say!("  {name:<22} {logged:>6} / {head:<6} {state}");
    }
}

fn severity(word: &str, lang: Language) -> &str {
    match word.parse::<Severity>() {
        Ok(severity) => lang.pick(severity.title_ja(), severity.title_en()),
        Err(_) => word,
    }
}
