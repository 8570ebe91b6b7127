//! Row 8: what a sign-in costs besides its Argon2id.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use runtime::config::PasswordHashing;
use standard::ServiceName;
use testkit::{Engine, TestProcess};

use crate::{
    measure::{Compared, ROUNDS, SPAN, load},
    table::{Goal, Line},
    town::{self, PASSWORD},
};

/// Sessions are begun for one of these after the other, so that no account is waited for.
const PEOPLE: usize = 64;

/// Sign-ins with a password at the cost that is configured by default, and the same verification
/// bare; on as many threads as there are cores.
pub(crate) async fn row() -> Vec<Line> {
    let cost = PasswordHashing::default();
    let services = [(ServiceName::Identity, town::start as shell::Start)];
    let process = TestProcess::start_configured(Engine::Sqlite, &services, |config| {
        config.identity.password_hashing = cost;
    })
    .await;
    town::found(&process, PEOPLE).await;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let channel = process.anonymous();
    let sign_in = move |caller: usize, count: u64| {
        let person = town::person((caller + cores * count as usize) % PEOPLE);
        let channel = channel.clone();
        async move { drop(town::sign_in(channel, person).await) }
    };
    let bare = Bare::hashed(cost);
    let verify = move |_: usize, _: u64| {
        let bare = Arc::clone(&bare);
        async move {
            let verified = tokio::task::spawn_blocking(move || bare.verify()).await;
            assert!(verified.expect("a thread"));
        }
    };
    let mut compared = Compared::default();
    for round in 0..=ROUNDS {
        let ours = load(cores, SPAN, sign_in.clone()).await;
        let beside = load(cores, SPAN, verify.clone()).await;
        // The first round only warms up.
        if round > 0 {
            let per_core = |per_second: f64| per_second / cores as f64;
            compared.by(per_core(ours.per_second), per_core(beside.per_second));
        }
    }
    process.stop().await;
    vec![Line::ratio(
        8,
        "sign-in with a password over gRPC, per core; bare Argon2id verify",
        compared,
        "/s",
        Goal::AtLeast(0.9),
    )]
}

/// The verification alone, with the library and the cost of the service.
struct Bare {
    argon2: Argon2<'static>,
    hash: String,
}

impl Bare {
    fn hashed(cost: PasswordHashing) -> Arc<Self> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None);
        let params = params.expect("sound parameters");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = runtime::random_bytes::<16>();
        let hash = argon2.hash_password_with_salt(PASSWORD.as_bytes(), &salt);
        let hash: phc::PasswordHash = hash.expect("hashed");
        Arc::new(Self {
            hash: hash.to_string(),
            argon2,
        })
    }

    fn verify(&self) -> bool {
        let hash = phc::PasswordHash::new(&self.hash).expect("a hash");
        let verified = self.argon2.verify_password(PASSWORD.as_bytes(), &hash);
        verified.is_ok()
    }
}
