//! Go's checksum-database client and the fsck of transparency-dev/tessera, neither of which knows
//! anything of Sekisho, read the log as it is served (7-1-(4)-3).

use std::{path::PathBuf, pin::Pin, process::Output, sync::Arc};

use audit_domain::{Root, SignerKey};
use jiff::SignedDuration;
use proto::{
    audit::v1::{PlanPruningRequest, PruneRequest, retention_client::RetentionClient},
    identity::v1::AccessEvaluated,
    ledger::v1::SystemRetired,
};
use runtime::{SystemClock, config::WitnessAt, files};
use sea_orm::{ConnectionTrait as _, Database};
use sha2::Digest as _;
use shell::{Platform, StartError};
use standard::{Role, ServiceName};
use tempfile::TempDir;
use testkit::{Engine, TestProcess, eventually};
use tokio::{net::TcpListener, process::Command};
use verifier::Hash;
use witness::Witness;

/// `make test-tlog` builds it from `verifiers/`.
const VERIFIERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tlog-verifiers");

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<rpc::Endpoint, StartError>> + Send + '_>> {
    Box::pin(audit::start(platform))
}

/// The log's key is made here, so that its witness can know it before the log begins.
const ORIGIN: &str = "log.city.example/sekisho";
const WITNESS: &str = "witness.example/w1";

const SERVICES: [(ServiceName, shell::Start); 1] = [(ServiceName::Audit, start)];
/// More than the longer period of access records.
const FOUR_YEARS: SignedDuration = SignedDuration::from_hours(4 * 366 * 24);

struct Log {
    process: TestProcess,
    kept: PathBuf,
    /// The key as the auditor holds it.
    trust: PathBuf,
    witness: Option<String>,
    _memory: TempDir,
}

