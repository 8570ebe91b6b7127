use jiff::SignedDuration;
use standard::{InformationClass, ServiceType};

use super::*;
use crate::{Violation, fixture::vacate};

/// What stands against an application of A, as `field code clause`.
fn against(application: &Application) -> Vec<String> {
    let check = check(application, &id("A"), &facts(), at(0)).expect("a kind");
    check.violations.iter().map(told).collect()
}

fn told(violation: &Violation) -> String {
    let clause = &violation.clause;
    format!("{} {} {clause}", violation.field, violation.problem.code())
}

fn terms_only() -> Application {
    let mut own = application("service.terms_only", &["need", "protection", "terms_url"]);
    own.subject.service_name = Some("地図サービス".into());
    own.checklists = answered("terms_risk", &facts());
    own
}

fn takeout() -> Application {
    let mut own = application("equipment.takeout", &["need", "destination", "return_date"]);
    own.subject.device = Some(id("PC-1"));
    own.ends_at = Some(at(24 * 10));
    own
}

fn privileged(hours: i64) -> Application {
    let mut own = application("privileged.grant", &["need", "privileged_work"]);
    own.subject.system = Some(id("plain"));
    own.ends_at = Some(at(hours));
    own
}

type Change = fn(&mut Application);

/// A good application, one change, and what then stands against it.
#[track_caller]
fn table(good: fn() -> Application, cases: &[(&str, Change, &[&str])]) {
    assert_eq!(
        against(&good()),
        [""; 0],
        "the application is good as it is"
    );
    for (what, change, expected) in cases {
        let mut own = good();
        change(&mut own);
        assert_eq!(against(&own), *expected, "{what}");
    }
}

#[test]
fn terms_only_services_take_class_iii_after_a_risk_check_3_4_6() {
    table(
        terms_only,
        &[
            (
                "class II is refused by the matrix",
                |own| own.class = Some(InformationClass::II),
                &["information_class class_not_allowed 3-4-(6)-1"],
            ),
            (
                "the class decides, so it must be known",
                |own| own.class = None,
                &["information_class missing 3-4-(6)-2b"],
            ),
            (
                "one question unanswered",
                |own| {
                    let answers = own.checklists.get_mut("terms_risk").expect("answers");
                    answers.confirmed.remove("jurisdiction");
                },
                &["checklists.terms_risk.jurisdiction unchecked 3-4-(6)-2a"],
            ),
            (
                "an old version of the checklist",
                |own| {
                    let answers = own.checklists.get_mut("terms_risk").expect("answers");
                    answers.version = "2020.1".into();
                },
                &["checklists.terms_risk checklist_version 3-4-(6)-2a"],
            ),
            (
                "the address of the terms is an address",
                |own| _ = own.content.insert("terms_url".into(), "自席の棚".into()),
                &["content.terms_url format 3-4-(6)-2b"],
            ),
            (
                "another type of service",
                |own| own.subject.service_type = Some(ServiceType::Outsourcing),
                &["subject.service_type service_type 3-4-(6)-2b"],
            ),
            (
                "no service named",
                |own| own.subject.service_name = None,
                &["subject.service_name missing_reference 3-4-(6)-2b"],
            ),
            (
                "a field of another kind",
                |own| _ = own.content.insert("licence".into(), "x".into()),
                &["content.licence unknown_field 3-4-(6)-2b"],
            ),
            (
                "blank is not filled",
                |own| {
                    _ = own
                        .content
                        .insert("need".into(), " \u{3000}\u{200B}".into())
                },
                &["content.need missing 3-4-(6)-2b"],
            ),
            (
                "too long",
                |own| _ = own.content.insert("need".into(), "あ".repeat(1_001)),
                &["content.need too_long 3-4-(6)-2b"],
            ),
            (
                "a checklist of another kind",
                |own| {
                    own.checklists
                        .extend(answered("connection_study", &facts()))
                },
                &["checklists.connection_study unknown_checklist 3-4-(6)-2b"],
            ),
        ],
    );
}

