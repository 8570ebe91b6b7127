//! Robots act under IDs of their own, and reach what these name.

use proto::{
    common::v1::{AccessPath, ImportMode},
    identity::v1 as wire,
};
use rpc::client::Channel;
use standard::Role;
use testkit::{eventually, refused};
use wire::{
    AccessOutcome, access_decision_client::AccessDecisionClient,
    enforcement_points_client::EnforcementPointsClient, service_ids_client::ServiceIdsClient,
};

use crate::{
    grants::{granted, permit_for},
    journal::said,
    refusals::code,
    town::{PASSWORD, Town, in_both},
};

const ROBOT: &str = "RPA-1";

fn robot() -> wire::RegisterServiceIdRequest {
    wire::RegisterServiceIdRequest {
        service_id: ROBOT.to_owned(),
        name: "課税データの転記".to_owned(),
        owner_id: "S1".to_owned(),
        purpose: "申告データを課税台帳へ転記する".to_owned(),
        system_ids: vec!["SYS-1".to_owned()],
        path: AccessPath::Office.into(),
    }
}

impl Town {
    fn robots(&self, channel: Channel) -> ServiceIdsClient<Channel> {
        ServiceIdsClient::new(channel)
    }

    /// The head of the tax section.
    fn tax_head(&self) -> Channel {
        let role = Role::InformationManager;
        self.process.person("M1", "tax", &[role])
    }

    /// The robot is registered, once the ledger's news of its system is here.
    async fn with_robot(&self) -> wire::ServiceId {
        self.system("SYS-1").await;
        eventually("registered", async || {
            let done = self
                .robots(self.tax_head())
                .register_service_id(robot())
                .await;
            done.ok()?.into_inner().service_id
        })
        .await
    }

    async fn listed_robots(&self) -> Vec<wire::ServiceId> {
        let request = wire::ListServiceIdsRequest::default();
        let page = self.robots(self.platform()).list_service_ids(request).await;
        page.expect("a page").into_inner().service_ids
    }

    /// Registers the points through which requests come.
    pub(crate) async fn points(&self) {
        let mut points = EnforcementPointsClient::new(self.platform());
        for (id, path) in [
            ("office", AccessPath::Office),
            ("vdi", AccessPath::Telework),
        ] {
            let point = wire::RegisterEnforcementPointRequest {
                enforcement_point_id: id.to_owned(),
                name: id.to_owned(),
                workload: id.to_owned(),
                path: path.into(),
            };
            points
                .register_enforcement_point(point)
                .await
                .expect("registered");
        }
    }

    /// What a decision says: its outcome, and the codes of its reasons.
    pub(crate) async fn decided(
        &self,
        point: &str,
        token: &str,
        question: wire::AccessQuestion,
    ) -> (AccessOutcome, Vec<String>) {
        let request = wire::EvaluateRequest {
            subject_token: token.to_owned(),
            question: Some(question),
        };
        let mut decisions = AccessDecisionClient::new(self.process.workload(point));
        let answer = decisions.evaluate(request).await.expect("an answer");
        let answer = answer.into_inner().answer.expect("an answer");
        let codes = answer.reasons.iter().map(|one| one.code.clone());
        (answer.outcome(), codes.collect())
    }
}

fn automated(system: &str) -> wire::AccessQuestion {
    wire::AccessQuestion {
        system_id: system.to_owned(),
        action: wire::AccessAction::Use.into(),
        automated: true,
        ..wire::AccessQuestion::default()
    }
}

#[tokio::test]
async fn a_robot_reaches_what_its_own_id_names_and_by_its_own_path_7_8_3() {
    in_both(async |town| {
        town.points().await;
        let known = town.with_robot().await;
        assert!(!known.owner_gone);
        let code = town.code_for(ROBOT).await;
        town.enrol(ROBOT, &code, PASSWORD).await.expect("enrolled");
        let grant = town.sign_in(ROBOT, PASSWORD).await.expect("signed in");
        let token = grant.access_token.as_str();
        eventually("let in", async || {
            let (outcome, _) = town.decided("office", token, automated("SYS-1")).await;
            (outcome == AccessOutcome::Allow).then_some(())
        })
        .await;
        let (_, codes) = town.decided("vdi", token, automated("SYS-1")).await;
        assert!(codes.contains(&"rpa_path".to_owned()), "{codes:?}");
        let (_, codes) = town.decided("office", token, automated("SYS-2")).await;
        assert!(
            codes.contains(&"entitlement_missing".to_owned()),
            "{codes:?}"
        );

        // A robot under its owner's ID.
        let owner = town.with_password("S1").await;
        let owner = owner.grant.access_token.as_str();
        let (outcome, codes) = town.decided("office", owner, automated("SYS-1")).await;
        assert_eq!(outcome, AccessOutcome::Deny);
        assert!(codes.contains(&"rpa_own_id".to_owned()), "{codes:?}");
    })
    .await;
}