impl Log {
    /// A log with two full tiles and a part of a third; a checkpoint was kept on the way.
    async fn grown(engine: Engine) -> Self {
        let memory = tempfile::tempdir().expect("a directory");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("a port"));
        let key = SignerKey::from_seed(ORIGIN, &runtime::random_bytes()).expect("a key");
        let trust = key.verifier().to_string().parse().expect("a key");
        let judge = Witness::open(memory.path(), WITNESS, vec![trust]).expect("a witness");
        let witness = judge.key().to_string();
        let at = WitnessAt {
            key: witness.clone(),
            url,
        };
        let routes = witness::router(Arc::new(judge), Arc::new(SystemClock));
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let process = TestProcess::start_configured(engine, &SERVICES, |config| {
            let path = config.audit.log_key_path(&config.data_dir);
            files::publish(&path, &key.reveal(), files::OWNER_ONLY).expect("the key's file");
            config.audit.witnesses = vec![at];
        });
        let process = process.await;
        let kept = process.runtime().config.data_dir.join("kept.checkpoint");
        let trust = process.runtime().config.data_dir.join("auditor.vkey");
        std::fs::write(&trust, format!("{}\n", key.verifier())).expect("the auditor's key");
        let log = Self {
            process,
            kept,
            trust,
            witness: Some(witness),
            _memory: memory,
        };
        log.retire(0..300).await;
        let checkpoint = log.signed(300).await;
        std::fs::write(&log.kept, checkpoint).expect("kept");
        log.retire(300..530).await;
        log.signed(530).await;
        log
    }

    /// The log's key is renewed: the witness, which was not told of it, signs no more.
    async fn handed_over(self) -> Self {
        let process = self.process.restarted(&SERVICES, |config| {
            let path = config.audit.log_key_path(&config.data_dir);
            audit::renew_log_key(&path).expect("a new key");
        });
        let log = Self {
            process: process.await,
            witness: None,
            ..self
        };
        // That it was handed over is a record.
        log.signed(531).await;
        log
    }

    /// The auditor adds the hand-overs to the key.
    async fn follow_the_key(&self) {
        let notes = reqwest::get(format!("{}hand-overs", self.address())).await;
        let notes = notes.expect("an answer").text().await.expect("text");
        let key = std::fs::read_to_string(&self.trust).expect("the auditor's key");
        std::fs::write(&self.trust, key + &notes).expect("the auditor's key");
    }

    /// Somebody's accesses are logged, and dropped years later.
    async fn pruned(&self) {
        for system in ["SYS-1", "SYS-2"] {
            let event = AccessEvaluated {
                person_id: "S0009".to_owned(),
                system_id: system.to_owned(),
                ..AccessEvaluated::default()
            };
            let neighbours = &self.process.neighbours;
            let said = neighbours.say(ServiceName::Identity, "decision", system, &event, &[]);
            said.await;
        }
        self.signed(533).await;
        self.process.clock.advance(FOUR_YEARS);
        let by = |role| RetentionClient::new(self.process.person("S0001", "1301", &[role]));
        let plan = eventually("the plan", async || {
            let mut auditor = by(Role::Auditor);
            let answer = auditor.plan_pruning(PlanPruningRequest::default()).await;
            let plan = answer.ok()?.into_inner().plan?;
            (plan.count >= 2).then_some(plan)
        })
        .await;
        let decided = PruneRequest {
            as_of: plan.as_of,
            from_index: plan.from_index,
            plan: plan.plan,
        };
        by(Role::Ciso).prune(decided).await.expect("pruned");
    }

    async fn retire(&self, systems: std::ops::Range<u32>) {
        for number in systems {
            let system_id = format!("SYS-{number}");
            let event = SystemRetired {
                system_id: system_id.clone(),
            };
            let neighbours = &self.process.neighbours;
            let said = neighbours.say(ServiceName::Ledger, "system", &system_id, &event, &[]);
            said.await;
        }
    }

    fn address(&self) -> String {
        format!("{}/log/", self.process.http_uri())
    }

    /// The newest checkpoint, once it is of so many records and the witness, if there is one, has signed it.
    async fn signed(&self, size: u64) -> String {
        eventually("a checkpoint", async || {
            let answer = reqwest::get(format!("{}checkpoint", self.address())).await;
            let note = answer.ok()?.text().await.ok()?;
            let signed: u64 = note.lines().nth(1)?.parse().ok()?;
            let witnessed = note.contains(&format!("— {WITNESS} "));
            (signed >= size && witnessed == self.witness.is_some()).then_some(note)
        })
        .await
    }

    async fn verified(&self) -> Output {
        let auditor = [Role::Auditor];
        let witness = self.witness.as_deref().unwrap_or_default();
        Command::new(VERIFIERS)
            .args(["-log", &self.address(), "-key"])
            .arg(&self.trust)
            .arg("-kept")
            .arg(&self.kept)
            .args(["-witness", witness])
            .arg("-token")
            .arg(self.process.person_token("S0001", "1301", &auditor))
            .output()
            .await
            .expect("make test-tlog builds it")
    }
}

#[tokio::test]
async fn the_log_is_verified_with_other_peoples_tools() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let log = Log::grown(engine).await;
        let verified = log.verified().await;
        let said = String::from_utf8_lossy(&verified.stdout);
        let trouble = String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success(), "{trouble}");
        for line in [
            "formats/note: the witness has signed the checkpoint",
            "sumdb/tlog: 530 records are under the signed root",
            "sumdb/tlog: it began with the 300 records of the kept checkpoint",
            "tessera fsck: entries, tiles and checkpoint agree",
        ] {
            assert!(said.contains(line), "{said}");
        }
        log.process.stop().await;
    }
}

/// A checkpoint kept under the key before is still good for what came after, and so is the tree for what
/// remains when records were dropped.
#[tokio::test]
async fn after_a_hand_over_and_a_pruning_the_log_is_still_verified_against_a_kept_checkpoint() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let log = Log::grown(engine).await.handed_over().await;
        let without = log.verified().await;
        assert!(!without.status.success(), "the new key is nobody's word");
        log.follow_the_key().await;
        let outcome = async || {
            let verified = log.verified().await;
            let trouble = String::from_utf8_lossy(&verified.stderr);
            assert!(verified.status.success(), "{trouble}");
            String::from_utf8_lossy(&verified.stdout).into_owned()
        };
        let past = [
            "sumdb/tlog: it began with the 530 records at which its key was handed over",
            "sumdb/tlog: it began with the 300 records of the kept checkpoint",
        ];
        let said = outcome().await;
        let whole = "tessera fsck: entries, tiles and checkpoint agree";
        assert!(past.iter().all(|line| said.contains(line)), "{said}");
        assert!(said.contains(whole), "{said}");

        log.pruned().await;
        let said = outcome().await;
        assert!(past.iter().all(|line| said.contains(line)), "{said}");
        for line in [
            "sumdb/tlog: 512 records are under the signed root",
            "more the hashes are: they are in bundles of which records were dropped",
            "tessera fsck: not run, since it reads every bundle of entries",
        ] {
            assert!(said.contains(line), "{said}");
        }
        log.process.stop().await;
    }
}

