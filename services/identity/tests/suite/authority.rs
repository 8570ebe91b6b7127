//! Authority over the organisation: deputies, absences, acting authority, and who may.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proto::{common::v1::NetworkClass, identity::v1 as wire, ledger::v1 as ledger};
use rpc::client::Channel;
use standard::{Action, ServiceName};
use testkit::{eventually, refused};
use tonic::Code;
use wire::authority_client::AuthorityClient;

use crate::{
    delegations::{DEPUTY, away, nominate, plan},
    journal::said,
    refusals::in_full,
    town::{PASSWORD, Town, in_both},
};

const POSTS: &str = "\
職コード,職名,局区コード,課公所コード,役割,在職者
finance-head,財政局長,finance,,局(区)情報管理者,S3
office-head,税務出張所長,,tax-office,副情報管理者,S2
";

impl Town {
    fn authority(&self, channel: Channel) -> AuthorityClient<Channel> {
        AuthorityClient::new(channel)
    }

    /// Somebody signed in.
    async fn signed_in(&self, person: &str) -> AuthorityClient<Channel> {
        let one = self.with_two_factors(person).await;
        self.authority(self.as_person(&one.grant))
    }

    /// Who may decide on information of the tax section that S9 wants to send.
    async fn who_may(&self, action: &str) -> Vec<wire::Authorised> {
        let request = wire::WhoMayRequest {
            action: action.to_owned(),
            section_id: "tax".to_owned(),
            ..wire::WhoMayRequest::default()
        };
        // What was imported is known a moment later.
        let answer = eventually("an answer", async || {
            let mut authority = self.authority(self.platform());
            authority.who_may(request.clone()).await.ok()
        });
        let mut steps = answer.await.into_inner().steps;
        assert_eq!(steps.len(), 1);
        steps.remove(0).people
    }

    async fn shortfalls(&self) -> Vec<String> {
        let request = wire::ListAuthorityShortfallsRequest::default();
        let answer = self
            .authority(self.platform())
            .list_authority_shortfalls(request)
            .await;
        let found = answer.expect("a list").into_inner().shortfalls;
        let shown = |one: wire::AuthorityShortfall| format!("{} {}", one.section_id, one.code);
        found.into_iter().map(shown).collect()
    }
}

/// 1-6-1, 2-3-4b, 2-6-2: nominated, planned for, absent; the answer follows by the clock.
#[tokio::test]
async fn who_may_names_the_deputy_inside_absence_and_plan_with_both_names() {
    in_both(async |town: &Town| {
        let mut head = town.signed_in("M1").await;
        let mut clerk = town.signed_in("S1").await;
        let denied = in_full(clerk.nominate_deputy(nominate("S1")).await);
        let clauses = vec!["1-6-1".to_owned()];
        let expected = (
            Code::PermissionDenied,
            "delegation_not_in_charge".to_owned(),
            clauses,
        );
        assert_eq!(denied, expected);
        let foreign = in_full(head.nominate_deputy(nominate("S3")).await);
        assert_eq!(foreign.1, "delegation_person_of_other_section");
        head.nominate_deputy(nominate("S1")).await.expect("named");

        let unplanned = in_full(
            head.record_absence_plan(plan("S3", "information.send"))
                .await,
        );
        assert_eq!(unplanned.1, "absence_plan_not_a_deputy");
        let nothing = in_full(head.record_absence_plan(plan("S1", "everything")).await);
        assert_eq!(nothing.1, "absence_plan_action_unknown");
        head.record_absence_plan(plan("S1", "information.send"))
            .await
            .expect("planned");
        // Who acts in an absence does not make it.
        let own = in_full(clerk.record_absence(away(town, 2)).await);
        assert_eq!(
            (own.0, own.1.as_str()),
            (Code::PermissionDenied, "absence_of_another")
        );
        let recorded = head.record_absence(away(town, 2)).await.expect("recorded");
        let absence = recorded.into_inner().absence_id;
        let during = in_full(head.record_absence_plan(plan("S1", "medium.courier")).await);
        assert_eq!(during.1, "absence_plan_during_absence");

        let people = eventually("the absence is known", async || {
            let people = town.who_may("information.send").await;
            (people.len() == 2).then_some(people)
        })
        .await;
        let [principal, acting] = &people[..] else {
            unreachable!("two people")
        };
        let own = (
            principal.person_id.as_str(),
            principal.acting_for_id.as_str(),
        );
        assert_eq!((own, principal.post_id.as_str()), (("M1", ""), "tax-head"));
        let names = (acting.person_id.as_str(), acting.acting_for_id.as_str());
        assert_eq!((names, acting.post_id.as_str()), (("S1", "M1"), "tax-head"));
        assert_eq!(acting.absence_id, absence);
        assert!(acting.planned_at.is_some() && acting.until.is_some());
        assert_eq!(town.who_may("medium.courier").await.len(), 1, "not planned");

        // Nobody acts after the absence, by the clock alone.
        town.later(2 * 3600);
        assert_eq!(town.who_may("information.send").await.len(), 1);
        let told = said::<wire::AbsenceRecorded>(town).await;
        assert_eq!(told.len(), 1);
        let delegation = told[0].delegation.as_ref().expect("as it stands");
        assert_eq!(delegation.absences.len(), 1);
        assert!(delegation.plan.is_some());
    })
    .await;
}

