use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{Router, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use kernel::{Actor, ManualClock, PersonId, SessionId};
use proptest::{
    prelude::any,
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use runtime::config::{TokenAlgorithm, TrustedIssuer};
use serde_json::{Value, json};
use standard::Role;

use super::*;
use crate::{KeySet, SigningKey, WorkloadKey};

const IDENTITY: &str = "urn:sekisho:identity";

struct House {
    clock: ManualClock,
    people: SigningKey,
    workload: WorkloadKey,
    verifier: Verifier,
}

fn house() -> House {
    let clock = ManualClock::new("2026-11-22T09:00:00Z".parse().expect("an instant"));
    let people = SigningKey::generate();
    let workload = WorkloadKey::generate();
    let issuers = vec![
        Issuer::people(IDENTITY, people.key_set()),
        Issuer::own_workloads(&workload),
    ];
    let verifier = Verifier::new(Arc::new(clock.clone()), issuers, Revocations::default());
    House {
        clock,
        people,
        workload,
        verifier,
    }
}

impl House {
    fn claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({
            "iss": IDENTITY, "sub": "S0001", "aud": "sekisho", "exp": now + 300, "iat": now,
            "auth_time": now - 60, "acr": "urn:sekisho:aal2", "amr": ["pwd", "otp"],
            "sid": "session-1", "epoch": 4, "roles": ["ciso", "a_role_of_tomorrow"],
            "section": "A01", "client_id": "cli", "jti": "1",
        })
    }

    fn with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        match value {
            Value::Null => claims.as_object_mut().expect("claims").remove(name),
            value => claims
                .as_object_mut()
                .expect("claims")
                .insert(name.into(), value),
        };
        claims
    }

    fn sign(&self, claims: &Value) -> String {
        self.people.sign("at+jwt", claims)
    }
}

fn forged(header: &Value, claims: &Value, signature: &[u8]) -> String {
    [
        header.to_string().as_bytes(),
        claims.to_string().as_bytes(),
        signature,
    ]
    .map(|part| URL_SAFE_NO_PAD.encode(part))
    .join(".")
}

#[tokio::test]
async fn a_good_token_names_its_person_once_and_again() {
    let house = house();
    let token = house.sign(&house.claims());
    let first = house.verifier.verify(&token).await.expect("good");
    assert_eq!(
        first.actor,
        Actor::Person {
            id: PersonId::try_new("S0001").expect("an id"),
            session: SessionId::try_new("session-1").expect("an id"),
        }
    );
    assert_eq!(first.roles, [Role::Ciso], "an unknown role grants nothing");
    assert!(first.has_role(&[Role::Staff]) && !first.has_role(&[Role::Auditor]));
    assert_eq!(first.epoch, 4);
    let again = house.verifier.verify(&token).await.expect("good");
    assert!(Arc::ptr_eq(&first, &again), "the second time from memory");
}

#[tokio::test]
async fn minted_claims_are_what_is_verified() {
    let house = house();
    let claims: PersonClaims = serde_json::from_value(house.claims()).expect("claims");
    let principal = house.verifier.verify(&claims.mint(&house.people)).await;
    assert_eq!(
        principal
            .expect("good")
            .section
            .as_ref()
            .map(|s| s.as_str()),
        Some("A01")
    );
}

/// Attacks 1 and 2: each claim wrong, missing, or of the wrong type.
#[tokio::test]
async fn a_token_with_a_wrong_claim_is_refused_by_that_claim() {
    let house = house();
    let now = house.clock.now().as_second();
    for (name, value, refusal) in [
        ("iss", Value::Null, Refused::Issuer),
        ("iss", json!("https://evil.example"), Refused::Issuer),
        ("iss", json!("urn:sekisho:workload"), Refused::Type),
        ("aud", Value::Null, Refused::Malformed),
        ("aud", json!("other"), Refused::Audience),
        ("aud", json!(["sekisho", "other"]), Refused::Malformed),
        ("exp", Value::Null, Refused::Malformed),
        ("exp", json!((now + 300).to_string()), Refused::Malformed),
        ("exp", json!(now), Refused::Expired),
        ("exp", json!(i64::MAX), Refused::Malformed),
        ("iat", Value::Null, Refused::Malformed),
        ("iat", json!(now + 120), Refused::NotYet),
        ("nbf", json!(now + 120), Refused::NotYet),
        ("sub", Value::Null, Refused::Malformed),
        ("sub", json!(""), Refused::Malformed),
        ("sid", Value::Null, Refused::Malformed),
        ("sid", json!(""), Refused::Malformed),
        ("epoch", Value::Null, Refused::Malformed),
        ("auth_time", Value::Null, Refused::Malformed),
    ] {
        let token = house.sign(&house.with(name, value.clone()));
        let answer = house.verifier.verify(&token).await;
        assert_eq!(answer.err(), Some(refusal), "{name} = {value}");
    }
}

