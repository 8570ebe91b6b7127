//! ID cards at the pages, over real TLS: the card door.

use std::{net::IpAddr, sync::Arc};

use proto::identity::v1 as wire;
use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
use reqwest::{Certificate, Client, Identity, redirect::Policy};
use runtime::files::{OWNER_ONLY, publish};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, SignatureScheme,
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use testkit::Engine;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    cards::{Ca, Issued, register_for},
    pages::{
        APPLICATION,
        browser::{Browser, Page, encoded},
    },
    town::{PASSWORD, Town},
};

/// Where the pages are for whoever is sent back to them from the door.
const PAGES: &str = "http://localhost:7080";
/// Most connections from one address.
const MOST: usize = 16;
const REFUSED: &str = "このカードは使えません。";

/// A town with a card door, and who issues what is shown there.
struct Station {
    town: Town,
    cards: Ca,
    servers: Ca,
}

/// Runs a test on SQLite and then on PostgreSQL.
async fn in_both(test: impl AsyncFn(&Station)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (cards, servers) = (Ca::new(), Ca::new());
        let own = servers.issues(&[1], ServerAuth, 2030);
        let directory = tempfile::tempdir().expect("a directory");
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            publish(&path, text, OWNER_ONLY).expect("written");
            Some(path)
        };
        let town = Town::configured(engine, |config| {
            config.identity.pages.return_to = vec![APPLICATION.to_owned()];
            let section = &mut config.identity.ic_card;
            let issuer = file("cards.pem", &cards.1).map(|path| ("city".to_owned(), path));
            section.issuers = issuer.into_iter().collect();
            section.listen = Some(([127, 0, 0, 1], 0).into());
            section.certificate_file = file("door.pem", &own.certificate);
            section.key_file = file("door.key", &own.key);
            config.limits.max_connections_per_address = MOST;
            config.limits.max_connections = 4 * MOST;
        })
        .await;
        let station = Station {
            town,
            cards,
            servers,
        };
        test(&station).await;
        station.town.process.stop().await;
    }
}

/// Where the door is, and the path there, that a page of ours shows.
fn way_of(page: &Page) -> (String, String) {
    let way = page.between("href=\"https://", "\"");
    let (host, path) = way.split_once('/').expect("a way to the door");
    (host.to_owned(), path.to_owned())
}

impl Station {
    /// Follows the way to the door that a page of ours shows, with this card in the reader.
    async fn through(
        &self,
        browser: Browser,
        page: &Page,
        card: Option<&Issued>,
    ) -> (Browser, Page) {
        self.through_from([127, 0, 0, 1], browser, page, card).await
    }

    /// The same from that address of this machine.
    async fn through_from(
        &self,
        address: [u8; 4],
        browser: Browser,
        page: &Page,
        card: Option<&Issued>,
    ) -> (Browser, Page) {
        let (host, path) = way_of(page);
        let own = Certificate::from_pem(self.servers.1.as_bytes()).expect("a certificate");
        let client = Client::builder()
            .redirect(Policy::none())
            .local_address(IpAddr::from(address))
            .tls_certs_only([own]);
        let client = match card {
            None => client,
            Some(card) => {
                let both = format!("{}{}", card.certificate, card.key);
                let shown = Identity::from_pem(both.as_bytes()).expect("a card");
                client.identity(shown)
            }
        };
        let client = client.build().expect("a client");
        let mut door = browser.at(client, &format!("https://{host}"));
        let page = door.get(&format!("/{path}")).await;
        assert_eq!(
            (page.status, page.header("connection")),
            (200, "close"),
            "{}",
            page.body
        );
        (door, page)
    }

    /// The same from the sign-in page of a new browser.
    async fn at_sign_in(&self, card: Option<&Issued>) -> (Browser, Page) {
        let mut browser = Browser::new(&self.town);
        let page = browser.get("/sign-in").await;
        self.through(browser, &page, card).await
    }

    /// Back at the pages.
    fn back(&self, door: Browser) -> Browser {
        let client = Client::builder().redirect(Policy::none()).build();
        door.at(client.expect("a client"), &self.town.process.http_uri())
    }

    async fn acr(&self) -> Vec<String> {
        let sessions = self.town.account("S1").await.sessions;
        sessions.into_iter().map(|session| session.acr).collect()
    }
}

