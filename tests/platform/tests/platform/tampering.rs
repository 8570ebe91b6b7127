//! The checker itself: whatever is broken on purpose behind the services' backs, it finds.

use std::path::Path;

use kernel::Actor;
use proto::identity::v1::{
    AccessAction, AccessOutcome, AccessQuestion, EvaluateRequest,
    access_decision_client::AccessDecisionClient,
};
use standard::ServiceName::{self, Approvals, Audit, Identity, Incidents, Ledger};

use crate::{
    acknowledged::Acknowledged,
    checker::{self, Evidence, Rule, judge},
    city::{self, PROXY, SYSTEMS},
    databases::Databases,
    harness::Platform,
    writers::{WRITERS, Writers},
};

/// Where, what is done there, and which rule must be among those found broken.
const TAMPERED: &[(ServiceName, &[&str], Rule)] = &[
    (
        Ledger,
        &["DELETE FROM journal WHERE position = 3"],
        Rule::Positions,
    ),
    (
        Ledger,
        &["UPDATE journal SET position = NULL WHERE position = 3"],
        Rule::Positions,
    ),
    (
        Identity,
        &["DELETE FROM journal WHERE position = (SELECT MAX(position) FROM journal)"],
        Rule::Head,
    ),
    (
        Approvals,
        &[
            "UPDATE journal SET record = (SELECT record FROM journal WHERE position = 2) \
           WHERE position = 3",
        ],
        Rule::Chain,
    ),
    (
        Ledger,
        &["UPDATE watermark SET position = position - 1 WHERE source = 'identity'"],
        Rule::Watermark,
    ),
    (
        Audit,
        &["UPDATE source SET position = position + 1 WHERE source = 'incidents'"],
        Rule::Watermark,
    ),
    (
        Identity,
        &["INSERT INTO quarantine (source, position, reason, at) VALUES ('ledger', 1, '', 0)"],
        Rule::Aside,
    ),
    (
        Audit,
        &["DELETE FROM leaf WHERE idx = (SELECT MAX(idx) FROM leaf)"],
        Rule::LeafLost,
    ),
    (
        Audit,
        &["UPDATE leaf SET record = (SELECT record FROM leaf WHERE idx = 5) WHERE idx = 6"],
        Rule::LeafTwice,
    ),
    (
        Audit,
        &["UPDATE leaf SET source = 'nobody' WHERE idx = 7"],
        Rule::LeafForeign,
    ),
    (
        Audit,
        &["UPDATE leaf SET idx = 1000000 WHERE idx = 8"],
        Rule::Leaves,
    ),
    (
        Audit,
        &[
            "UPDATE leaf SET idx = -1 WHERE idx = 8",
            "UPDATE leaf SET idx = 8 WHERE idx = 9",
            "UPDATE leaf SET idx = 9 WHERE idx = -1",
        ],
        Rule::Proof,
    ),
    (
        Ledger,
        &["DELETE FROM information WHERE id = (SELECT MIN(id) FROM information)"],
        Rule::StateLost,
    ),
    (
        Identity,
        &["DELETE FROM account WHERE id LIKE 'S2%'"],
        Rule::StateLost,
    ),
    (
        Ledger,
        &["UPDATE journal SET kind = 'x' WHERE kind LIKE '%InformationClassified'"],
        Rule::RecordLost,
    ),
    (
        Approvals,
        &[
            "INSERT INTO journal (record_id, aggregate, subject, kind, position, record) \
           SELECT record_id, aggregate, subject, kind, \
           (SELECT MAX(position) + 1 FROM journal), record \
           FROM journal WHERE kind LIKE '%PermitApplied' LIMIT 1",
        ],
        Rule::Twice,
    ),
    (
        Incidents,
        &["DELETE FROM idempotency WHERE key = (SELECT MIN(key) FROM idempotency)"],
        Rule::Answer,
    ),
    (
        Approvals,
        &["UPDATE idempotency SET id = 'another'"],
        Rule::Answer,
    ),
    (
        Incidents,
        &["DELETE FROM incident WHERE reporter IS NULL"],
        Rule::ConsequenceLost,
    ),
    (
        Incidents,
        &["UPDATE incident SET id = 'of nobody' WHERE id = (SELECT MIN(id) FROM incident)"],
        Rule::ConsequenceTwice,
    ),
    (
        Incidents,
        &["UPDATE journal SET kind = 'x' WHERE kind LIKE '%SuspicionAdded'"],
        Rule::ConsequenceLost,
    ),
    (
        Incidents,
        &[
            "UPDATE journal SET subject = (SELECT MIN(id) FROM incident WHERE reporter IS NOT NULL) \
           WHERE kind LIKE '%SuspicionAdded'",
        ],
        Rule::ConsequenceTwice,
    ),
    (
        Identity,
        &["UPDATE entitlement SET state = json_remove(state, '$.grounds[0]')"],
        Rule::ConsequenceLost,
    ),
    (
        Identity,
        &["UPDATE entitlement SET state = \
           json_insert(state, '$.grounds[#]', json(json_extract(state, '$.grounds[0]')))"],
        Rule::ConsequenceTwice,
    ),
];

