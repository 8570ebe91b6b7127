//! What is read here is verified there, by a judge that shares no code with the server (G9).

use proto::audit::v1::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest, GetRecordRequest,
    ReadLeavesRequest, RecordName, SourcePosition, record_name::Name,
};
use testkit::{eventually, refused};
use tonic::Code;
use verifier::{Hash, Writer, verify_bundle, verify_dump, verify_growth};

use crate::city::{City, at, named, on_both};

fn hashes(hashes: &[Vec<u8>]) -> Vec<Hash> {
    hashes
        .iter()
        .map(|hash| hash.as_slice().try_into().unwrap())
        .collect()
}

pub(crate) async fn dump(city: &City, size: u64, note: &str) -> Vec<u8> {
    let key = city.verifier_key().await;
    let mut writer = Writer::begin(Vec::new(), key.name()).unwrap();
    let request = ReadLeavesRequest {
        from_index: 0,
        to_index: Some(size),
    };
    let mut leaves = city
        .auditor()
        .read_leaves(request)
        .await
        .unwrap()
        .into_inner();
    let mut next = 0;
    while let Some(message) = leaves.message().await.unwrap() {
        assert_eq!(message.first_index, next);
        for record in &message.records {
            match message.pruned.get(&next) {
                Some(hash) => writer.pruned(&hash.as_slice().try_into().unwrap()),
                None => writer.record(record),
            }
            .unwrap();
            next += 1;
        }
    }
    writer.finish(note).unwrap()
}

