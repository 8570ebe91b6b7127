//! What ends by itself (guarantee G5): judged at once, recorded soon after.

use proto::approvals::v1::{
    DecideStepRequest, GetPermitRequest, ListPermitsRequest, PermitState, StepVerdict,
};
use testkit::refused;

use crate::city::{City, on_both, registration};

#[tokio::test]
async fn a_permit_ends_at_its_hard_end_at_once_and_is_recorded_once() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.ends_at = city.in_hours(8);
        let id = city.apply("A", application).await.permit_id;
        let yes = DecideStepRequest {
            permit_id: id.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        city.permits("IM2").decide_step(yes).await.expect("decided");
        city.advance(8);
        let get = GetPermitRequest {
            permit_id: id.clone(),
        };
        let answer = city.permits("A").get_permit(get).await.expect("the permit");
        let state = answer.into_inner().permit.expect("a permit").state();
        assert_eq!(state, PermitState::Expired, "whether or not it is recorded");
        let expired = ListPermitsRequest {
            states: vec![PermitState::Expired.into()],
            ..ListPermitsRequest::default()
        };
        let listed = city
            .permits("A")
            .list_permits(expired)
            .await
            .expect("a list");
        assert_eq!(listed.into_inner().permits.len(), 1);
        assert_eq!(
            city.names(&id, 4).await,
            [
                "PermitApplied",
                "PermitStepDecided",
                "PermitGranted",
                "PermitExpired"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_application_whose_time_is_over_cannot_be_granted() {
    on_both(async |city: &City| {
        let mut application = registration();
        application.ends_at = city.in_hours(1);
        let id = city.apply("A", application).await.permit_id;
        city.advance(1);
        let yes = DecideStepRequest {
            permit_id: id.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        let status = city
            .permits("IM2")
            .decide_step(yes)
            .await
            .expect_err("too late");
        assert_eq!(refused(&status).code, "permit_ended");
        assert_eq!(city.names(&id, 2).await, ["PermitApplied", "PermitExpired"]);
    })
    .await;
}
