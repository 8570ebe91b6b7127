//! What an exception relaxes, and what it does not.

use super::*;

#[test]
fn what_is_not_recorded_counts_as_class_ii_for_the_ceiling_of_an_exception() {
    let unrecorded = SystemSide {
        highest_class: None,
        ..system(Lgwan, false)
    };
    for (ceiling, covers) in [
        (InformationClass::I, true),
        (InformationClass::II, true),
        (InformationClass::III, false),
    ] {
        let allowances = Allowances {
            permits: vec![],
            exceptions: vec![Exception {
                class_ceiling: Some(ceiling),
                ..exception(&[clauses::LGWAN_APART])
            }],
        };
        let judgement = judge(&unrecorded, &network(Internet, false), &allowances, now());
        assert_eq!(judgement.forbidden.is_empty(), covers, "{ceiling:?}");
    }
}

#[test]
fn an_exception_covers_its_clauses_systems_and_classes_only() {
    let good = exception(&[clauses::LGWAN_APART]);
    let cases = [
        ("covers", good.clone(), true),
        (
            "lower ceiling",
            Exception {
                class_ceiling: Some(InformationClass::II),
                ..good.clone()
            },
            false,
        ),
        (
            "no ceiling",
            Exception {
                class_ceiling: None,
                ..good.clone()
            },
            false,
        ),
        (
            "no systems",
            Exception {
                systems: vec![],
                ..good.clone()
            },
            false,
        ),
        (
            "another clause",
            exception(&[clauses::MY_NUMBER_CLOSED]),
            false,
        ),
        (
            "ended",
            Exception {
                term: term("2026-01-01T00:00:00Z", Some("2026-06-01T00:00:00Z")),
                ..good
            },
            false,
        ),
    ];
    for (why, exception, covers) in cases {
        let allowances = Allowances {
            permits: vec![],
            exceptions: vec![exception],
        };
        let judgement = judge(
            &system(Lgwan, false),
            &network(Internet, false),
            &allowances,
            now(),
        );
        assert_eq!(judgement.forbidden.is_empty(), covers, "{why}");
        let by_exception = judgement
            .relaxations
            .iter()
            .any(|relaxation| matches!(relaxation.by, AllowedBy::Exception(_)));
        assert_eq!(by_exception, covers, "{why}");
    }
}