#[tokio::test]
async fn no_table_and_no_permit_adds_to_what_a_robots_registration_names_7_8_3() {
    in_both(async |town| {
        town.with_robot().await;
        town.system("SYS-2").await;
        let table = format!("職員番号,システム番号\nS1,SYS-2\n{ROBOT},SYS-2\n{ROBOT},SYS-1\n");
        let (kind, rows) = (wire::TableKind::Entitlements, ImportMode::GoodRows);
        let report = eventually("the ledger's systems are known", async || {
            let report = town.import_as(kind, &table, rows, false).await;
            (report.created == 1).then_some(report)
        })
        .await;
        let told = report.errors.iter().map(|error| {
            assert_eq!(error.clauses, ["7-8-3"]);
            (error.row, error.column.as_str(), error.code.as_str())
        });
        let expected = [3, 4].map(|row| (row, "職員番号", "grant_service_id"));
        assert_eq!(told.collect::<Vec<_>>(), expected);
        granted(town, permit_for(town, ROBOT, "p1", "entitlement")).await;
        let told = eventually("what became of the permit", async || {
            said::<wire::PermitNotCarriedOut>(town).await.pop()
        })
        .await;
        assert_eq!(
            (told.permit_id.as_str(), told.code.as_str()),
            ("p1", "grant_service_id")
        );
        let listed = wire::ListEntitlementsRequest {
            person_id: ROBOT.to_owned(),
            ..wire::ListEntitlementsRequest::default()
        };
        let listed = town.entitlements().list_entitlements(listed).await;
        let listed = listed.expect("a page").into_inner().entitlements;
        let systems: Vec<_> = listed.iter().map(|one| one.system_id.as_str()).collect();
        assert_eq!(systems, ["SYS-1"], "as registered");
    })
    .await;
}

#[tokio::test]
async fn a_robots_id_ends_by_itself_after_a_year_or_earlier_by_hand_7_8_3() {
    in_both(async |town| {
        let known = town.with_robot().await;
        let year: jiff::Timestamp = "2027-04-01T01:00:00Z".parse().expect("an instant");
        assert_eq!(known.ends_at, Some(proto::timestamp(year)));
        let code_of = town.code_for(ROBOT).await;
        town.enrol(ROBOT, &code_of, PASSWORD)
            .await
            .expect("enrolled");
        let end = wire::EndServiceIdRequest {
            service_id: ROBOT.to_owned(),
            reason: "廃止".to_owned(),
        };
        let mut robots = town.robots(town.tax_head());
        robots.end_service_id(end).await.expect("ended");
        assert_eq!(code(town.sign_in(ROBOT, PASSWORD).await), "sign_in_refused");
        let listed = wire::ListEntitlementsRequest {
            person_id: ROBOT.to_owned(),
            ..wire::ListEntitlementsRequest::default()
        };
        let listed = town.entitlements().list_entitlements(listed).await;
        assert_eq!(listed.expect("a page").into_inner().entitlements, []);
        let told = said::<wire::ServiceIdEnded>(town).await;
        assert_eq!((told.len(), told[0].reason.as_str()), (1, "廃止"));

        // Registered anew it serves again, and until its end.
        robots.register_service_id(robot()).await.expect("renewed");
        town.sign_in(ROBOT, PASSWORD).await.expect("signed in");
        town.later(365 * 24 * 3600);
        assert_eq!(code(town.sign_in(ROBOT, PASSWORD).await), "sign_in_refused");
    })
    .await;
}

#[tokio::test]
async fn a_robots_id_has_an_owner_and_is_no_member_of_staff_7_8_3() {
    in_both(async |town| {
        let blank = wire::RegisterServiceIdRequest::default();
        let head = || town.robots(town.tax_head());
        let told = head().register_service_id(blank).await.expect_err("blank");
        let expected = [
            "system_ids",
            "path",
            "service_id",
            "name",
            "owner_id",
            "purpose",
        ];
        assert_eq!(refused(&told).fields, expected);
        town.with_robot().await;

        // Of another section's people, only their managers dispose; and so of a robot they own.
        let roads = wire::RegisterServiceIdRequest {
            owner_id: "S3".to_owned(),
            ..robot()
        };
        let theirs = head().register_service_id(roads).await;
        assert_eq!(code(theirs), "service_id_no_authority");
        let nobody = wire::RegisterServiceIdRequest {
            owner_id: ROBOT.to_owned(),
            ..robot()
        };
        let owned = head().register_service_id(nobody).await;
        assert_eq!(code(owned), "service_id_owner_not_in_service");
        let staff = wire::RegisterServiceIdRequest {
            service_id: "S2".to_owned(),
            ..robot()
        };
        let taken = head().register_service_id(staff).await;
        assert_eq!(code(taken), "person_number_taken");

        let table = format!("職員番号,氏名,所属コード\n{ROBOT},誰か,tax\n");
        let report = town.import(wire::TableKind::Staff, &table).await;
        assert_eq!(report.errors[0].code, "person_number_taken");
        let post = wire::AssignPostRequest {
            post_id: "tax-head".to_owned(),
            person_id: ROBOT.to_owned(),
            ..wire::AssignPostRequest::default()
        };
        let given = town.organisation().assign_post(post).await;
        given.expect_err("posts are for people");

        assert!(!town.listed_robots().await[0].owner_gone);
        town.later(2 * 24 * 3600);
        let today = standard::jst_date(town.now());
        let yesterday = today.yesterday().expect("a day");
        let table = format!("職員番号,氏名,所属コード,退職日\nS1,青葉 花子,tax,{yesterday}\n");
        let left = town.import(wire::TableKind::Staff, &table).await;
        assert_eq!((&left.errors[..], left.changed), (&[][..], 1));
        assert!(town.listed_robots().await[0].owner_gone);
    })
    .await;
}
