//! IDs for emergencies: closed until two others open one, and closed again by themselves.

use proto::{common::v1::ImportMode, identity::v1 as wire};
use rpc::client::Channel;
use standard::Role;
use testkit::{Authenticator, eventually, measured};
use tonic::{Code, Status};
use wire::{AccessOutcome, emergency_client::EmergencyClient};

use crate::{
    grants::{granted, permit_for},
    journal::said,
    passkeys::{as_anybody, enrol, sign_in},
    refusals::code,
    town::{PASSWORD, Town, in_both},
};

const KEYS: &str = "BG-1";

const POSTS: &str = "\
職コード,職名,局区コード,課公所コード,役割,在職者
finance-head,財政局長,finance,,局(区)情報管理者,S3
";

type Access = Result<wire::EmergencyAccess, Status>;

/// One of those concerned, with the role of their post.
struct Somebody<'a>(&'a Town, &'static str, Role);

impl Somebody<'_> {
    fn client(&self) -> EmergencyClient<Channel> {
        let Self(town, person, role) = self;
        EmergencyClient::new(town.process.person(person, "tax", &[*role]))
    }

    async fn asks(&self) -> Access {
        let request = wire::AskEmergencyAccessRequest {
            emergency_id: KEYS.to_owned(),
            system_ids: vec!["SYS-1".to_owned()],
            reason: "認証基盤が止まり、特権を付与できる者がいない".to_owned(),
        };
        let answer = self.client().ask_emergency_access(request).await?;
        Ok(answer.into_inner().access.expect("as it stands"))
    }

    async fn approves(&self, access: &str) -> Access {
        let request = wire::ApproveEmergencyAccessRequest {
            access_id: access.to_owned(),
        };
        let answer = self.client().approve_emergency_access(request).await?;
        Ok(answer.into_inner().access.expect("as it stands"))
    }

    async fn closes(&self, access: &str) -> Access {
        let request = wire::CloseEmergencyAccessRequest {
            access_id: access.to_owned(),
        };
        let answer = self.client().close_emergency_access(request).await?;
        Ok(answer.into_inner().access.expect("as it stands"))
    }

    async fn reviews(&self, access: &str) -> Access {
        let request = wire::ReviewEmergencyAccessRequest {
            access_id: access.to_owned(),
            findings: "サービスの再起動のみ。妥当".to_owned(),
        };
        let answer = self.client().review_emergency_access(request).await?;
        Ok(answer.into_inner().access.expect("as it stands"))
    }
}

impl Town {
    fn runner(&self) -> Somebody<'_> {
        Somebody(self, "N1", Role::NetworkManager)
    }

    fn head(&self) -> Somebody<'_> {
        Somebody(self, "M1", Role::InformationManager)
    }

    fn chief(&self) -> Somebody<'_> {
        Somebody(self, "S3", Role::BureauManager)
    }

    async fn emergency_id(&self) -> wire::EmergencyId {
        let request = wire::ListEmergencyIdsRequest {};
        let listed = EmergencyClient::new(self.platform())
            .list_emergency_ids(request)
            .await;
        let listed = listed.expect("listed").into_inner();
        let mut ids = listed.emergency_ids;
        assert_eq!(ids.len(), 1);
        let missing = if ids[0].ready { 1 } else { 2 };
        assert_eq!(listed.ready_missing, missing, "two should be ready");
        ids.remove(0)
    }

    /// The ID for emergencies is registered, or once more: a day to enrol its key.
    async fn register_keys(&self) {
        let request = wire::RegisterEmergencyIdRequest {
            emergency_id: KEYS.to_owned(),
            name: "緊急用1".to_owned(),
            section_id: "centre".to_owned(),
        };
        EmergencyClient::new(self.platform())
            .register_emergency_id(request)
            .await
            .expect("registered");
    }

    /// An ID for emergencies whose key is enrolled and put away, and a system it may be needed on.
    async fn with_emergency_id(&self) -> Authenticator {
        self.points().await;
        self.system("SYS-1").await;
        self.import(wire::TableKind::Posts, POSTS).await;
        self.register_keys().await;
        assert!(!self.emergency_id().await.ready);
        assert_eq!(code(self.runner().asks().await), "emergency_keys_unfit");
        let mut key = Authenticator::new(7);
        self.enrol_key(&mut key).await;
        assert!(self.emergency_id().await.ready);
        self.later(24 * 3600);
        key
    }

    async fn enrol_key(&self, key: &mut Authenticator) {
        let code = self.code_for(KEYS).await;
        let mut factors = as_anybody(self);
        let begin = wire::BeginPasskeyEnrolmentWithCodeRequest {
            person_id: KEYS.to_owned(),
            code: code.clone(),
        };
        let asked = factors.begin_passkey_enrolment_with_code(begin).await;
        let ceremony = asked.expect("asked").into_inner().ceremony;
        let ceremony = ceremony.expect("a ceremony");
        let finish = wire::FinishPasskeyEnrolmentWithCodeRequest {
            person_id: KEYS.to_owned(),
            code,
            credential_json: key.create(&ceremony),
            challenge_id: ceremony.challenge_id,
            name: "金庫の鍵".to_owned(),
        };
        let enrolled = factors.finish_passkey_enrolment_with_code(finish).await;
        enrolled.expect("enrolled");
    }

    /// Asked for, once the ledger's news of the system is here.
    async fn asked(&self) -> String {
        eventually("asked", async || self.runner().asks().await.ok())
            .await
            .access_id
    }
}

