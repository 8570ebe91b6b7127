//! The head of a section moves away, and another takes the post up, on a day that was set before:
//! what waits for the one is handed on to the other, by the clock alone (7-2-(9)-1).

use proto::{
    approvals::v1::{
        CheckPermitRequest, DecideStepRequest, ListPermitsRequest, PermitScope, PermitState,
        StepVerdict,
    },
    identity::v1::{Holding, Membership, Person, PersonTransferred, PostAssigned, PostVacated},
};
use standard::ServiceName;
use testkit::{eventually, refused};

use crate::city::{City, on_both, registration};

impl City {
    /// Tomorrow IM2 moves from S2 to S1, and B heads S2.
    async fn tomorrow_b_follows_im2(&self) {
        let (now, tomorrow) = (self.in_hours(0), self.in_hours(24));
        let until_then = |person: &str| Holding {
            person_id: person.into(),
            since: now,
            until: tomorrow,
        };
        let membership = |section: &str, since| Membership {
            section_id: section.into(),
            since,
            until: None,
        };
        let transferred = PersonTransferred {
            person: Some(Person {
                person_id: "IM2".into(),
                display_name: "IM2".into(),
                section_id: "S2".into(),
                memberships: vec![membership("S2", now), membership("S1", tomorrow)],
                ..Person::default()
            }),
            from_section_id: "S2".into(),
            section_id: "S1".into(),
            since: tomorrow,
        };
        let vacated = PostVacated {
            post_id: "im2".into(),
            from: tomorrow,
            person_id: "IM2".into(),
            holdings: vec![until_then("IM2")],
        };
        let assigned = PostAssigned {
            post_id: "im2".into(),
            person_id: "B".into(),
            since: tomorrow,
            until: None,
            holdings: vec![
                until_then("IM2"),
                Holding {
                    person_id: "B".into(),
                    since: tomorrow,
                    until: None,
                },
            ],
        };
        let (say, identity) = (&self.process.neighbours, ServiceName::Identity);
        say.say(identity, "person", "IM2", &transferred, &[]).await;
        say.say(identity, "post", "im2", &vacated, &[]).await;
        say.say(identity, "post", "im2", &assigned, &[]).await;
        self.said_last().await;
    }

    /// Everything identity has said so far is known: so is a word said after it.
    async fn said_last(&self) {
        self.seat("bm2", "C").await;
        let mut of_s9 = registration();
        of_s9.subject.get_or_insert_default().system_id = "SYS-9".into();
        let request = CheckPermitRequest {
            application: Some(of_s9),
        };
        eventually("the last word has arrived", async || {
            let answer = self.permits("A").check_permit(request.clone()).await;
            let steps = answer.expect("an answer").into_inner().steps;
            (steps[0].approver_ids == ["C"]).then_some(())
        })
        .await;
    }

    async fn waiting_for(&self, person: &str) -> Vec<String> {
        let request = ListPermitsRequest {
            scope: PermitScope::WaitingForMe.into(),
            ..ListPermitsRequest::default()
        };
        let page = self.permits(person).list_permits(request).await;
        let permits = page.expect("a list").into_inner().permits.into_iter();
        permits.map(|permit| permit.permit_id).collect()
    }
}

#[tokio::test]
async fn an_open_application_goes_on_to_who_follows_the_mover_7_2_9_1() {
    on_both(async |city: &City| {
        city.tomorrow_b_follows_im2().await;
        let id = city.apply("A", registration()).await.permit_id;
        assert_eq!(
            city.waiting_for("IM2").await,
            [id.as_str()],
            "until the day"
        );
        assert_eq!(city.waiting_for("B").await, [""; 0]);
        city.advance(24);
        let yes = || DecideStepRequest {
            permit_id: id.clone(),
            verdict: StepVerdict::Permitted.into(),
            ..DecideStepRequest::default()
        };
        eventually("it waits for who follows", async || {
            let handed_on = city.waiting_for("B").await == [id.as_str()];
            (handed_on && city.waiting_for("IM2").await.is_empty()).then_some(())
        })
        .await;
        let mover = city.permits("IM2").decide_step(yes()).await;
        let code = refused(&mover.expect_err("moved away")).code;
        assert_eq!(code, "permit_not_the_decider");
        let granted = city.permits("B").decide_step(yes()).await;
        let granted = granted.expect("decided").into_inner().permit;
        let state = granted.expect("a permit").state();
        assert_eq!(state, PermitState::Granted);
        assert_eq!(
            city.names(&id, 4).await,
            [
                "PermitApplied",
                "PermitRerouted",
                "PermitStepDecided",
                "PermitGranted"
            ]
        );
    })
    .await;
}
