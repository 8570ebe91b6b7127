use std::str::FromStr;

use super::*;
use crate::{StepRole, route::Acting};

/// One section with its head `IM` and their deputy `D`, a bureau manager `BM`, a CISO who holds it
/// too if `own`, auditors `A1`, `A2`.
struct Town {
    own: bool,
    headless: bool,
}

fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

impl Matter for Town {
    fn important(&self) -> Option<bool> {
        None
    }

    fn last_step(&self) -> Option<StepRole> {
        Some(StepRole::Im)
    }

    fn holders(&self, role: Role, _: At) -> BTreeSet<PersonId> {
        let people: &[&str] = match role {
            Role::InformationManager if !self.headless => &["IM"],
            Role::BureauManager if self.own => &["CISO"],
            Role::BureauManager => &["BM"],
            Role::Ciso => &["CISO"],
            Role::Auditor => &["A1", "A2"],
            _ => &[],
        };
        people.iter().map(|one| id(one)).collect()
    }

    fn acting(&self, role: Role, _: At) -> Vec<Acting> {
        let acting = Acting {
            person: id("D"),
            principal: id("IM"),
            absence: id("a1"),
        };
        let here = role == Role::InformationManager && !self.headless;
        here.then_some(acting).into_iter().collect()
    }
}

const TOWN: Town = Town {
    own: false,
    headless: false,
};

fn pack() -> Pack {
    Pack::sendai().expect("the pack")
}

/// Who may, those who act marked with `+`.
fn who(action: Action, concerned: &[&str], town: &Town) -> BTreeSet<String> {
    let concerned: Vec<PersonId> = concerned.iter().map(|one| id(one)).collect();
    let charged = action.charged(&concerned.iter().collect(), &pack(), town);
    let deciders = charged.into_iter().map(|one| one.deciders);
    deciders
        .flat_map(|one| {
            let acting = one.acting.into_iter().map(|one| format!("+{}", one.person));
            let people = one.people.into_iter().map(|one| one.to_string());
            people.chain(acting).collect::<Vec<_>>()
        })
        .collect()
}

fn set(people: &[&str]) -> BTreeSet<String> {
    people.iter().map(|one| (*one).to_owned()).collect()
}

#[test]
fn every_action_falls_to_somebody_by_a_clause_of_the_pack_and_has_a_word_of_its_own() {
    let pack = pack();
    for action in Action::ALL {
        assert!(!action.charges().is_empty(), "{action}");
        let known = |clause: ClauseId| pack.clause(&clause).is_some();
        assert!(action.clause().is_none_or(known), "{action}");
        assert!(pack.permit_kind(action.as_str()).is_none(), "{action}");
    }
}

#[test]
fn a_deputy_can_do_only_what_falls_to_a_manager() {
    let managers = [
        Charge::Manager,
        Charge::SystemManager,
        Charge::InCharge(Role::InformationManager, At::Here),
    ];
    for action in Action::ALL.iter().filter(|one| one.is_deputised()) {
        let mut charges = action.charges().iter();
        assert!(charges.any(|one| managers.contains(one)), "{action}");
    }
    assert_eq!(who(Action::IncidentRecover, &[], &TOWN), set(&["IM", "+D"]));
    // Authority to act is not passed on.
    assert_eq!(who(Action::DeputyNominate, &[], &TOWN), set(&["IM"]));
}

#[test]
fn what_is_passed_on_goes_up_from_a_vacant_post_and_what_is_not_waits() {
    let town = Town {
        headless: true,
        ..TOWN
    };
    assert_eq!(who(Action::DeputyNominate, &[], &town), set(&["BM"]));
    assert_eq!(who(Action::AbsencePlan, &[], &town), set(&[]));
}

#[test]
fn those_it_is_about_are_barred_only_where_the_table_says_so() {
    assert_eq!(
        who(Action::IncidentRecover, &["IM"], &TOWN),
        set(&["IM", "+D"])
    );
    assert_eq!(
        who(Action::AccountManage, &["IM"], &TOWN),
        set(&["BM", "CISO"])
    );
    assert_eq!(who(Action::PermitComplete, &["IM"], &TOWN), set(&["BM"]));
    assert_eq!(who(Action::PermitWitness, &["A2"], &TOWN), set(&["A1"]));
}

/// 2-1-4: the CISO is manager of a bureau too.
#[test]
fn the_ciso_decides_on_the_own_bureau_before_a_witness() {
    let witness = |town: &Town| {
        let charged = Action::ExceptionDecide.charged(&BTreeSet::new(), &pack(), town);
        let [one] = &charged[..] else {
            unreachable!("one charge")
        };
        assert_eq!(one.deciders.people, [id::<PersonId>("CISO")]);
        one.deciders.witness
    };
    assert_eq!(witness(&TOWN), None);
    let own = Town { own: true, ..TOWN };
    assert_eq!(witness(&own), Some(Role::Auditor));
}

/// What the page says there is, there is, and is deputised as it says.
#[test]
fn the_page_lists_every_action_and_no_other() {
    let page = include_str!("../../../../docs/authority.md");
    let rows = page.lines().filter_map(|line| {
        let (code, rest) = line.strip_prefix("| `")?.split_once('`')?;
        let action: Action = code.parse().ok()?;
        let clause = action
            .clause()
            .is_none_or(|clause| rest.contains(clause.as_str()));
        Some((action, clause, rest.trim_end().ends_with("| ○ |")))
    });
    let mut told: Vec<_> = rows.collect();
    let mut expected: Vec<_> = (Action::ALL.iter())
        .map(|action| (*action, true, action.is_deputised()))
        .collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}
