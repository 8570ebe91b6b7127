//! Devices: the register, bindings by permit, take-outs.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    approvals::v1::{Permit, PermitSubject},
    common::v1::NetworkClass,
    ledger::v1::{
        BindDeviceRequest, Device, DeviceOwnership, DeviceRegistered, GetDeviceRequest,
        ListDevicesRequest, ListTakeoutsRequest, PermitNotCarriedOut, RecordReturnRequest,
        RegisterDeviceRequest, Takeout, TakeoutRecorded, TakeoutReturned,
    },
};
use testkit::{eventually, refused};
use tonic::{Code, Status};

use crate::city::{City, on_both};

async fn register(city: &City, id: &str, ownership: DeviceOwnership) -> Result<Device, Status> {
    let request = RegisterDeviceRequest {
        device_id: id.to_owned(),
        kind: "laptop".to_owned(),
        section_id: "1301".to_owned(),
        person_id: "P0001".to_owned(),
        ownership: ownership.into(),
        ..RegisterDeviceRequest::default()
    };
    let mut devices = city.devices(city.manager());
    let answer = devices.register_device(request).await?;
    Ok(answer.into_inner().device.expect("the device"))
}

async fn get(city: &City, id: &str) -> Device {
    let request = GetDeviceRequest {
        device_id: id.to_owned(),
    };
    let mut devices = city.devices(city.staff());
    let answer = devices.get_device(request).await.expect("a device");
    answer.into_inner().device.expect("the device")
}

fn subject() -> Option<PermitSubject> {
    Some(PermitSubject {
        device_id: "PC-1".to_owned(),
        network_id: "NW-1".to_owned(),
        ..PermitSubject::default()
    })
}

#[tokio::test]
async fn a_personal_device_does_not_enter_the_register_4_1_9() {
    on_both(async |city| {
        let status = register(city, "PC-1", DeviceOwnership::Personal)
            .await
            .expect_err("personal");
        let refusal = refused(&status);
        assert_eq!(refusal.status, Code::FailedPrecondition);
        assert_eq!(
            (refusal.code.as_str(), refusal.clauses.concat()),
            ("device_personal", "4-1-9".to_owned())
        );
        assert_eq!(refusal.fields, ["ownership"]);
        let status = register(city, "PC-1", DeviceOwnership::Unspecified)
            .await
            .expect_err("whose?");
        assert_eq!(refused(&status).fields, ["ownership"]);
        register(city, "PC-1", DeviceOwnership::City)
            .await
            .expect("the city's");
    })
    .await;
}

#[tokio::test]
async fn a_granted_permit_binds_the_device_once_and_its_end_releases_it_7_2_7() {
    on_both(async |city| {
        register(city, "PC-1", DeviceOwnership::City)
            .await
            .expect("a device");
        city.network("NW-1", NetworkClass::Internet.into(), false)
            .await
            .expect("a network");
        let bind = BindDeviceRequest {
            device_id: "PC-1".to_owned(),
            network_id: "NW-1".to_owned(),
        };
        let mut devices = city.devices(city.manager());
        let status = devices
            .bind_device(bind.clone())
            .await
            .expect_err("no permit");
        assert_eq!(refused(&status).clauses, ["7-2-(7)-1"]);

        let end = city.process.clock.now() + SignedDuration::from_hours(2);
        let permit = Permit {
            subject: subject(),
            clauses: vec!["7-2-(7)-1".to_owned(), "7-2-(7)-2".to_owned()],
            effect: "device_binding".to_owned(),
            ..city.permit("PER-1", "device.connect", Some(end))
        };
        // Said twice: the second changes nothing.
        city.granted(&permit).await;
        city.granted(&permit).await;
        let bound = eventually("the device is bound", async || {
            let device = get(city, "PC-1").await;
            (device.network_id == "NW-1").then_some(device)
        })
        .await;
        assert!(
            bound.internet_mobile,
            "a laptop on the Internet network (3-4-(1)-6a)"
        );
        assert_eq!(bound.bound_until, Some(proto::timestamp(end)));
        devices.bind_device(bind).await.expect("so already");

        // The end counts at that instant.
        city.process.clock.advance(SignedDuration::from_hours(2));
        let after = get(city, "PC-1").await;
        assert_eq!(
            (after.network_id.as_str(), after.internet_mobile),
            ("", false)
        );
        let on_network = ListDevicesRequest {
            network_id: "NW-1".to_owned(),
            ..ListDevicesRequest::default()
        };
        let mut devices = city.devices(city.staff());
        let listed = devices.list_devices(on_network).await.expect("a list");
        assert!(listed.into_inner().devices.is_empty());

        city.revoked(&permit).await;
        let told = city.has_published::<DeviceRegistered>("PC-1", 3).await;
        assert_eq!(told.len(), 3, "registered, bound, released");
        let last = told[2].device.as_ref().expect("the device");
        assert_eq!(last.network_id, "");
    })
    .await;
}

