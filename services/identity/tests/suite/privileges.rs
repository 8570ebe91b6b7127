//! Privileged grants: who has them, their early end, and their review.

use proto::identity::v1 as wire;
use rpc::client::Channel;
use standard::Role;
use testkit::eventually;
use tonic::Status;
use wire::privileges_client::PrivilegesClient;

use crate::{
    grants::{granted, listed_as, permit},
    journal::said,
    recovery::recover,
    refusals::code,
    town::{PASSWORD, Town, in_both},
};

type Privileges = PrivilegesClient<Channel>;

impl Town {
    fn privileges(&self, person: &str, role: Role) -> Privileges {
        PrivilegesClient::new(self.process.person(person, "tax", &[role]))
    }

    /// The permits of the privileges that are in force, or that wait for their review.
    async fn privileged(&self, to_review: bool) -> Vec<String> {
        let request = wire::ListPrivilegesRequest {
            in_force: !to_review,
            to_review,
            ..wire::ListPrivilegesRequest::default()
        };
        let page = PrivilegesClient::new(self.platform())
            .list_privileges(request)
            .await;
        let listed = page.expect("a page").into_inner().privileges;
        listed.into_iter().map(|one| one.permit_id).collect()
    }
}

async fn end(mut by: Privileges, permit: &str) -> Result<wire::Privilege, Status> {
    let request = wire::EndPrivilegeRequest {
        permit_id: permit.to_owned(),
        reason: "作業の終了".to_owned(),
    };
    let answer = by.end_privilege(request).await?.into_inner();
    Ok(answer.privilege.expect("a privilege"))
}

async fn review(mut by: Privileges, permit: &str) -> Result<wire::Privilege, Status> {
    let request = wire::ReviewPrivilegeRequest {
        permit_id: permit.to_owned(),
        findings: "申請どおりの作業だった".to_owned(),
    };
    let answer = by.review_privilege(request).await?.into_inner();
    Ok(answer.privilege.expect("a privilege"))
}

#[tokio::test]
async fn a_privilege_is_listed_ended_early_by_its_holder_and_reviewed_by_a_manager_7_2_8_1() {
    in_both(async |town| {
        for id in ["p1", "p2"] {
            granted(town, permit(town, id, "privileged_grant", Some(2))).await;
        }
        listed_as(town, &["p1", "p2"]).await;
        assert_eq!(town.privileged(false).await, ["p1", "p2"]);
        assert_eq!(town.privileged(true).await, [""; 0]);

        let manager = || town.privileges("M1", Role::InformationManager);
        let holder = || town.privileges("S1", Role::Staff);
        let stranger = || town.privileges("S2", Role::Staff);
        assert_eq!(code(end(stranger(), "p1").await), "privilege_no_authority");
        assert_eq!(code(end(manager(), "p9").await), "privilege_unknown");
        assert_eq!(code(review(manager(), "p1").await), "privilege_not_over");
        let ended = end(holder(), "p1").await.expect("ended");
        assert_eq!(ended.ends_at, Some(proto::timestamp(town.now())));
        listed_as(town, &["p2"]).await;
        assert_eq!(town.privileged(false).await, ["p2"]);
        assert_eq!(town.privileged(true).await, ["p1"]);

        assert_eq!(code(review(holder(), "p1").await), "privilege_own_review");
        assert_eq!(
            code(review(stranger(), "p1").await),
            "privilege_no_authority"
        );
        let reviewed = review(manager(), "p1").await.expect("reviewed");
        assert_eq!(reviewed.reviewed_by, "M1");
        assert_eq!(town.privileged(true).await, [""; 0]);
        let told = said::<wire::PrivilegeReviewed>(town).await;
        assert_eq!((told.len(), told[0].permit_id.as_str()), (1, "p1"));

        // The other ends by itself, and its review is due all the same.
        town.later(2 * 3600);
        assert_eq!(town.privileged(false).await, [""; 0]);
        assert_eq!(town.privileged(true).await, ["p2"]);
        let due = said::<wire::PrivilegeReviewDue>(town).await;
        let dues: Vec<_> = due.iter().map(|one| one.permit_id.as_str()).collect();
        assert_eq!(dues, ["p1", "p2", "p1"], "granted, granted, ended early");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_permit_ends_the_privilege_and_leaves_its_review_due_7_2_8_1a() {
    in_both(async |town| {
        granted(town, permit(town, "p1", "privileged_grant", Some(2))).await;
        listed_as(town, &["p1"]).await;
        let revoked = proto::approvals::v1::PermitRevoked {
            permit: Some(permit(town, "p1", "privileged_grant", Some(2))),
        };
        let neighbours = &town.process.neighbours;
        let approvals = standard::ServiceName::Approvals;
        neighbours
            .say(approvals, "permit", "p1", &revoked, &["7-2-(8)-1a"])
            .await;
        eventually("the privilege is over", async || {
            (town.privileged(true).await == ["p1"]).then_some(())
        })
        .await;
        assert_eq!(town.privileged(false).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_a_privilege_has_three_tries_7_2_8_3() {
    in_both(async |town| {
        for person in ["S1", "S3"] {
            town.with_password(person).await;
        }
        granted(town, permit(town, "p1", "privileged_grant", Some(2))).await;
        listed_as(town, &["p1"]).await;
        for person in ["S1", "S3"] {
            for _ in 0..3 {
                let wrong = town.sign_in(person, "wrong").await;
                assert_eq!(code(wrong), "sign_in_refused");
            }
        }
        town.sign_in("S3", PASSWORD).await.expect("without any");
        let waits = town.sign_in("S1", PASSWORD).await;
        assert_eq!(code(waits), "sign_in_refused");
        let refusals = said::<wire::SignInRefused>(town).await;
        let last = refusals.last().expect("on record");
        assert_eq!(
            (last.person_id.as_str(), last.code.as_str()),
            ("S1", "waiting")
        );
        town.later(60);
        town.sign_in("S1", PASSWORD).await.expect("never for good");
        for (person, fourth) in [("S1", "waiting"), ("S3", "wrong_recovery_code")] {
            for _ in 0..4 {
                let wrong = recover(town, person, "0000-0000-0000-0000-0000").await;
                assert_eq!(code(wrong), "sign_in_refused");
            }
            let refusals = said::<wire::SignInRefused>(town).await;
            let last = refusals.last().expect("on record");
            assert_eq!(last.code, fourth, "{person}");
        }
    })
    .await;
}