/// Attack 2: the header.
#[tokio::test]
async fn a_forged_header_or_signature_is_refused() {
    let house = house();
    let claims = house.claims();
    let kid = house.people.kid();
    let good = house.sign(&claims);
    let stranger = SigningKey::generate();
    let public: Value = serde_json::from_str(&stranger.jwks()).expect("a set");
    let (signed, _) = good.rsplit_once('.').expect("three parts");

    let none = json!({"alg": "none", "typ": "at+jwt", "kid": kid});
    let hs256 = json!({"alg": "HS256", "typ": "at+jwt", "kid": kid});
    let rs256 = json!({"alg": "RS256", "typ": "at+jwt", "kid": kid});
    let critical = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid, "crit": ["exp"]});
    let own_key = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid, "jwk": public["keys"][0],
        "jku": "https://evil.example/jwks", "x5u": "https://evil.example/x5u"});
    // The public key is no secret, and no secret is the key's.
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(ACCESS_TOKEN_TYPE.to_owned());
    header.kid = Some(kid.to_owned());
    let secret = EncodingKey::from_secret(house.people.jwks().as_bytes());
    let mac = jsonwebtoken::encode(&header, &claims, &secret).expect("signed");
    for (token, refusal) in [
        (mac, Refused::Algorithm),
        (forged(&none, &claims, b""), Refused::Malformed),
        (forged(&hs256, &claims, &[7; 32]), Refused::Algorithm),
        (forged(&rs256, &claims, &[7; 256]), Refused::Algorithm),
        (forged(&critical, &claims, &[7; 64]), Refused::Malformed),
        (forged(&own_key, &claims, &[7; 64]), Refused::Signature),
        (
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode([7; 64])),
            Refused::Signature,
        ),
        (format!("{signed}."), Refused::Signature),
        (stranger.sign("at+jwt", &claims), Refused::UnknownKey),
        (house.people.sign("JWT", &claims), Refused::Type),
        (house.people.sign("logout+jwt", &claims), Refused::Type),
        ("not.a.token".to_owned(), Refused::Malformed),
        (String::new(), Refused::Malformed),
        ("a".repeat(10_000), Refused::Malformed),
    ] {
        let answer = house.verifier.verify(&token).await;
        assert_eq!(answer.err(), Some(refusal), "{token}");
    }
}

#[tokio::test]
async fn a_remembered_token_still_expires_and_a_clock_set_back_does_not_revive_it() {
    let house = house();
    let token = house.sign(&house.claims());
    house.verifier.verify(&token).await.expect("good");
    house.clock.advance(SignedDuration::from_secs(300));
    assert_eq!(
        house.verifier.verify(&token).await.err(),
        Some(Refused::Expired)
    );

    // Attack 14: an hour back, past the beginning of this verifier's life.
    house.clock.advance(SignedDuration::from_hours(-2));
    let old = house.claims();
    assert_eq!(
        house.verifier.verify(&house.sign(&old)).await.err(),
        Some(Refused::Expired),
        "a token whose time was over before the start"
    );
}

/// Attack 1: after logout, after an epoch bump; remembered or not.
#[tokio::test]
async fn a_revoked_session_or_old_epoch_is_refused_at_once() {
    let house = house();
    let token = house.sign(&house.claims());
    house.verifier.verify(&token).await.expect("good");
    let revocations = house.verifier.revocations();
    revocations.set_epoch(
        PersonId::try_new("S0001").expect("an id"),
        5,
        crate::Withdrawn::Ended,
    );
    assert_eq!(
        house.verifier.verify(&token).await.err(),
        Some(Refused::Revoked(crate::Withdrawn::Ended))
    );

    let renewed = house.sign(&house.with("epoch", json!(5)));
    house
        .verifier
        .verify(&renewed)
        .await
        .expect("the new epoch is good");
    revocations.revoke_session(
        SessionId::try_new("session-1").expect("an id"),
        crate::Withdrawn::Ended,
    );
    assert_eq!(
        house.verifier.verify(&renewed).await.err(),
        Some(Refused::Revoked(crate::Withdrawn::Ended))
    );
}

