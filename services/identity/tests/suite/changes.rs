//! Whose word a change is: of a system, of a network, of a terminal's protection (2-3-3, 2-4-1, 2-5-1,
//! 7-4-(1)-5).

use proto::{
    approvals::v1 as approvals, common::v1::InformationClass, identity::v1 as wire,
    ledger::v1 as ledger,
};
use standard::ServiceName;
use testkit::eventually;
use wire::{
    AccessOutcome::{Allow, Deny},
    access_question::Object,
    authority_client::AuthorityClient,
    decision_analysis_client::DecisionAnalysisClient,
};

use crate::{
    delegations::{away, nominate, plan},
    grants::{granted, permit},
    journal::said,
    movers::entitled,
    town::{Person, Town, in_both},
};

const USERS: &str = "職員番号,システム番号\nM1,SYS-1\nS1,SYS-1\nS3,SYS-1\nN1,SYS-1\n";

fn changing(object: Option<Object>) -> wire::AccessQuestion {
    wire::AccessQuestion {
        system_id: "SYS-1".to_owned(),
        action: wire::AccessAction::Change.into(),
        object,
        ..wire::AccessQuestion::default()
    }
}

fn network(id: &str) -> Option<Object> {
    Some(Object::NetworkId(id.to_owned()))
}

fn terminal(id: &str) -> Option<Object> {
    Some(Object::TerminalId(id.to_owned()))
}

impl Town {
    /// SYS-1 of the tax section with users of several sections, asked for from the office.
    async fn with_users(&self) {
        self.office().await;
        self.system("SYS-1").await;
        entitled(self, USERS).await;
    }

    async fn ledger_says(&self, id: &str, event: &impl proto::Event) {
        let neighbours = &self.process.neighbours;
        neighbours
            .say(ServiceName::Ledger, "thing", id, event, &[])
            .await;
    }

    /// Asked until it comes to that: what was said arrives in its own time.
    async fn ends_up(
        &self,
        person: &Person,
        question: &wire::AccessQuestion,
        outcome: wire::AccessOutcome,
    ) -> wire::AccessAnswer {
        eventually(&format!("{outcome:?}"), async || {
            let answer = self.asks(person, question.clone()).await;
            (answer.outcome() == outcome).then_some(answer)
        })
        .await
    }

    /// Refused for that reason alone, by its clause.
    async fn refused_by(
        &self,
        person: &Person,
        question: &wire::AccessQuestion,
        (code, clause): (&str, &str),
    ) {
        let answer = eventually(code, async || {
            let answer = self.asks(person, question.clone()).await;
            let only = answer.reasons.len() == 1 && answer.reasons[0].code == code;
            only.then_some(answer)
        })
        .await;
        assert_eq!(answer.outcome(), Deny);
        assert_eq!(answer.reasons[0].clauses, [clause]);
    }
}

#[tokio::test]
async fn a_system_is_changed_by_its_manager_and_by_whom_the_manager_permits_it_2_3_3_2_4_1() {
    in_both(async |town: &Town| {
        town.with_users().await;
        let head = town.with_password("M1").await;
        let clerk = town.with_password("S1").await;
        town.ends_up(&head, &changing(None), Allow).await;
        let plain = ("system_authority", "2-3-3");
        town.refused_by(&clerk, &changing(None), plain).await;

        let left = approvals::Permit {
            kind: "system.change".to_owned(),
            relaxes: vec!["2-3-3".to_owned(), "2-4-1".to_owned()],
            information_class: InformationClass::Ii.into(),
            state: approvals::PermitState::Granted.into(),
            ..permit(town, "p1", "", Some(2))
        };
        granted(town, left).await;
        let answer = town.ends_up(&clerk, &changing(None), Allow).await;
        assert_eq!(answer.relaxed_by.len(), 1);
        assert_eq!(answer.relaxed_by[0].clauses, ["2-3-3"]);

        // Important from now on, which changes the clause and nothing else.
        let mut system = ledger::System {
            system_id: "SYS-1".to_owned(),
            owner_section_id: "tax".to_owned(),
            important: true,
            ..ledger::System::default()
        };
        system.set_network_class(proto::common::v1::NetworkClass::Lgwan);
        let system = Some(system);
        town.ledger_says("SYS-1", &ledger::SystemChanged { system })
            .await;
        let answer = eventually("the system is important", async || {
            let answer = town.asks(&clerk, changing(None)).await;
            answer
                .clauses
                .contains(&"2-4-1".to_owned())
                .then_some(answer)
        })
        .await;
        assert_eq!(answer.outcome(), Allow);
        town.later(2 * 3600);
        let clerk = town.signed_in_again("S1").await;
        let head = town.signed_in_again("M1").await;
        let strict = ("important_system_authority", "2-4-1");
        town.refused_by(&clerk, &changing(None), strict).await;
        town.ends_up(&head, &changing(None), Allow).await;
    })
    .await;
}

