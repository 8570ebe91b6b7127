//! IDs that are no member of staff's own are given access by no permit.

use kernel::Clock as _;
use proto::{
    approvals::v1::{ApplyPermitRequest, CheckPermitRequest},
    common::v1::AccessPath,
    identity::v1::PersonRegistered,
};
use standard::ServiceName;
use testkit::{eventually, refused, registered};

use crate::city::{City, on_both, registration};

#[tokio::test]
async fn nobody_applies_for_access_of_a_robot_or_of_an_id_for_emergencies() {
    on_both(async |city: &City| {
        let since = city.process.clock.now();
        let robot = PersonRegistered {
            robot_path: AccessPath::Office.into(),
            ..registered("RPA", "S1", since)
        };
        let emergency = PersonRegistered {
            emergency: true,
            ..registered("EMG", "S1", since)
        };
        for (id, event) in [("RPA", robot), ("EMG", emergency)] {
            let say = &city.process.neighbours;
            say.say(ServiceName::Identity, "person", id, &event, &[])
                .await;
            let mut application = registration();
            application.subject.get_or_insert_default().person_id = id.to_owned();
            let told = eventually("the ID is known", async || {
                let request = CheckPermitRequest {
                    application: Some(application.clone()),
                };
                let answer = city.permits("A").check_permit(request).await;
                let told = answer.expect("an answer").into_inner().violations;
                let codes: Vec<_> = told.into_iter().map(|one| one.code).collect();
                (codes != ["not_on_record"]).then_some(codes)
            })
            .await;
            assert_eq!(told, ["nobodys_own"], "{id}");
            let request = ApplyPermitRequest {
                application: Some(application),
            };
            let refusal = city.permits("A").apply_permit(request).await;
            let refusal = refused(&refusal.expect_err("refused"));
            assert_eq!(refusal.fields, ["subject.person_id"], "{id}");
        }
    })
    .await;
}
