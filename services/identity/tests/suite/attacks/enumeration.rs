//! Attack 15: what is said and done tells nobody which accounts there are, nor how they stand.

use std::process::Command;

use proto::identity::v1 as wire;
use runtime::metrics;
use testkit::{Authenticator, Engine, refused};
use tonic::Status;

use crate::{
    pages::browser::{Browser, Page},
    passkeys::{as_anybody, enrol, inside, sign_in},
    recovery::{recover, totp_with},
    town::{PASSWORD, Person, Town, in_both},
};

/// M1 is locked, S2 disabled, S3 without factors; of the last nobody has heard.
const PEOPLE: [&str; 4] = ["M1", "S2", "S3", "nobody"];
/// Set where a test has its process to itself.
const ALONE: &str = "SEKISHO_TEST_ALONE";
/// What it says there when it has counted to the end.
const COUNTED: &str = "every hash is counted";
/// No code of anybody's.
const GUESS: &str = "0000-0000-0000-0000-0000";

/// People as [`PEOPLE`] says; M1's session from before goes on.
async fn prepared(town: &Town) -> Person {
    let locked = town.with_password("M1").await;
    town.with_password("S2").await;
    disable(town, "S2").await;
    for _ in 0..5 {
        town.sign_in("M1", "wrong").await.expect_err("wrong");
    }
    locked
}

async fn disable(town: &Town, person: &str) {
    let request = wire::DisableAccountRequest {
        person_id: person.to_owned(),
        reason: "left".to_owned(),
    };
    let mut accounts = town.accounts(town.platform());
    accounts.disable_account(request).await.expect("disabled");
}

/// The ways to sign in, or to what it takes, for whoever gives a staff number.
#[derive(Debug, Clone, Copy)]
enum Door {
    Password,
    Enrolment,
    Recovery,
    Generator,
    Passkey,
}

impl Door {
    const ALL: [Self; 5] = [
        Self::Password,
        Self::Enrolment,
        Self::Recovery,
        Self::Generator,
        Self::Passkey,
    ];

    /// What somebody finds out of a person there without any secret of theirs. (The password is right
    /// for those who have one.)
    async fn knock(self, town: &Town, person: &str) -> Status {
        let found = match self {
            Self::Password => town.sign_in(person, PASSWORD).await.map(|_| ()),
            Self::Enrolment => town.enrol(person, GUESS, PASSWORD).await,
            Self::Recovery => recover(town, person, GUESS).await.map(|_| ()),
            Self::Generator => totp_with(town, person, GUESS).await.map(|_| ()),
            Self::Passkey => {
                let begin = wire::BeginPasskeyEnrolmentWithCodeRequest {
                    person_id: person.to_owned(),
                    code: GUESS.to_owned(),
                };
                let mut factors = as_anybody(town);
                let begun = factors.begin_passkey_enrolment_with_code(begin).await;
                begun.map(|_| ())
            }
        };
        found.expect_err("refused")
    }

    /// Passwords that are hashed there for one try.
    const fn hashes(self) -> u64 {
        match self {
            Self::Password | Self::Enrolment => 1,
            Self::Recovery | Self::Generator | Self::Passkey => 0,
        }
    }
}

/// All that is told in a refusal.
fn told(refusal: &Status) -> String {
    let answer = refused(refusal);
    format!("{:?} {answer:?} {}", refusal.code(), refusal.message())
}