#[tokio::test]
async fn our_own_workload_tokens_name_services_and_workloads_only() {
    let house = house();
    let now = house.clock.now();
    for actor in [
        Actor::Service("audit".into()),
        Actor::Workload("vdi-gateway".into()),
    ] {
        let token = house.workload.mint(&actor, now);
        let principal = house.verifier.verify(&token).await.expect("good");
        assert_eq!(principal.actor, actor);
    }
    for subject in [
        "person/S0001",
        "anonymous",
        "service/",
        "service/a b",
        "audit",
    ] {
        let token = house
            .workload
            .mint_for(subject, now, SignedDuration::from_mins(5));
        let answer = house.verifier.verify(&token).await;
        assert_eq!(answer.err(), Some(Refused::Malformed), "{subject}");
    }
}

fn cluster(url: String) -> TrustedIssuer {
    TrustedIssuer {
        issuer: "https://kubernetes.default.svc".into(),
        audience: "sekisho".into(),
        kind: IssuerKind::Workload,
        jwks_url: Some(url),
        jwks_file: None,
        algorithms: vec![TokenAlgorithm::Es256],
        jwks_bearer_file: None,
        jwks_ca_file: None,
        subjects: [(
            "system:serviceaccount:sekisho:audit".into(),
            "service/audit".into(),
        )]
        .into(),
    }
}

