//! Who may ask what: records for the few, proofs for everyone on the staff, nothing for strangers.

use proto::audit::v1::{
    ExportRecordsRequest, GetCheckpointRequest, GetConsistencyProofRequest, GetRecordRequest,
    GetVerifierKeyRequest, ListSourcesRequest, ReadLeavesRequest, SearchRecordsRequest,
    StreamRecordsRequest, audit_log_client::AuditLogClient,
};
use standard::{Role, ServiceName};
use testkit::refused;
use tonic::{Code, Status};

use crate::city::{Client, at, on_both};

/// What each RPC that shows the log as a whole answers.
async fn whole(mut log: Client) -> Vec<Result<(), Status>> {
    vec![
        log.read_leaves(ReadLeavesRequest::default())
            .await
            .map(drop),
        log.list_sources(ListSourcesRequest {}).await.map(drop),
    ]
}

/// What each RPC that shows records answers.
async fn readings(mut log: Client) -> Vec<Result<(), Status>> {
    vec![
        log.search_records(SearchRecordsRequest::default())
            .await
            .map(drop),
        log.get_record(GetRecordRequest { record: at(0) })
            .await
            .map(drop),
        log.export_records(ExportRecordsRequest::default())
            .await
            .map(drop),
        log.stream_records(StreamRecordsRequest::default())
            .await
            .map(drop),
    ]
}

#[tokio::test]
async fn the_log_as_a_whole_is_for_auditor_ciso_and_csirt_only() {
    on_both(async |city| {
        city.retire(0..1).await;
        city.checkpoint(1).await;
        use Role::{
            Auditor, BureauManager, Ciso, CsirtChief, CsirtManager, CsirtStaff, InformationManager,
            NetworkManager, Staff, SystemManager,
        };
        for role in [Auditor, Ciso, CsirtChief, CsirtStaff] {
            let mut answers = whole(city.by(role)).await;
            answers.extend(readings(city.by(role)).await);
            for answer in answers {
                assert!(answer.is_ok(), "{role}: {answer:?}");
            }
        }
        for role in [
            Staff,
            BureauManager,
            CsirtManager,
            InformationManager,
            SystemManager,
            NetworkManager,
        ] {
            for answer in whole(city.by(role)).await {
                let refused = refused(&answer.unwrap_err());
                assert_eq!(refused.code, "role_missing", "{role}");
                assert_eq!(refused.clauses, ["7-2-(3)-2"]);
            }
        }
        let process = &city.process;
        for (channel, expected) in [
            (process.anonymous(), Code::Unauthenticated),
            (process.workload("vdi-gateway"), Code::PermissionDenied),
            (process.service(ServiceName::Ledger), Code::PermissionDenied),
        ] {
            let client = AuditLogClient::new(channel);
            let mut answers = whole(client.clone()).await;
            answers.extend(readings(client).await);
            for answer in answers {
                assert_eq!(answer.unwrap_err().code(), expected);
            }
        }
    })
    .await;
}

/// A stolen password reads what its owner did, and not what the city did.
#[tokio::test]
async fn whoever_reads_by_a_post_has_verified_two_categories_3_4_1_1() {
    on_both(async |city| {
        city.retire(0..1).await;
        city.checkpoint(1).await;
        let by = |role| {
            let channel = city.process.weak_person("S0001", "tax", &[role]);
            AuditLogClient::new(channel)
        };
        for role in [Role::Auditor, Role::Ciso] {
            let mut answers = whole(by(role)).await;
            answers.extend(readings(by(role)).await);
            for answer in answers {
                let refused = refused(&answer.unwrap_err());
                assert_eq!(refused.code, "insufficient_user_authentication", "{role}");
                assert_eq!(refused.challenge[0], "urn:sekisho:aal2", "{role}");
            }
        }
        let mut own = by(Role::Staff);
        let found = own.search_records(SearchRecordsRequest::default()).await;
        found.expect("one's own go with one");
    })
    .await;
}

#[tokio::test]
async fn everybody_may_keep_checkpoints_and_the_staff_check_that_the_log_only_grew() {
    on_both(async |city| {
        city.retire(0..2).await;
        city.checkpoint(2).await;
        let mut nobody = AuditLogClient::new(city.process.anonymous());
        nobody
            .get_checkpoint(GetCheckpointRequest::default())
            .await
            .unwrap();
        nobody
            .get_verifier_key(GetVerifierKeyRequest {})
            .await
            .unwrap();
        let growth = GetConsistencyProofRequest {
            from_size: 1,
            to_size: None,
        };
        let answer = nobody.get_consistency_proof(growth).await;
        assert_eq!(answer.unwrap_err().code(), Code::Unauthenticated);
        city.by(Role::Staff)
            .get_consistency_proof(growth)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_refused_look_at_the_log_is_itself_on_record() {
    on_both(async |city| {
        let mut curious = city.by(Role::Staff);
        let refused = curious.list_sources(ListSourcesRequest {}).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        let own = city.records("audit", 1).await;
        assert_eq!(own[0].r#type, "sekisho.common.v1.RequestRefused");
        assert_eq!(own[0].actor, "person/S0001");
        assert_eq!(own[0].subject, "/sekisho.audit.v1.AuditLog/ListSources");
        assert_eq!(own[0].outcome, "refused");
        assert_eq!(own[0].codes, ["role_missing"]);
    })
    .await;
}
