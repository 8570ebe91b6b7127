use super::*;

fn served(clause: &'static str, by: &str) -> Served {
    Served {
        clause: ClauseId::known(clause),
        mode: Mode::Enforce,
        by: by.to_owned(),
    }
}

fn pack() -> Pack {
    Pack::sendai().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_clause_shows_everything_that_serves_it_each_once() {
    let pack = pack();
    let declared = [
        served("7-2-(2)-2ア", "identity: decision rule mfa_cloud"),
        served("7-2-(2)-2ア", "audit: inspection question"),
        served("7-2-(2)-2ア", "identity: decision rule mfa_cloud"),
    ];
    let coverage = coverage(&pack, &declared);
    assert_eq!(coverage.rows.len(), pack.clauses().len());
    let row = coverage
        .rows
        .iter()
        .find(|row| row.clause.id == ClauseId::known("7-2-(2)-2ア"))
        .expect("there");
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
    let declared = [served("7-9-99", "identity: nothing")];
    assert_eq!(coverage(&pack, &declared).unknown, [&declared[0]]);
}

#[test]
fn silence_about_a_clause_and_a_stale_admission_are_both_shown() {
    let pack = pack();
    let listed: Vec<_> = pack
        .not_yet_served()
        .iter()
        .map(|one| &one.clause)
        .collect();
    let nothing_served = coverage(&pack, &[]);
    let silent = nothing_served.unserved_not_listed();
    assert_eq!(silent.len() + listed.len(), pack.clauses().len());
    assert!(silent.iter().all(|clause| !listed.contains(clause)));
    assert!(nothing_served.listed_although_served().is_empty());

    let all: Vec<_> = pack
        .clauses()
        .iter()
        .map(|clause| Served {
            clause: clause.id.clone(),
            mode: clause.mode,
            by: "test".to_owned(),
        })
        .collect();
    let all_served = coverage(&pack, &all);
    assert!(all_served.unserved_not_listed().is_empty());
    assert_eq!(all_served.listed_although_served().len(), listed.len());
}