/// An issuer elsewhere: its address, and how often its keys were asked for.
async fn serve(tasks: &Tasks, body: String) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let router = Router::new().route(
        "/jwks",
        get(move || {
            count.fetch_add(1, Ordering::SeqCst);
            let body = body.clone();
            async move { body }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = tasks.shutdown_token();
    let port = runtime::http::Port {
        name: "issuer",
        speech: runtime::http::Speech::Http,
        listener,
        limits: runtime::config::Limits::default(),
    };
    tasks.spawn("issuer", port.serve(router, stop));
    (format!("http://{address}/jwks"), asked)
}

/// Attack 2: a flood of unknown key ids.
#[tokio::test]
async fn a_flood_of_unknown_key_ids_causes_one_fetch() {
    let tasks = Tasks::default();
    let key = SigningKey::generate();
    let (url, asked) = serve(&tasks, key.jwks()).await;
    let issuer = Issuer::from_config(&cluster(url)).expect("an issuer");
    let clock = house().clock;
    let verifier = Verifier::new(
        Arc::new(clock.clone()),
        vec![issuer],
        Revocations::default(),
    );
    let now = clock.now().as_second();
    let claims = json!({"iss": "https://kubernetes.default.svc", "aud": ["sekisho", "other"],
        "sub": "system:serviceaccount:sekisho:audit", "iat": now, "exp": now + 300});
    let floods = (0..50).map(|_| {
        let token = SigningKey::generate().sign("JWT", &claims);
        let verifier = verifier.clone();
        async move { verifier.verify(&token).await.err() }
    });
    let answers = futures::future::join_all(floods).await;
    assert!(answers.iter().all(|a| *a == Some(Refused::UnknownKey)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let good = verifier
        .verify(&key.sign("JWT", &claims))
        .await
        .expect("a known key");
    assert_eq!(good.actor, Actor::Service("audit".into()));
    let mut other = claims.clone();
    other["sub"] = json!("system:serviceaccount:other:audit");
    let good = verifier
        .verify(&key.sign("JWT", &other))
        .await
        .expect("a known key");
    assert_eq!(
        good.actor,
        Actor::Workload("system:serviceaccount:other:audit".into()),
        "a subject nobody mapped is no service"
    );
    tasks.stop().await;
}

#[tokio::test]
async fn a_key_set_that_is_too_large_is_not_taken() {
    let tasks = Tasks::default();
    let key = SigningKey::generate();
    let padded = format!("{}{}", key.jwks(), " ".repeat(300_000));
    let (url, _) = serve(&tasks, padded).await;
    let issuer = Issuer::from_config(&cluster(url)).expect("an issuer");
    let clock = house().clock;
    let verifier = Verifier::new(
        Arc::new(clock.clone()),
        vec![issuer],
        Revocations::default(),
    );
    let now = clock.now().as_second();
    let claims = json!({"iss": "https://kubernetes.default.svc", "aud": "sekisho",
        "sub": "x", "iat": now, "exp": now + 300});
    let answer = verifier.verify(&key.sign("JWT", &claims)).await;
    assert_eq!(answer.err(), Some(Refused::KeysAway));
    tasks.stop().await;
}

/// Services start together: a token that cannot be judged yet is not called wrong, and is judged
/// as soon as its issuer is there.
#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_away_is_asked_again_soon() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("jwks.json");
    let key = SigningKey::generate();
    let away = TrustedIssuer {
        jwks_url: None,
        jwks_file: Some(path.clone()),
        ..cluster(String::new())
    };
    let issuer = Issuer::from_config(&away).expect("an issuer");
    let clock = house().clock;
    let verifier = Verifier::new(
        Arc::new(clock.clone()),
        vec![issuer],
        Revocations::default(),
    );
    let now = clock.now().as_second();
    let claims = json!({"iss": "https://kubernetes.default.svc", "aud": "sekisho",
        "sub": "x", "iat": now, "exp": now + 300});
    let token = key.sign("JWT", &claims);
    assert_eq!(verifier.verify(&token).await.err(), Some(Refused::KeysAway));
    std::fs::write(&path, key.jwks()).expect("the keys");
    assert_eq!(verifier.verify(&token).await.err(), Some(Refused::KeysAway));
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    assert!(verifier.verify(&token).await.is_ok());
}

#[test]
fn a_key_is_bound_to_its_algorithm_and_purpose() {
    let key = SigningKey::generate();
    let own: Value = serde_json::from_str(&key.jwks()).expect("a set");
    let mut wrong = own.clone();
    wrong["keys"][0]["alg"] = json!("ES384");
    let mut encryption = own.clone();
    encryption["keys"][0]["use"] = json!("enc");
    let weak = json!({"keys": [{"kty": "RSA", "kid": key.kid(), "e": "AQAB",
        "n": URL_SAFE_NO_PAD.encode([255u8; 128])}]});
    let unknown = json!({"keys": [{"kty": "XX", "kid": "x"}, own["keys"][0]]});
    for (set, usable) in [
        (own.clone(), true),
        (wrong, false),
        (encryption, false),
        (weak, false),
        (unknown, true),
    ] {
        let keys = KeySet::parse(&set.to_string()).expect("a set");
        assert_eq!(keys.find(key.kid()).is_some(), usable, "{set}");
    }
    let keys = KeySet::parse(&own.to_string()).expect("a set");
    assert!(keys.replace("no set").is_err());
    assert!(keys.find(key.kid()).is_some(), "the present keys stay");
}

/// Whatever is sent for a token, it is refused and nothing breaks: nonsense, and good tokens with a
/// few bytes or a claim changed.
#[tokio::test]
async fn no_text_breaks_the_verifier() {
    let house = house();
    let good = house.sign(&house.claims());
    let claim = (0..13_usize, any::<i64>(), "\\PC{0,20}");
    let change = (0..good.len(), any::<u8>());
    let all = (
        "\\PC{0,300}",
        proptest::collection::vec(change, 1..4),
        claim,
    );
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let drawn = all.new_tree(&mut runner).expect("drawn");
        let (text, changes, (at, number, word)) = drawn.current();
        let mut bytes = good.clone().into_bytes();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        let mut claims = house.claims();
        let name = claims
            .as_object()
            .and_then(|all| all.keys().nth(at).cloned());
        if let Some(name) = name {
            claims[&name] = match number % 2 {
                0 => json!(number),
                _ => json!([word]),
            };
        }
        for token in [
            text,
            changed,
            forged(&json!({"alg": "ES256"}), &claims, &[7; 64]),
        ] {
            let answer = house.verifier.verify(&token).await;
            assert!(answer.is_err() || token == good, "{token}");
        }
        // Signed as it should be, and with a claim of any form: judged without a panic.
        let _ = house.verifier.verify(&house.sign(&claims)).await;
    }
}
