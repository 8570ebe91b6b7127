//! Audit's own journal was put back, or tells another history. Audit tells of every other service that
//! this happened to, and cannot know it of itself: whoever heard it before does (7-1-(4)-3).

use bus::{Contradiction, Trouble};
use standard::ServiceName;
use store::Unit;

use super::{
    machine::{self, Sign},
    suspicions::PROTECTION,
};
use crate::{desk::Desk, store::Incidents};

/// Opens one incident for each place from which on the history is another one.
pub(super) async fn open(
    desk: &Desk,
    unit: &mut Unit,
    contradiction: Contradiction,
) -> Result<(), Trouble> {
    let id = format!("{}-after-{}", ServiceName::Audit, contradiction.handled());
    let (known, _) = unit.load::<Incidents>(&id).await?;
    // After a restart it is found again, and its head may be another one by then.
    if known.report.is_some() {
        return Ok(());
    }
    let now = unit.context().now;
    machine::open_as(desk, unit, &id, now, sign(contradiction)).await
}

fn sign(contradiction: Contradiction) -> Sign {
    let source = ServiceName::Audit.title_ja();
    let description = match contradiction {
        Contradiction::HeadWentBack { head, handled } => format!(
            "{source}の記録は位置{head}で終わりますが、位置{handled}まで受け取っています（head_went_back）。古いバックアップから戻していないか確かめてください。"
        ),
        Contradiction::HistoryChanged { position } => format!(
            "{source}の位置{position}の記録が、受け取った記録に続いていません（chain_broken）。"
        ),
    };
    Sign {
        title: format!("記録の不整合（{source}）"),
        person: None,
        system: None,
        description,
        clause: PROTECTION,
    }
}
