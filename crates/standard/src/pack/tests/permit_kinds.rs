//! Every permit kind has the route, guards and effects the standard gives it.

use std::collections::BTreeSet;

use kernel::ClauseId;

use crate::{
    InformationClass, Pack, Period, Role, ServiceType, StepRole,
    pack::{Condition, Effect, PermitKind, Reference, Rule},
};

fn pack() -> Pack {
    Pack::sendai().unwrap_or_else(|error| panic!("{error}"))
}

/// Kind, the clause that asks for it, its route.
const ROUTES: [(&str, &str, &str); 34] = [
    ("service.terms_only", "3-4-(6)-2b", "im"),
    ("service.negotiated", "3-4-(7)-1", "im"),
    ("service.government", "3-4-(8)-1", "im"),
    ("service.outsourcing", "4-2-(1)-1a", "sm_or_im"),
    ("information.send", "3-4-(1)-5", "im"),
    ("information.takeout", "3-4-(1)-7", "im"),
    ("information.provide_outside", "3-4-(1)-9", "im"),
    ("equipment.takeout", "4-1-5", "im"),
    ("terminal.setting_change", "4-1-4", "sm_or_im"),
    ("medium.courier", "3-4-(2)-2b", "im"),
    ("medium.disposal", "3-4-(4)-3a", "im"),
    ("equipment.repair_or_return", "7-3-(4)-1b", "im"),
    ("equipment.add_or_replace", "7-3-(5)-1", "sm_or_im"),
    ("equipment.network_bridge", "7-3-(5)-2", "im sm"),
    ("procedure.approve", "2-4-2b", "bm"),
    ("software.install", "7-1-(6)-1a", "sm_or_im"),
    ("patch.alternative_measure", "7-5-3", "sm_or_im"),
    ("mail.other_domain", "7-1-(7)-1b", "ciso"),
    ("mail.webform_classified", "7-1-(7)-2b", "ciso"),
    ("mail.auto_forward", "7-1-(7)-5b", "sm_or_im"),
    ("mail.classified_attachment", "7-1-(7)-6", "im"),
    ("social.account", "7-10-0", "im"),
    ("user.registration", "7-2-(1)-2", "sm_or_im"),
    ("privileged.grant", "7-2-(8)-1a", "sm_or_im"),
    ("privileged.contractor_change", "7-2-(8)-2", "sm_or_im"),
    ("system.change", "2-3-3", "sm_or_im"),
    ("network.change", "2-5-1", "nm"),
    ("line.public", "7-2-(4)-2b", "sm_or_im"),
    (
        "network.external_connection",
        "7-2-(6)-2c",
        "sm_or_im nm ciso",
    ),
    (
        "network.personal_information_external",
        "7-2-(6)-1b",
        "ciso",
    ),
    ("network.mynumber_link", "3-6-(1)-ア-2", "nm ciso"),
    ("network.lgwan_internet_link", "3-6-(2)-ア-2", "nm ciso"),
    ("device.connect", "7-2-(7)-1", "sm_or_im"),
    ("exception", "8-4-(1)-1", "ciso"),
];

#[test]
fn every_kind_takes_the_route_of_its_clause() {
    let pack = pack();
    for (id, clause, route) in ROUTES {
        let kind = kind(&pack, id);
        assert_eq!(kind.clauses[0], ClauseId::known(clause), "{id}");
        let steps: Vec<_> = kind.route.iter().map(|step| step.as_str()).collect();
        assert_eq!(steps.join(" "), route, "{id}");
        assert_eq!(kind.report_to, None, "{id}");
    }
    let expected: BTreeSet<_> = ROUTES.iter().map(|(id, ..)| *id).collect();
    let actual: BTreeSet<_> = pack
        .permit_kinds()
        .iter()
        .map(|kind| kind.id.as_str())
        .collect();
    let others: Vec<_> = actual.difference(&expected).collect();
    assert_eq!(others, [&"exception.emergency"]);
}

