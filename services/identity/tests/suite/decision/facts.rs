//! Each kind of event has its effect on decisions.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    approvals::v1 as approvals, common::v1 as common, identity::v1 as wire,
    incidents::v1 as incidents, ledger::v1 as ledger,
};
use testkit::{assigned, on_both};
use wire::AccessOutcome::{Allow, AllowByException, Deny, StepUp};

use super::rig::{Migrator, Rig, entitlement, person, system, using};

/// The rig with a system that asks for no second factor: plain allow.
async fn allowed(test: &testkit::TestDatabase) -> Rig {
    let rig = Rig::start(test).await;
    rig.says("ledger", &system(|system| system.cloud = false))
        .await;
    assert_eq!(rig.outcome().await, Allow);
    rig
}

// 8-3-(3)-1a, 8-3-(4)-1a
#[tokio::test]
async fn a_suspended_system_is_closed_until_it_is_resumed() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        let incident = Some(incidents::Incident {
            incident_id: "I-1".to_owned(),
            ..incidents::Incident::default()
        });
        let suspended = incidents::SystemSuspended {
            incident: incident.clone(),
            system_id: "SYS-1".to_owned(),
            reason: "侵入の疑い".to_owned(),
        };
        rig.says("incidents", &suspended).await;
        assert_eq!(rig.outcome().await, Deny);
        let resumed = incidents::SystemResumed {
            incident,
            system_id: "SYS-1".to_owned(),
            ..incidents::SystemResumed::default()
        };
        rig.says("incidents", &resumed).await;
        assert_eq!(rig.outcome().await, Allow);
    })
    .await;
}

// 4-4-4
#[tokio::test]
async fn a_lost_credential_ends_its_sessions_and_is_dead_in_any_other() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says(
            "identity",
            &wire::CredentialReportedLost {
                person_id: "S0001".to_owned(),
                credential_id: "password-1".to_owned(),
                session_ids: vec!["s-1".to_owned()],
                epoch: 1,
                ..wire::CredentialReportedLost::default()
            },
        )
        .await;
        // A session started with it all the same, and a token of the new epoch.
        rig.says("identity", &rig.session("s-2", "password")).await;
        let answer = rig
            .ask("office", &rig.token("s-2", 1), using("SYS-1"))
            .await;
        let codes: Vec<_> = answer.reasons.iter().map(|one| &one.code).collect();
        assert_eq!(codes, ["credential_lost"]);
        // A token of the old epoch.
        rig.says("identity", &rig.session("s-3", "totp")).await;
        let answer = rig
            .ask("office", &rig.token("s-3", 0), using("SYS-1"))
            .await;
        assert_eq!(answer.reasons[0].code, "epoch_outdated");
        // The revoked session, with a token of the new epoch that needs no waiting.
        let token = rig.token("s-1", 1);
        rig.clock.advance(SignedDuration::from_secs(30));
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.reasons[0].code, "session_not_live");
    })
    .await;
}

// A step-up that was committed before the revocation but told after it brings nothing back.
#[tokio::test]
async fn a_late_step_up_does_not_revive_a_revoked_session() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says(
            "identity",
            &wire::SessionsRevoked {
                person_id: "S0001".to_owned(),
                session_ids: vec!["s-1".to_owned()],
                epoch: 1,
                reason: "report".to_owned(),
            },
        )
        .await;
        rig.says(
            "identity",
            &wire::SessionSteppedUp {
                session_id: "s-1".to_owned(),
                person_id: "S0001".to_owned(),
                factor: "totp".to_owned(),
                credential_id: "totp-1".to_owned(),
                verified_at: None,
            },
        )
        .await;
        assert!(
            rig.snapshot
                .get()
                .session(&"s-1".parse().expect("an id"))
                .is_none()
        );
        assert_eq!(rig.outcome().await, Deny);
    })
    .await;
}

