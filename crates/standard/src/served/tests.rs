use super::*;

fn served(clause: &'static str, mode: Mode, by: &str) -> Served {
    Served {
        clause: ClauseId::known(clause),
        mode,
        by: by.to_owned(),
    }
}

fn pack() -> Pack {
    Pack::sendai().unwrap_or_else(|error| panic!("{error}"))
}

fn row<'a>(coverage: &'a Coverage<'_>, clause: &'static str) -> &'a CoverageRow<'a> {
    let clause = ClauseId::known(clause);
    let mut rows = coverage.rows.iter();
    rows.find(|row| row.clause.id == clause).expect("there")
}

#[test]
fn a_clause_shows_everything_that_serves_it_each_once() {
    let pack = pack();
    let declared = [
        served(
            "7-2-(2)-2ア",
            Mode::Enforce,
            "identity: decision rule mfa_cloud",
        ),
        served("7-2-(2)-2ア", Mode::Enforce, "audit: inspection question"),
        served(
            "7-2-(2)-2ア",
            Mode::Enforce,
            "identity: decision rule mfa_cloud",
        ),
    ];
    let coverage = coverage(&pack, &declared);
    assert_eq!(coverage.rows.len(), pack.clauses().len());
    let row = row(&coverage, "7-2-(2)-2ア");
    let by: Vec<_> = row.served.iter().map(|served| served.by.as_str()).collect();
    assert_eq!(
        by,
        [
            "audit: inspection question",
            "identity: decision rule mfa_cloud"
        ]
    );
    assert!(coverage.unknown.is_empty());
}

#[test]
fn a_declaration_for_no_clause_is_shown() {
    let pack = pack();
    let declared = [served("7-9-99", Mode::Enforce, "identity: nothing")];
    assert_eq!(coverage(&pack, &declared).unknown, [&declared[0]]);
}

/// 2-6-2 asks for a rule, a procedure and a record.
#[test]
fn a_clause_is_served_whole_only_by_every_kind_of_work_it_asks_for() {
    let pack = pack();
    let kinds = [Mode::Enforce, Mode::Workflow, Mode::Record];
    let all = kinds.map(|mode| served("2-6-2", mode, "test"));
    let cases: [(&[Served], Extent, &[Mode]); 4] = [
        (&[], Extent::Nothing, &kinds),
        (&all[..1], Extent::Part, &kinds[1..]),
        (&all, Extent::Whole, &[]),
        // What it does not ask for does not stand in for what it asks.
        (
            &[served("2-6-2", Mode::Attest, "test")],
            Extent::Part,
            &kinds,
        ),
    ];
    for (declared, extent, open) in cases {
        let coverage = coverage(&pack, declared);
        let row = row(&coverage, "2-6-2");
        let found: Vec<Mode> = row.open.iter().map(|open| open.mode).collect();
        assert_eq!(
            (row.extent(), found.as_slice()),
            (extent, open),
            "{declared:?}"
        );
        assert_eq!(
            coverage.count(Extent::Nothing),
            pack.clauses().len() - usize::from(!declared.is_empty())
        );
    }
}

#[test]
fn silence_about_a_kind_of_work_and_a_stale_admission_are_both_shown() {
    let pack = pack();
    let asked = pack.clauses().iter();
    let asked: Vec<_> = asked
        .flat_map(|clause| clause.modes().map(|mode| (&clause.id, mode)))
        .collect();
    let listed = pack.not_yet_served().iter();
    let listed: Vec<_> = listed.map(|one| (&one.clause, one.mode)).collect();
    let nothing_served = coverage(&pack, &[]);
    let silent = nothing_served.unserved_not_listed();
    assert_eq!(silent.len() + listed.len(), asked.len());
    assert!(silent.iter().all(|one| !listed.contains(one)));
    assert!(nothing_served.listed_although_served.is_empty());

    let all = asked.into_iter().map(|(clause, mode)| Served {
        clause: clause.clone(),
        mode,
        by: "test".to_owned(),
    });
    let all: Vec<_> = all.collect();
    let all_served = coverage(&pack, &all);
    assert!(all_served.unserved_not_listed().is_empty());
    assert_eq!(all_served.listed_although_served.len(), listed.len());
    assert_eq!(all_served.count(Extent::Whole), pack.clauses().len());
}