#[tokio::test]
async fn attack_15_unknown_disabled_and_locked_accounts_look_alike_at_every_door() {
    in_both(async |town| {
        prepared(town).await;
        for door in Door::ALL {
            let mut seen = Vec::new();
            for person in PEOPLE {
                seen.push(told(&door.knock(town, person).await));
            }
            assert!(seen[0].contains("sign_in_refused"), "{door:?}: {seen:?}");
            assert!(seen.iter().all(|one| *one == seen[0]), "{door:?}: {seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn attack_15_a_passkey_of_a_stopped_account_looks_like_one_that_nobody_knows() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let (mut known, mut unknown) = (Authenticator::new(1), Authenticator::new(2));
        enrol(town, &one.grant, &mut known).await.expect("enrolled");
        sign_in(town, &mut known).await.expect("in");
        // Made for the person, and never enrolled.
        let asked = inside(town, &one.grant)
            .begin_passkey_enrolment(wire::BeginPasskeyEnrolmentRequest {})
            .await;
        let asked = asked.expect("asked").into_inner().ceremony;
        unknown.create(&asked.expect("a ceremony"));
        disable(town, "S1").await;
        let mut seen = Vec::new();
        for passkey in [&mut unknown, &mut known] {
            let refusal = sign_in(town, passkey).await.expect_err("refused");
            seen.push(told(&refusal));
        }
        assert!(seen[0].contains("sign_in_refused"), "{seen:?}");
        assert_eq!(seen[0], seen[1]);
    })
    .await;
}

// Hashing is what takes time: all else is small beside it. A process counts for all that run in it, so
// the test starts itself in one of its own and goes on there.
#[tokio::test]
async fn attack_15_a_door_hashes_as_often_for_unknown_disabled_and_locked_accounts() {
    if std::env::var_os(ALONE).is_some() {
        hashing_is_counted().await;
        println!("{COUNTED}");
        return;
    }
    let own = std::env::current_exe().expect("this program");
    let test = "attacks::enumeration::attack_15_a_door_hashes_as_often_for_unknown_disabled_and_locked_accounts";
    let run = Command::new(own)
        .args(["--exact", "--nocapture", test])
        .env(ALONE, "yes")
        .output();
    let run = run.expect("it runs");
    let said = String::from_utf8_lossy(&run.stdout);
    let why = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}{why}");
    assert!(said.contains(COUNTED), "{said}");
}

fn hashed() -> u64 {
    let text = metrics::exposition().expect("metrics");
    let count = text.lines().find_map(|line| {
        let line = line.strip_prefix("sekisho_identity_password_hashes_total")?;
        let (labels, count) = line.rsplit_once(' ')?;
        labels.contains("outcome=\"computed\"").then_some(count)
    });
    count.map_or(0, |count| count.parse().expect("a number"))
}

async fn hashing_is_counted() {
    let town = Town::start(Engine::Sqlite).await;
    let locked = prepared(&town).await;
    let open = town.with_password("S1").await;
    for door in Door::ALL {
        for person in PEOPLE {
            let before = hashed();
            door.knock(&town, person).await;
            assert_eq!(hashed() - before, door.hashes(), "{door:?}: {person}");
        }
    }
    // The network's own failures are forgotten; M1 fails once more and is locked again.
    town.later(600);
    town.sign_in("M1", "wrong").await.expect_err("wrong");
    for (path, hashes) in [("/sign-in", 1), ("/enrol", 1), ("/recover", 0)] {
        let mut browser = Browser::new(&town);
        for person in PEOPLE {
            browser.get(path).await;
            let before = hashed();
            let answer = send(&mut browser, path, person).await;
            assert_eq!(answer.status, 422, "{path}: {person}: {}", answer.body);
            assert_eq!(hashed() - before, hashes, "{path}: {person}");
        }
    }
    // In a session that was there before.
    for (person, grant) in [("M1", &locked.grant), ("S1", &open.grant)] {
        let before = hashed();
        let token = town.refresh(&grant.session_handle).await.expect("goes on");
        let mut sign_ins = town.sign_ins(town.process.bearer(token.access_token));
        let request = wire::VerifyPasswordRequest {
            password: "wrong".to_owned(),
        };
        let refusal = sign_ins.verify_password(request).await;
        assert!(told(&refusal.expect_err("refused")).contains("sign_in_refused"));
        assert_eq!(hashed() - before, 1, "{person}");
    }
    town.process.stop().await;
}

/// Fills in whatever form is there.
async fn send(browser: &mut Browser, path: &str, person: &str) -> Page {
    let fields = [
        ("person_id", person),
        ("enrolment", GUESS),
        ("recovery", GUESS),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    browser.send(path, &fields).await
}