#[tokio::test]
async fn a_record_altered_behind_the_services_back_is_named_by_them() {
    let log = Log::grown(Engine::Sqlite).await;
    let file = log.process.runtime().config.data_dir.join("audit.db");
    let database = Database::connect(format!("sqlite://{}", file.display())).await;
    let altered = database
        .expect("its file")
        .execute_unprepared(
            "DROP TRIGGER leaf_unchanged; UPDATE leaf SET record = x'0a0131' WHERE idx = 411",
        )
        .await;
    assert_eq!(altered.expect("altered").rows_affected(), 1);
    let verified = log.verified().await;
    assert!(!verified.status.success());
    let trouble = String::from_utf8_lossy(&verified.stderr);
    assert!(trouble.contains("record 411: "), "{trouble}");
    log.process.stop().await;
}

#[tokio::test]
async fn proofs_good_and_spoilt_are_judged_as_transparency_dev_merkle_judges_them() {
    let vectors = Command::new(VERIFIERS).arg("-vectors").output().await;
    let vectors = vectors.expect("make test-tlog builds it");
    assert!(vectors.status.success());
    let text = String::from_utf8(vectors.stdout).expect("text");
    let (mut good, mut bad) = (0, 0);
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (verdict, judged) = match words[..] {
            ["root", size, root, verdict] => (verdict, known_root(size) == hash(root)),
            [kind, first, size, one, other, verdict, proof] => {
                let first = first.parse().expect("a number");
                let size = size.parse().expect("a number");
                let (one, other) = (hash(one), hash(other));
                let proof = proof.split(',').filter(|word| !word.is_empty());
                let proof: Vec<Hash> = proof.map(hash).collect();
                (verdict, judge(kind, first, size, &one, &other, &proof))
            }
            _ => panic!("{line}"),
        };
        assert_eq!(judged.to_string(), verdict, "{line}");
        match judged {
            true => good += 1,
            false => bad += 1,
        }
    }
    println!("transparency-dev/merkle: {good} good and {bad} spoilt proofs are judged alike");
    assert!(good > 6_000 && bad > 30_000, "{good} {bad}");
}

fn hash(hex: &str) -> Hash {
    let bytes = hex::decode(hex).expect("hex");
    bytes.try_into().expect("a hash")
}

/// What the server and the verifier say of a proof, which must be the same.
fn judge(kind: &str, first: u64, size: u64, one: &Hash, other: &Hash, proof: &[Hash]) -> bool {
    let root = |size: u64, hash: &Hash| Root { size, hash: *hash };
    let (verifiers, servers) = match kind {
        "inclusion" => (
            verifier::verify_inclusion(first, size, one, proof, other),
            audit_domain::verify_inclusion(&root(size, other), first, one, proof).is_ok(),
        ),
        "consistency" => (
            verifier::verify_consistency(first, one, size, other, proof),
            audit_domain::verify_consistency(&root(first, one), &root(size, other), proof).is_ok(),
        ),
        _ => panic!("{kind}"),
    };
    assert_eq!(verifiers, servers, "{kind} {first} {size}");
    verifiers
}

/// The root of the first leaves that every implementation of RFC 6962 is tested with.
fn known_root(size: &str) -> Hash {
    let leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let size: usize = size.parse().expect("a size");
    let mut tree = audit_domain::Tree::default();
    // Hashed as they are: one that begins with a zero byte is no leaf that this log writes.
    let leaf = |text: &&str| {
        let record = hex::decode(text).expect("hex");
        sha2::Sha256::digest([&[0][..], &record].concat()).into()
    };
    tree.append(leaves[..size].iter().map(leaf));
    tree.root().hash
}
