//! What only those admitted to it may see or use (7-1-(3)-2, 7-2-(5)-1, 2-3-1).

use jiff::SignedDuration;
use proto::{identity::v1 as wire, timestamp};
use rpc::client::Channel;
use testkit::{eventually, refused};
use tonic::Code;
use wire::{
    AccessOutcome::{Allow, Deny},
    RestrictedItemKind as Kind,
    access_question::Object,
    access_reviews_client::AccessReviewsClient,
    restricted_items_client::RestrictedItemsClient,
};

use crate::{
    access_reviews::using,
    journal::said,
    movers::{come, day, entitled, entitlements, staff},
    refusals::in_full,
    town::{Person, Town, in_both},
};

const DAY: i64 = 24 * 3600;

const USERS: &str = "職員番号,システム番号\nM1,SYS-1\nS1,SYS-1\nS2,SYS-1\nS3,SYS-1\n";

/// S3 stands above M1, who heads the tax section; S9 heads another.
const POSTS: &str = "\
職コード,職名,局区コード,課公所コード,役割,在職者
finance-head,財政局長,finance,,局(区)情報管理者,S3
";

fn register(id: &str, kind: Kind) -> wire::RegisterRestrictedItemRequest {
    wire::RegisterRestrictedItemRequest {
        item_id: id.to_owned(),
        kind: kind.into(),
        name: "税務システム基本設計書".to_owned(),
        system_id: "SYS-1".to_owned(),
        section_id: "tax".to_owned(),
    }
}

fn admit(id: &str, people: &[&str]) -> wire::AdmitToRestrictedItemRequest {
    wire::AdmitToRestrictedItemRequest {
        item_id: id.to_owned(),
        person_ids: people.iter().map(|one| (*one).to_owned()).collect(),
        until: None,
    }
}

fn dismiss(id: &str, people: &[&str]) -> wire::DismissFromRestrictedItemRequest {
    wire::DismissFromRestrictedItemRequest {
        item_id: id.to_owned(),
        person_ids: people.iter().map(|one| (*one).to_owned()).collect(),
        reason: "担当替えのため".to_owned(),
    }
}

fn looking_at(item: &str) -> wire::AccessQuestion {
    wire::AccessQuestion {
        object: Some(Object::ItemId(item.to_owned())),
        ..using("SYS-1")
    }
}

impl Town {
    fn items(&self, channel: Channel) -> RestrictedItemsClient<Channel> {
        RestrictedItemsClient::new(channel)
    }

    fn items_of(&self, person: &Person) -> RestrictedItemsClient<Channel> {
        self.items(self.as_person(&person.grant))
    }

    /// SYS-1 with its users, and M1 as its head.
    async fn with_keeper(&self) -> Person {
        self.office().await;
        self.import(wire::TableKind::Posts, POSTS).await;
        self.system("SYS-1").await;
        entitled(self, USERS).await;
        self.with_two_factors("M1").await
    }

    /// Registered as soon as the news of the system are here.
    async fn kept(&self, by: &Person, id: &str, kind: Kind) {
        eventually("the item can be registered", async || {
            let request = register(id, kind);
            let answer = self.items_of(by).register_restricted_item(request).await;
            answer.ok()
        })
        .await;
    }

    async fn looks(
        &self,
        person: &Person,
        item: &str,
        outcome: wire::AccessOutcome,
    ) -> Vec<String> {
        let answer = eventually(&format!("{outcome:?}"), async || {
            let answer = self.asks(person, looking_at(item)).await;
            (answer.outcome() == outcome).then_some(answer)
        })
        .await;
        let codes = answer.reasons.into_iter();
        codes
            .map(|reason| format!("{} {}", reason.code, reason.clauses.join(" ")))
            .collect()
    }
}

#[tokio::test]
async fn an_item_is_shown_as_it_was_registered_and_one_that_is_not_there_is_told_so() {
    in_both(async |town: &Town| {
        let head = town.with_keeper().await;
        town.kept(&head, "SPEC", Kind::Specification).await;
        let mut items = town.items_of(&head);
        let mut show = async |id: &str| {
            let item_id = id.to_owned();
            let request = wire::GetRestrictedItemRequest { item_id };
            items.get_restricted_item(request).await
        };
        let shown = show("SPEC").await.expect("an item").into_inner().item;
        let expected = wire::RestrictedItem {
            item_id: "SPEC".to_owned(),
            kind: Kind::Specification.into(),
            name: "税務システム基本設計書".to_owned(),
            system_id: "SYS-1".to_owned(),
            section_id: "tax".to_owned(),
            withdrawn: false,
        };
        assert_eq!(shown, Some(expected));
        let unknown = in_full(show("FOLDER").await);
        let expected = (Code::NotFound, "restricted_item_unknown");
        assert_eq!((unknown.0, unknown.1.as_str()), expected);
    })
    .await;
}

