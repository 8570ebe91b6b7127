//! Lists: scoped, filtered, in pages.

use proto::approvals::v1::{
    ApplyExceptionRequest, DecideExceptionRequest, DecideStepRequest, ListExceptionsRequest,
    ListPermitsRequest, PermitScope, PermitState, StepVerdict,
};
use testkit::{eventually, refused};

use crate::city::{City, of, on_both, registration, terms};

async fn list(city: &City, who: &str, request: ListPermitsRequest) -> Vec<String> {
    let answer = city
        .permits(who)
        .list_permits(request)
        .await
        .expect("a list");
    answer
        .into_inner()
        .permits
        .into_iter()
        .map(|permit| permit.permit_id)
        .collect()
}

fn scope(scope: PermitScope) -> ListPermitsRequest {
    ListPermitsRequest {
        scope: scope.into(),
        ..ListPermitsRequest::default()
    }
}

#[tokio::test]
async fn each_sees_their_own_what_waits_for_them_and_what_they_answer_for() {
    on_both(async |city: &City| {
        let of_a = city.apply("A", registration()).await.permit_id;
        let of_b = city.apply("B", registration()).await.permit_id;
        let mine = || scope(PermitScope::Mine);
        let waiting = || scope(PermitScope::WaitingForMe);
        let all = ListPermitsRequest::default;
        assert_eq!(list(city, "A", mine()).await, [of_a.as_str()]);
        assert_eq!(list(city, "A", all()).await, [of_a.as_str()]);
        assert_eq!(list(city, "A", waiting()).await, [""; 0]);
        assert_eq!(list(city, "IM2", mine()).await, [""; 0]);
        let both = [of_b.clone(), of_a.clone()];
        assert_eq!(
            sorted(list(city, "IM2", waiting()).await),
            sorted(both.to_vec())
        );
        assert_eq!(
            list(city, "IM1", all()).await,
            [of_a.as_str()],
            "section S1"
        );
        assert_eq!(
            sorted(list(city, "BM1", all()).await),
            sorted(both.to_vec()),
            "bureau B1"
        );
        assert_eq!(
            sorted(list(city, "AUD1", all()).await),
            sorted(both.to_vec())
        );
        assert_eq!(list(city, "C", all()).await, [""; 0]);

        let yes = DecideStepRequest {
            permit_id: of_a.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        city.permits("IM2").decide_step(yes).await.expect("decided");
        assert_eq!(
            list(city, "IM2", waiting()).await,
            [of_b.as_str()],
            "decided waits no longer"
        );
        let filtered = |change: fn(&mut ListPermitsRequest)| {
            let mut request = ListPermitsRequest::default();
            change(&mut request);
            list(city, "AUD1", request)
        };
        assert_eq!(
            filtered(|r| r.states = vec![PermitState::Granted.into()]).await,
            [of_a.as_str()]
        );
        assert_eq!(
            filtered(|r| r.states = vec![PermitState::Applied.into()]).await,
            [of_b.as_str()]
        );
        assert_eq!(
            filtered(|r| r.section_id = "S2".into()).await,
            [of_b.as_str()]
        );
        assert_eq!(filtered(|r| r.system_id = "SYS-9".into()).await, [""; 0]);
        assert_eq!(
            filtered(|r| r.kind = "software.install".into()).await,
            [""; 0]
        );
        assert_eq!(
            filtered(|r| r.kind = "user.registration".into())
                .await
                .len(),
            2
        );
    })
    .await;
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test]
async fn pages_hold_everything_once_newest_first() {
    on_both(async |city: &City| {
        let mut made = Vec::new();
        for minute in 0..5 {
            made.push(city.apply("A", registration()).await.permit_id);
            // Some at the same instant, some later.
            if minute % 2 == 0 {
                city.process
                    .clock
                    .advance(jiff::SignedDuration::from_secs(60));
            }
        }
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let request = ListPermitsRequest {
                page_size: 2,
                page_token: token,
                ..ListPermitsRequest::default()
            };
            let page = city
                .permits("A")
                .list_permits(request)
                .await
                .expect("a page")
                .into_inner();
            assert!(page.permits.len() <= 2);
            let times: Vec<_> = page
                .permits
                .iter()
                .map(|p| p.applied_at.map(|at| at.seconds))
                .collect();
            assert!(times.is_sorted_by(|one, next| one >= next), "newest first");
            seen.extend(page.permits.into_iter().map(|permit| permit.permit_id));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(sorted(seen), sorted(made));
        let bad = ListPermitsRequest {
            page_token: "bm9uc2Vuc2U".into(),
            page_size: 501,
            ..ListPermitsRequest::default()
        };
        let status = city
            .permits("A")
            .list_permits(bad)
            .await
            .expect_err("refused");
        assert_eq!(refused(&status).fields, ["page_size", "page_token"]);
    })
    .await;
}

#[tokio::test]
async fn what_waits_follows_the_post_when_it_changes_hands() {
    on_both(async |city: &City| {
        let id = city.apply("A", registration()).await.permit_id;
        city.seat("im2", "B").await;
        eventually("the new holder sees it waiting", async || {
            let waiting = list(city, "B", scope(PermitScope::WaitingForMe)).await;
            (waiting == [id.as_str()]).then_some(())
        })
        .await;
        assert_eq!(
            list(city, "IM2", scope(PermitScope::WaitingForMe)).await,
            [""; 0]
        );
        assert_eq!(
            city.names(&id, 2).await,
            ["PermitApplied", "PermitRerouted"]
        );
    })
    .await;
}

#[tokio::test]
async fn exceptions_are_found_by_bureau_system_and_whether_they_hold() {
    on_both(async |city: &City| {
        let request = ApplyExceptionRequest {
            terms: Some(terms(city)),
        };
        let applied = city
            .exceptions("BM1")
            .apply_exception(request)
            .await
            .expect("applied");
        let id = of(applied.into_inner().exception).exception_id;
        let count = async |change: fn(&mut ListExceptionsRequest)| {
            let mut request = ListExceptionsRequest::default();
            change(&mut request);
            let answer = city.exceptions("AUD1").list_exceptions(request).await;
            answer.expect("a list").into_inner().exceptions.len()
        };
        assert_eq!(count(|_| ()).await, 1);
        assert_eq!(count(|r| r.live = true).await, 0, "not granted");
        let grant = DecideExceptionRequest {
            exception_id: id,
            verdict: StepVerdict::Permitted.into(),
            ..DecideExceptionRequest::default()
        };
        city.exceptions("CISO")
            .decide_exception(grant)
            .await
            .expect("granted");
        assert_eq!(count(|r| r.live = true).await, 1);
        assert_eq!(count(|r| r.overdue = true).await, 0);
        assert_eq!(count(|r| r.bureau_id = "B1".into()).await, 1);
        assert_eq!(count(|r| r.bureau_id = "B2".into()).await, 0);
        assert_eq!(count(|r| r.system_id = "SYS-1".into()).await, 1);
        assert_eq!(count(|r| r.system_id = "SYS-9".into()).await, 0);
        city.advance(24);
        assert_eq!(count(|r| r.live = true).await, 0, "ended by itself");
    })
    .await;
}