#[test]
fn the_cloud_flag_brings_its_own_rules_3_4_9_and_7_3_6() {
    let good = || {
        let fields = &[
            "need",
            "agreement_reference",
            "class_fit",
            "contract_end",
            "erasure_plan",
        ];
        let mut own = application("service.negotiated", fields);
        own.subject.service_name = Some("文書管理".into());
        own.subject.cloud = true;
        own.checklists = answered("cloud_criteria", &facts());
        own
    };
    table(
        good,
        &[
            (
                "sensitive information is encrypted and its handling limited",
                |own| own.class = Some(InformationClass::I),
                &[
                    "content.handling_limits missing 3-4-(7)-1",
                    "content.encryption_measure missing 7-3-(6)-2",
                ],
            ),
            (
                "erasure at the end is settled",
                |own| _ = own.content.remove("erasure_plan"),
                &["content.erasure_plan missing 7-3-(6)-3"],
            ),
        ],
    );
    let mut unflagged = good();
    unflagged.subject.cloud = false;
    unflagged.checklists.clear();
    unflagged
        .content
        .retain(|id, _| ["need", "agreement_reference"].contains(&id.as_str()));
    assert_eq!(
        against(&unflagged),
        [""; 0],
        "without the flag none of them apply"
    );
    let mut social = application(
        "social.account",
        &["need", "account_name", "listing_url", "responsible_person"],
    );
    social.subject.service_name = Some("広報".into());
    social.subject.cloud = true;
    assert_eq!(
        against(&social),
        ["subject.cloud cloud_not_for_kind 7-10-0"]
    );
}

#[test]
fn an_external_service_takes_what_its_matrix_allows_7_10_3_and_4_2_1() {
    let mut social = application(
        "social.account",
        &["need", "account_name", "listing_url", "responsible_person"],
    );
    social.subject.service_name = Some("広報".into());
    social.class = Some(InformationClass::II);
    assert_eq!(
        against(&social),
        ["information_class class_not_allowed 7-10-3"]
    );

    let mut outsourcing = application(
        "service.outsourcing",
        &["need", "contractor", "contract_id"],
    );
    outsourcing.subject.service_name = Some("封入封緘".into());
    assert_eq!(against(&outsourcing), [""; 0]);
    outsourcing.class = Some(InformationClass::S);
    assert_eq!(
        against(&outsourcing),
        ["content.confidentiality_contract_id missing 4-2-(1)-1a"]
    );
}

#[test]
fn a_conditional_guard_applies_only_under_its_condition_3_4_2_and_3_4_4() {
    let disposal = || {
        let mut own = application("medium.disposal", &["need"]);
        own.subject.medium = Some("USB-7".into());
        own
    };
    table(
        disposal,
        &[
            (
                "class II: the method",
                |own| own.class = Some(InformationClass::II),
                &["content.disposal_method missing 3-4-(4)-1"],
            ),
            (
                "class II by a contractor: confidentiality",
                |own| {
                    own.class = Some(InformationClass::II);
                    own.content.insert("disposal_method".into(), "破砕".into());
                    own.content.insert("contractor".into(), "処理業者".into());
                },
                &["content.confidentiality_contract_id missing 3-4-(4)-2"],
            ),
            (
                "class III by a contractor: nothing more",
                |own| _ = own.content.insert("contractor".into(), "処理業者".into()),
                &[],
            ),
        ],
    );
    let mut repair = application(
        "equipment.repair_or_return",
        &["need", "recipient", "backup_evidence"],
    );
    repair.subject.device = Some(id("PC-1"));
    assert_eq!(against(&repair), ["content missing_one_of 7-3-(4)-2"]);
    repair
        .content
        .insert("confidentiality_contract_id".into(), "C-1".into());
    assert_eq!(against(&repair), [""; 0]);
}

