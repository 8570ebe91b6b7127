use standard::{Role, StepRole};

use super::*;
use crate::fixture::{facts, id, people, vacate};

fn resolved(step: StepRole, applicant: &str, system: &str, facts: &crate::Facts) -> Deciders {
    let applicant: PersonId = id(applicant);
    let place = facts.organisation.person(&applicant).expect("a place");
    let case = Case {
        concerned: [&applicant].into(),
        place: &place,
        system: (!system.is_empty()).then(|| &facts.systems[&id(system)]),
        kind: "user.registration",
        last_step: None,
    };
    resolve(step, &case, &facts.organisation, &facts.pack)
}

#[test]
fn each_step_goes_to_the_holder_of_the_post_it_names() {
    let cases = [
        (StepRole::Im, "A", "", Role::InformationManager, "IM1"),
        // A third-class office without a manager of its own is under its section's.
        (StepRole::Im, "O", "", Role::InformationManager, "IM1"),
        (StepRole::Bm, "A", "", Role::BureauManager, "BM1"),
        (StepRole::Nm, "A", "", Role::NetworkManager, "NM"),
        (StepRole::Ciso, "A", "", Role::Ciso, "CISO"),
        // 1-4-1: the head of the section that owns an important system is its system manager.
        (StepRole::Sm, "A", "important", Role::SystemManager, "IM2"),
        (
            StepRole::SmOrIm,
            "A",
            "important",
            Role::SystemManager,
            "IM2",
        ),
        // Not important: that section's information manager; no system: the applicant's own.
        (
            StepRole::SmOrIm,
            "A",
            "plain",
            Role::InformationManager,
            "IM2",
        ),
        (StepRole::SmOrIm, "A", "", Role::InformationManager, "IM1"),
    ];
    for (step, applicant, system, role, decider) in cases {
        let deciders = resolved(step, applicant, system, &facts());
        assert_eq!(deciders.role, role, "{step} {applicant} {system}");
        assert_eq!(
            deciders.people,
            people::<Vec<_>>(&[decider]),
            "{step} {applicant} {system}"
        );
        assert_eq!((deciders.moves, deciders.witness), (vec![], None));
    }
}

#[test]
fn a_request_of_the_only_decider_goes_to_the_next_role_up() {
    let own = |from| Move {
        from,
        why: Why::OwnRequest,
    };
    let cases = [
        (
            StepRole::Im,
            "IM1",
            "",
            Role::BureauManager,
            "BM1",
            vec![own(Role::InformationManager)],
        ),
        (
            StepRole::Bm,
            "BM1",
            "",
            Role::Ciso,
            "CISO",
            vec![own(Role::BureauManager)],
        ),
        (
            StepRole::SmOrIm,
            "IM2",
            "important",
            Role::BureauManager,
            "BM1",
            vec![own(Role::SystemManager)],
        ),
        // The network manager is also manager of its own centre: both roles collide.
        (
            StepRole::Nm,
            "NM",
            "",
            Role::Ciso,
            "CISO",
            vec![own(Role::NetworkManager)],
        ),
        (
            StepRole::Im,
            "NM",
            "",
            Role::BureauManager,
            "CISO",
            vec![own(Role::InformationManager)],
        ),
    ];
    for (step, applicant, system, role, decider, moves) in cases {
        let deciders = resolved(step, applicant, system, &facts());
        assert_eq!(deciders.role, role, "{step} {applicant}");
        assert_eq!(
            deciders.people,
            people::<Vec<_>>(&[decider]),
            "{step} {applicant}"
        );
        assert_eq!(deciders.moves, moves, "{step} {applicant}");
    }
}

#[test]
fn with_nobody_above_the_ciso_decides_before_an_auditor() {
    for step in [StepRole::Ciso, StepRole::Bm] {
        let deciders = resolved(step, "CISO", "", &facts());
        assert_eq!(deciders.people, people::<Vec<_>>(&["CISO"]), "{step}");
        assert_eq!(deciders.witness, Some(Role::Auditor), "{step}");
    }
}

#[test]
fn one_of_several_holders_decides_for_the_other_at_the_same_step() {
    let mut facts = facts();
    let second = facts.organisation.posts[&id("im1")].clone();
    facts.organisation.posts.insert(id("im1b"), second);
    crate::fixture::seat(&mut facts, "im1b", "IM1B");
    let deciders = resolved(StepRole::Im, "IM1", "", &facts);
    assert_eq!(deciders.role, Role::InformationManager);
    assert_eq!(deciders.people, people::<Vec<_>>(&["IM1B"]));
}

#[test]
fn a_vacant_post_goes_up_and_says_so() {
    let vacant = |from| Move {
        from,
        why: Why::Vacant,
    };
    let deciders = resolved(StepRole::Im, "C", "", &facts());
    assert_eq!(deciders.role, Role::Ciso);
    assert_eq!(
        deciders.moves,
        [
            vacant(Role::InformationManager),
            vacant(Role::BureauManager)
        ]
    );
}

#[test]
fn a_manager_without_a_bureau_is_nobodys_manager() {
    let mut facts = facts();
    let post = facts.organisation.posts.get_mut(&id("bm1"));
    post.expect("the post").bureau = None;
    // An auditor at city level has no bureau either; that is no bureau in common.
    let deciders = resolved(StepRole::Bm, "AUD1", "", &facts);
    assert_eq!(deciders.people, people::<Vec<_>>(&["CISO"]));
}

#[test]
fn nobody_decides_where_the_top_is_vacant() {
    let mut facts = facts();
    vacate(&mut facts, "ciso");
    assert!(resolved(StepRole::Ciso, "A", "", &facts).people.is_empty());
}

#[test]
fn a_witness_is_an_auditor_whom_it_does_not_concern() {
    let facts = facts();
    let witnesses = |concerned: &[&str]| {
        let concerned: Vec<PersonId> = people(concerned);
        let case = Case {
            concerned: concerned.iter().collect(),
            place: &Place::default(),
            system: None,
            kind: "",
            last_step: None,
        };
        let action = Action::PermitWitness;
        let found = charged(action, &case, &facts.organisation, &facts.pack);
        found
            .into_iter()
            .flat_map(|one| one.people)
            .collect::<Vec<_>>()
    };
    assert_eq!(witnesses(&["CISO"]), people::<Vec<_>>(&["AUD1", "AUD2"]));
    assert_eq!(witnesses(&["CISO", "AUD1"]), people::<Vec<_>>(&["AUD2"]));
}