/// 2-6-2, 2-7-2: in a recorded absence, as planned before, and the record says for whom.
#[tokio::test]
async fn who_acts_for_the_absent_manager_changes_the_system_and_the_record_names_both() {
    in_both(async |town: &Town| {
        town.with_users().await;
        let head = town.with_two_factors("M1").await;
        let deputy = town.with_password("S1").await;
        let mut arrange = AuthorityClient::new(town.as_person(&head.grant));
        arrange
            .nominate_deputy(nominate("S1"))
            .await
            .expect("named");
        arrange
            .record_absence_plan(plan("S1", "system.manage"))
            .await
            .expect("planned");
        let before = ("system_authority", "2-3-3");
        town.refused_by(&deputy, &changing(None), before).await;
        let recorded = arrange
            .record_absence(away(town, 2))
            .await
            .expect("recorded");
        let absence = recorded.into_inner().absence_id;
        let answer = town.ends_up(&deputy, &changing(None), Allow).await;

        let told = said::<wire::AccessEvaluated>(town).await;
        let record = told
            .iter()
            .find(|one| one.decision_id == answer.decision_id);
        let record = record.expect("on record");
        assert_eq!(
            (&*record.acting_for_id, &*record.absence_id),
            ("M1", &*absence)
        );
        assert_eq!(record.action, "change");

        // Explained by the posts and the absence it rests on; and the same came out as then.
        let mut analysis = DecisionAnalysisClient::new(town.process.person(
            "A1",
            "centre",
            &[standard::Role::Auditor],
        ));
        let request = wire::ExplainRequest {
            access: Some(wire::explain_request::Access::DecisionId(
                answer.decision_id.clone(),
            )),
        };
        let explained = analysis.explain(request).await.expect("explained");
        let explained = explained.into_inner();
        assert_eq!(explained.outcome(), Allow);
        let facts = explained.facts.iter();
        let known: Vec<_> = facts
            .filter(|fact| !fact.value.is_empty() && !fact.changed_since)
            .map(|fact| (fact.kind.as_str(), fact.id.as_str()))
            .collect();
        for expected in [("post_holders", "tax-head"), ("delegation", "tax")] {
            assert!(known.contains(&expected), "{expected:?} in {known:?}");
        }

        town.later(2 * 3600);
        let deputy = town.signed_in_again("S1").await;
        town.refused_by(&deputy, &changing(None), before).await;
    })
    .await;
}

#[tokio::test]
async fn networks_are_changed_by_the_network_manager_and_by_whom_it_was_permitted_2_5_1() {
    in_both(async |town: &Town| {
        town.with_users().await;
        for (id, external) in [("NET-1", false), ("NET-2", false), ("WORLD", true)] {
            let network = Some(ledger::Network {
                network_id: id.to_owned(),
                external,
                ..ledger::Network::default()
            });
            town.ledger_says(id, &ledger::NetworkRegistered { network })
                .await;
        }
        let manager = town.with_password("N1").await;
        let (head, clerk) = (
            town.with_password("M1").await,
            town.with_password("S1").await,
        );
        town.ends_up(&manager, &changing(network("NET-1")), Allow)
            .await;
        let unknown = ("network_unknown", "2-5-1");
        for foreign in ["WORLD", "NET-9"] {
            town.refused_by(&manager, &changing(network(foreign)), unknown)
                .await;
        }
        // The manager of the system by which it is done has no authority over the network.
        let another = ("network_authority", "2-5-1");
        for person in [&head, &clerk] {
            town.refused_by(person, &changing(network("NET-1")), another)
                .await;
        }
        let left = approvals::Permit {
            kind: "network.change".to_owned(),
            subject: Some(approvals::PermitSubject {
                system_id: "SYS-1".to_owned(),
                network_id: "NET-1".to_owned(),
                ..approvals::PermitSubject::default()
            }),
            relaxes: vec!["2-5-1".to_owned()],
            information_class: InformationClass::Ii.into(),
            state: approvals::PermitState::Granted.into(),
            ..permit(town, "p1", "", Some(2))
        };
        granted(town, left).await;
        let this = changing(network("NET-1"));
        town.ends_up(&clerk, &this, Allow).await;
        town.refused_by(&clerk, &changing(network("NET-2")), another)
            .await;
    })
    .await;
}

#[tokio::test]
async fn only_manager_and_deputies_change_the_protection_of_their_sections_terminals_7_4_1_5() {
    in_both(async |town: &Town| {
        town.with_users().await;
        let device = Some(ledger::Device {
            device_id: "D-1".to_owned(),
            section_id: "tax".to_owned(),
            ..ledger::Device::default()
        });
        town.ledger_says("D-1", &ledger::DeviceRegistered { device })
            .await;
        let head = town.with_two_factors("M1").await;
        let one = town.with_password("S1").await;
        let other = town.with_password("N1").await;
        let settings = changing(terminal("D-1"));
        town.ends_up(&head, &settings, Allow).await;
        let nobody = ("protection_setting_authority", "7-4-(1)-5");
        for person in [&one, &other] {
            town.refused_by(person, &settings, nobody).await;
        }
        town.refused_by(&head, &changing(terminal("D-9")), nobody)
            .await;
        // A deputy needs no absence for this.
        let mut arrange = AuthorityClient::new(town.as_person(&head.grant));
        arrange
            .nominate_deputy(nominate("S1"))
            .await
            .expect("named");
        town.ends_up(&one, &settings, Allow).await;
        let retired = ledger::DeviceRetired {
            device_id: "D-1".to_owned(),
            ..ledger::DeviceRetired::default()
        };
        town.ledger_says("D-1", &retired).await;
        town.refused_by(&head, &settings, nobody).await;
    })
    .await;
}