#[test]
fn personal_information_is_not_mailed_said_or_known_7_1_7_7() {
    let good = || {
        let fields = &["need", "recipient", "protection", "virus_check"];
        let mut own = application("mail.classified_attachment", fields);
        own.subject.information = Some(id("info-I"));
        own
    };
    table(
        good,
        &[
            (
                "the applicant says so",
                |own| own.personal_information = true,
                &["personal_information personal_information 7-1-(7)-7"],
            ),
            (
                "the ledger says so",
                |own| own.subject.information = Some(id("info-person")),
                &["personal_information personal_information 7-1-(7)-7"],
            ),
        ],
    );
}

#[test]
fn the_class_may_be_raised_over_the_ledgers_and_never_lowered() {
    let class = |said, information: &str| {
        let fields = &["need", "recipient", "protection", "virus_check"];
        let mut own = application("information.send", fields);
        own.class = said;
        own.subject.information = Some(id(information));
        let checked = check(&own, &id("A"), &facts(), at(0)).expect("a kind");
        assert!(checked.violations.is_empty(), "{:?}", checked.violations);
        checked.application.class
    };
    assert_eq!(
        class(Some(InformationClass::III), "info-I"),
        Some(InformationClass::I)
    );
    assert_eq!(
        class(Some(InformationClass::S), "info-I"),
        Some(InformationClass::S)
    );
    assert_eq!(class(None, "info-III"), Some(InformationClass::III));
}

#[test]
fn a_take_out_ends_within_thirty_office_days_and_comes_back_before_4_1_5() {
    table(
        takeout,
        &[
            (
                "no end",
                |own| own.ends_at = None,
                &["ends_at missing 4-1-5"],
            ),
            (
                "the return lies after the end",
                |own| {
                    _ = own
                        .content
                        .insert("return_date".into(), "2026-04-12".into())
                },
                &["content.return_date after_end 4-1-5"],
            ),
            (
                "not a date",
                |own| _ = own.content.insert("return_date".into(), "来週".into()),
                &["content.return_date format 4-1-5"],
            ),
            (
                "the end lies before the start",
                |own| own.ends_at = Some(at(-1)),
                &[
                    "ends_at end_not_after_start 4-1-5",
                    "content.return_date after_end 4-1-5",
                ],
            ),
            (
                "a device not in the register",
                |own| own.subject.device = Some(id("PC-9")),
                &["subject.device_id not_on_record 4-1-5"],
            ),
        ],
    );
    // 30 office days from 1 April 2026 end on 19 May: five days in early May are no office days.
    let last: jiff::Timestamp = "2026-05-19T00:00:00+09:00".parse().expect("an instant");
    let mut own = takeout();
    for (day, over) in [(1, false), (2, true)] {
        own.ends_at = Some(last + SignedDuration::from_hours(24 * day));
        let too_long = against(&own).contains(&"ends_at period_too_long 4-1-5".to_owned());
        assert_eq!(too_long, over, "day {day}");
    }
}

#[test]
fn a_privilege_lasts_eight_hours_at_most_7_2_8() {
    assert_eq!(against(&privileged(8)), [""; 0]);
    let mut over = privileged(8);
    over.ends_at = over.ends_at.map(|end| end + SignedDuration::from_secs(1));
    assert_eq!(against(&over), ["ends_at period_too_long 7-2-(8)-1b"]);
    let mut later = privileged(30);
    later.starts_at = Some(at(22));
    assert_eq!(against(&later), [""; 0], "counted from its start");
    later.starts_at = Some(at(-24));
    assert_eq!(
        against(&later),
        ["ends_at period_too_long 7-2-(8)-1b"],
        "a past start means now"
    );
}

#[test]
fn every_rule_not_met_is_named_at_once() {
    let own = Application {
        kind: "network.external_connection".into(),
        ..Application::default()
    };
    let told = against(&own);
    for expected in [
        "subject.system_id missing_reference 7-2-(6)-2c",
        "subject.network_id missing_reference 7-2-(6)-2c",
        "checklists.connection_study.cutoff unchecked 7-2-(6)-2a",
        "content.connection_target missing 7-2-(6)-2c",
    ] {
        assert!(
            told.iter().any(|one| one == expected),
            "{expected} in {told:?}"
        );
    }
    let reason = refused(&Permit::default(), apply(own), by("A", 0), &facts());
    let Reason::RulesNotMet(violations) = reason else {
        panic!("{reason:?}");
    };
    assert_eq!(
        violations.len(),
        told.len(),
        "applying says the same as checking"
    );
}

