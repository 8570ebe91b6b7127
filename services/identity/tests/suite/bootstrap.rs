//! The first sign-in of a new installation.

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf};

use proto::identity::v1 as wire;
use testkit::{Authenticator, refused};
use tonic::Status;

use crate::{
    journal::said,
    passkeys::{as_anybody, enrol},
    town::{PASSWORD, Town, in_both},
};

impl Town {
    fn bootstrap_file(&self) -> PathBuf {
        let config = &self.process.runtime().config;
        config.data_dir.join("bootstrap-secret")
    }

    async fn bootstrap(&self, secret: &str, person: &str) -> Result<String, Status> {
        let request = wire::BootstrapRequest {
            secret: secret.trim().to_owned(),
            person_id: person.to_owned(),
        };
        let mut accounts = self.accounts(self.process.anonymous());
        Ok(accounts.bootstrap(request).await?.into_inner().code)
    }

    /// A one-time password generator, enrolled with nothing but a code; returns its secret.
    async fn enrol_totp_with_code(&self, person: &str, code: &str) -> String {
        let mut factors = as_anybody(self);
        let offer = wire::EnrolTotpWithCodeRequest {
            person_id: person.to_owned(),
            code: code.to_owned(),
        };
        let offered = factors.enrol_totp_with_code(offer).await;
        let secret = offered.expect("offered").into_inner().secret;
        let confirm = wire::ConfirmTotpWithCodeRequest {
            person_id: person.to_owned(),
            code: code.to_owned(),
            totp: self.totp(&secret),
        };
        let confirmed = factors.confirm_totp_with_code(confirm).await;
        confirmed.expect("confirmed");
        secret
    }
}

#[tokio::test]
async fn the_bootstrap_secret_is_its_owners_file_and_opens_one_persons_enrolment() {
    in_both(async |town| {
        let path = town.bootstrap_file();
        let mode = std::fs::metadata(&path)
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let secret = std::fs::read_to_string(&path).expect("readable");
        let refused_for = async |secret: &str, person: &str| {
            let answer = town.bootstrap(secret, person).await;
            refused(&answer.expect_err("refused")).code
        };
        let wrong = refused_for("AAAAA-AAAAA", "N1").await;
        assert_eq!(wrong, "bootstrap_refused");
        let nobody = refused_for(&secret, "nobody").await;
        assert_eq!(nobody, "account_person_unknown");
        let lost = town.bootstrap(&secret, "N1").await;
        let lost = lost.expect("not spent by that");
        let other = refused_for(&secret, "S1").await;
        assert_eq!(other, "bootstrap_refused", "it is N1's now");
        // Whoever lost the answer asks again; the code before opens nothing then.
        let code = town.bootstrap(&secret, "N1").await;
        let code = code.expect("not enrolled yet");
        let with_lost = town.enrol("N1", &lost, PASSWORD).await;
        with_lost.expect_err("replaced");
        town.enrol("N1", &code, PASSWORD).await.expect("enrolled");
        town.sign_in("N1", PASSWORD).await.expect("in");
    })
    .await;
}

#[tokio::test]
async fn the_bootstrap_secret_ends_with_the_second_factor_and_not_before_and_for_good() {
    in_both(async |town| {
        let path = town.bootstrap_file();
        let secret = std::fs::read_to_string(&path).expect("readable");
        let opens = async || town.bootstrap(&secret, "N1").await;
        let code = opens().await.expect("opened");
        town.enrol("N1", &code, PASSWORD).await.expect("enrolled");
        assert!(path.exists(), "one factor is half the way");
        assert_eq!(said::<wire::BootstrapEnded>(town).await, []);
        // Whoever cannot go on in a session goes on with the secret.
        let code = opens().await.expect("for the second factor");
        let generator = town.enrol_totp_with_code("N1", &code).await;
        assert!(!path.exists(), "it opens nothing any more");
        let ended = said::<wire::BootstrapEnded>(town).await;
        let person_id = "N1".to_owned();
        assert_eq!(ended, [wire::BootstrapEnded { person_id }]);
        for person in ["N1", "S1"] {
            let spent = town.bootstrap(&secret, person).await;
            let spent = refused(&spent.expect_err("spent"));
            assert_eq!(spent.code, "bootstrap_refused");
        }

        // Nor does it come back with the loss of one of them.
        town.later(30);
        let plain = town.sign_in("N1", PASSWORD).await.expect("in");
        let both = town.verify_totp(&plain, town.totp(&generator)).await;
        let mut accounts = town.accounts(town.as_person(&both.expect("raised")));
        let removal = wire::RemoveFactorRequest {
            person_id: String::new(),
            credential_id: town.credential("N1", "totp").await,
        };
        accounts.remove_factor(removal).await.expect("removed");
        let spent = refused(&opens().await.expect_err("for good"));
        assert_eq!(spent.code, "bootstrap_refused");
    })
    .await;
}

#[tokio::test]
async fn the_bootstrap_secret_takes_over_no_account_that_has_two_factors_and_ends_in_a_session_too()
{
    in_both(async |town| {
        let path = town.bootstrap_file();
        let secret = std::fs::read_to_string(&path).expect("readable");
        town.with_two_factors("S1").await;
        let taken = town.bootstrap(&secret, "S1").await;
        let taken = refused(&taken.expect_err("enrolled otherwise"));
        assert_eq!(taken.code, "bootstrap_refused");
        assert!(path.exists(), "it was used for nobody");

        let code = town.bootstrap(&secret, "N1").await.expect("opened");
        town.enrol("N1", &code, PASSWORD).await.expect("enrolled");
        let grant = town.sign_in("N1", PASSWORD).await.expect("in");
        let mut passkey = Authenticator::new(1);
        enrol(town, &grant, &mut passkey).await.expect("enrolled");
        assert!(!path.exists());
        assert_eq!(said::<wire::BootstrapEnded>(town).await.len(), 1);
    })
    .await;
}
