//! Reviews of who may use a system: confirmed, removed, or ended when they are due (7-2-(3)-2).

use proto::{common::v1::AccessPath, identity::v1 as wire};
use rpc::client::Channel;
use testkit::{eventually, refused};
use tonic::{Code, Status};
use wire::{
    AccessOutcome::{Allow, Deny},
    access_decision_client::AccessDecisionClient,
    access_reviews_client::AccessReviewsClient,
    authority_client::AuthorityClient,
    enforcement_points_client::EnforcementPointsClient,
};

use crate::{
    delegations::{away, nominate, plan},
    journal::said,
    movers::{entitled, entitlements},
    town::{PASSWORD, Person, Town, in_both},
};

const DAY: i64 = 24 * 3600;

/// S3 stands above M1, who heads the section that owns the system.
const POSTS: &str = "\
職コード,職名,局区コード,課公所コード,役割,在職者
finance-head,財政局長,finance,,局(区)情報管理者,S3
";

const USERS: &str = "職員番号,システム番号\nM1,SYS-1\nS1,SYS-1\nS2,SYS-1\n";

impl Town {
    fn reviews(&self, channel: Channel) -> AccessReviewsClient<Channel> {
        AccessReviewsClient::new(channel)
    }

    fn reviews_of(&self, person: &Person) -> AccessReviewsClient<Channel> {
        self.reviews(self.as_person(&person.grant))
    }

    /// Started, as soon as the news of the system are here.
    async fn review_started(&self, by: &Person) -> wire::AccessReview {
        eventually("the review can start", async || {
            let request = wire::StartReviewRequest {
                system_id: "SYS-1".to_owned(),
            };
            let answer = self.reviews_of(by).start_review(request).await;
            answer.ok().and_then(|answer| answer.into_inner().review)
        })
        .await
    }

    /// What is decided on a question of somebody in the office.
    pub(crate) async fn asks(
        &self,
        person: &Person,
        question: wire::AccessQuestion,
    ) -> wire::AccessAnswer {
        let request = wire::EvaluateRequest {
            subject_token: person.grant.access_token.clone(),
            question: Some(question),
        };
        let mut decisions = AccessDecisionClient::new(self.process.workload("office"));
        let answer = decisions.evaluate(request).await.expect("an answer");
        answer.into_inner().answer.expect("an answer")
    }

    /// The office is a registered enforcement point.
    pub(crate) async fn office(&self) {
        let request = wire::RegisterEnforcementPointRequest {
            enforcement_point_id: "office".to_owned(),
            name: "庁内プロキシ".to_owned(),
            workload: "office".to_owned(),
            path: AccessPath::Office.into(),
        };
        let mut points = EnforcementPointsClient::new(self.platform());
        let done = points.register_enforcement_point(request).await;
        done.expect("registered");
    }

    async fn comes_to(&self, person: &Person, outcome: wire::AccessOutcome) {
        eventually(&format!("{outcome:?}"), async || {
            let answer = self.asks(person, using("SYS-1")).await;
            (answer.outcome() == outcome).then_some(())
        })
        .await;
    }

    async fn unreviewed(&self) -> Vec<(String, Vec<String>)> {
        let request = wire::ListUnreviewedSystemsRequest::default();
        let answer = self
            .reviews(self.platform())
            .list_unreviewed_systems(request)
            .await;
        let found = answer.expect("a list").into_inner().systems;
        let shown = |one: wire::UnreviewedSystem| (one.system_id, one.manager_ids);
        found.into_iter().map(shown).collect()
    }

    async fn open_reviews_of(&self, reviewer: &str) -> usize {
        let request = wire::ListReviewsRequest {
            reviewer_id: reviewer.to_owned(),
            open_only: true,
            ..wire::ListReviewsRequest::default()
        };
        let answer = self.reviews(self.platform()).list_reviews(request).await;
        answer.expect("a list").into_inner().reviews.len()
    }
}

pub(crate) fn using(system: &str) -> wire::AccessQuestion {
    wire::AccessQuestion {
        system_id: system.to_owned(),
        action: wire::AccessAction::Use.into(),
        ..wire::AccessQuestion::default()
    }
}

fn access(person: &str) -> wire::ReviewedAccess {
    wire::ReviewedAccess {
        person_id: person.to_owned(),
        kind: wire::EntitlementKind::Use.into(),
        permit_id: String::new(),
        item_id: String::new(),
    }
}