/// So many refusals the pack's rule takes for slips.
const TOLERATED: usize = 10;

#[tokio::test]
async fn the_checker_finds_whatever_is_tampered_with() {
    let platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    writers.progress(100).await;
    let acknowledged = writers.stop().await;
    suspect_somebody(&platform).await;
    checker::check(&platform, &acknowledged).await;
    // That the checker read the log is on record too.
    checker::at_rest(&platform).await;
    let original = platform.halt();
    let key = std::fs::read_to_string(original.path().join("audit-log.pub")).expect("a key");

    let sound = found(original.path(), &key, None, &acknowledged).await;
    assert_eq!(sound, [], "nothing was tampered with");
    for (service, statements, rule) in TAMPERED {
        let tampering = Some((*service, *statements));
        let found = found(original.path(), &key, tampering, &acknowledged).await;
        assert!(found.contains(rule), "{service} {statements:?}: {found:?}");
    }
    lies(original.path(), &key, &acknowledged).await;
}

/// One applicant is refused so often that it is a suspicion (`denied_burst`), and with it an incident.
async fn suspect_somebody(platform: &Platform) {
    let request = EvaluateRequest {
        subject_token: city::sign_in_again(platform, &city::applicant(0)).await,
        question: Some(AccessQuestion {
            system_id: SYSTEMS[0].to_owned(),
            action: AccessAction::Administer.into(),
            ..AccessQuestion::default()
        }),
    };
    let proxy = platform.machine(Identity, Actor::Workload(PROXY.to_owned()));
    for _ in 0..=TOLERATED {
        let mut client = AccessDecisionClient::new(proxy.clone());
        let answer = client.evaluate(request.clone()).await.expect("an answer");
        let answer = answer.into_inner().answer.expect("an answer");
        assert_eq!(answer.outcome(), AccessOutcome::Deny);
    }
    let incidents = platform.databases.open(Incidents).await;
    let added = "SELECT COUNT(*) FROM journal WHERE kind LIKE '%SuspicionAdded'";
    platform
        .until("an incident opens", async || {
            (incidents.number(added).await > 0).then_some(())
        })
        .await;
}

/// What was acknowledged and never done, and what was done and never acknowledged.
async fn lies(original: &Path, key: &str, acknowledged: &[Acknowledged]) {
    for at in 0..acknowledged.len().min(7) {
        let mut more = acknowledged.to_vec();
        more[at].id.push('x');
        let found = found(original, key, None, &more).await;
        assert!(found.contains(&Rule::RecordLost), "{}: {found:?}", more[at]);
    }
    let mut less = acknowledged.to_vec();
    let unsaid = less.remove(0);
    let found = found(original, key, None, &less).await;
    assert!(found.contains(&Rule::Twice), "{unsaid}: {found:?}");
}

/// The rules found broken in a copy of the databases, tampered with or not.
async fn found(
    original: &Path,
    key: &str,
    tampering: Option<(ServiceName, &[&str])>,
    acknowledged: &[Acknowledged],
) -> Vec<Rule> {
    let copy = tempfile::tempdir().expect("a temporary directory");
    for file in std::fs::read_dir(original).expect("the data") {
        let file = file.expect("a file");
        let name = file.file_name();
        let named = name.to_string_lossy();
        // Without its shared memory SQLite reads the log of writes as after a crash.
        if named.ends_with(".db") || named.ends_with(".db-wal") {
            std::fs::copy(file.path(), copy.path().join(&name)).expect("a copy");
        }
    }
    let databases = Databases::Sqlite(copy.path().to_owned());
    if let Some((service, statements)) = tampering {
        let database = databases.open(service).await;
        for sql in statements {
            database.tamper(sql).await;
        }
    }
    let evidence = Evidence::gather(&databases).await;
    let mut findings = judge(&evidence, acknowledged);
    findings.extend(evidence.proof(key));
    let mut rules: Vec<Rule> = findings.into_iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}
