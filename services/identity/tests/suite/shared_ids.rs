//! Shared IDs: used in one's own name, one at a time, and their secret changed when members go.

use proto::{identity::v1 as wire, timestamp};
use rpc::client::Channel;
use testkit::{eventually, refused};
use tonic::{Code, Status};
use wire::{
    AccessOutcome::{Allow, Deny},
    shared_ids_client::SharedIdsClient,
};

use crate::{
    access_reviews::using,
    journal::said,
    movers::{come, day, entitled, staff},
    refusals::in_full,
    town::{Person, Town, in_both},
};

const USERS: &str = "職員番号,システム番号\nS1,SYS-1\nS2,SYS-1\n";

impl Town {
    fn shared_ids(&self, person: &Person) -> SharedIdsClient<Channel> {
        SharedIdsClient::new(self.as_person(&person.grant))
    }

    /// `desk` of SYS-1, as soon as the news of the system are here.
    async fn desk(&self, manager: &Person, owner: &str, members: &[&str]) -> wire::SharedIdRecord {
        eventually("the shared ID is registered", async || {
            let answer = self
                .shared_ids(manager)
                .register_shared_id(register(owner, members))
                .await;
            answer.ok().and_then(|answer| answer.into_inner().record)
        })
        .await
    }

    async fn check_out(&self, person: &Person) -> Result<wire::SharedIdRecord, Status> {
        let request = wire::CheckOutSharedIdRequest {
            shared_id: "desk".to_owned(),
            until: None,
        };
        let answer = self.shared_ids(person).check_out_shared_id(request).await?;
        Ok(answer.into_inner().record.expect("a record"))
    }

    async fn check_in(&self, person: &Person) -> wire::SharedIdRecord {
        let request = wire::CheckInSharedIdRequest {
            shared_id: "desk".to_owned(),
            person_id: String::new(),
        };
        let answer = self.shared_ids(person).check_in_shared_id(request).await;
        answer
            .expect("checked in")
            .into_inner()
            .record
            .expect("a record")
    }

    async fn as_desk(&self, person: &Person, outcome: wire::AccessOutcome) -> wire::AccessAnswer {
        let question = wire::AccessQuestion {
            shared_id: "desk".to_owned(),
            ..using("SYS-1")
        };
        eventually(&format!("{outcome:?}"), async || {
            let answer = self.asks(person, question.clone()).await;
            (answer.outcome() == outcome).then_some(answer)
        })
        .await
    }

    async fn violations(&self) -> Vec<(String, String)> {
        let request = wire::ListSharedIdViolationsRequest::default();
        let mut client = SharedIdsClient::new(self.platform());
        let answer = client.list_shared_id_violations(request).await;
        let found = answer.expect("a list").into_inner().violations;
        found
            .into_iter()
            .map(|one| (one.code, one.clause))
            .collect()
    }
}

fn register(owner: &str, members: &[&str]) -> wire::RegisterSharedIdRequest {
    wire::RegisterSharedIdRequest {
        shared_id: "desk".to_owned(),
        system_id: "SYS-1".to_owned(),
        name: "zeimu01".to_owned(),
        owner_id: owner.to_owned(),
        member_ids: members.iter().map(|&member| member.to_owned()).collect(),
        concurrent: false,
    }
}

