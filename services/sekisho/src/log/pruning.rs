//! `sekisho log prune` and `holds`: what is over, and what keeps it.

use jiff::Timestamp;
use proto::{
    audit::v1::{
        ListHoldsRequest, PlanPruningRequest, PruneRequest, PruningPlan,
        retention_client::RetentionClient,
    },
    instant, timestamp,
};

use super::fitting;
use crate::{Failure, client::Line, language::Language, output::say};

/// Drops what records say whose period is over and which nothing holds; hashes and proofs stay
/// (docs/retention.md). Without --decide nothing is dropped, and the plan is told.
#[derive(Debug, clap::Args)]
pub(super) struct Prune {
    /// The instant for which periods are judged [default: now].
    #[arg(long, value_parser = fitting::instant)]
    as_of: Option<Timestamp>,
    /// Drop what the plan says. For the CISO.
    #[arg(long)]
    decide: bool,
}

impl Prune {
    pub(super) async fn run(self, line: Line, lang: Language) -> Result<(), Failure> {
        let mut client = RetentionClient::new(line);
        let (mut from_index, mut as_of) = (0, self.as_of.map(timestamp));
        loop {
            let request = PlanPruningRequest { as_of, from_index };
            let answer = client.plan_pruning(request).await?.into_inner();
            let plan = answer
                .plan
                .ok_or_else(|| Failure::unexpected("the answer holds no plan"))?;
            tell(&plan, lang);
            if self.decide && plan.count > 0 {
                let decided = PruneRequest {
                    as_of: plan.as_of,
                    from_index,
                    plan: plan.plan,
                };
                let count = client.prune(decided).await?.into_inner().count;
                say!(
                    "{}",
                    lang.pick(
                        format!("削除しました: {count} 件"),
                        format!("dropped: {count}")
                    )
                );
            }
            let Some(next) = plan.next_index else {
                return Ok(());
            };
            (from_index, as_of) = (next, plan.as_of);
        }
    }
}

fn tell(plan: &PruningPlan, lang: Language) {
    say!(
        "{}",
        lang.pick(
            format!("{} 番から: 期間満了 {} 件", plan.from_index, plan.count),
            format!("from {}: {} are over", plan.from_index, plan.count),
        )
    );
    for (kind, count) in &plan.by_kind {
        say!("  {kind:<48} {count}");
    }
    for (incident, count) in &plan.held {
        let held = lang.pick("保全中", "held by");
        say!("  {held} {incident} {count}");
    }
}

/// The holds in force.
pub(super) async fn holds(line: Line) -> Result<(), Failure> {
    let answer = RetentionClient::new(line)
        .list_holds(ListHoldsRequest {})
        .await?;
    for hold in answer.into_inner().holds {
        let since = hold.since.as_ref().and_then(instant);
        let since = since.map_or_else(String::new, |at| at.to_string());
        let systems = hold.system_ids.join(",");
        say!(
            "{}  {since}  {}  {systems}  {}  {}",
            hold.incident_id,
            hold.held_by,
            hold.person_id,
            hold.reason
        );
    }
    Ok(())
}