#[test]
fn an_emergency_exception_asks_nobody_before_and_reports_to_the_ciso_after() {
    let pack = pack();
    let kind = kind(&pack, "exception.emergency");
    assert!(kind.route.is_empty());
    assert_eq!(kind.report_to, Some(StepRole::Ciso));
    assert_eq!(kind.report_due, Some(Period::EmergencyExceptionReportDue));
    assert!(has(
        kind,
        "8-4-(2)-1",
        &Rule::MaxPeriod(Period::EmergencyExceptionHardEnd)
    ));
}

#[test]
fn only_a_bureau_manager_applies_for_exceptions() {
    for kind in pack().permit_kinds() {
        let expected = if kind.id.starts_with("exception") {
            Role::BureauManager
        } else {
            Role::Staff
        };
        assert_eq!(kind.applicant, expected, "{}", kind.id);
    }
}

#[test]
fn the_cloud_flag_brings_its_guards_to_external_services_only() {
    let pack = pack();
    let checklist = Rule::Checklist("cloud_criteria".to_owned());
    for kind in pack.permit_kinds() {
        let guards: Vec<_> = kind
            .guards
            .iter()
            .filter(|guard| guard.when.contains(&Condition::Cloud))
            .collect();
        assert_eq!(kind.cloud, kind.id.starts_with("service."), "{}", kind.id);
        assert_eq!(guards.len(), if kind.cloud { 4 } else { 0 }, "{}", kind.id);
        assert_eq!(
            guards.iter().any(|guard| guard.rule == checklist),
            kind.cloud
        );
    }
    let encryption = kind(&pack, "service.negotiated")
        .guards
        .iter()
        .find(|guard| guard.clause == ClauseId::known("7-3-(6)-2"))
        .expect("cloud guard");
    assert_eq!(encryption.when, [Condition::Cloud, Condition::Sensitive]);
}

#[test]
fn guards_name_the_rule_and_clause_of_the_standard() {
    let pack = pack();
    let fields = |names: &[&str]| Rule::Required(names.iter().map(|n| (*n).to_owned()).collect());
    for (id, clause, rule) in [
        (
            "service.terms_only",
            "3-4-(6)-1",
            Rule::Matrix(ServiceType::TermsOnly),
        ),
        (
            "information.takeout",
            "3-4-(1)-7",
            Rule::MaxPeriod(Period::TakeoutMax),
        ),
        ("information.takeout", "7-4-(2)-1", fields(&["virus_check"])),
        (
            "privileged.grant",
            "7-2-(8)-1b",
            Rule::MaxPeriod(Period::PrivilegedGrantMax),
        ),
        (
            "mail.classified_attachment",
            "7-1-(7)-7",
            Rule::RefusesPersonalInformation,
        ),
        (
            "social.account",
            "7-10-3",
            Rule::AllowedClasses(vec![InformationClass::III]),
        ),
        ("social.account", "7-10-1", fields(&["listing_url"])),
        (
            "network.external_connection",
            "7-2-(6)-2a",
            Rule::Checklist("connection_study".into()),
        ),
        (
            "exception",
            "8-4-(1)-1",
            Rule::MaxPeriod(Period::ExceptionMax),
        ),
        (
            "network.personal_information_external",
            "7-2-(6)-1b",
            Rule::RequiredOneOf(vec!["legal_basis".into(), "recognised_service".into()]),
        ),
        (
            "equipment.repair_or_return",
            "7-3-(4)-2",
            Rule::RequiredOneOf(vec![
                "erasure_evidence".into(),
                "confidentiality_contract_id".into(),
            ]),
        ),
    ] {
        assert!(
            has(kind(&pack, id), clause, &rule),
            "{id} {clause} {rule:?}"
        );
    }
}

