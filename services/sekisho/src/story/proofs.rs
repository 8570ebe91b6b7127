//! Scene 5: the auditor asks for everything that touched a system, and checks it offline.

use proto::audit::v1::{
    Checkpoint, GetConsistencyProofRequest, RecordOrder, SearchRecordsRequest,
    audit_log_client::AuditLogClient,
};
use verifier::{VerifierKey, verify_bundle, verify_growth};

use super::{
    factors::ADVICE,
    teller::{Shown, Teller},
    world::World,
};
use crate::{Failure, log};

/// Records proven one by one.
const PROVEN: usize = 20;

pub(super) async fn play(
    world: &World,
    teller: &mut Teller,
    before: &Checkpoint,
) -> Result<(), Failure> {
    teller.scene(
        "監査人が、市民相談クラウドに関わる記録を求め、手元で検証する",
        "The auditor asks for everything that touched the advice cloud, and verifies it offline",
    );
    let auditor = world.channel("auditor")?;
    let key = log::key(auditor.clone()).await?;
    let key: VerifierKey = key.parse().map_err(Failure::new)?;
    let mut client = AuditLogClient::new(auditor.clone());
    let found = client
        .search_records(SearchRecordsRequest {
            page_size: 500,
            system_id: ADVICE.to_owned(),
            order: RecordOrder::NewestFirst.into(),
            ..SearchRecordsRequest::default()
        })
        .await?
        .into_inner()
        .entries;
    if found.is_empty() {
        return Err(Failure::new(format!("no record names {ADVICE}")));
    }
    teller.step(
        &format!("{} 件の記録がありました。", found.len()),
        &format!("{} records were found.", found.len()),
    );
    let newest = found
        .iter()
        .map(|entry| entry.index)
        .max()
        .unwrap_or_default();
    wait_until_signed(world, newest).await?;
    for entry in found.iter().take(PROVEN) {
        let bundle = log::proof(auditor.clone(), entry.index).await?;
        let proven = verify_bundle(&bundle, &key).map_err(|f| Failure::new(f.to_string()))?;
        let event = entry.r#type.rsplit('.').next().unwrap_or_default();
        teller.show(&Shown {
            decision: format!("✓ {event}"),
            clauses: &entry.clauses,
            log_index: Some(proven.leaf),
        });
    }
    teller.step(
        "話の初めに手元に残したチェックポイントから、過去が書き換えられていないことを確かめます。",
        "Against the checkpoint kept at the beginning: the past is unchanged.",
    );
    let answer = client
        .get_consistency_proof(GetConsistencyProofRequest {
            from_size: before.size,
            to_size: None,
        })
        .await?
        .into_inner();
    let after = answer.checkpoint.unwrap_or_default();
    let hashes = answer
        .hashes
        .into_iter()
        .map(|hash| verifier::Hash::try_from(hash).map_err(|_| Failure::new("a hash has 32 bytes")))
        .collect::<Result<Vec<_>, _>>()?;
    verify_growth(&before.note, &after.note, &hashes, &key)
        .map_err(|failure| Failure::new(failure.to_string()))?;
    teller.show(&Shown {
        decision: format!("✓ {} → {}", before.size, after.size),
        clauses: &["7-1-(4)-3".to_owned()],
        log_index: None,
    });
    Ok(())
}

async fn wait_until_signed(world: &World, index: u64) -> Result<(), Failure> {
    world
        .until("a checkpoint over the newest record", async || {
            let checkpoint = world.checkpoint().await?;
            Ok((checkpoint.size > index).then_some(()))
        })
        .await
}