#[tokio::test]
async fn a_dump_taken_over_grpc_passes_the_offline_judge_also_against_a_kept_checkpoint() {
    on_both(async |city| {
        city.retire(0..3).await;
        let kept = city.checkpoint(3).await;
        city.retire(3..20).await;
        let newest = city.checkpoint(20).await;
        let dump = dump(city, newest.size, &newest.note).await;
        let key = city.verifier_key().await;
        let report = verify_dump(dump.as_slice(), &key, Some(&kept.note)).unwrap();
        assert_eq!(report.kept, Some(kept.size));
        assert_eq!(report.sources["/sekisho/ledger"].position, 20);
        assert_eq!(report.checkpoint.root.as_slice(), newest.root_hash);

        let request = GetConsistencyProofRequest {
            from_size: kept.size,
            to_size: Some(newest.size),
        };
        let answer = city
            .auditor()
            .get_consistency_proof(request)
            .await
            .unwrap()
            .into_inner();
        let note = answer.checkpoint.unwrap().note;
        verify_growth(&kept.note, &note, &hashes(&answer.hashes), &key).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_record_is_proven_by_each_of_its_names_and_the_bundle_verifies_offline() {
    on_both(async |city| {
        city.retire(0..9).await;
        let entries = city.records("ledger", 9).await;
        let newest = city.checkpoint(9).await;
        let key = city.verifier_key().await;
        let entry = &entries[6];
        let place = SourcePosition {
            source: "ledger".to_owned(),
            position: entry.position,
        };
        for record in [
            at(entry.index),
            named(Name::SourcePosition(place)),
            named(Name::RecordId(entry.record_id.clone())),
        ] {
            let request = GetInclusionProofRequest {
                record: record.clone(),
                tree_size: Some(newest.size),
            };
            let answer = city
                .auditor()
                .get_inclusion_proof(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(answer.entry.as_ref(), Some(entry));
            let proven = verify_bundle(&answer.bundle, &key).unwrap();
            assert_eq!((proven.leaf, &proven.record), (entry.index, &answer.record));
            assert_eq!(proven.placed.unwrap().position, entry.position);
            let leaf = entry.leaf_hash.as_slice().try_into().unwrap();
            let root = newest.root_hash.as_slice().try_into().unwrap();
            let path = hashes(&answer.hashes);
            assert!(verifier::verify_inclusion(
                entry.index,
                newest.size,
                &leaf,
                &path,
                &root
            ));

            let alone = city.auditor().get_record(GetRecordRequest { record }).await;
            assert_eq!(alone.unwrap().into_inner().record, answer.record);
        }
    })
    .await;
}

#[tokio::test]
async fn the_checkpoint_and_the_key_are_there_as_plain_text() {
    on_both(async |city| {
        city.retire(0..1).await;
        city.checkpoint(1).await;
        let get = async |path: &str| {
            let answer = reqwest::get(format!("{}{path}", city.process.http_uri()))
                .await
                .unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(
                answer.headers()["content-type"],
                "text/plain; charset=utf-8"
            );
            answer.text().await.unwrap()
        };
        let key = get("/log/vkey").await.parse().unwrap();
        let note = get("/log/checkpoint").await;
        let open = verifier::Checkpoint::open(&note, &key, verifier::Which::Kept).unwrap();
        assert!(open.size >= 1);
        let file = city.process.runtime().config.data_dir.join("audit-log.pub");
        assert_eq!(
            std::fs::read_to_string(file).unwrap(),
            get("/log/vkey").await
        );
    })
    .await;
}

#[tokio::test]
async fn a_question_without_an_answer_is_refused_with_its_code() {
    on_both(async |city| {
        let fresh = city
            .auditor()
            .get_checkpoint(GetCheckpointRequest::default())
            .await;
        let fresh = refused(&fresh.unwrap_err());
        assert_eq!(
            (fresh.status, fresh.code.as_str()),
            (Code::FailedPrecondition, "log_not_yet_signed")
        );
        assert!(fresh.retry_after.is_some(), "it says when");
        city.retire(0..2).await;
        let size = city.checkpoint(2).await.size;

        let proof = async |record: Option<RecordName>, tree_size: Option<u64>| {
            let request = GetInclusionProofRequest { record, tree_size };
            refused(
                &city
                    .auditor()
                    .get_inclusion_proof(request)
                    .await
                    .unwrap_err(),
            )
        };
        let growth = async |from_size: u64, to_size: Option<u64>| {
            let request = GetConsistencyProofRequest { from_size, to_size };
            refused(
                &city
                    .auditor()
                    .get_consistency_proof(request)
                    .await
                    .unwrap_err(),
            )
        };
        let huge = u64::MAX;
        for (answer, status, code) in [
            (
                proof(at(10_000), None).await,
                Code::NotFound,
                "record_not_found",
            ),
            (
                proof(at(huge), None).await,
                Code::NotFound,
                "record_not_found",
            ),
            (
                proof(at(0), Some(huge)).await,
                Code::NotFound,
                "checkpoint_not_found",
            ),
            (
                proof(None, None).await,
                Code::InvalidArgument,
                "invalid_fields",
            ),
            (
                proof(Some(RecordName { name: None }), None).await,
                Code::InvalidArgument,
                "invalid_fields",
            ),
            (
                proof(named(Name::RecordId("x".repeat(65))), None).await,
                Code::InvalidArgument,
                "invalid_fields",
            ),
            (
                growth(huge, None).await,
                Code::InvalidArgument,
                "log_size_not_earlier",
            ),
            (
                growth(0, Some(huge)).await,
                Code::NotFound,
                "checkpoint_not_found",
            ),
        ] {
            assert_eq!((answer.status, answer.code.as_str()), (status, code));
            assert!(!answer.ja.is_empty());
        }
        let by_size = GetCheckpointRequest {
            size: Some(size),
            witnesses: 0,
        };
        let again = city
            .auditor()
            .get_checkpoint(by_size)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(again.checkpoint.unwrap().size, size);
    })
    .await;
}

#[tokio::test]
async fn a_record_just_said_is_under_a_checkpoint_soon() {
    on_both(async |city| {
        city.retire(0..1).await;
        city.records("ledger", 1).await;
        let bundle = eventually("its proof", async || {
            let request = GetInclusionProofRequest {
                record: at(0),
                tree_size: None,
            };
            match city.auditor().get_inclusion_proof(request).await {
                Ok(answer) => Some(answer.into_inner().bundle),
                Err(status) => {
                    let code = refused(&status).code;
                    let waiting = ["log_not_yet_signed", "record_not_yet_signed"];
                    assert!(waiting.contains(&code.as_str()), "{code}");
                    None
                }
            }
        })
        .await;
        verify_bundle(&bundle, &city.verifier_key().await).unwrap();
    })
    .await;
}
