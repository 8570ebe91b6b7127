use kernel::ManualClock;
use serde_json::Value;

use super::*;
use crate::{ACCESS_TOKEN_TYPE, Issuer, Refused, Revocations, Verifier};

const LIFE: Duration = Duration::from_secs(300);
const IDENTITY: &str = "urn:sekisho:identity";

struct House {
    clock: ManualClock,
    path: PathBuf,
    _directory: tempfile::TempDir,
}

fn house() -> House {
    let directory = tempfile::tempdir().expect("a directory");
    House {
        clock: ManualClock::new("2026-11-22T09:00:00Z".parse().expect("an instant")),
        path: directory.path().join("signing.pem"),
        _directory: directory,
    }
}

impl House {
    fn replica(&self) -> KeyRing {
        let clock = Arc::new(self.clock.clone());
        KeyRing::load_or_create(&self.path, clock, LIFE).expect("a ring")
    }

    fn rotate(&self, why: Rotation) -> RingKey {
        rotate(&self.path, self.clock.now(), why).expect("rotated")
    }

    fn later(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn token(&self, ring: &KeyRing) -> String {
        let now = self.clock.now().as_second();
        let claims = serde_json::json!({
            "iss": IDENTITY, "sub": "S1", "aud": "sekisho", "exp": now + 300, "iat": now,
            "auth_time": now, "acr": "urn:sekisho:aal1", "amr": ["pwd"], "sid": "s", "epoch": 0,
            "client_id": "cli", "jti": "1",
        });
        ring.signing().sign(ACCESS_TOKEN_TYPE, &claims)
    }

    fn verifier(&self, keys: KeySet) -> Verifier {
        let issuers = vec![Issuer::people(IDENTITY, keys)];
        Verifier::new(
            Arc::new(self.clock.clone()),
            issuers,
            Revocations::default(),
        )
    }
}

fn kids(jwks: &str) -> Vec<String> {
    let set: Value = serde_json::from_str(jwks).expect("a key set");
    let keys = set["keys"].as_array().expect("keys");
    keys.iter()
        .map(|key| key["kid"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn a_new_key_is_shown_before_it_signs_and_the_old_one_until_its_last_token_is_over() {
    let house = house();
    let replicas = [house.replica(), house.replica()];
    let old = replicas[0].signing().kid().to_owned();
    let new = house.rotate(Rotation::Planned).key.kid().to_owned();
    for ring in &replicas {
        ring.reload().expect("the file");
        assert_eq!(kids(&ring.jwks()), [old.clone(), new.clone()]);
        assert_eq!(ring.signing().kid(), old, "announced, and not yet used");
    }
    house.later(ANNOUNCED.as_secs());
    for ring in &replicas {
        assert_eq!(ring.signing().kid(), new, "all change together");
        assert_eq!(kids(&ring.jwks()), [old.clone(), new.clone()]);
    }
    house.later(300 + 59);
    assert_eq!(kids(&replicas[0].jwks()).len(), 2, "a token may be about");
    house.later(1);
    assert_eq!(kids(&replicas[0].jwks()), [new]);
}

#[tokio::test]
async fn tokens_from_before_and_after_a_rotation_are_good_at_the_same_time() {
    let house = house();
    let ring = house.replica();
    let verifier = house.verifier(ring.key_set());
    house.rotate(Rotation::Planned);
    ring.reload().expect("the file");
    house.later(ANNOUNCED.as_secs() - 1);
    let before = house.token(&ring);
    house.later(1);
    let after = house.token(&ring);
    assert_ne!(before, after);
    verifier.verify(&before).await.expect("the old key's");
    verifier.verify(&after).await.expect("the new key's");
}

#[tokio::test]
async fn tokens_of_keys_that_others_may_have_are_good_no_longer() {
    let house = house();
    let ring = house.replica();
    let stolen = house.token(&ring);
    let verifier = house.verifier(ring.key_set());
    house.rotate(Rotation::Compromised);
    ring.reload().expect("the file");
    assert_eq!(
        verifier.verify(&stolen).await.err(),
        Some(Refused::UnknownKey)
    );
    let fresh = house.token(&ring);
    verifier.verify(&fresh).await.expect("the new key's");
}

#[test]
fn one_key_waits_at_a_time_and_those_nobody_needs_leave_the_file() {
    let house = house();
    house.replica();
    let next = house.rotate(Rotation::Planned);
    let again = rotate(&house.path, house.clock.now(), Rotation::Planned);
    assert!(matches!(again, Err(KeyError::Announced(from)) if from == next.signs_from));
    for _ in 0..5 {
        house.later(24 * 3600);
        house.rotate(Rotation::Planned);
        assert_eq!(load(&house.path).expect("a ring").len(), 2);
    }
}

#[test]
fn what_is_no_ring_is_not_taken_over() {
    let house = house();
    let ring = house.replica();
    let kid = ring.signing().kid().to_owned();
    let good = fs::read_to_string(&house.path).expect("readable");
    let dated = |instant: &str| format!("{SIGNS_FROM}{instant}\n{good}");
    for text in [
        String::new(),
        "nonsense".to_owned(),
        good.replace("-----END", "-----FIN"),
        dated("yesterday"),
        format!(
            "{}{}",
            dated("2026-02-01T00:00:00Z"),
            dated("2026-01-01T00:00:00Z")
        ),
        format!("{good}{good}"),
    ] {
        fs::write(&house.path, &text).expect("written");
        assert!(matches!(ring.reload(), Err(KeyError::Form)), "{text}");
        assert_eq!(ring.signing().kid(), kid);
    }
}