// 7-2-(9)-1
#[tokio::test]
async fn a_disabled_account_is_refused_until_it_is_enabled() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says(
            "identity",
            &wire::AccountDisabled {
                person_id: "S0001".to_owned(),
                reason: "退職".to_owned(),
                epoch: 0,
            },
        )
        .await;
        assert_eq!(rig.outcome().await, Deny);
        rig.says(
            "identity",
            &wire::AccountEnabled {
                person_id: "S0001".to_owned(),
                reason: "復職".to_owned(),
                epoch: 0,
            },
        )
        .await;
        assert_eq!(rig.outcome().await, Allow);
    })
    .await;
}

// 7-2-(1)-1: each ground ends for itself.
#[tokio::test]
async fn an_entitlement_ends_with_its_last_ground() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says("identity", &entitlement("S0001", "SYS-1", "P-1"))
            .await;
        let ended = |permit: &str| wire::EntitlementEnded {
            person_id: "S0001".to_owned(),
            system_id: "SYS-1".to_owned(),
            reason: "異動".to_owned(),
            permit_id: permit.to_owned(),
            ..wire::EntitlementEnded::default()
        };
        rig.says("identity", &ended("")).await;
        assert_eq!(rig.outcome().await, Allow);
        rig.says("identity", &ended("P-1")).await;
        assert_eq!(rig.outcome().await, Deny);
    })
    .await;
}

// 7-2-(8)-1a: a privileged grant lasts hours and ends by itself; no event, no job.
#[tokio::test]
async fn a_privileged_grant_ends_by_itself() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says("identity", &rig.session("s-2", "passkey")).await;
        let end = rig.clock.now() + SignedDuration::from_mins(10);
        rig.says(
            "identity",
            &wire::PrivilegedGrantStarted {
                person_id: "S0001".to_owned(),
                system_id: "SYS-1".to_owned(),
                permit_id: "P-9".to_owned(),
                ends_at: Some(proto::timestamp(end)),
                starts_at: None,
            },
        )
        .await;
        let administer = || wire::AccessQuestion {
            action: wire::AccessAction::Administer.into(),
            ..using("SYS-1")
        };
        let outcome = async || {
            let token = rig.token("s-2", 0);
            rig.ask("office", &token, administer()).await.outcome()
        };
        assert_eq!(outcome().await, Allow);
        rig.clock.advance(SignedDuration::from_mins(10));
        let token = rig.token("s-2", 0);
        let answer = rig.ask("office", &token, administer()).await;
        assert_eq!(answer.outcome(), Deny);
        assert_eq!(answer.reasons[0].code, "privilege_missing");
    })
    .await;
}

// 8-4-(1)-1
#[tokio::test]
async fn an_exception_relaxes_from_grant_to_revocation_and_never_past_its_end() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        assert_eq!(rig.outcome().await, StepUp);
        let end = rig.clock.now() + SignedDuration::from_hours(1);
        let exception = |state: approvals::ExceptionState| {
            Some(approvals::Exception {
                exception_id: "E-1".to_owned(),
                clauses: vec!["7-2-(2)-2ア".to_owned()],
                post_ids: vec!["clerk".to_owned()],
                system_ids: vec!["SYS-1".to_owned()],
                paths: vec![common::AccessPath::Office.into()],
                class_ceiling: common::InformationClass::I.into(),
                starts_at: Some(proto::timestamp(rig.clock.now())),
                ends_at: Some(proto::timestamp(end)),
                state: state.into(),
                ..approvals::Exception::default()
            })
        };
        let granted = approvals::ExceptionGranted {
            exception: exception(approvals::ExceptionState::Granted),
        };
        rig.says("approvals", &granted).await;
        assert_eq!(rig.outcome().await, StepUp, "the post is not theirs");
        let clerk = assigned("clerk", "S0001", rig.clock.now());
        rig.says("identity", &clerk).await;
        let answer = rig
            .ask("office", &rig.token("s-1", 0), using("SYS-1"))
            .await;
        assert_eq!(answer.outcome(), AllowByException);
        let by = &answer.relaxed_by[0];
        assert_eq!(by.ends_at, Some(proto::timestamp(end)));
        assert_eq!(by.clauses, ["7-2-(2)-2ア"]);
        assert_eq!(
            by.by,
            Some(wire::relaxation::By::ExceptionId("E-1".to_owned()))
        );

        let revoked = approvals::ExceptionRevoked {
            exception: exception(approvals::ExceptionState::Revoked),
        };
        rig.says("approvals", &revoked).await;
        assert_eq!(rig.outcome().await, StepUp);
        let invoked = approvals::ExceptionInvoked {
            exception: exception(approvals::ExceptionState::Invoked),
        };
        rig.says("approvals", &invoked).await;
        assert_eq!(rig.outcome().await, AllowByException);
        rig.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(rig.outcome().await, StepUp, "its end needs no event");
    })
    .await;
}