#[tokio::test]
async fn only_those_admitted_see_it_whatever_kind_it_is_and_each_by_its_clause() {
    in_both(async |town: &Town| {
        let head = town.with_keeper().await;
        let (one, other) = (
            town.with_password("S1").await,
            town.with_password("S2").await,
        );
        for (id, kind, expected) in [
            (
                "SPEC",
                Kind::Specification,
                "specification_restricted 7-1-(3)-2",
            ),
            ("FOLDER", Kind::Folder, "folder_restricted 7-2-(5)-1"),
            ("RACK", Kind::Equipment, "equipment_restricted 2-3-1"),
            ("TAPE", Kind::Medium, "equipment_restricted 2-3-1"),
        ] {
            town.kept(&head, id, kind).await;
            let mut items = town.items_of(&head);
            let admitted = items.admit_to_restricted_item(admit(id, &["S1"])).await;
            admitted.expect("admitted");
            assert_eq!(town.looks(&one, id, Allow).await, Vec::<String>::new());
            assert_eq!(town.looks(&other, id, Deny).await, [expected]);
            // Who manages it needs to be admitted too, by whoever stands above.
            assert_eq!(town.looks(&head, id, Deny).await, [expected]);
        }
        let unknown = town.looks(&one, "NOTHING", Deny).await;
        assert_eq!(unknown, ["item_unknown 7-2-(3)-2"]);
        // As such the system is everybody's who is registered for it.
        let plain = town.asks(&other, using("SYS-1")).await;
        assert_eq!(plain.outcome(), Allow);

        let mut items = town.items_of(&head);
        let dismissed = items.dismiss_from_restricted_item(dismiss("SPEC", &["S1", "S2"]));
        dismissed.await.expect("dismissed");
        town.looks(&one, "SPEC", Deny).await;
        town.looks(&one, "FOLDER", Allow).await;
        let told = said::<wire::RestrictedItemDismissed>(town).await;
        assert_eq!(
            (told.len(), &told[0].person_ids[..]),
            (1, &["S1".to_owned()][..])
        );
        let ended = said::<wire::EntitlementEnded>(town).await;
        assert_eq!((&*ended[0].person_id, &*ended[0].item_id), ("S1", "SPEC"));

        let withdraw = wire::WithdrawRestrictedItemRequest {
            item_id: "FOLDER".to_owned(),
            reason: "移行のため".to_owned(),
        };
        let withdrawn = items.withdraw_restricted_item(withdraw).await;
        assert!(
            withdrawn
                .expect("withdrawn")
                .into_inner()
                .item
                .expect("as it stands")
                .withdrawn
        );
        let gone = eventually("nobody looks into it", async || {
            let answer = town.asks(&one, looking_at("FOLDER")).await;
            let first = answer.reasons.first()?;
            (first.code == "item_unknown").then_some(answer.outcome())
        })
        .await;
        assert_eq!(gone, Deny);
        let listed = wire::ListRestrictedItemsRequest {
            section_id: "tax".to_owned(),
            ..wire::ListRestrictedItemsRequest::default()
        };
        let listed = items.list_restricted_items(listed).await.expect("a list");
        let listed = listed.into_inner().items.into_iter();
        let listed: Vec<_> = listed.map(|item| item.item_id).collect();
        assert_eq!(listed, ["RACK", "SPEC", "TAPE"]);
    })
    .await;
}

#[tokio::test]
async fn the_head_of_the_section_in_charge_decides_and_nobody_for_themselves() {
    in_both(async |town: &Town| {
        let head = town.with_keeper().await;
        let clerk = town.with_two_factors("S1").await;
        town.kept(&head, "FOLDER", Kind::Folder).await;
        let denied = |code: &str, clause: &str| {
            (
                Code::PermissionDenied,
                code.to_owned(),
                vec![clause.to_owned()],
            )
        };
        let clause = "7-2-(5)-1";
        let mut theirs = town.items_of(&clerk);
        let stranger = in_full(
            theirs
                .admit_to_restricted_item(admit("FOLDER", &["S2"]))
                .await,
        );
        assert_eq!(stranger, denied("restricted_item_not_in_charge", clause));
        let stranger = register("OTHER", Kind::Folder);
        let stranger = in_full(theirs.register_restricted_item(stranger).await);
        assert_eq!(stranger, denied("restricted_item_not_in_charge", clause));
        let mut items = town.items_of(&head);
        let own = in_full(
            items
                .admit_to_restricted_item(admit("FOLDER", &["S1", "M1"]))
                .await,
        );
        assert_eq!(own, denied("restricted_item_own_admission", "7-2-(3)-2"));
        town.looks(&clerk, "FOLDER", Deny).await;
        let above = town.with_two_factors("S3").await;
        let mut items = town.items_of(&above);
        let done = items
            .admit_to_restricted_item(admit("FOLDER", &["M1"]))
            .await;
        done.expect("admitted from above");
        town.looks(&head, "FOLDER", Allow).await;

        let mut items = town.items_of(&head);
        let nobody = in_full(
            items
                .admit_to_restricted_item(admit("FOLDER", &["S77"]))
                .await,
        );
        assert_eq!(
            (nobody.0, &*nobody.1),
            (Code::NotFound, "grant_person_unknown")
        );
        let unknown = in_full(
            items
                .admit_to_restricted_item(admit("NOTHING", &["S1"]))
                .await,
        );
        assert_eq!(unknown.1, "restricted_item_unknown");
        let elsewhere = wire::RegisterRestrictedItemRequest {
            section_id: "roads".to_owned(),
            ..register("SPEC", Kind::Specification)
        };
        let elsewhere = in_full(items.register_restricted_item(elsewhere).await);
        assert_eq!(elsewhere.1, "restricted_item_not_the_owner");
        let over = wire::AdmitToRestrictedItemRequest {
            until: Some(timestamp(town.now())),
            ..admit("FOLDER", &["S1"])
        };
        let over = in_full(items.admit_to_restricted_item(over).await);
        assert_eq!(
            (over.0, &*over.1),
            (Code::InvalidArgument, "restricted_item_period_over")
        );
        let nameless = wire::RegisterRestrictedItemRequest::default();
        let nameless = items.register_restricted_item(nameless).await;
        let faults = refused(&nameless.expect_err("refused")).fields;
        let faults: Vec<_> = faults.iter().map(String::as_str).collect();
        assert_eq!(
            faults,
            ["item_id", "kind", "name", "system_id", "section_id"]
        );
    })
    .await;
}

