//! Evidence taken over gRPC is checked by a judge that shares no code with the server.

use std::io::{Cursor, Write as _};

use proto::{
    audit::v1::{
        EvidenceFile, GetInclusionProofRequest, ReadEvidenceRequest, SearchRecordsRequest,
        TakeEvidenceRequest, evidence_client::EvidenceClient,
    },
    identity::v1::AccessOutcome,
};
use sha2::{Digest as _, Sha256};
use standard::Role;
use testkit::{eventually, refused};
use verifier::{PROOF, RECORDS, STATEMENT, verify_package};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::city::{City, at, on_both};

const SUMMARY: (&str, &[u8]) = ("summary.en.md", b"two accesses");

fn about(system: &str, size: u64) -> TakeEvidenceRequest {
    TakeEvidenceRequest {
        fitting: Some(SearchRecordsRequest {
            system_id: system.into(),
            type_prefix: "sekisho.identity.".into(),
            ..SearchRecordsRequest::default()
        }),
        size,
        files: vec![EvidenceFile {
            name: SUMMARY.0.into(),
            sha256: Sha256::digest(SUMMARY.1).to_vec(),
        }],
    }
}

/// The proof of one record, as soon as it is signed for.
async fn proof(city: &City, index: u64, size: Option<u64>) -> Vec<u8> {
    eventually("the proof", async || {
        let request = GetInclusionProofRequest {
            record: at(index),
            tree_size: size,
        };
        let answer = city.auditor().get_inclusion_proof(request).await.ok()?;
        Some(answer.into_inner().bundle.into_bytes())
    })
    .await
}

#[tokio::test]
async fn a_package_of_all_that_fits_passes_and_without_one_of_them_it_does_not_8_3_3_2b() {
    on_both(async |city| {
        city.evaluate("S0008", "SYS-1", AccessOutcome::Allow).await;
        city.evaluate("S0009", "SYS-1", AccessOutcome::Deny).await;
        city.evaluate("S0009", "SYS-2", AccessOutcome::Allow).await;
        let size = city.checkpoint(3).await.size;
        // Younger than the checkpoint: not part of it.
        city.evaluate("S0008", "SYS-1", AccessOutcome::Allow).await;
        let by = |role| EvidenceClient::new(city.process.person("S0001", "1301", &[role]));
        let answer = by(Role::SystemManager)
            .take_evidence(about("SYS-1", size))
            .await;
        assert_eq!(refused(&answer.unwrap_err()).code, "role_missing");
        let reading = |size| ReadEvidenceRequest {
            fitting: about("SYS-1", size).fitting,
            size,
        };
        let answer = by(Role::SystemManager).read_evidence(reading(size)).await;
        assert_eq!(refused(&answer.err().unwrap()).code, "role_missing");
        let unsigned = by(Role::Auditor).read_evidence(reading(size + 100)).await;
        assert_eq!(
            refused(&unsigned.err().unwrap()).code,
            "checkpoint_not_found"
        );
        let unsigned = by(Role::Auditor)
            .take_evidence(about("SYS-1", size + 100))
            .await;
        assert_eq!(refused(&unsigned.unwrap_err()).code, "checkpoint_not_found");
        let taken = by(Role::Auditor).take_evidence(about("SYS-1", size)).await;
        let taken = taken.unwrap().into_inner();
        assert_eq!(taken.indexes.len(), 2);
        let said = eventually("the record of it", async || {
            let request = SearchRecordsRequest {
                subject: taken.evidence_id.clone(),
                ..SearchRecordsRequest::default()
            };
            city.search(request).await.pop()
        })
        .await;
        assert_eq!(said.clauses, ["8-3-(3)-2b"]);
        let mut files = vec![
            (STATEMENT.to_owned(), proof(city, said.index, None).await),
            (SUMMARY.0.to_owned(), SUMMARY.1.to_vec()),
        ];
        for index in &taken.indexes {
            let proof = proof(city, *index, Some(size)).await;
            files.push((format!("{RECORDS}{index}{PROOF}"), proof));
        }
        let key = city.verifier_key().await;
        let zip = |files: &[(String, Vec<u8>)]| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, content) in files {
                zip.start_file(name, SimpleFileOptions::default()).unwrap();
                zip.write_all(content).unwrap();
            }
            zip.finish().unwrap()
        };
        let package = verify_package(zip(&files), &key).unwrap();
        assert_eq!(Vec::from_iter(package.records), taken.indexes);
        assert_eq!(package.size, size);
        files.pop();
        assert!(verify_package(zip(&files), &key).is_err());
    })
    .await;
}