async fn administer(town: &Town, token: &str) -> AccessOutcome {
    let question = wire::AccessQuestion {
        system_id: "SYS-1".to_owned(),
        action: wire::AccessAction::Administer.into(),
        ..wire::AccessQuestion::default()
    };
    town.decided("office", token, question).await.0
}

#[tokio::test]
async fn two_others_open_it_and_closing_it_ends_everything_7_2_8_1() {
    in_both(async |town| {
        let mut key = town.with_emergency_id().await;
        assert_eq!(code(sign_in(town, &mut key).await), "sign_in_refused");
        let id = town.asked().await;
        assert_eq!(code(town.runner().asks().await), "emergency_id_busy");
        let own = town.runner().approves(&id).await;
        assert_eq!(code(own), "emergency_own_request");
        let clerk = Somebody(town, "S1", Role::Staff).approves(&id).await;
        assert_eq!(clerk.expect_err("no role").code(), Code::PermissionDenied);
        town.head().approves(&id).await.expect("approved");
        town.head().approves(&id).await.expect("counts once");
        assert_eq!(code(sign_in(town, &mut key).await), "sign_in_refused");
        let open = town.chief().approves(&id).await.expect("opened");
        assert_eq!(open.approved_by, ["M1", "S3"]);
        let opened = "sekisho_identity_emergency_accesses_opened_total";
        assert!(measured(opened, &[]) > 0.0);

        let grant = sign_in(town, &mut key).await.expect("signed in");
        eventually("may administer", async || {
            let outcome = administer(town, &grant.access_token).await;
            (outcome == AccessOutcome::Allow).then_some(())
        })
        .await;
        let told = said::<wire::EmergencyAccessOpened>(town).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].asked_by, "N1");
        assert_eq!(told[0].system_ids, ["SYS-1"]);

        let early = town.head().reviews(&id).await;
        assert_eq!(code(early), "emergency_not_over");
        town.runner().closes(&id).await.expect("closed");
        assert_eq!(code(sign_in(town, &mut key).await), "sign_in_refused");
        eventually("may nothing any more", async || {
            let outcome = administer(town, &grant.access_token).await;
            (outcome == AccessOutcome::Deny).then_some(())
        })
        .await;
        let own = town.runner().reviews(&id).await;
        assert_eq!(code(own), "emergency_own_request");
        let reviewed = town.head().reviews(&id).await.expect("reviewed");
        assert_eq!(reviewed.reviewed_by, "M1");
        let again = town.chief().reviews(&id).await;
        assert_eq!(code(again), "emergency_reviewed");
    })
    .await;
}

/// Whoever may use it for hours would else keep a key of their own to it.
#[tokio::test]
async fn nobody_gives_it_another_key_or_more_time_while_it_is_open_7_2_8_1b() {
    in_both(async |town| {
        let mut key = town.with_emergency_id().await;
        let id = town.asked().await;
        let closed = async |town: &Town| {
            let request = wire::OpenEnrolmentRequest {
                person_id: KEYS.to_owned(),
            };
            let opened = town.accounts(town.platform()).open_enrolment(request).await;
            assert_eq!(code(opened), "account_open_for_emergency");
            let request = wire::RegisterEmergencyIdRequest {
                emergency_id: KEYS.to_owned(),
                name: "緊急用1".to_owned(),
                section_id: "centre".to_owned(),
            };
            let mut client = EmergencyClient::new(town.platform());
            let longer = client.register_emergency_id(request).await;
            assert_eq!(code(longer), "emergency_id_open");
        };
        closed(town).await;
        town.head().approves(&id).await.expect("approved");
        town.chief().approves(&id).await.expect("opened");
        closed(town).await;
        let grant = sign_in(town, &mut key).await.expect("in");
        let enrolled = enrol(town, &grant, &mut Authenticator::new(8)).await;
        assert_eq!(code(enrolled), "account_open_for_emergency");
    })
    .await;
}