/// 2-3-4b: without the plan nobody acts, from the moment it is withdrawn; and whom it empowered does
/// not withdraw it.
#[tokio::test]
async fn a_plan_withdrawn_lets_nobody_act_in_the_absence_it_was_for() {
    in_both(async |town: &Town| {
        let mut head = town.signed_in("M1").await;
        let mut clerk = town.signed_in("S1").await;
        let named = head.nominate_deputy(nominate("S1")).await;
        named.expect("named");
        let written = head.record_absence_plan(plan("S1", "information.send"));
        written.await.expect("planned");
        head.record_absence(away(town, 2)).await.expect("recorded");
        eventually("the deputy acts", async || {
            let people = town.who_may("information.send").await;
            (people.len() == 2).then_some(())
        })
        .await;

        let withdraw = wire::WithdrawAbsencePlanRequest {
            section_id: "tax".to_owned(),
        };
        let denied = in_full(clerk.withdraw_absence_plan(withdraw.clone()).await);
        let expected = (Code::PermissionDenied, "delegation_not_in_charge");
        assert_eq!((denied.0, denied.1.as_str()), expected);
        for time in ["withdrawn", "a repeat"] {
            let answer = head.withdraw_absence_plan(withdraw.clone()).await;
            let delegation = answer.expect(time).into_inner().delegation;
            let delegation = delegation.expect("as it stands");
            assert_eq!((delegation.plan, delegation.absences.len()), (None, 1));
        }
        assert_eq!(said::<wire::AbsencePlanWithdrawn>(town).await.len(), 1);
        eventually("the head alone may", async || {
            let people = town.who_may("information.send").await;
            (people.len() == 1 && people[0].person_id == "M1").then_some(())
        })
        .await;
    })
    .await;
}