/// 7-2-(9)-1, and "until when" by the decision's own clock.
#[tokio::test]
async fn an_admission_ends_at_its_end_and_with_the_time_in_the_section() {
    in_both(async |town: &Town| {
        let head = town.with_keeper().await;
        let one = town.with_password("S1").await;
        town.kept(&head, "TAPE", Kind::Medium).await;
        let mut items = town.items_of(&head);
        let hour = wire::AdmitToRestrictedItemRequest {
            until: Some(timestamp(town.now() + SignedDuration::from_hours(1))),
            ..admit("TAPE", &["S1"])
        };
        items
            .admit_to_restricted_item(hour)
            .await
            .expect("admitted");
        town.looks(&one, "TAPE", Allow).await;
        town.later(3600);
        let one = town.signed_in_again("S1").await;
        town.looks(&one, "TAPE", Deny).await;
        let head = town.raised_again(&head).await;
        let mut items = town.items_of(&head);
        let again = items.admit_to_restricted_item(admit("TAPE", &["S1"])).await;
        again.expect("admitted anew");
        town.looks(&one, "TAPE", Allow).await;
        assert_eq!(entitlements(town, "S1").await, 2, "the system and the tape");

        let moves = day(town, 10);
        staff(town, &format!("S1,青葉 花子,roads,{moves},")).await;
        come(town, &moves);
        assert_eq!(entitlements(town, "S1").await, 0);
        let moved = town.signed_in_again("S1").await;
        let reasons = town.looks(&moved, "TAPE", Deny).await;
        assert!(
            reasons.contains(&"equipment_restricted 2-3-1".to_owned()),
            "{reasons:?}"
        );
    })
    .await;
}

/// 7-2-(5)-1: looked through from time to time; what nobody confirms ends.
#[tokio::test]
async fn a_review_of_the_system_lists_who_is_admitted_and_the_head_in_charge_confirms() {
    in_both(async |town: &Town| {
        let head = town.with_keeper().await;
        town.kept(&head, "FOLDER", Kind::Folder).await;
        let mut items = town.items_of(&head);
        let admitted = items.admit_to_restricted_item(admit("FOLDER", &["S1", "S2"]));
        admitted.await.expect("admitted");
        let mut reviews = AccessReviewsClient::new(town.as_person(&head.grant));
        let start = wire::StartReviewRequest {
            system_id: "SYS-1".to_owned(),
        };
        let review = reviews.start_review(start).await.expect("started");
        let review = review.into_inner().review.expect("a review");
        assert_eq!(review.open, 6, "four registered, two of them admitted");
        let access = |person: &str| wire::ReviewedAccess {
            person_id: person.to_owned(),
            kind: wire::EntitlementKind::Use.into(),
            permit_id: String::new(),
            item_id: "FOLDER".to_owned(),
        };
        let confirm = wire::ConfirmAccessesRequest {
            review_id: review.review_id.clone(),
            accesses: vec![access("S1")],
        };
        reviews.confirm_accesses(confirm).await.expect("confirmed");
        town.later(32 * DAY);
        let lapsed = eventually("what lapsed is on record", async || {
            let lapsed = said::<wire::AccessesLapsed>(town).await;
            let accesses: Vec<_> = lapsed.into_iter().flat_map(|one| one.accesses).collect();
            (!accesses.is_empty()).then_some(accesses)
        })
        .await;
        let of_folder: Vec<_> = lapsed
            .iter()
            .filter(|one| !one.item_id.is_empty())
            .collect();
        assert_eq!(of_folder, [&access("S2")]);
        let listed = wire::ListEntitlementsRequest {
            item_id: "FOLDER".to_owned(),
            ..wire::ListEntitlementsRequest::default()
        };
        let listed = town.entitlements().list_entitlements(listed).await;
        let listed = listed.expect("a page").into_inner().entitlements;
        let left: Vec<_> = listed.iter().map(|one| one.person_id.as_str()).collect();
        assert_eq!(left, ["S1"]);
    })
    .await;
}
