//! What an earlier playing that was cut off has left, put right before the next one begins.

use std::time::Duration;

use jiff::Timestamp;
use kernel::Clock as _;
use proto::{approvals::v1::Exception, incidents::v1::Incident, instant};
use tokio::time::sleep;

use super::{
    case::Case,
    exception,
    teller::Teller,
    world::{PATIENCE, World},
};
use crate::Failure;

const LOOK: Duration = Duration::from_millis(200);

/// Settles the incidents and the emergency exceptions of earlier playings. One in which something
/// moves may still be played elsewhere, and is left to it.
pub(super) async fn put_right(world: &World, teller: &Teller) -> Result<(), Failure> {
    let mut told = false;
    let (cases, exceptions) = loop {
        let (cases, exceptions) = (Case::open(world).await?, exception::left(world).await?);
        let moved = cases.iter().map(|case| last_step(&case.incident));
        let moved = moved.chain(exceptions.iter().map(last_act)).max();
        let Some(moved) = moved else { return Ok(()) };
        if !told {
            tell(teller, cases.len(), exceptions.len());
            told = true;
        }
        // A playing that runs moves within its patience, or gives up.
        let still = runtime::SystemClock.now().duration_since(moved);
        if Duration::try_from(still).is_ok_and(|still| still > PATIENCE) {
            break (cases, exceptions);
        }
        sleep(LOOK).await;
    };
    for mut case in cases {
        case.settle(world).await?;
    }
    for left in exceptions {
        exception::settle(world, left).await?;
    }
    Ok(())
}

fn tell(teller: &Teller, cases: usize, exceptions: usize) {
    let seconds = PATIENCE.as_secs();
    teller.step(
        &format!(
            "途中で終わった話が残っています（障害 {cases} 件、緊急例外 {exceptions} 件）。{seconds} 秒動きがなければ、片付けてから始めます。"
        ),
        &format!(
            "An earlier playing was left unfinished (incidents: {cases}, emergency exceptions: {exceptions}). When it has not moved for {seconds} s, it is put right first."
        ),
    );
}

fn last_step(incident: &Incident) -> Timestamp {
    let done = incident
        .chain
        .iter()
        .filter_map(|step| step.done_at.as_ref());
    latest(done.chain(&incident.reported_at))
}

fn last_act(exception: &Exception) -> Timestamp {
    let Exception {
        began_at,
        reported_at,
        decided_at,
        ..
    } = exception;
    latest([began_at, reported_at, decided_at].into_iter().flatten())
}

fn latest<'a>(instants: impl Iterator<Item = &'a prost_types::Timestamp>) -> Timestamp {
    let instants = instants.filter_map(instant);
    instants.max().unwrap_or(Timestamp::UNIX_EPOCH)
}