/// A question that has no answer is told what is wrong with it, and what there is to ask.
#[tokio::test]
async fn a_question_without_an_answer_names_the_field_and_what_there_is() {
    in_both(async |town: &Town| {
        let ask = async |request: wire::WhoMayRequest| {
            let answer = town.authority(town.platform()).who_may(request).await;
            answer.map(tonic::Response::into_inner)
        };
        let asked = |action: &str| wire::WhoMayRequest {
            action: action.to_owned(),
            section_id: "tax".to_owned(),
            ..wire::WhoMayRequest::default()
        };
        town.who_may("information.send").await;
        let refusal = refused(&ask(asked("everything")).await.expect_err("no such action"));
        let told = (refusal.status, refusal.code.as_str(), &refusal.fields[..]);
        let expected = ["action".to_owned()];
        let expected = (
            Code::InvalidArgument,
            "authority_action_unknown",
            &expected[..],
        );
        assert_eq!(told, expected);
        for known in Action::CODES.iter().copied().chain(["ListPermitKinds"]) {
            assert!(refusal.ja.contains(known), "{known} is named");
        }
        for (request, code, field, named) in [
            (
                asked("shared_id.keep"),
                "authority_question_incomplete",
                "system_id",
                "system_id",
            ),
            (
                asked("permit.revoke"),
                "authority_question_incomplete",
                "permit_kind",
                "permit_kind",
            ),
            (
                wire::WhoMayRequest {
                    bureau_id: "nowhere".to_owned(),
                    ..asked("exception.apply")
                },
                "authority_question_unknown",
                "bureau_id",
                "nowhere",
            ),
        ] {
            let refusal = refused(&ask(request).await.expect_err("no answer"));
            let told = (refusal.code.as_str(), refusal.fields.join(","));
            assert_eq!(told, (code, field.to_owned()));
            assert!(refusal.ja.contains(named), "{}", refusal.ja);
        }
        let person = eventually("the head is known", async || {
            let answer = ask(asked("absence.plan")).await.expect("an answer");
            assert!(answer.alternatives);
            assert_eq!(answer.clause, "2-3-4b");
            answer.steps[0].people.first().cloned()
        })
        .await;
        assert_eq!(person.person_id, "M1");
    })
    .await;
}

/// 2-6-2: a principal who is back ends it; whoever stands above may record it, and the end too.
#[tokio::test]
async fn an_absence_is_recorded_from_above_and_ended_at_once() {
    in_both(async |town: &Town| {
        let report = town.import(wire::TableKind::Posts, POSTS).await;
        assert_eq!((&report.errors[..], report.entered), (&[][..], true));
        let mut head = town.signed_in("M1").await;
        head.nominate_deputy(nominate("S1")).await.expect("named");
        head.record_absence_plan(plan("S1", "information.send"))
            .await
            .expect("planned");
        let mut above = town.signed_in("S3").await;
        let recorded = above.record_absence(away(town, 2)).await.expect("recorded");
        eventually("the absence is known", async || {
            (town.who_may("information.send").await.len() == 2).then_some(())
        })
        .await;
        let end = wire::EndAbsenceRequest {
            section_id: "tax".to_owned(),
            absence_id: recorded.into_inner().absence_id,
        };
        head.end_absence(end.clone()).await.expect("ended");
        eventually("nobody acts", async || {
            (town.who_may("information.send").await.len() == 1).then_some(())
        })
        .await;
        assert_eq!(in_full(head.end_absence(end).await).1, "absence_unknown");
    })
    .await;
}

