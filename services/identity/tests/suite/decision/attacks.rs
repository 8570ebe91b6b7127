//! Attacks on decisions, each by its number in docs/attacks.md.

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{approvals::v1 as approvals, common::v1 as common, identity::v1 as wire};
use testkit::on_both;
use wire::AccessOutcome::{Allow, AllowByException, Deny, StepUp};

use super::rig::{Migrator, Rig, entitlement, system, using};

fn codes(answer: &wire::AccessAnswer) -> Vec<&str> {
    answer.reasons.iter().map(|one| one.code.as_str()).collect()
}

// The path is the registered one of the point that asks, the class is the ledger's or stricter, and
// the duty to use two factors is the system's: nothing a caller sends lowers any of them.
#[tokio::test]
async fn attack_5_neither_path_nor_class_nor_place_lowers_what_a_system_asks() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        let token = rig.token("s-1", 0);
        for class in [
            common::InformationClass::Iii,
            common::InformationClass::Ii,
            common::InformationClass::I,
            common::InformationClass::S,
        ] {
            let lowered = wire::AccessQuestion {
                information_class: class.into(),
                ..using("SYS-1")
            };
            // From the office too, since the system is a cloud's.
            let answer = rig.ask("office", &token, lowered).await;
            assert_eq!(answer.outcome(), StepUp);
            assert_eq!(codes(&answer), ["mfa_cloud"]);
            let strictest = class.max(common::InformationClass::I);
            assert_eq!(answer.information_class(), strictest, "never below class I");
        }

        // A system of the office alone, with a point of its own outside.
        let offline = system(|system| system.cloud = false);
        rig.says("ledger", &offline).await;
        assert_eq!(rig.outcome().await, Allow);
        let outside = rig.ask("vdi", &token, using("SYS-1")).await;
        assert_eq!(outside.path(), common::AccessPath::Telework);
        assert_eq!(codes(&outside), ["telework_device", "external_access"]);
        // Two points under one workload: the less trusted path counts, whichever came last.
        for (id, path) in [
            ("point-2", common::AccessPath::Telework),
            ("point-3", common::AccessPath::Office),
        ] {
            let twice = wire::EnforcementPointRegistered {
                enforcement_point_id: id.to_owned(),
                name: id.to_owned(),
                workload: "office".to_owned(),
                path: path.into(),
            };
            rig.says("identity", &twice).await;
        }
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.path(), common::AccessPath::Telework);
        assert_eq!(answer.outcome(), Deny);
    })
    .await;
}

// Who may decide on an exception is a matter of approvals, and tested there.
#[tokio::test]
async fn attack_18_an_exception_opens_nothing_beside_its_scope_nor_after_its_revocation() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says(
            "ledger",
            &system(|system| system.system_id = "SYS-2".into()),
        )
        .await;
        rig.says("identity", &entitlement("S0001", "SYS-2", ""))
            .await;
        let exception = |state: approvals::ExceptionState| {
            Some(approvals::Exception {
                exception_id: "E-1".to_owned(),
                clauses: vec!["7-2-(2)-2ア".to_owned()],
                person_ids: vec!["S0001".to_owned()],
                system_ids: vec!["SYS-1".to_owned()],
                paths: vec![common::AccessPath::Office.into()],
                class_ceiling: common::InformationClass::I.into(),
                starts_at: Some(proto::timestamp(rig.clock.now())),
                ends_at: Some(proto::timestamp(
                    rig.clock.now() + SignedDuration::from_hours(1),
                )),
                state: state.into(),
                ..approvals::Exception::default()
            })
        };
        let granted = approvals::ExceptionGranted {
            exception: exception(approvals::ExceptionState::Granted),
        };
        rig.says("approvals", &granted).await;
        let token = rig.token("s-1", 0);
        let asked = async |workload: &str, question: wire::AccessQuestion| {
            rig.ask(workload, &token, question).await.outcome()
        };
        assert_eq!(asked("office", using("SYS-1")).await, AllowByException);

        assert_eq!(
            asked("office", using("SYS-2")).await,
            StepUp,
            "another system"
        );
        assert_ne!(
            asked("vdi", using("SYS-1")).await,
            AllowByException,
            "another path"
        );
        let raised = wire::AccessQuestion {
            information_class: common::InformationClass::S.into(),
            ..using("SYS-1")
        };
        assert_eq!(asked("office", raised).await, StepUp, "above its ceiling");
        let privileged = wire::AccessQuestion {
            action: wire::AccessAction::Administer.into(),
            ..using("SYS-1")
        };
        assert_eq!(asked("office", privileged).await, Deny, "another clause");

        let revoked = approvals::ExceptionRevoked {
            exception: exception(approvals::ExceptionState::Revoked),
        };
        rig.says("approvals", &revoked).await;
        assert_eq!(asked("office", using("SYS-1")).await, StepUp, "revoked");
    })
    .await;
}