#[tokio::test]
async fn a_permit_for_a_device_nobody_registered_is_kept_for_when_it_is() {
    on_both(async |city| {
        city.network("NW-1", NetworkClass::Lgwan.into(), false)
            .await
            .expect("a network");
        let permit = Permit {
            subject: subject(),
            clauses: vec!["7-2-(7)-1".to_owned()],
            effect: "device_binding".to_owned(),
            ..city.permit("PER-1", "device.connect", None)
        };
        city.granted(&permit).await;
        register(city, "PC-1", DeviceOwnership::City)
            .await
            .expect("a device");
        let mut devices = city.devices(city.manager());
        testkit::eventually_ok("the permit is known", async || {
            let bind = BindDeviceRequest {
                device_id: "PC-1".to_owned(),
                network_id: "NW-1".to_owned(),
            };
            devices.clone().bind_device(bind).await
        })
        .await;
        assert_eq!(get(city, "PC-1").await.network_id, "NW-1");
        let retire = proto::ledger::v1::RetireDeviceRequest {
            device_id: "PC-1".to_owned(),
            reason: "廃棄".to_owned(),
        };
        let retired = devices
            .retire_device(retire)
            .await
            .expect("retired")
            .into_inner();
        assert_eq!(retired.device.expect("it").network_id, "");
    })
    .await;
}

#[tokio::test]
async fn a_takeout_permit_writes_one_record_and_its_return_is_entered_once_4_1_6() {
    on_both(async |city| {
        let end = city.process.clock.now() + SignedDuration::from_hours(48);
        let permit = Permit {
            subject: subject(),
            clauses: vec!["4-1-5".to_owned(), "4-1-6".to_owned()],
            effect: "takeout_record".to_owned(),
            ..city.permit("PER-1", "equipment.takeout", Some(end))
        };
        city.granted(&permit).await;
        city.granted(&permit).await;
        let told = city.has_published::<TakeoutRecorded>("PER-1", 1).await;
        assert_eq!(told[0].device_id, "PC-1");
        assert_eq!(
            told[0].person_id, "P0001",
            "the applicant, when no other person is named"
        );

        let out = async |due_before: Option<jiff::Timestamp>| -> Vec<Takeout> {
            let request = ListTakeoutsRequest {
                out: true,
                due_before: due_before.map(proto::timestamp),
                ..ListTakeoutsRequest::default()
            };
            let mut devices = city.devices(city.staff());
            devices
                .list_takeouts(request)
                .await
                .expect("a list")
                .into_inner()
                .takeouts
        };
        assert_eq!(out(None).await.len(), 1);
        assert_eq!(out(Some(end)).await.len(), 0, "not overdue yet");
        assert_eq!(out(Some(end + SignedDuration::from_secs(1))).await.len(), 1);

        let back = RecordReturnRequest {
            permit_id: "PER-1".to_owned(),
        };
        let status = city
            .devices(city.stranger())
            .record_return(back.clone())
            .await
            .expect_err("another section's");
        assert_eq!(refused(&status).code, "not_own_section");
        let mut devices = city.devices(city.manager());
        for _ in 0..2 {
            devices.record_return(back.clone()).await.expect("returned");
        }
        assert!(out(None).await.is_empty());
        assert_eq!(
            city.has_published::<TakeoutReturned>("PER-1", 1)
                .await
                .len(),
            1
        );
        let none = RecordReturnRequest {
            permit_id: "PER-9".to_owned(),
        };
        let status = devices
            .record_return(none)
            .await
            .expect_err("never taken out");
        assert_eq!(refused(&status).code, "takeout_not_found");
    })
    .await;
}

#[tokio::test]
async fn what_the_register_refuses_of_a_granted_permit_is_told_with_its_clauses() {
    on_both(async |city| {
        city.network("NW-1", NetworkClass::Internet.into(), false)
            .await
            .expect("a network");
        let permit = Permit {
            subject: subject(),
            clauses: vec!["7-2-(7)-1".to_owned()],
            effect: "device_binding".to_owned(),
            ..city.permit("PER-1", "device.connect", None)
        };
        // Nobody has registered PC-1.
        city.granted(&permit).await;
        let told = city.has_published::<PermitNotCarriedOut>("PER-1", 1).await;
        assert_eq!(
            (told[0].effect.as_str(), told[0].code.as_str()),
            ("device_binding", "device_not_found")
        );
        assert_eq!(told[0].message_ja, "この端末は台帳にありません。");
        let records = city.published("PER-1").await;
        assert_eq!(records[0].clauses[0].as_str(), "4-1-9");
        // The permit stands and is used once the device is there.
        register(city, "PC-1", DeviceOwnership::City)
            .await
            .expect("a device");
        let bind = BindDeviceRequest {
            device_id: "PC-1".to_owned(),
            network_id: "NW-1".to_owned(),
        };
        let mut devices = city.devices(city.manager());
        devices.bind_device(bind).await.expect("bound");
    })
    .await;
}
