//! Passkeys, from the browser's side of the RPCs.

use proto::identity::v1 as wire;
use testkit::Authenticator;
use tonic::{Code, Status};
use wire::factors_client::FactorsClient;

use crate::{
    journal::said,
    refusals::code,
    town::{PASSWORD, Town, in_both},
};

pub(crate) type Factors = FactorsClient<rpc::client::Channel>;

pub(crate) fn as_anybody(town: &Town) -> Factors {
    FactorsClient::new(town.process.anonymous())
}

pub(crate) fn inside(town: &Town, grant: &wire::SessionGrant) -> Factors {
    FactorsClient::new(town.as_person(grant))
}

pub(crate) async fn enrol(
    town: &Town,
    grant: &wire::SessionGrant,
    passkey: &mut Authenticator,
) -> Result<String, Status> {
    let mut factors = inside(town, grant);
    let asked = factors
        .begin_passkey_enrolment(wire::BeginPasskeyEnrolmentRequest {})
        .await?;
    let ceremony = asked.into_inner().ceremony.expect("a ceremony");
    let made = wire::FinishPasskeyEnrolmentRequest {
        credential_json: passkey.create(&ceremony),
        challenge_id: ceremony.challenge_id,
        name: "机の鍵".to_owned(),
    };
    let enrolled = factors.finish_passkey_enrolment(made).await?;
    Ok(enrolled.into_inner().credential_id)
}

pub(crate) async fn challenge(town: &Town) -> wire::PasskeyCeremony {
    let asked = as_anybody(town)
        .begin_passkey_sign_in(wire::BeginPasskeySignInRequest {})
        .await;
    let asked = asked.expect("a challenge").into_inner();
    asked.ceremony.expect("a ceremony")
}

pub(crate) async fn answer(
    town: &Town,
    challenge_id: &str,
    credential_json: String,
) -> Result<wire::SessionGrant, Status> {
    let answered = wire::SignInWithPasskeyRequest {
        challenge_id: challenge_id.to_owned(),
        credential_json,
    };
    let answer = as_anybody(town).sign_in_with_passkey(answered).await?;
    Ok(answer.into_inner().grant.expect("a grant"))
}

pub(crate) async fn sign_in(
    town: &Town,
    passkey: &mut Authenticator,
) -> Result<wire::SessionGrant, Status> {
    let ceremony = challenge(town).await;
    let signed = passkey.get(&ceremony);
    answer(town, &ceremony.challenge_id, signed).await
}

pub(crate) async fn step_up(
    town: &Town,
    grant: &wire::SessionGrant,
    passkey: &mut Authenticator,
) -> Result<wire::SessionGrant, Status> {
    let mut factors = inside(town, grant);
    let asked = factors
        .begin_passkey_verification(wire::BeginPasskeyVerificationRequest {})
        .await?;
    let ceremony = asked.into_inner().ceremony.expect("a ceremony");
    let signed = wire::VerifyPasskeyRequest {
        credential_json: passkey.get(&ceremony),
        challenge_id: ceremony.challenge_id,
    };
    let answer = factors.verify_passkey(signed).await?;
    Ok(answer.into_inner().grant.expect("a grant"))
}

fn acr(grant: &wire::SessionGrant) -> &str {
    &grant.session.as_ref().expect("a session").acr
}

#[tokio::test]
async fn a_passkey_is_enrolled_signs_in_without_a_number_and_steps_up() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let mut passkey = Authenticator::new(1);
        passkey.synced = true;
        let id = enrol(town, &one.grant, &mut passkey)
            .await
            .expect("enrolled");
        let grant = sign_in(town, &mut passkey).await.expect("signed in");
        let session = grant.session.as_ref().expect("a session");
        assert_eq!(
            (session.person_id.as_str(), acr(&grant)),
            ("S1", "urn:sekisho:aal2")
        );
        let plain = town.sign_in("S1", PASSWORD).await.expect("in");
        let raised = step_up(town, &plain, &mut passkey).await.expect("raised");
        assert_eq!(acr(&raised), "urn:sekisho:aal2");
        town.refresh(&plain.session_handle)
            .await
            .expect_err("replaced");
        let factors = town.account("S1").await.factors;
        let known = factors.iter().find(|known| known.credential_id == id);
        let known = known.expect("the passkey");
        assert_eq!(
            (known.kind.as_str(), known.name.as_str()),
            ("passkey", "机の鍵")
        );
        assert!(known.backup_eligible && known.backed_up);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_the_first_factor_with_a_one_time_code() {
    in_both(async |town| {
        let code_of = town.code_for("S1").await;
        let begin = |code: &str| wire::BeginPasskeyEnrolmentWithCodeRequest {
            person_id: "S1".to_owned(),
            code: code.to_owned(),
        };
        let mut factors = as_anybody(town);
        let wrong = factors
            .begin_passkey_enrolment_with_code(begin("WRONG"))
            .await;
        assert_eq!(code(wrong), "sign_in_refused");
        let asked = factors
            .begin_passkey_enrolment_with_code(begin(&code_of))
            .await;
        let ceremony = asked.expect("asked").into_inner().ceremony;
        let ceremony = ceremony.expect("a ceremony");
        let mut passkey = Authenticator::new(1);
        let made = wire::FinishPasskeyEnrolmentWithCodeRequest {
            person_id: "S1".to_owned(),
            code: code_of.clone(),
            credential_json: passkey.create(&ceremony),
            challenge_id: ceremony.challenge_id,
            name: "first".to_owned(),
        };
        let enrolled = factors.finish_passkey_enrolment_with_code(made).await;
        enrolled.expect("enrolled");
        let again = factors
            .begin_passkey_enrolment_with_code(begin(&code_of))
            .await;
        assert_eq!(code(again), "sign_in_refused", "the code is spent");
        let grant = sign_in(town, &mut passkey).await.expect("signed in");
        assert_eq!(acr(&grant), "urn:sekisho:aal2");
    })
    .await;
}

