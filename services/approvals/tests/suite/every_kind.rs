//! Every kind of permit over the wire, for a client that knows nothing of the city's standard: what
//! to fill in, and what is refused by which clause, it asks of `ClausePack`.

use std::collections::BTreeSet;

use proto::{
    approvals::v1::{Application, CheckPermitRequest, PermitState},
    common::v1::InformationClass as WireClass,
    ledger::v1::{Network, NetworkRegistered},
    sekisho::standard::v1::{PermitGuard, PermitKind, permit_guard::Rule},
};
use standard::{InformationClass, ServiceName};
use testkit::eventually;

use crate::{
    asked::Standard,
    city::{City, on_both, registration},
};

/// What stands against an application of A, as `field clause`.
async fn against(city: &City, application: &Application) -> BTreeSet<String> {
    let request = CheckPermitRequest {
        application: Some(application.clone()),
    };
    let answer = city.permits("A").check_permit(request).await;
    let answer = answer.unwrap_or_else(|status| panic!("{application:?}: {status:?}"));
    let violations = answer.into_inner().violations.into_iter();
    violations
        .map(|one| format!("{} {}", one.field, one.clause))
        .collect()
}

#[tokio::test]
async fn who_asks_the_clause_pack_can_apply_for_every_kind_and_is_told_whatever_is_missing() {
    on_both(async |city: &City| {
        with_a_network(city).await;
        let standard = Standard::asked(city).await;
        let (mut hit, mut all) = (BTreeSet::new(), BTreeSet::new());
        for kind in &standard.kinds {
            let complete = standard.complete(kind, city);
            assert_eq!(
                against(city, &complete).await,
                BTreeSet::new(),
                "{}",
                kind.id
            );
            for need in kind.needs.iter().filter(|need| *need != "person") {
                let mut own = complete.clone();
                let field = take_reference(&mut own, need);
                let told = against(city, &own).await;
                let expected = format!("subject.{field} {}", kind.clauses[0]);
                assert!(
                    told.contains(&expected),
                    "{}: {expected} in {told:?}",
                    kind.id
                );
            }
            for (index, guard) in kind.guards.iter().enumerate() {
                all.insert((&kind.id, index));
                for (own, expected) in lacking(&standard, kind, guard, &complete) {
                    let told = against(city, &own).await;
                    assert!(
                        told.contains(&expected),
                        "{}: {expected} in {told:?}",
                        kind.id
                    );
                    hit.insert((&kind.id, index));
                }
            }
            let permit = city.apply("A", complete).await;
            assert_eq!(permit.state(), PermitState::Applied, "{}", kind.id);
            assert_eq!(permit.clauses, kind.clauses);
            assert_eq!(permit.effect, kind.effect);
        }
        assert_eq!(
            hit, all,
            "every guard of every kind stands in somebody's way"
        );
    })
    .await;
}

/// The city's ledger tells of a network too.
async fn with_a_network(city: &City) {
    let event = NetworkRegistered {
        network: Some(Network {
            network_id: "NET-1".into(),
            ..Network::default()
        }),
    };
    let say = &city.process.neighbours;
    say.say(ServiceName::Ledger, "network", "NET-1", &event, &[])
        .await;
    eventually("the network is known", async || {
        let mut application = registration();
        let subject = application.subject.get_or_insert_default();
        subject.network_id = "NET-1".into();
        against(city, &application).await.is_empty().then_some(())
    })
    .await;
}

/// Leaves out what a kind needs to be named; returns where it stands in the request.
fn take_reference(own: &mut Application, need: &str) -> &'static str {
    let subject = own.subject.get_or_insert_default();
    let (field, id) = match need {
        "system" => ("system_id", &mut subject.system_id),
        "device" => ("device_id", &mut subject.device_id),
        "medium" => ("medium_id", &mut subject.medium_id),
        "network" => ("network_id", &mut subject.network_id),
        "information" => ("information_id", &mut subject.information_id),
        "service" => ("service_name", &mut subject.service_name),
        other => panic!("a kind needs {other}"),
    };
    id.clear();
    field
}

/// The application with one thing wrong in every way a guard knows, and what is to be told of it.
fn lacking(
    standard: &Standard,
    kind: &PermitKind,
    guard: &PermitGuard,
    complete: &Application,
) -> Vec<(Application, String)> {
    let changed = |change: &dyn Fn(&mut Application), field: &str, clause: &str| {
        let mut own = complete.clone();
        if guard.when.iter().any(|when| when == "sensitive") {
            own.information_class = WireClass::S.into();
        }
        change(&mut own);
        (own, format!("{field} {clause}"))
    };
    let clause = guard.clause.as_str();
    let without = |field: &String| {
        let at = format!("content.{field}");
        changed(&|own| _ = own.content.remove(field), &at, clause)
    };
    match guard.rule.as_ref().expect("a guard has a rule") {
        Rule::Required(fields) => fields.words.iter().map(without).collect(),
        Rule::RequiredOneOf(fields) => {
            let none = |own: &mut Application| {
                own.content.retain(|field, _| !fields.words.contains(field));
            };
            vec![changed(&none, "content", clause)]
        }
        Rule::Checklist(list) => {
            let none = |own: &mut Application| own.checklists.clear();
            let items = standard.checklist(list).items.iter();
            items
                .map(|item| changed(&none, &format!("checklists.{list}.{}", item.id), clause))
                .collect()
        }
        Rule::RefusesPersonalInformation(_) => {
            let personal = |own: &mut Application| own.personal_information = true;
            vec![changed(&personal, "personal_information", clause)]
        }
        Rule::MaxPeriod(_) => {
            let endless = |own: &mut Application| own.ends_at = None;
            vec![changed(&endless, "ends_at", clause)]
        }
        Rule::AllowedClasses(_) | Rule::ServiceMatrix(_) | Rule::ChannelMatrix(_) => {
            let classes = InformationClass::ALL.iter();
            classes
                .flat_map(|class| standard.in_class(guard, *class))
                .map(|(class, field, clause): (_, String, String)| {
                    let change = |own: &mut Application| {
                        own.information_class = WireClass::from(class).into();
                        if let Some(field) = field.strip_prefix("content.") {
                            own.content.remove(field);
                        }
                    };
                    changed(&change, &field, &clause)
                })
                .chain(class_is_asked(kind).then(|| {
                    let none = |own: &mut Application| own.information_class = 0;
                    changed(&none, "information_class", &kind.clauses[0])
                }))
                .collect()
        }
    }
}

/// Whether leaving the class out is told of: not where the ledger knows it.
fn class_is_asked(kind: &PermitKind) -> bool {
    !kind.needs.iter().any(|need| need == "information")
}