#[test]
fn a_courier_or_contractor_meets_sensitive_media_only_under_a_confidentiality_contract() {
    let pack = pack();
    for (id, clause, when) in [
        ("medium.courier", "3-4-(2)-2b", vec![Condition::Sensitive]),
        (
            "medium.disposal",
            "3-4-(4)-2",
            vec![
                Condition::Sensitive,
                Condition::Field("contractor".to_owned()),
            ],
        ),
    ] {
        let asked = kind(&pack, id).guards.iter().any(|guard| {
            let contract = "confidentiality_contract_id".to_owned();
            guard.clause == ClauseId::known(clause)
                && guard.when == when
                && matches!(&guard.rule, Rule::Required(fields) if fields.contains(&contract))
        });
        assert!(asked, "{id}");
    }
}

#[test]
fn a_disposal_is_done_only_with_time_person_and_method() {
    let pack = pack();
    let done = kind(&pack, "medium.disposal").completion.as_ref();
    let done = done.expect("a completion");
    assert_eq!(done.clause, ClauseId::known("3-4-(4)-3b"));
    assert_eq!(done.fields, ["done_at", "done_by", "done_how"]);
}

#[test]
fn a_permit_relaxes_exactly_the_prohibition_it_is_the_proviso_of() {
    let pack = pack();
    let relaxing: Vec<_> = pack
        .permit_kinds()
        .iter()
        .flat_map(|kind| {
            kind.relaxes
                .iter()
                .map(|clause| (kind.id.as_str(), clause.as_str()))
        })
        .collect();
    assert_eq!(
        relaxing,
        [
            ("mail.other_domain", "7-1-(7)-1a"),
            ("mail.webform_classified", "7-1-(7)-2a"),
            ("mail.auto_forward", "7-1-(7)-5a"),
            ("system.change", "2-3-3"),
            ("system.change", "2-4-1"),
            ("network.change", "2-5-1"),
            ("line.public", "7-2-(4)-2a"),
            ("network.personal_information_external", "7-2-(6)-1a"),
            ("network.mynumber_link", "3-6-(1)-ア-1"),
            ("network.lgwan_internet_link", "3-6-(2)-ア-1"),
        ]
    );
}

#[test]
fn an_effect_in_another_service_comes_with_the_references_it_needs() {
    use Reference::{Device, Network, Person, System};
    let pack = pack();
    for (id, effect, needs) in [
        (
            "user.registration",
            Effect::Entitlement,
            vec![Person, System],
        ),
        (
            "privileged.grant",
            Effect::PrivilegedGrant,
            vec![Person, System],
        ),
        (
            "device.connect",
            Effect::DeviceBinding,
            vec![Device, Network],
        ),
        ("equipment.takeout", Effect::TakeoutRecord, vec![Device]),
    ] {
        assert_eq!(kind(&pack, id).effect, Some(effect), "{id}");
        assert_eq!(kind(&pack, id).needs, needs, "{id}");
    }
    let with_effect = pack
        .permit_kinds()
        .iter()
        .filter(|kind| kind.effect.is_some());
    assert_eq!(with_effect.count(), 4);
}

#[test]
fn a_kind_lists_every_field_it_can_ask_for_and_no_field_is_defined_in_vain() {
    let pack = pack();
    let negotiated = &kind(&pack, "service.negotiated").fields;
    for field in ["need", "handling_limits", "encryption_measure", "remarks"] {
        assert!(negotiated.iter().any(|listed| listed == field), "{field}");
    }
    assert!(!negotiated.iter().any(|listed| listed == "terms_url"));
    let used: BTreeSet<_> = pack
        .permit_kinds()
        .iter()
        .flat_map(|kind| kind.fields.iter().chain(kind.completion_fields()))
        .map(String::as_str)
        .collect();
    let defined: BTreeSet<_> = pack.fields().map(|field| field.id.as_str()).collect();
    assert_eq!(used, defined);
}

fn kind<'a>(pack: &'a Pack, id: &str) -> &'a PermitKind {
    pack.permit_kind(id)
        .unwrap_or_else(|| panic!("no kind {id}"))
}

fn has(kind: &PermitKind, clause: &'static str, rule: &Rule) -> bool {
    kind.guards
        .iter()
        .any(|guard| guard.clause == ClauseId::known(clause) && guard.rule == *rule)
}
