//! Who may call, and the promise of the idempotency key.

use proto::ledger::v1::{
    GetSystemRequest, ListSystemsRequest, RegisterSystemRequest, SystemRegistered,
};
use standard::Role;
use testkit::refused;
use tonic::{Code, Request};

use crate::city::{entry, on_both};

fn register(id: &str) -> RegisterSystemRequest {
    RegisterSystemRequest {
        system_id: id.to_owned(),
        entry: Some(entry()),
    }
}

#[tokio::test]
async fn nobody_reads_without_a_token_staff_read_and_keepers_write() {
    on_both(async |city| {
        let status = city
            .systems(city.process.anonymous())
            .list_systems(ListSystemsRequest::default())
            .await
            .expect_err("no token");
        assert_eq!(status.code(), Code::Unauthenticated);

        let status = city
            .systems(city.process.workload("vdi-gateway"))
            .list_systems(ListSystemsRequest::default())
            .await
            .expect_err("a machine");
        assert_eq!(status.code(), Code::PermissionDenied);

        let staff = city.staff();
        city.systems(staff.clone())
            .list_systems(ListSystemsRequest::default())
            .await
            .expect("staff read");
        let status = city
            .systems(staff)
            .register_system(register("SYS-1"))
            .await
            .expect_err("staff do not write");
        let refusal = refused(&status);
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (Code::PermissionDenied, "role_missing")
        );

        // The role in the token opens the door; whose section it is, the directory says.
        let imposter = city
            .process
            .person("P0001", "1301", &[Role::InformationManager]);
        let status = city
            .systems(imposter)
            .register_system(register("SYS-1"))
            .await
            .expect_err("the directory knows better");
        assert_eq!(refused(&status).code, "not_own_section");
    })
    .await;
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again_and_serves_one_request_only() {
    on_both(async |city| {
        let keyed = |message: RegisterSystemRequest| {
            let mut request = Request::new(message);
            let key = "register-1".parse().expect("a key");
            request.metadata_mut().insert("idempotency-key", key);
            request
        };
        let mut systems = city.systems(city.manager());
        let first = systems
            .register_system(keyed(register("SYS-1")))
            .await
            .expect("first");
        let again = systems
            .register_system(keyed(register("SYS-1")))
            .await
            .expect("again");
        assert_eq!(first.into_inner(), again.into_inner());
        let status = systems
            .register_system(keyed(register("SYS-2")))
            .await
            .expect_err("another request");
        let refusal = refused(&status);
        assert_eq!(
            (refusal.status, refusal.code.as_str()),
            (Code::Aborted, "idempotency_key_reused")
        );
        let get = GetSystemRequest {
            system_id: "SYS-2".to_owned(),
        };
        assert!(systems.get_system(get).await.is_err(), "it left nothing");
        assert_eq!(
            city.has_published::<SystemRegistered>("SYS-1", 1)
                .await
                .len(),
            1
        );
    })
    .await;
}
