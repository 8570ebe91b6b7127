//! ID cards that sign in by their certificate.

use proto::identity::v1 as wire;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SerialNumber, date_time_ymd,
};
use standard::ServiceName;
use testkit::{Engine, TestProcess, refused};
use tonic::{Code, Status};
use wire::factors_client::FactorsClient;

use crate::{
    journal::said,
    town::{ORGANISATION, PASSWORD, STAFF, Town, start},
};

const GATE: &str = "card-gate";

/// Somebody who issues certificates, and their own (PEM).
pub(crate) struct Ca(Issuer<'static, KeyPair>, pub(crate) String);

/// A certificate, and with its key.
pub(crate) struct Issued {
    pub(crate) der: Vec<u8>,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Ca {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).expect("signed").pem();
        Self(Issuer::new(params, key), own)
    }

    pub(crate) fn issues(
        &self,
        serial: &[u8],
        usage: ExtendedKeyUsagePurpose,
        until: i32,
    ) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        params.serial_number = Some(SerialNumber::from_slice(serial));
        params.extended_key_usages = vec![usage];
        params.not_before = date_time_ymd(2025, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let signed = params.signed_by(&key, &self.0).expect("signed");
        Issued {
            der: signed.der().to_vec(),
            certificate: signed.pem(),
            key: key.serialize_pem(),
        }
    }

    pub(crate) fn card(&self, serial: &[u8]) -> Issued {
        self.issues(serial, ExtendedKeyUsagePurpose::ClientAuth, 2030)
    }
}

async fn shown(town: &Town, by: &str, card: &Issued) -> Result<wire::SessionGrant, Status> {
    let request = wire::SignInWithCertificateRequest {
        certificate: card.der.clone(),
    };
    let mut factors = FactorsClient::new(town.process.workload(by));
    let answer = factors.sign_in_with_certificate(request).await?;
    Ok(answer.into_inner().grant.expect("a grant"))
}

async fn register(town: &Town, serial: &str, certificate: &str) -> Result<(), Status> {
    register_for(town, "S1", serial, certificate).await
}

pub(crate) async fn register_for(
    town: &Town,
    person: &str,
    serial: &str,
    certificate: &str,
) -> Result<(), Status> {
    register_of(town, person, serial, ("", certificate)).await
}

async fn register_of(
    town: &Town,
    person: &str,
    serial: &str,
    (issuer, certificate): (&str, &str),
) -> Result<(), Status> {
    let request = wire::RegisterIdCardRequest {
        person_id: person.to_owned(),
        serial: serial.to_owned(),
        certificate_serial: certificate.to_owned(),
        certificate_issuer: issuer.to_owned(),
    };
    let mut accounts = town.accounts(town.platform());
    accounts.register_id_card(request).await.map(|_| ())
}

async fn town_with(issuers: &[(&str, &Ca)], engine: Engine) -> Town {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |(name, ca): &(&str, &Ca)| {
        let path = directory.path().join(name);
        std::fs::write(&path, &ca.1).expect("written");
        ((*name).to_owned(), path)
    };
    let process =
        TestProcess::start_configured(engine, &[(ServiceName::Identity, start)], |config| {
            config.identity.ic_card.issuers = issuers.iter().map(file).collect();
            config.identity.ic_card.terminators = vec![GATE.to_owned()];
        })
        .await;
    let town = Town { process };
    town.import(wire::TableKind::Organisation, ORGANISATION)
        .await;
    town.import(wire::TableKind::Staff, STAFF).await;
    town
}

