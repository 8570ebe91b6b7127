//! Scene 5: the auditor asks for everything that touched a system, and checks it offline.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use proto::audit::v1::{
    Checkpoint, GetConsistencyProofRequest, LogEntry, RecordOrder, SearchRecordsRequest,
    audit_log_client::AuditLogClient,
};
use verifier::{Trust, verify_bundle, verify_growth};

use super::{
    factors::ADVICE,
    teller::{Shown, Teller, expect},
    world::{Touch, World},
};
use crate::{
    Failure,
    client::Line,
    log::{self, Named},
};

/// Proofs asked for at once.
const AT_ONCE: usize = 8;

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
    let key = verifier_key(world, teller).await?;
    let mut client = AuditLogClient::new(auditor.clone());
    let own = world.touches(ADVICE);
    let found = world
        .until(
            &format!("every record of this story about {ADVICE}"),
            async || {
                let found = everything_about(client.clone(), ADVICE).await?;
                let has = |touch: &Touch| found.iter().any(|entry| is(touch, entry));
                Ok(own.iter().all(has).then_some(found))
            },
        )
        .await?;
    let all = found.len();
    teller.step(
        &format!("{all} 件の記録がありました。この話の {} 件はすべて入っています。{all} 件すべての証明を検証し、この話のものを示します。", own.len()),
        &format!("{all} records were found, among them all {} of this story. The proofs of all {all} are verified; those of this story are shown.", own.len()),
    );
    let newest = found
        .iter()
        .map(|entry| entry.index)
        .max()
        .unwrap_or_default();
    wait_until_signed(world, newest).await?;
    let proofs = found
        .iter()
        .map(|entry| log::proof(auditor.clone(), Named::Index(entry.index), None));
    let mut proofs = stream::iter(proofs).buffered(AT_ONCE);
    let mut shown = found.iter();
    while let (Some(bundle), Some(entry)) = (proofs.try_next().await?, shown.next()) {
        let proven = verify_bundle(&bundle, &key).map_err(|failure| differs(&failure))?;
        expect(
            ("証明された記録の番号", "the index of the record proven"),
            &proven.leaf,
            &entry.index,
        )?;
        if !own.iter().any(|touch| is(touch, entry)) {
            continue;
        }
        let event = entry.r#type.rsplit('.').next().unwrap_or_default();
        teller.show(&Shown {
            decision: format!("✓ {event}"),
            clauses: &entry.clauses,
            log_index: Some(proven.leaf),
        });
    }
    teller.note(format!("✓ {all} / {all}"), format!("✓ {all} / {all}"));
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

/// The log's public key as it lies in the data directory. One that the server gives proves only
/// that the server agrees with itself.
async fn verifier_key(world: &World, teller: &Teller) -> Result<Trust, Failure> {
    let path = world.connection.here.data.join("audit-log.pub");
    let at_hand = path.exists();
    let key = if at_hand {
        std::fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?
    } else {
        log::key(world.channel("auditor")?).await?
    };
    let shown = path.display();
    if at_hand {
        teller.step(
            &format!("検証鍵は、サーバーに聞かず {shown} から読みます。"),
            &format!("The verifier key is read from {shown}, not asked of the server."),
        );
    } else {
        teller.step(
            &format!("{shown} がないので、検証鍵をサーバーに聞きました。本来は別の経路で受け取ります。"),
            &format!("{shown} is not there: the verifier key was asked of the server. It should come another way."),
        );
    }
    key.parse().map_err(Failure::unexpected)
}

/// Whether a record is the one of this touch.
fn is(touch: &Touch, entry: &LogEntry) -> bool {
    entry.r#type == touch.kind && entry.subject == touch.subject
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