fn confirm(review: &wire::AccessReview, people: &[&str]) -> wire::ConfirmAccessesRequest {
    wire::ConfirmAccessesRequest {
        review_id: review.review_id.clone(),
        accesses: people.iter().map(|person| access(person)).collect(),
    }
}

#[track_caller]
fn code<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let refusal = refused(&answer.expect_err("refused"));
    (refusal.status, refusal.code)
}

fn people(page: &wire::GetReviewResponse) -> Vec<&str> {
    let accesses = page.items.iter().filter_map(|item| item.access.as_ref());
    accesses.map(|access| access.person_id.as_str()).collect()
}

#[tokio::test]
async fn what_nobody_confirmed_ends_when_the_review_is_due_7_2_3_2() {
    in_both(async |town| {
        town.office().await;
        town.import(wire::TableKind::Posts, POSTS).await;
        town.system("SYS-1").await;
        entitled(town, USERS).await;
        let (head, clerk) = (
            town.with_two_factors("M1").await,
            town.with_two_factors("S1").await,
        );
        town.comes_to(&clerk, Allow).await;
        let owed = ("SYS-1".to_owned(), vec!["M1".to_owned()]);
        assert_eq!(town.unreviewed().await, std::slice::from_ref(&owed));

        let review = town.review_started(&head).await;
        assert_eq!((review.open, &*review.started_by_id), (3, "M1"));
        assert_eq!(town.unreviewed().await, []);
        assert_eq!(town.open_reviews_of("M1").await, 1);
        assert_eq!(town.open_reviews_of("S1").await, 0);
        let start = || wire::StartReviewRequest {
            system_id: "SYS-1".to_owned(),
        };
        let second = code(town.reviews_of(&head).start_review(start()).await);
        assert_eq!(second.1, "access_review_one_is_open");
        let stranger = code(town.reviews_of(&clerk).start_review(start()).await);
        let denied = |code: &str| (Code::PermissionDenied, code.to_owned());
        assert_eq!(stranger, denied("access_review_not_the_manager"));

        let all = confirm(&review, &["M1", "S2"]);
        let own = code(town.reviews_of(&head).confirm_accesses(all).await);
        assert_eq!(own, denied("access_review_own_access"));
        let done = town.reviews_of(&head);
        let done = { done }.confirm_accesses(confirm(&review, &["S2"])).await;
        let done = done.expect("confirmed").into_inner().review;
        assert_eq!(done.map(|one| (one.open, one.confirmed)), Some((2, 1)));
        let above = town.with_two_factors("S3").await;
        let done = town.reviews_of(&above);
        let done = { done }.confirm_accesses(confirm(&review, &["M1"])).await;
        done.expect("whoever stands above confirms the manager's own");

        // Twenty office days are at most 32 days anywhere in the year.
        town.later(32 * DAY);
        let clerk = town.signed_in_again("S1").await;
        town.comes_to(&clerk, Deny).await;
        let codes = town.asks(&clerk, using("SYS-1")).await.reasons;
        assert_eq!(codes[0].code, "entitlement_missing");
        let lapsed = eventually("what lapsed is on record", async || {
            said::<wire::AccessesLapsed>(town).await.pop()
        })
        .await;
        assert_eq!(lapsed.accesses, [access("S1")]);
        let ended = said::<wire::EntitlementEnded>(town).await;
        let ended: Vec<_> = ended.iter().map(|one| one.person_id.as_str()).collect();
        assert_eq!(ended, ["S1"]);
        assert_eq!(said::<wire::AccessReviewClosed>(town).await.len(), 1);
        assert_eq!(entitlements(town, "S1").await, 0);
        assert_eq!(entitlements(town, "S2").await, 1);
        assert_eq!(town.open_reviews_of("M1").await, 0);
        let head = town.raised_again(&head).await;
        let late = confirm(&review, &["S1"]);
        let late = code(town.reviews_of(&head).confirm_accesses(late).await);
        assert_eq!(late.1, "access_review_over");

        town.later(366 * DAY);
        assert_eq!(town.unreviewed().await, [owed], "a year later");
    })
    .await;
}