#[tokio::test]
async fn a_card_signs_in_by_its_certificate_until_it_is_lost_4_4_4() {
    let (ca, other) = (Ca::new(), Ca::new());
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = town_with(&[("city", &ca)], engine).await;
        town.with_password("S1").await;
        let card = ca.card(&[0x0a, 0xbc]);
        assert_refused(shown(&town, GATE, &card).await, "not registered");
        register(&town, "C-1", "0A:BC").await.expect("registered");
        let grant = shown(&town, GATE, &card).await.expect("signed in");
        let session = grant.session.as_ref().expect("a session");
        assert_eq!(
            (session.person_id.as_str(), session.acr.as_str()),
            ("S1", "urn:sekisho:aal3")
        );

        // Its issuer, its purpose, its validity and its terminator count.
        let server = ExtendedKeyUsagePurpose::ServerAuth;
        let client = ExtendedKeyUsagePurpose::ClientAuth;
        for (wrong, why) in [
            (other.card(&[0x0a, 0xbc]), "another issuer"),
            (ca.issues(&[0x0a, 0xbc], server, 2030), "a server's"),
            (ca.issues(&[0x0a, 0xbc], client, 2026), "over"),
            (ca.card(&[0x0a, 0xbd]), "another serial number"),
        ] {
            assert_refused(shown(&town, GATE, &wrong).await, why);
        }
        let mut nothing = ca.card(&[0x0a, 0xbc]);
        nothing.der = b"not a certificate".to_vec();
        assert_refused(shown(&town, GATE, &nothing).await, "no certificate");
        let stranger = shown(&town, "vdi-gateway", &card).await;
        let stranger = refused(&stranger.expect_err("its word does not count"));
        assert_eq!(stranger.status, Code::PermissionDenied);
        assert_eq!(stranger.code, "certificate_terminator_unknown");

        let report = wire::ReportCredentialLostRequest {
            person_id: "S1".to_owned(),
            credential_id: town.credential("S1", "ic_card").await,
            circumstances: "left on a train".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        accounts
            .report_credential_lost(report)
            .await
            .expect("reported");
        town.session(&grant.access_token).await.expect_err("ended");
        assert_refused(shown(&town, GATE, &card).await, "lost");
        let refusals = said::<wire::SignInRefused>(&town).await;
        let last = refusals.last().expect("on record");
        assert_eq!(
            (last.person_id.as_str(), last.code.as_str()),
            ("S1", "credential_reported_lost")
        );
        let again = register(&town, "C-2", "abc")
            .await
            .expect_err("dead for good");
        assert_eq!(refused(&again).code, "factor_reported_lost");
        let odd = register(&town, "C-3", "serial")
            .await
            .expect_err("no number");
        assert_eq!(refused(&odd).fields, ["certificate_serial"]);
        town.sign_in("S1", PASSWORD)
            .await
            .expect("with a password still");
        town.process.stop().await;
    }
}

// Serial numbers are unique within one issuer only (RFC 5280, 4.1.2.2).
#[tokio::test]
async fn cards_of_two_issuers_with_the_same_number_are_two_cards_4_4_1() {
    let (city, ward) = (Ca::new(), Ca::new());
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = town_with(&[("city", &city), ("ward", &ward)], engine).await;
        for issuer in ["", "prefecture"] {
            let unclear = register_of(&town, "S1", "C-1", (issuer, "0A:BC")).await;
            let unclear = refused(&unclear.expect_err("whose number?"));
            assert_eq!(unclear.fields, ["certificate_issuer"], "{issuer:?}");
        }
        let (of_city, of_ward) = (city.card(&[0x0a, 0xbc]), ward.card(&[0x0a, 0xbc]));
        let registered = register_of(&town, "S1", "C-1", ("city", "0A:BC")).await;
        registered.expect("registered");
        assert_refused(shown(&town, GATE, &of_ward).await, "another issuer's");
        let registered = register_of(&town, "S3", "C-3", ("ward", "0A:BC")).await;
        registered.expect("another card");
        let taken = register_of(&town, "S2", "C-2", ("ward", "0A:BC")).await;
        let taken = refused(&taken.expect_err("the same card"));
        assert_eq!(taken.code, "card_of_another_person");
        for (card, person) in [(&of_city, "S1"), (&of_ward, "S3")] {
            let grant = shown(&town, GATE, card).await.expect("signed in");
            let session = grant.session.expect("a session");
            assert_eq!(session.person_id, person);
        }
        let factors = town.account("S3").await.factors;
        let known = factors.iter().map(|one| one.certificate_issuer.as_str());
        assert_eq!(known.collect::<Vec<_>>(), ["ward"]);
        town.process.stop().await;
    }
}

#[track_caller]
fn assert_refused(answer: Result<wire::SessionGrant, Status>, why: &str) {
    let status = answer.expect_err(why);
    assert_eq!(refused(&status).code, "sign_in_refused", "{why}");
}
