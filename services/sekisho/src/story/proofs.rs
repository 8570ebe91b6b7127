//! Scene 5: the auditor asks for everything that touched a system, and checks it offline.

use proto::audit::v1::{
    Checkpoint, GetConsistencyProofRequest, LogEntry, RecordOrder, SearchRecordsRequest,
    audit_log_client::AuditLogClient,
};
use verifier::{VerifierKey, verify_bundle, verify_growth};

use super::{
    factors::ADVICE,
    teller::{Shown, Teller},
    world::{Touch, World},
};
use crate::{Failure, client::Line, log};

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
    let key: VerifierKey = key.parse().map_err(Failure::unexpected)?;
    let mut client = AuditLogClient::new(auditor.clone());
    let own = world.touches(ADVICE);
    let found = world
        .until(
            &format!("every record of this story about {ADVICE}"),
            async || {
                let found = everything_about(client.clone(), ADVICE).await?;
                let has = |touch: &Touch| {
                    let is = |entry: &LogEntry| {
                        entry.r#type == touch.kind && entry.subject == touch.subject
                    };
                    found.iter().any(is)
                };
                Ok(own.iter().all(has).then_some(found))
            },
        )
        .await?;
    let (all, own) = (found.len(), own.len());
    let proven = all.min(PROVEN);
    teller.step(
        &format!("{all} 件の記録がありました。この話の {own} 件はすべて入っています。新しい {proven} 件の証明を検証します（{proven} / {all}）。"),
        &format!("{all} records were found, among them all {own} of this story. The newest are proven: {proven} of {all}."),
    );
    let newest = found
        .iter()
        .map(|entry| entry.index)
        .max()
        .unwrap_or_default();
    wait_until_signed(world, newest).await?;
    for entry in found.iter().take(PROVEN) {
        let bundle = log::proof(auditor.clone(), entry.index).await?;
        let proven = verify_bundle(&bundle, &key).map_err(|failure| differs(&failure))?;
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
        .map(|hash| {
            verifier::Hash::try_from(hash).map_err(|_| Failure::unexpected("a hash has 32 bytes"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    verify_growth(&before.note, &after.note, &hashes, &key).map_err(|failure| differs(&failure))?;
    teller.show(&Shown {
        decision: format!("✓ {} → {}", before.size, after.size),
        clauses: &["7-1-(4)-3".to_owned()],
        log_index: None,
    });
    Ok(())
}

/// Every record that names a system, the newest first.
async fn everything_about(
    mut client: AuditLogClient<Line>,
    system: &str,
) -> Result<Vec<LogEntry>, Failure> {
    let mut request = SearchRecordsRequest {
        page_size: 500,
        system_id: system.to_owned(),
        order: RecordOrder::NewestFirst.into(),
        ..SearchRecordsRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let page = client.search_records(request.clone()).await?.into_inner();
        found.extend(page.entries);
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        request.page_token = page.next_page_token;
    }
}

/// The log is not what it was, or not what it says.
fn differs(failure: &verifier::Failure) -> Failure {
    Failure::new(failure.message_ja(), failure.to_string())
}

async fn wait_until_signed(world: &World, index: u64) -> Result<(), Failure> {
    world
        .until("a checkpoint over the newest record", async || {
            let checkpoint = world.checkpoint().await?;
            Ok((checkpoint.size > index).then_some(()))
        })
        .await
}