#[tokio::test]
async fn a_shared_id_is_used_in_ones_own_name_and_by_one_at_a_time_4_3_2() {
    in_both(async |town| {
        town.office().await;
        town.system("SYS-1").await;
        entitled(town, USERS).await;
        let head = town.with_two_factors("M1").await;
        let (one, other) = (
            town.with_password("S1").await,
            town.with_two_factors("S2").await,
        );
        let clause = vec!["4-3-2".to_owned()];
        town.desk(&head, "S1", &["S1", "S2"]).await;
        let stranger = town.shared_ids(&other);
        let stranger = { stranger }
            .register_shared_id(register("S2", &["S2"]))
            .await;
        let expected = (
            Code::PermissionDenied,
            "shared_id_not_in_charge".to_owned(),
            clause.clone(),
        );
        assert_eq!(in_full(stranger), expected);

        let answer = town.as_desk(&one, Deny).await;
        let reason = &answer.reasons[0];
        assert_eq!(reason.code, "shared_id_not_checked_out");
        assert_eq!(reason.clauses, clause);
        let record = town.check_out(&one).await.expect("checked out");
        assert_eq!(record.check_outs[0].person_id, "S1");
        let answer = town.as_desk(&one, Allow).await;
        let on_record = said::<wire::AccessEvaluated>(town).await;
        let on_record = on_record
            .iter()
            .find(|one| one.decision_id == answer.decision_id);
        let on_record = on_record.expect("the decision");
        assert_eq!(
            (&*on_record.person_id, &*on_record.shared_id),
            ("S1", "desk")
        );

        let taken = in_full(town.check_out(&other).await);
        let expected = (
            Code::FailedPrecondition,
            "shared_id_in_use".to_owned(),
            clause,
        );
        assert_eq!(taken, expected);
        town.as_desk(&other, Deny).await;
        assert_eq!(town.check_in(&one).await.check_outs, []);
        town.as_desk(&one, Deny).await;
        town.check_out(&other).await.expect("free again");
        town.as_desk(&other, Allow).await;

        // Given back by itself, whatever the session lasts.
        town.later(8 * 3600);
        let ways = eventually("its end is on record", async || {
            let ended = said::<wire::SharedIdCheckedIn>(town).await;
            let ways = ended.into_iter().map(|one| (one.person_id, one.how));
            let ways: Vec<_> = ways.collect();
            (ways.len() == 2).then_some(ways)
        })
        .await;
        assert_eq!(ways[1], ("S2".to_owned(), "expired".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn when_a_member_moves_the_secret_must_be_changed_by_a_due_time_4_3_3() {
    in_both(async |town| {
        town.system("SYS-1").await;
        entitled(town, USERS).await;
        let head = town.with_two_factors("M1").await;
        town.with_password("S1").await;
        let member = town.with_two_factors("S2").await;
        town.desk(&head, "S1", &["S1", "S2"]).await;
        let moves = day(town, 3);
        staff(town, &format!("S1,青葉 花子,roads,{moves},")).await;
        assert_eq!(town.violations().await, []);
        come(town, &moves);
        // Refused on the day, whether or not anything was recorded yet.
        let mover = town.signed_in_again("S1").await;
        let refusal = in_full(town.check_out(&mover).await);
        assert_eq!(refusal.1, "shared_id_not_a_member");

        let left = eventually("the departure is on record", async || {
            said::<wire::SharedIdMembersLeft>(town).await.pop()
        })
        .await;
        let departure = wire::SharedIdDeparture {
            person_id: "S1".to_owned(),
            why: "moved".to_owned(),
        };
        assert_eq!(left.departures, [departure]);
        let ownerless = ("owner_missing".to_owned(), "4-3-2".to_owned());
        assert_eq!(town.violations().await, std::slice::from_ref(&ownerless));
        town.later(24 * 3600);
        let overdue = ("secret_change_overdue".to_owned(), "4-3-3".to_owned());
        assert_eq!(town.violations().await, [overdue, ownerless.clone()]);

        let confirm = || wire::ConfirmSharedIdSecretChangedRequest {
            shared_id: "desk".to_owned(),
        };
        let member = town.raised_again(&member).await;
        let member = town.shared_ids(&member);
        let member = { member }.confirm_shared_id_secret_changed(confirm()).await;
        assert_eq!(in_full(member).2, ["4-3-3"], "neither owner nor manager");
        let head = town.raised_again(&head).await;
        let done = town.shared_ids(&head);
        let done = { done }.confirm_shared_id_secret_changed(confirm()).await;
        let record = done.expect("done").into_inner().record.expect("a record");
        assert_eq!(record.secret_duty, None);
        assert_eq!(said::<wire::SharedIdSecretChanged>(town).await.len(), 1);
        assert_eq!(town.violations().await, [ownerless]);
        town.desk(&head, "S2", &["S2"]).await;
        assert_eq!(town.violations().await, []);
    })
    .await;
}

#[tokio::test]
async fn shared_ids_are_found_by_member_and_by_system_until_they_are_withdrawn() {
    in_both(async |town| {
        town.system("SYS-1").await;
        let head = town.with_two_factors("M1").await;
        let record = town.desk(&head, "S1", &["S1"]).await;
        assert_eq!(record.members[0].section_id, "tax");
        let listed = async |system: &str, member: &str| {
            let request = wire::ListSharedIdsRequest {
                system_id: system.to_owned(),
                member_id: member.to_owned(),
                ..wire::ListSharedIdsRequest::default()
            };
            let mut client = SharedIdsClient::new(town.platform());
            let page = client.list_shared_ids(request).await.expect("a page");
            page.into_inner().records.len()
        };
        assert_eq!(listed("SYS-1", "").await, 1);
        assert_eq!(listed("SYS-2", "").await, 0);
        assert_eq!(listed("", "S1").await, 1);
        assert_eq!(listed("", "S").await, 0);
        let mut desk = town.shared_ids(&head);
        let empty = wire::RegisterSharedIdRequest {
            member_ids: vec!["a b".to_owned()],
            ..wire::RegisterSharedIdRequest::default()
        };
        let bad = refused(&desk.register_shared_id(empty).await.expect_err("bad"));
        let fields = [
            "shared_id",
            "system_id",
            "name",
            "owner_id",
            "member_ids[0]",
        ];
        assert_eq!(bad.fields, fields);
        let past = wire::CheckOutSharedIdRequest {
            shared_id: "desk".to_owned(),
            until: Some(timestamp(town.now())),
        };
        let past = in_full(desk.check_out_shared_id(past).await);
        assert_eq!(past.1, "shared_id_not_a_member", "the manager is none");
        let withdraw = wire::WithdrawSharedIdRequest {
            shared_id: "desk".to_owned(),
            reason: "個人IDに切替え".to_owned(),
        };
        let record = desk.withdraw_shared_id(withdraw).await.expect("withdrawn");
        assert!(record.into_inner().record.expect("a record").withdrawn);
        assert_eq!(listed("SYS-1", "").await, 0);
        let unknown = wire::GetSharedIdRequest {
            shared_id: "none".to_owned(),
        };
        let unknown = in_full(desk.get_shared_id(unknown).await);
        assert_eq!(unknown.0, Code::NotFound);
    })
    .await;
}