#[tokio::test]
async fn a_card_signs_in_at_its_door_and_its_session_is_good_at_the_pages_4_4_4() {
    in_both(async |station| {
        let card = station.cards.card(&[0x0a, 0xbc]);
        let registered = register_for(&station.town, "S1", "C-1", "0A:BC").await;
        registered.expect("registered");
        let mut browser = Browser::new(&station.town);
        let path = format!("/sign-in?return_to={}", encoded(APPLICATION));
        let answer = browser.get(&path).await;
        let page = browser.follow(answer).await;
        let (mut door, page) = station.through(browser, &page, Some(&card)).await;
        assert!(
            page.body.contains("<h1>ICカードでサインイン</h1>"),
            "{}",
            page.body
        );
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            policy.ends_with(&format!("form-action 'self' {PAGES}")),
            "{policy}"
        );
        assert_eq!(
            door.session(),
            "",
            "nothing happens before the form is sent"
        );

        let answer = door.send("/sign-in/card", &[]).await;
        let next = answer.location().to_owned();
        assert!(next.starts_with("/continue?errand="), "{next}");
        let answer = door.get(&next).await;
        assert_eq!(answer.location(), format!("{PAGES}{next}"));
        let mut browser = station.back(door);
        let page = browser.get(&next).await;
        let link = format!("href=\"{APPLICATION}\"");
        assert!(page.body.contains(&link), "{}", page.body);
        assert_eq!(station.acr().await, ["urn:sekisho:aal3"]);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_does_not_count_is_refused_in_words_and_the_same_for_every_reason() {
    in_both(async |station| {
        let town = &station.town;
        let card = station.cards.card(&[0x0a, 0xbc]);
        let refuse = async |card: &Issued, why: &str| {
            let (mut door, _) = station.at_sign_in(Some(card)).await;
            let answer = door.send("/sign-in/card", &[]).await;
            assert_eq!(answer.status, 422, "{why}: {}", answer.body);
            assert!(answer.body.contains(REFUSED), "{why}: {}", answer.body);
            assert_eq!(door.session(), "", "{why}");
        };
        refuse(&card, "not registered").await;
        register_for(town, "S1", "C-1", "abc")
            .await
            .expect("registered");
        let serial = [0x0a, 0xbc];
        refuse(&Ca::new().card(&serial), "another issuer").await;
        refuse(
            &station.cards.issues(&serial, ServerAuth, 2030),
            "a server's",
        )
        .await;
        refuse(&station.cards.issues(&serial, ClientAuth, 2026), "over").await;

        let (mut door, page) = station.at_sign_in(None).await;
        assert!(
            page.body.contains("ICカードの証明書が届いていません。"),
            "{}",
            page.body
        );
        assert!(
            !page.body.contains("action=\"/sign-in/card\""),
            "nothing to send"
        );
        let answer = door.send("/sign-in/card", &[]).await;
        assert_eq!((answer.status, door.session().as_str()), (422, ""));

        let (mut door, _) = station.at_sign_in(Some(&card)).await;
        let answer = door.send("/sign-in/card", &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let report = wire::ReportCredentialLostRequest {
            person_id: "S1".to_owned(),
            credential_id: town.credential("S1", "ic_card").await,
            circumstances: "left on a train".to_owned(),
        };
        let mut accounts = town.accounts(town.platform());
        let reported = accounts.report_credential_lost(report).await;
        reported.expect("reported");
        assert_eq!(station.acr().await, [""; 0], "its sessions ended");
        refuse(&card, "lost").await;

        // And whoever tries again and again has to wait, with a good card too.
        let (mut door, _) = station.at_sign_in(Some(&card)).await;
        let mut last = door.send("/sign-in/card", &[]).await;
        for _ in 0..40 {
            last = door.send("/sign-in/card", &[]).await;
        }
        assert!(last.body.contains("失敗が続いています"), "{}", last.body);
    })
    .await;
}

#[tokio::test]
async fn the_own_card_raises_a_session_to_the_strongest_level_and_another_ones_does_not() {
    in_both(async |station| {
        let town = &station.town;
        let (own, other) = (station.cards.card(&[1]), station.cards.card(&[2]));
        register_for(town, "S1", "C-1", "01")
            .await
            .expect("registered");
        register_for(town, "S3", "C-3", "02")
            .await
            .expect("registered");
        let code = town.code_for("S1").await;
        town.enrol("S1", &code, PASSWORD).await.expect("enrolled");
        let mut browser = Browser::new(town);
        browser.get("/sign-in").await;
        browser.sign_in("S1", PASSWORD).await;
        let before = browser.session();
        let answer = browser.get("/step-up?acr_values=urn:sekisho:aal3").await;
        let page = browser.follow(answer).await;
        assert!(page.body.contains("ICカードで確認"), "{}", page.body);

        let (mut door, _) = station.through(browser, &page, Some(&other)).await;
        let answer = door.send("/step-up/card", &[]).await;
        assert!(
            answer.status == 422 && answer.body.contains(REFUSED),
            "{}",
            answer.body
        );
        assert_eq!(station.acr().await, ["urn:sekisho:aal1"]);
        let (mut door, _) = station.through(door, &page, Some(&own)).await;
        let answer = door.send("/step-up/card", &[]).await;
        assert_eq!(answer.location(), "/account");
        assert_ne!(door.session(), before, "the handle is new");
        assert_eq!(station.acr().await, ["urn:sekisho:aal3"]);
        assert_eq!(station.back(door).get("/account").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_door_takes_no_forged_form_and_sends_nobody_elsewhere() {
    in_both(async |station| {
        let card = station.cards.card(&[1]);
        let registered = register_for(&station.town, "S1", "C-1", "01").await;
        registered.expect("registered");
        let (other, _) = station.at_sign_in(Some(&card)).await;
        let (mut door, _) = station.at_sign_in(Some(&card)).await;
        for path in ["/sign-in/card", "/step-up/card", "/sign-out"] {
            for token in ["", "x", &other.token] {
                let answer = door.send_only(path, &[("token", token)]).await;
                assert_eq!(answer.status, 403, "{path} {token}");
            }
        }
        let path = format!(
            "/sign-in/card?return_to={}",
            encoded("https://evil.example/")
        );
        assert_eq!(door.get(&path).await.status, 400);
        for path in ["/", "//evil.example/", "/account?done=x", "/@evil.example"] {
            let answer = door.get(path).await;
            assert_eq!(answer.location(), format!("{PAGES}{path}"));
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_door_no_page_shows_a_way_to_it() {
    let town = Town::start(Engine::Sqlite).await;
    let mut browser = Browser::new(&town);
    let page = browser.get("/sign-in").await;
    assert!(!page.body.contains("/sign-in/card"), "{}", page.body);
    assert_eq!(browser.get("/sign-in/card").await.status, 404);
    town.process.stop().await;
}

/// How a browser begins to speak TLS.
fn hello() -> Vec<u8> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = "localhost".try_into().expect("a name");
    let mut client = ClientConnection::new(Arc::new(tls), name).expect("a client");
    let mut bytes = Vec::new();
    client.write_tls(&mut bytes).expect("written");
    bytes
}

#[tokio::test]
async fn who_begins_many_handshakes_and_ends_none_keeps_no_card_of_another_address_out() {
    in_both(async |station| {
        let card = station.cards.card(&[1]);
        let registered = register_for(&station.town, "S1", "C-1", "01").await;
        registered.expect("registered");
        let mut browser = Browser::new(&station.town);
        let page = browser.get("/sign-in").await;
        let begin = async || {
            let (host, _) = way_of(&page);
            let mut tcp = TcpStream::connect(host).await.expect("connected");
            // One that is turned away at once may be reset.
            let _ = tcp.write_all(&hello()).await;
            let heard = tcp.read_u8().await.is_ok();
            (tcp, heard)
        };
        let mut held = Vec::new();
        for n in 0..MOST {
            let (tcp, heard) = begin().await;
            assert!(heard, "handshake {n} is under way");
            held.push(tcp);
        }
        assert!(!begin().await.1, "one too many");
        let other = [127, 0, 0, 2];
        let (mut door, _) = station
            .through_from(other, browser, &page, Some(&card))
            .await;
        let answer = door.send("/sign-in/card", &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_eq!(station.acr().await, ["urn:sekisho:aal3"]);
        drop(held);
    })
    .await;
}

/// A certificate that was copied from a card, with another's key.
#[derive(Debug)]
struct Copied(Arc<CertifiedKey>);

impl ResolvesClientCert for Copied {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_certificate_without_its_key_gets_nowhere() {
    in_both(async |station| {
        let (card, other) = (station.cards.card(&[1]), station.cards.card(&[2]));
        let reached = async |key: &str| {
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
            let key = ring::sign::any_supported_type(&key).expect("a key");
            let shown = CertifiedKey::new(vec![card.der.clone().into()], key);
            let mut servers = RootCertStore::empty();
            let own = CertificateDer::from_pem_slice(station.servers.1.as_bytes());
            servers.add(own.expect("a certificate")).expect("added");
            let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_root_certificates(servers)
                .with_client_cert_resolver(Arc::new(Copied(Arc::new(shown))));
            let page = Browser::new(&station.town).get("/sign-in").await;
            let way = page.between("href=\"https://", "\"");
            let client = Client::builder().tls_backend_preconfigured(tls).build();
            let answer = client.expect("a client").get(format!("https://{way}"));
            answer.send().await.map(|answer| answer.status().as_u16())
        };
        assert_eq!(reached(&card.key).await.expect("its own key"), 200);
        reached(&other.key).await.expect_err("another's key");
    })
    .await;
}