/// 2-6-2: in a recorded absence the deputy reviews as the head planned, but nothing that concerns
/// either of them.
#[tokio::test]
async fn the_deputy_reviews_while_the_manager_is_absent() {
    in_both(async |town| {
        town.system("SYS-1").await;
        entitled(town, USERS).await;
        let head = town.with_two_factors("M1").await;
        let deputy = town.with_two_factors("S1").await;
        let mut arrange = AuthorityClient::new(town.as_person(&head.grant));
        arrange
            .nominate_deputy(nominate("S1"))
            .await
            .expect("named");
        arrange
            .record_absence_plan(plan("S1", "access_review.keep"))
            .await
            .expect("planned");
        town.later(60);
        arrange
            .record_absence(away(town, 48))
            .await
            .expect("recorded");
        let review = town.review_started(&deputy).await;
        assert_eq!(review.started_by_id, "S1");
        let done = town.reviews_of(&deputy);
        let done = { done }.confirm_accesses(confirm(&review, &["S2"])).await;
        done.expect("in the head's place");
        // Neither their own nor that of the one they act for.
        for (person, expected) in [
            ("S1", "access_review_own_access"),
            ("M1", "access_review_not_the_manager"),
        ] {
            let one = confirm(&review, &[person]);
            let refusal = code(town.reviews_of(&deputy).confirm_accesses(one).await);
            assert_eq!(refusal.1, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_removed_access_ends_at_once_and_a_review_is_read_page_by_page() {
    in_both(async |town| {
        town.office().await;
        town.system("SYS-1").await;
        entitled(town, USERS).await;
        let (head, clerk) = (
            town.with_two_factors("M1").await,
            town.with_two_factors("S1").await,
        );
        town.comes_to(&clerk, Allow).await;
        let review = town.review_started(&head).await;
        let remove = wire::RemoveAccessesRequest {
            review_id: review.review_id.clone(),
            accesses: vec![access("S1")],
            reason: "担当替えのため".to_owned(),
        };
        let removed = town.reviews_of(&head).remove_accesses(remove.clone()).await;
        let removed = removed.expect("removed").into_inner().review;
        assert_eq!(removed.map(|one| (one.open, one.removed)), Some((2, 1)));
        town.comes_to(&clerk, Deny).await;
        let again = town.reviews_of(&head).remove_accesses(remove).await;
        again.expect("a repeat");
        let said_so = said::<wire::AccessesRemoved>(town).await;
        assert_eq!(said_so.len(), 1);
        assert_eq!(said_so[0].reason, "担当替えのため");
        let ended = said::<wire::EntitlementEnded>(town).await;
        assert_eq!(ended[0].reason, "担当替えのため");
        let back = confirm(&review, &["S1"]);
        let back = code(town.reviews_of(&head).confirm_accesses(back).await);
        assert_eq!(back.1, "access_review_access_removed");

        let read = async |page_token: &str, open_only| {
            let request = wire::GetReviewRequest {
                review_id: review.review_id.clone(),
                page_size: 2,
                page_token: page_token.to_owned(),
                open_only,
            };
            let page = town.reviews(town.platform()).get_review(request).await;
            page.expect("a page").into_inner()
        };
        let first = read("", false).await;
        assert_eq!(people(&first), ["M1", "S1"]);
        assert_eq!(first.items[1].verdict(), wire::AccessVerdict::Removed);
        assert_eq!(first.items[1].found_by_id, "M1");
        let second = read(&first.next_page_token, false).await;
        assert_eq!(people(&second), ["S2"]);
        assert_eq!(second.next_page_token, "");
        assert_eq!(people(&read("", true).await), ["M1", "S2"]);
        let request = wire::GetReviewRequest {
            review_id: "nothing".to_owned(),
            ..wire::GetReviewRequest::default()
        };
        let unknown = code(town.reviews(town.platform()).get_review(request).await);
        assert_eq!(
            unknown,
            (Code::NotFound, "access_review_unknown".to_owned())
        );
    })
    .await;
}

impl Town {
    /// Signed in once more, when the first session is over.
    pub(crate) async fn signed_in_again(&self, person: &str) -> Person {
        let grant = self.sign_in(person, PASSWORD).await.expect("signed in");
        Person { grant, totp: None }
    }

    /// The same for somebody with two factors, both verified.
    pub(crate) async fn raised_again(&self, one: &Person) -> Person {
        let session = one.grant.session.as_ref().expect("a session");
        let again = self.sign_in(&session.person_id, PASSWORD).await;
        let code = self.totp(one.totp.as_deref().expect("a generator"));
        let raised = self.verify_totp(&again.expect("signed in"), code).await;
        Person {
            grant: raised.expect("raised"),
            totp: one.totp.clone(),
        }
    }
}