/// 1-4-1, 1-6-1: the token says what is derived, by the function that WhoMay answers by.
#[tokio::test]
async fn tokens_carry_the_roles_that_follow_from_systems_and_nominations() {
    in_both(async |town: &Town| {
        let head = town.with_two_factors("M1").await;
        assert_eq!(roles(&head.grant), ["information_manager"]);
        let mut authority = town.authority(town.as_person(&head.grant));
        town.with_password("S1").await;
        authority
            .nominate_deputy(nominate("S1"))
            .await
            .expect("named");
        let mut system = ledger::System {
            system_id: "TAX".to_owned(),
            name: "税務".to_owned(),
            owner_section_id: "tax".to_owned(),
            important: true,
            ..ledger::System::default()
        };
        system.set_network_class(NetworkClass::Lgwan);
        let event = ledger::SystemRegistered {
            system: Some(system),
        };
        let say = &town.process.neighbours;
        say.say(ServiceName::Ledger, "system", "TAX", &event, &[])
            .await;
        for (person, expected) in [
            ("S1", vec![DEPUTY]),
            ("M1", vec!["information_manager", "system_manager"]),
        ] {
            eventually("the roles are known", async || {
                let grant = town.sign_in(person, PASSWORD).await.expect("signed in");
                (roles(&grant) == expected).then_some(())
            })
            .await;
        }
        let request = wire::WhoMayRequest {
            action: "user.registration".to_owned(),
            section_id: "roads".to_owned(),
            system_id: "TAX".to_owned(),
            concerned_ids: vec!["S3".to_owned()],
            ..wire::WhoMayRequest::default()
        };
        let answer = authority
            .who_may(request)
            .await
            .expect("an answer")
            .into_inner();
        assert_eq!(answer.steps[0].role, "system_manager");
        assert_eq!(answer.steps[0].people[0].person_id, "M1");
        let end = |successor: &str| wire::EndNominationRequest {
            section_id: "tax".to_owned(),
            person_id: "S1".to_owned(),
            role: DEPUTY.to_owned(),
            successor_id: successor.to_owned(),
        };
        // 2-3-4a: the last one goes only when a successor comes.
        let last = authority.end_nomination(end("")).await;
        assert_eq!(refused(&last.expect_err("refused")).code, "deputy_last");
        authority.end_nomination(end("S2")).await.expect("ended");
        eventually("the role is gone", async || {
            let grant = town.sign_in("S1", PASSWORD).await.expect("signed in");
            roles(&grant).is_empty().then_some(())
        })
        .await;
        let typed_in =
            "職コード,職名,課公所コード,役割,在職者\nroads-head,道路課長,roads,システム管理者,S3\n";
        let report = town.import(wire::TableKind::Posts, typed_in).await;
        let error = &report.errors[0];
        assert_eq!(
            (error.code.as_str(), &error.clauses[..]),
            ("post_role_derived", &["1-4-1".to_owned()][..])
        );
    })
    .await;
}

/// The roles a token names.
fn roles(grant: &wire::SessionGrant) -> Vec<String> {
    let payload = grant.access_token.split('.').nth(1).expect("three parts");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    let claims: serde_json::Value = serde_json::from_slice(&payload).expect("claims");
    let roles = claims["roles"].as_array().cloned().unwrap_or_default();
    let words = roles.iter().filter_map(|role| role.as_str());
    words.map(str::to_owned).collect()
}

/// 2-3-4a, 2-3-5, 2-3-4b, 2-5-3: what is missing is listed until it is there.
#[tokio::test]
async fn sections_without_deputies_or_plans_and_role_collisions_are_listed() {
    in_both(async |town: &Town| {
        let all = [
            "centre absence_plan_missing",
            "centre deputy_missing",
            "roads deputy_missing",
            "tax absence_plan_missing",
            "tax deputy_missing",
            "tax-office office_head_missing",
        ];
        eventually("everything is known", async || {
            (town.shortfalls().await == all).then_some(())
        })
        .await;
        // The head of a third-class office is a deputy without being named.
        town.import(wire::TableKind::Posts, POSTS).await;
        let mut head = town.signed_in("M1").await;
        head.nominate_deputy(nominate("S1")).await.expect("named");
        head.record_absence_plan(plan("S2", "information.send"))
            .await
            .expect("planned for the office's head");
        let rest = [
            "centre absence_plan_missing",
            "centre deputy_missing",
            "roads deputy_missing",
        ];
        eventually("the duties are met", async || {
            (town.shortfalls().await == rest).then_some(())
        })
        .await;
        let request = wire::ListRoleCollisionsRequest {};
        let found = town
            .authority(town.platform())
            .list_role_collisions(request)
            .await;
        let found = found.expect("a list").into_inner().collisions;
        let shown: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.person_id.as_str(),
                    one.with_role.as_str(),
                    one.clause.as_str(),
                )
            })
            .collect();
        assert_eq!(shown, [("N1", "information_manager", "2-5-3")]);
    })
    .await;
}