#[tokio::test]
async fn it_ends_by_itself_after_four_hours_7_2_8_1a() {
    in_both(async |town| {
        let mut key = town.with_emergency_id().await;
        let id = town.asked().await;
        for by in [town.head(), town.chief()] {
            by.approves(&id).await.expect("approved");
        }
        town.later(4 * 3600 - 60);
        let grant = sign_in(town, &mut key).await.expect("still open");
        eventually("may administer", async || {
            let outcome = administer(town, &grant.access_token).await;
            (outcome == AccessOutcome::Allow).then_some(())
        })
        .await;
        town.later(60);
        let outcome = administer(town, &grant.access_token).await;
        assert_eq!(outcome, AccessOutcome::Deny, "although nobody did anything");
        assert_eq!(code(sign_in(town, &mut key).await), "sign_in_refused");
        let listed = wire::ListEmergencyAccessesRequest::default();
        let listed = EmergencyClient::new(town.platform())
            .list_emergency_accesses(listed)
            .await;
        let listed = listed.expect("a page").into_inner().accesses;
        let due = proto::timestamp(town.now() + jiff::SignedDuration::from_hours(24));
        assert_eq!(listed[0].review_due_at, Some(due));
        assert_eq!(listed[0].reviewed_by, "");
    })
    .await;
}

#[tokio::test]
async fn a_password_beside_the_key_makes_an_id_unfit_for_emergencies() {
    in_both(async |town| {
        town.with_emergency_id().await;
        // Another day to enrol.
        town.register_keys().await;
        let code_of = town.code_for(KEYS).await;
        town.enrol(KEYS, &code_of, PASSWORD)
            .await
            .expect("enrolled");
        assert!(!town.emergency_id().await.ready);
        assert_eq!(code(town.runner().asks().await), "emergency_keys_unfit");
        let staff = wire::AskEmergencyAccessRequest {
            emergency_id: "S1".to_owned(),
            system_ids: vec!["SYS-1".to_owned()],
            reason: "x".to_owned(),
        };
        let staff = town.runner().client().ask_emergency_access(staff).await;
        assert_eq!(code(staff), "emergency_id_unknown");
    })
    .await;
}

/// On the day on which its keys are enrolled too it signs in, and must reach nothing.
#[tokio::test]
async fn no_table_and_no_permit_gives_it_access_and_only_opening_it_does_7_2_8_1b() {
    in_both(async |town| {
        let mut key = town.with_emergency_id().await;
        // Another day to enrol.
        town.register_keys().await;
        let grant = sign_in(town, &mut key).await.expect("in service");

        let table = format!("職員番号,システム番号\nS1,SYS-1\n{KEYS},SYS-1\n");
        let kind = wire::TableKind::Entitlements;
        let report = eventually("the ledger's systems are known", async || {
            let rows = ImportMode::GoodRows;
            let report = town.import_as(kind, &table, rows, false).await;
            (report.created == 1).then_some(report)
        })
        .await;
        assert_eq!(report.errors.len(), 1);
        let error = &report.errors[0];
        let at = (error.row, error.column.as_str(), error.code.as_str());
        assert_eq!(at, (3, "職員番号", "grant_emergency_id"));
        assert_eq!(error.clauses, ["7-2-(8)-1b"]);
        for (id, effect) in [("p1", "entitlement"), ("p2", "privileged_grant")] {
            granted(town, permit_for(town, KEYS, id, effect)).await;
        }
        let told = eventually("what became of the permits", async || {
            let told = said::<wire::PermitNotCarriedOut>(town).await;
            (told.len() == 2).then_some(told)
        })
        .await;
        let codes = told
            .iter()
            .map(|one| (one.permit_id.as_str(), one.code.as_str()));
        let expected = ["p1", "p2"].map(|permit| (permit, "grant_emergency_id"));
        assert_eq!(codes.collect::<Vec<_>>(), expected);
        let outcome = administer(town, &grant.access_token).await;
        assert_eq!(outcome, AccessOutcome::Deny);
        assert_eq!(said::<wire::PrivilegedGrantStarted>(town).await, []);
    })
    .await;
}