#[test]
fn what_is_named_must_be_on_record_and_in_service() {
    let mut own = registration();
    own.subject.system = Some(id("old"));
    assert_eq!(against(&own), ["subject.system_id not_on_record 7-2-(1)-2"]);
    own.subject.system = Some(id("nowhere"));
    assert_eq!(against(&own), ["subject.system_id not_on_record 7-2-(1)-2"]);
    let mut own = registration();
    own.subject.person = Some(id("X"));
    assert_eq!(against(&own), ["subject.person_id not_on_record 7-2-(1)-2"]);
}

/// 7-2-(8)-1b, 7-8-3: what opens or registers them says what they reach.
#[test]
fn no_permit_gives_access_to_an_id_that_is_no_member_of_staffs_own() {
    let mut facts = facts();
    facts.organisation.nobodys = ["B".parse().expect("an id")].into();
    let told = |own: &Application, applicant: &str| {
        let check = check(own, &id(applicant), &facts, at(0)).expect("a kind");
        check.violations.iter().map(told).collect::<Vec<_>>()
    };
    for (own, clause) in [(registration(), "7-2-(1)-2"), (privileged(2), "7-2-(8)-1a")] {
        let expected = [format!("subject.person_id nobodys_own {clause}")];
        assert_eq!(told(&own, "A"), [""; 0], "for a member of staff");
        assert_eq!(told(&own, "B"), expected, "of its own accord");
        let mut for_it = own;
        for_it.subject.person = Some(id("B"));
        assert_eq!(told(&for_it, "A"), expected, "on its behalf");
    }
    let mut other = takeout();
    other.subject.person = Some(id("B"));
    assert_eq!(told(&other, "A"), [""; 0], "what gives no access");
}

#[test]
fn a_kind_that_is_none_or_an_exception_is_not_applied_for() {
    for (kind, clauses) in [
        ("service.telepathy", vec![]),
        ("exception", vec!["8-4-(1)-1"]),
        ("exception.emergency", vec!["8-4-(2)-1", "8-4-(2)-2"]),
    ] {
        let command = apply(application(kind, &[]));
        let decided = Permit::default().decide(&command, &facts(), &by("BM1", 0));
        let refusal = decided.expect_err("a refusal");
        assert_eq!(refusal.reason, Reason::UnknownKind(kind.into()));
        let told: Vec<&str> = refusal.clauses.iter().map(|one| one.as_str()).collect();
        assert_eq!(told, clauses);
    }
}

#[test]
fn what_people_read_names_fields_as_the_pack_does_and_roles_by_their_titles() {
    use kernel::Refusal as _;
    let mut facts = facts();
    for post in ["im1", "bm1", "ciso", "bm2"] {
        vacate(&mut facts, post);
    }
    let mut own = terms_only();
    own.content.remove("need");
    let command = Command::Apply {
        id: id("P-1"),
        application: Box::new(own),
    };
    let decided = Permit::default().decide(&command, &facts, &by("A", 0));
    let refusal = decided.expect_err("a refusal");
    let told = refusal.message_ja();
    assert!(told.contains("業務上の必要性(3-4-(6)-2b)"), "{told}");
    assert!(told.contains("最高情報セキュリティ責任者まで"), "{told}");
    assert!(
        !told.contains("content.") && !told.contains("ciso"),
        "{told}"
    );
    let english = refusal.to_string();
    assert!(
        english.contains("Need for the work (3-4-(6)-2b)"),
        "{english}"
    );
    let fields: Vec<_> = refusal.faults().into_iter().map(|one| one.field).collect();
    assert_eq!(
        fields,
        ["content.need", "steps[0]"],
        "machines read the fields"
    );
}