// 7-2-(4)-2b
#[tokio::test]
async fn a_permit_for_a_public_line_opens_the_line_for_its_applicant() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        let permit = |state: approvals::PermitState| {
            Some(approvals::Permit {
                permit_id: "P-1".to_owned(),
                applicant_id: "S0001".to_owned(),
                subject: Some(approvals::PermitSubject {
                    system_id: "SYS-1".to_owned(),
                    ..approvals::PermitSubject::default()
                }),
                information_class: common::InformationClass::I.into(),
                relaxes: vec!["7-2-(4)-2a".to_owned()],
                starts_at: Some(proto::timestamp(rig.clock.now())),
                state: state.into(),
                ..approvals::Permit::default()
            })
        };
        let from_cafe = async || {
            let token = rig.token("s-1", 0);
            rig.ask("cafe", &token, using("SYS-1")).await.outcome()
        };
        assert_eq!(from_cafe().await, Deny);
        let granted = approvals::PermitGranted {
            permit: permit(approvals::PermitState::Granted),
        };
        rig.says("approvals", &granted).await;
        assert_eq!(from_cafe().await, Allow);
        let revoked = approvals::PermitRevoked {
            permit: permit(approvals::PermitState::Revoked),
        };
        rig.says("approvals", &revoked).await;
        assert_eq!(from_cafe().await, Deny);
        rig.says("approvals", &granted).await;
        assert_eq!(from_cafe().await, Allow);
        let completed = approvals::PermitCompleted {
            permit: permit(approvals::PermitState::Completed),
        };
        rig.says("approvals", &completed).await;
        assert_eq!(from_cafe().await, Deny);
    })
    .await;
}

// 4-1-8, 4-1-9, 7-2-(7)-2, 3-4-(1)-6a
#[tokio::test]
async fn devices_are_judged_by_the_register() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        // Offered over telework, which asks for a second factor.
        let offered = system(|system| {
            system.cloud = false;
            system.telework = true;
        });
        rig.says("ledger", &offered).await;
        let stepped_up = wire::SessionSteppedUp {
            session_id: "s-1".to_owned(),
            person_id: "S0001".to_owned(),
            factor: "totp".to_owned(),
            credential_id: "totp-1".to_owned(),
            verified_at: None,
        };
        rig.says("identity", &stepped_up).await;
        let registered = |id: &str, class: common::NetworkClass, mobile| {
            let device = Some(ledger::Device {
                device_id: id.to_owned(),
                network_class: class.into(),
                internet_mobile: mobile,
                ..ledger::Device::default()
            });
            ledger::DeviceRegistered { device }
        };
        rig.says(
            "ledger",
            &registered("D-1", common::NetworkClass::Lgwan, false),
        )
        .await;
        rig.says(
            "ledger",
            &registered("D-2", common::NetworkClass::Internet, false),
        )
        .await;
        rig.says(
            "ledger",
            &registered("D-3", common::NetworkClass::Lgwan, true),
        )
        .await;
        let with = async |device: &str| {
            let question = wire::AccessQuestion {
                device_id: device.to_owned(),
                action: wire::AccessAction::Record.into(),
                ..using("SYS-1")
            };
            let answer = rig.ask("vdi", &rig.token("s-1", 0), question).await;
            let codes: Vec<_> = answer.reasons.into_iter().map(|one| one.code).collect();
            codes.join(" ")
        };
        assert_eq!(with("D-1").await, "");
        assert_eq!(with("D-2").await, "device_other_network");
        assert_eq!(with("D-3").await, "mobile_record");
        assert_eq!(with("D-4").await, "telework_device device_unregistered");
        let retired = ledger::DeviceRetired {
            device_id: "D-1".to_owned(),
            reason: "廃棄".to_owned(),
        };
        rig.says("ledger", &retired).await;
        assert_eq!(with("D-1").await, "telework_device device_unregistered");
    })
    .await;
}

