//! `sekisho.audit.v1.Analysis`: convert in, ask, convert out.

use std::{pin::Pin, sync::Arc};

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use kernel::Clock;
use proto::{
    audit::v1::{
        self as wire, RecordFilter, ReplayAnalysisResponse,
        analysis_server::{self, AnalysisServer},
    },
    instant,
};
use rpc::{Caller, Fields, next_page_token, status};
use standard::{Pack, pack::AnalysisRule};
use tonic::{Request, Response, Status};

use super::{
    publish,
    replay::{Replay, Step},
};
use crate::{
    library::Library,
    readers::{Asked, DIGESTS, REPLAY, Reading, Recording, accesses},
    store::{analysis::Progress, digest, tree::Growing},
};

/// Most rules named in one request.
const RULES: usize = 100;
/// Longest text of rules, in characters.
const TEXT: usize = 65_536;

/// The handlers.
pub(crate) struct Analysis {
    pub(crate) library: Library,
    pub(crate) recording: Recording,
    pub(crate) pack: Arc<Pack>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The service.
pub(crate) fn service(analysis: Analysis) -> AnalysisServer<Analysis> {
    AnalysisServer::new(analysis)
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl analysis_server::Analysis for Analysis {
    async fn list_analysis_rules(
        &self,
        _: Request<wire::ListAnalysisRulesRequest>,
    ) -> Answer<wire::ListAnalysisRulesResponse> {
        let (db, backend) = (self.library.read(), self.library.backend());
        let progress = Progress::read(db, backend).await;
        let growing = Growing::read(db, backend).await;
        Ok(Response::new(wire::ListAnalysisRulesResponse {
            rules: self.pack.analysis().iter().map(rule).collect(),
            pack_version: self.pack.edition(),
            analysed: progress.map_err(status::unavailable)?.size,
            log_size: growing.map_err(status::unavailable)?.tree.size(),
        }))
    }

    type ReplayAnalysisStream =
        Pin<Box<dyn Stream<Item = Result<ReplayAnalysisResponse, Status>> + Send>>;

    async fn replay_analysis(
        &self,
        request: Request<wire::ReplayAnalysisRequest>,
    ) -> Answer<Self::ReplayAnalysisStream> {
        let (caller, request) = Caller::open(request);
        let (rules, range) = self.asked(&request)?;
        let asked = RecordFilter {
            from_time: request.from_time,
            to_time: request.to_time,
            ..RecordFilter::default()
        };
        let reading = self.reading(&caller, REPLAY, asked)?;
        let (library, pack) = (self.library.clone(), Arc::clone(&self.pack));
        let version = pack.edition();
        let replay = Replay::open(library, pack, rules, range).await;
        let steps = Box::pin(replay.map_err(status::unavailable)?.steps());
        let state = (steps, reading, version);
        let answers = stream::try_unfold(state, async |(mut steps, mut reading, version)| {
            let step = steps.try_next().await.map_err(status::unavailable)?;
            let Some(Step { raised, next, end }) = step else {
                // That nobody would be suspected is an answer too.
                reading.sends(&[]).await?;
                return Ok(None);
            };
            // Who is suspected of what is as good as the record that shows it.
            if let Some((_, leaf)) = &raised {
                reading.sends(std::slice::from_ref(leaf)).await?;
            }
            let raised = raised.map(|(raised, _)| raised);
            let answer = ReplayAnalysisResponse {
                suspicion: raised.map(|raised| publish::suspicion(raised, version.clone())),
                next_index: next,
                to_index: end,
            };
            Ok(Some((answer, (steps, reading, version))))
        });
        Ok(Response::new(answers.boxed()))
    }

    async fn list_log_digests(
        &self,
        request: Request<wire::ListLogDigestsRequest>,
    ) -> Answer<wire::ListLogDigestsResponse> {
        let (caller, request) = Caller::open(request);
        let mut fields = Fields::new();
        let page = fields.page(request.page_size, &request.page_token);
        let before: Option<Option<i64>> = page.after.map(|key| key.parse().ok());
        if before == Some(None) {
            let (en, ja) = (
                "is not a token of an earlier answer",
                "前回の応答で返されたトークンではありません。",
            );
            fields.fail("page_token", "page_token_invalid", en, ja);
        }
        fields.done()?;
        let (db, backend) = (self.library.read(), self.library.backend());
        let before = before.flatten().unwrap_or(i64::MAX);
        let rows = digest::page(db, backend, before, page.size + 1).await;
        let mut rows = rows.map_err(status::unavailable)?;
        let more = rows.len() > page.size as usize;
        rows.truncate(page.size as usize);
        let last = rows.last().filter(|_| more);
        let next_page_token =
            last.map_or_else(String::new, |(at, _)| next_page_token(&at.to_string()));
        let digests: Vec<_> = rows.into_iter().map(|(_, digest)| digest).collect();
        let suspects = digests.iter().flat_map(accesses::suspects_of).collect();
        let mut reading = self.reading(&caller, DIGESTS, RecordFilter::default())?;
        reading.tells_of(suspects).await?;
        Ok(Response::new(wire::ListLogDigestsResponse {
            digests,
            next_page_token,
        }))
    }
}

impl Analysis {
    /// What the caller is going to read of suspicions, to be put on record.
    fn reading(
        &self,
        caller: &Caller,
        way: &'static str,
        filter: RecordFilter,
    ) -> Result<Reading, Status> {
        let Some(reader) = caller.person() else {
            return Err(status::refused(auth::Refused::Missing));
        };
        let asked = Asked {
            way,
            filter,
            recorded: true,
            ..Asked::default()
        };
        let context = caller.context(&*self.clock);
        Ok(self.recording.reading(reader.clone(), context, asked))
    }

    /// The rules to be replayed, and over which part of the log.
    fn asked(
        &self,
        request: &wire::ReplayAnalysisRequest,
    ) -> Result<(Vec<AnalysisRule>, [Option<Timestamp>; 2]), Status> {
        let mut fields = Fields::new();
        let rules = self.rules(&mut fields, &request.rules_toml);
        let wanted = fields.list("rules", &request.rules, 0..=RULES, |fields, id| {
            if !rules.is_empty() && !rules.iter().any(|rule| rule.id == *id) {
                let known: Vec<_> = rules.iter().map(|rule| rule.id.as_str()).collect();
                let en = format!("no such rule; there are: {}", known.join(", "));
                let ja = format!("その規則はありません。規則：{}", known.join("、"));
                fields.fail("", "analysis_rule_unknown", en, ja);
            }
            id.clone()
        });
        let [from, to] = [
            ("from_time", request.from_time.as_ref()),
            ("to_time", request.to_time.as_ref()),
        ]
        .map(|(field, time)| fields.optional_timestamp(field, time));
        let both_good = request.from_time.as_ref().and_then(instant).zip(to);
        if both_good.is_some_and(|(from, to)| to <= from) {
            let (en, ja) = ("is not after from_time", "from_time より後ではありません。");
            fields.fail("to_time", "time_range_empty", en, ja);
        }
        fields.done()?;
        let named = |rule: &AnalysisRule| wanted.is_empty() || wanted.contains(&rule.id);
        Ok((rules.into_iter().filter(named).collect(), [from, to]))
    }

    /// Those in force, or those of a text; none of a text at fault.
    fn rules(&self, fields: &mut Fields, text: &str) -> Vec<AnalysisRule> {
        if text.is_empty() {
            return self.pack.analysis().to_vec();
        }
        // Judged only: what is read is the text as it came, so that its lines are counted as they are.
        fields.long_text("rules_toml", text, 1..=TEXT);
        if !fields.is_good() {
            return Vec::new();
        }
        match self.pack.read_analysis(text) {
            Ok(rules) => rules,
            Err(error) => {
                for problem in error.problems {
                    let ja = format!("規則に誤りがあります：{problem}");
                    let en = problem.to_string();
                    fields.fail("rules_toml", "analysis_rules_invalid", en, ja);
                }
                Vec::new()
            }
        }
    }
}

fn rule(rule: &AnalysisRule) -> wire::AnalysisRule {
    wire::AnalysisRule {
        rule: rule.id.clone(),
        title_ja: rule.title_ja.clone(),
        title_en: rule.title_en.clone(),
        clauses: rule.clauses.iter().map(ToString::to_string).collect(),
        severity: rule.severity.to_string(),
    }
}
