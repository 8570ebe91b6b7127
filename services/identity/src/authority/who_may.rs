//! `WhoMay` and the rules of identity name the same people, over cities made up at random: about an
//! account, a privilege, a robot, and for what the head of a section arranges.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use directory::{Directory, Question};
use identity_domain::organisation::{
    HeldPost, Home, Place,
    delegation::{Command, Facts, Refusal, State},
};
use kernel::{Actor, Context, Decider as _, PersonId, SectionId, SessionId};
use standard::{Action, Pack, Role};
use store::facts::FactSet as _;
use testkit::AnyCity;

const CITIES: u64 = 200;

fn cities() -> impl Iterator<Item = (u64, AnyCity, Directory)> {
    (0..CITIES).map(|seed| {
        let any = AnyCity::of(seed, &[]);
        let mut directory = Directory::default();
        any.facts.iter().for_each(|fact| directory.apply(fact));
        (seed, any, directory)
    })
}

fn pack() -> Arc<Pack> {
    Arc::new(Pack::sendai().expect("the pack"))
}

fn named(directory: &Directory, pack: &Pack, action: Action, at: &SectionId) -> BTreeSet<PersonId> {
    let question = Question {
        action: action.to_string(),
        section: Some(at.clone()),
        ..Question::default()
    };
    let answer = directory.who_may(&question, pack, AnyCity::now());
    answer.expect("an answer").people()
}

/// A person's posts as identity reads them from its tables.
fn held(directory: &Directory, person: &PersonId) -> Vec<HeldPost> {
    let posts = directory.posts_of(person, AnyCity::now());
    let held = posts.map(|(_, post)| {
        let bureau = directory.bureau_of_post(post).cloned();
        let place = match (&post.section, bureau) {
            (Some(section), Some(bureau)) => Place::Section {
                section: section.clone(),
                bureau,
            },
            (None, Some(bureau)) => Place::Bureau(bureau),
            _ => Place::City,
        };
        HeldPost {
            place,
            roles: post.roles.iter().copied().collect(),
        }
    });
    held.collect()
}

/// 4-4-4, 7-2-(8)-1b, 7-2-(9)-1, 7-8-3.
#[test]
fn who_may_names_those_to_whom_the_posts_give_authority_over_a_person() {
    let pack = pack();
    let mut authorised = 0;
    for (seed, any, directory) in cities() {
        for section in &any.sections {
            let known = directory.section(section).expect("a section");
            let home = Home {
                section: section.clone(),
                parent: known.parent.clone(),
                bureau: known.bureau.clone(),
            };
            for action in [
                Action::AccountManage,
                Action::AccountStop,
                Action::PrivilegeOversee,
                Action::ServiceIdKeep,
            ] {
                let may = |person: &&PersonId| {
                    let held = held(&directory, person);
                    held.iter().any(|post| post.may(action, &home))
                };
                let accepted: BTreeSet<PersonId> = any.people.iter().filter(may).cloned().collect();
                let named = named(&directory, &pack, action, section);
                assert_eq!(accepted, named, "{action} about {section} in city {seed}");
                authorised += named.len();
            }
        }
    }
    assert!(authorised > 1000, "{authorised}");
}

/// 1-6-1, 2-3-4b, 2-6-2.
#[test]
fn who_may_names_those_who_arrange_a_sections_absence() {
    let pack = pack();
    let now = AnyCity::now();
    let mut passed_on = 0;
    for (seed, any, directory) in cities() {
        for section in &any.sections {
            let holders = [Role::InformationManager, Role::BureauManager, Role::Ciso]
                .map(|role| (role, directory.holders_for(role, Some(section), &pack, now)));
            let facts = Facts {
                holders: BTreeMap::from(holders),
                ..Facts::of_section(section.clone(), Arc::clone(&pack))
            };
            let nominate = Command::EndNomination {
                person: "p0".parse().expect("an id"),
                role: Role::DeputyInformationManager,
                successor: None,
            };
            let absent = Command::BeAbsent {
                id: "a1".parse().expect("an id"),
                since: None,
                until: now + jiff::SignedDuration::from_hours(1),
            };
            for (command, action) in [
                (nominate, Action::DeputyNominate),
                (Command::Plan(BTreeMap::new()), Action::AbsencePlan),
                (Command::WithdrawPlan, Action::AbsenceWithdrawPlan),
                (absent, Action::AbsenceRecord),
            ] {
                let may = |person: &&PersonId| {
                    let actor = Actor::Person {
                        id: PersonId::clone(person),
                        session: SessionId::default(),
                    };
                    let context = Context::new(actor, now, "test");
                    let decided = State::default().decide(&command, &facts, &context);
                    !matches!(
                        decided,
                        Err(Refusal::NotInCharge(_) | Refusal::AbsenceOfAnother)
                    )
                };
                let accepted: BTreeSet<PersonId> = any.people.iter().filter(may).cloned().collect();
                let named = named(&directory, &pack, action, section);
                assert_eq!(accepted, named, "{action} of {section} in city {seed}");
                let head = &facts.holders[&Role::InformationManager];
                passed_on += usize::from(head.is_empty() && !named.is_empty());
            }
        }
    }
    assert!(passed_on > 100, "{passed_on}");
}