#[tokio::test]
async fn a_retired_system_is_told_from_an_unknown_one() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        let retired = ledger::SystemRetired {
            system_id: "SYS-1".to_owned(),
        };
        rig.says("ledger", &retired).await;
        let answer = rig
            .ask("office", &rig.token("s-1", 0), using("SYS-1"))
            .await;
        assert_eq!(answer.reasons[0].code, "system_retired");
    })
    .await;
}

// What is out of service stays so, though the news of its registration came last.
#[tokio::test]
async fn a_system_registered_in_quarantine_and_retired_meanwhile_is_not_opened_by_a_retry() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        rig.says("identity", &entitlement("S0001", "SYS-2", ""))
            .await;
        let registered = |id: &str| ledger::SystemRegistered {
            system: system(|system| {
                system.system_id = id.to_owned();
                system.cloud = false;
            })
            .system,
        };
        let ask = async || {
            let token = rig.token("s-1", 0);
            rig.ask("office", &token, using("SYS-2")).await
        };
        let aside = rig.record("ledger", &registered("SYS-2"));
        let retired = ledger::SystemRetired {
            system_id: "SYS-2".to_owned(),
        };
        rig.says("ledger", &retired).await;
        rig.says_late(&aside).await;
        let answer = ask().await;
        assert_eq!(answer.reasons[0].code, "system_unknown");
        rig.says("ledger", &registered("SYS-2")).await;
        assert_eq!(
            ask().await.outcome(),
            Allow,
            "but for that it would be open"
        );
    })
    .await;
}

// A record told twice, as after a restored backup of the broker, changes nothing.
#[tokio::test]
async fn a_repeated_record_changes_nothing() {
    on_both::<Migrator, _>(async |test| {
        let rig = allowed(&test).await;
        for _ in 0..2 {
            rig.says("identity", &person("S0001")).await;
            rig.says("identity", &entitlement("S0001", "SYS-1", ""))
                .await;
        }
        assert_eq!(rig.outcome().await, Allow);
    })
    .await;
}

// What cannot be right goes to quarantine instead of into decisions.
#[tokio::test]
async fn an_event_that_cannot_be_right_is_trouble() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let endless = wire::PrivilegedGrantStarted {
            person_id: "S0001".to_owned(),
            system_id: "SYS-1".to_owned(),
            ..wire::PrivilegedGrantStarted::default()
        };
        let nowhere = wire::EnforcementPointRegistered {
            enforcement_point_id: "x".to_owned(),
            ..wire::EnforcementPointRegistered::default()
        };
        let nameless = ledger::SystemRegistered { system: None };
        let records = [
            rig.record("identity", &endless),
            rig.record("identity", &nowhere),
            rig.record("ledger", &nameless),
        ];
        for record in records {
            let context = kernel::Context::new(record.actor.clone(), record.time, "test");
            let unit = rig.store.unit(context).await.expect("a unit");
            let learned = identity::decision::learn(&unit, &record).await;
            assert!(
                matches!(learned, Err(bus::Trouble::Record(_))),
                "{}: {learned:?}",
                record.kind
            );
        }
    })
    .await;
}