#[tokio::test]
async fn attack_8_old_challenge_wrong_origin_uv_clear_counter_back_anothers_passkey() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let other = town.with_password("S2").await;
        let (mut passkey, mut others) = (Authenticator::new(1), Authenticator::new(2));
        enrol(town, &one.grant, &mut passkey)
            .await
            .expect("enrolled");
        enrol(town, &other.grant, &mut others)
            .await
            .expect("enrolled");

        // A challenge is good for one answer, right or wrong, for its own purpose and for 5 minutes.
        let ceremony = challenge(town).await;
        let signed = passkey.get(&ceremony);
        let id = &ceremony.challenge_id;
        answer(town, id, signed.clone()).await.expect("in");
        assert_eq!(
            code(answer(town, id, signed.clone()).await),
            "passkey_challenge_over"
        );
        let newer = challenge(town).await;
        let replayed = answer(town, &newer.challenge_id, signed).await;
        assert_eq!(
            code(replayed),
            "sign_in_refused",
            "signed for another challenge"
        );
        let again = answer(town, &newer.challenge_id, passkey.get(&newer)).await;
        assert_eq!(
            code(again),
            "passkey_challenge_over",
            "the wrong answer used it up"
        );
        let slow = challenge(town).await;
        town.later(300);
        let late = answer(town, &slow.challenge_id, passkey.get(&slow)).await;
        assert_eq!(code(late), "passkey_challenge_over");
        let session = town.sign_in("S1", PASSWORD).await.expect("in");
        let elsewhere = inside(town, &session)
            .begin_passkey_verification(wire::BeginPasskeyVerificationRequest {})
            .await;
        let elsewhere = elsewhere.expect("asked").into_inner().ceremony;
        let elsewhere = elsewhere.expect("a ceremony");
        let signed = passkey.get(&elsewhere);
        let wrong = answer(town, &elsewhere.challenge_id, signed).await;
        assert_eq!(code(wrong), "passkey_challenge_over", "for a step-up");

        // Everything the signature covers.
        let mut phished = passkey.clone();
        phished.origin = "http://localhost.example:7080".to_owned();
        let mut port = passkey.clone();
        port.origin = "http://localhost:7081".to_owned();
        let mut unverified = passkey.clone();
        unverified.verifies = false;
        let mut forged = passkey.clone();
        forged.forge = 1;
        let mut copied = passkey.clone();
        copied.counter = 1;
        for (wrong, why) in [
            (&mut phished, "wrong_passkey"),
            (&mut port, "wrong_passkey"),
            (&mut unverified, "wrong_passkey"),
            (&mut forged, "wrong_passkey"),
            (&mut copied, "passkey_counter_not_risen"),
        ] {
            assert_eq!(code(sign_in(town, wrong).await), "sign_in_refused", "{why}");
            let events = said::<wire::SignInRefused>(town).await;
            let last = events.last().expect("on record");
            assert_eq!((last.person_id.as_str(), last.code.as_str()), ("S1", why));
        }

        // Another's passkey raises no session, and one nobody has enrolled starts none.
        let theirs = step_up(town, &session, &mut others).await;
        assert_eq!(code(theirs), "sign_in_refused");
        let live = town.session(&session.access_token).await.expect("live");
        assert_eq!(live.acr, "urn:sekisho:aal1");
        let unknown = sign_in(town, &mut Authenticator::new(3)).await;
        let unknown = unknown.expect_err("unknown");
        assert!(matches!(
            unknown.code(),
            Code::Unauthenticated | Code::InvalidArgument
        ));
        // The same authenticator for a second person.
        let fresh = sign_in(town, &mut others).await.expect("in");
        let mut stolen = Authenticator::new(1);
        let again = enrol(town, &fresh, &mut stolen).await;
        assert_eq!(code(again), "passkey_registered_already");
        sign_in(town, &mut passkey)
            .await
            .expect("it is none the worse");
    })
    .await;
}

#[tokio::test]
async fn a_new_passkey_must_verify_its_user_at_the_right_place() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let mut unverified = Authenticator::new(1);
        unverified.verifies = false;
        let mut elsewhere = Authenticator::new(2);
        elsewhere.origin = "https://sekisho.example".to_owned();
        for wrong in [&mut unverified, &mut elsewhere] {
            let refused = enrol(town, &one.grant, wrong).await;
            assert_eq!(code(refused), "passkey_not_verified");
        }
        let nothing = wire::SignInWithPasskeyRequest {
            challenge_id: challenge(town).await.challenge_id,
            credential_json: "{\"id\":[".to_owned(),
        };
        let unreadable = as_anybody(town).sign_in_with_passkey(nothing).await;
        assert_eq!(code(unreadable), "passkey_unreadable");
    })
    .await;
}

#[tokio::test]
async fn a_lost_passkey_ends_its_sessions_and_signs_in_no_more() {
    in_both(async |town| {
        let one = town.with_password("S1").await;
        let mut passkey = Authenticator::new(1);
        let id = enrol(town, &one.grant, &mut passkey)
            .await
            .expect("enrolled");
        let grant = sign_in(town, &mut passkey).await.expect("in");
        let report = wire::ReportCredentialLostRequest {
            person_id: "S1".to_owned(),
            credential_id: id,
            circumstances: "left on a train".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts
            .report_credential_lost(report)
            .await
            .expect("reported");
        let dead = town.session(&grant.access_token).await;
        assert_eq!(code(dead), "token_revoked_by_loss");
        assert_eq!(code(sign_in(town, &mut passkey).await), "sign_in_refused");
    })
    .await;
}
