//! Whatever is searched for is found, whether its entries are written already or not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proto::{
    audit::v1::{EvidenceTaken, RecordFilter, RecordsRead},
    common::v1::NetworkClass,
    identity::v1::{AccessEvaluated, BureauRecorded, SectionRecorded},
    ledger::v1::{System, SystemRegistered},
};
use sea_orm::Order;
use testkit::on_both;

use crate::{
    readers::Scope,
    store::{
        Migrator, index,
        search::{Effort, Filter, Name, Part},
    },
    testing::{Journal, Log},
};

fn evaluated(person: &str) -> AccessEvaluated {
    AccessEvaluated {
        person_id: person.into(),
        system_id: "SYS-1".into(),
        ..AccessEvaluated::default()
    }
}

async fn indexed(log: &Log) -> u64 {
    let library = log.library();
    index::size(library.read(), library.backend())
        .await
        .unwrap()
}

/// Three decisions, two words of the ledger, and a record nobody can read.
async fn fill(log: &Log, index_after: Option<u64>) {
    let identity = Journal::new("identity");
    for (person, clauses, at) in [
        ("S0001", &["7-2-(2)-2ア"][..], "2026-04-01T01:00:00Z"),
        ("S0002", &["7-2-(2)-2ア", "4-5-1"], "2026-04-01T02:00:00Z"),
        ("S0001", &["4-5-1"], "2026-04-01T03:00:00Z"),
    ] {
        identity.say_at(&evaluated(person), clauses, at);
    }
    let ledger = Journal::of("ledger", 2);
    ledger.push_raw(b"\x00 unreadable");
    let batches = [identity.deliveries(1..=3), ledger.deliveries(1..=3)];
    let each = batches.iter().flatten();
    for (done, delivery) in (1..).zip(each) {
        let source = if done <= 3 { "identity" } else { "ledger" };
        log.deliver(source, std::slice::from_ref(delivery)).await;
        if index_after == Some(done) {
            log.index().await;
            assert_eq!(indexed(log).await, done);
        }
    }
}

fn table() -> Vec<(&'static str, Filter, Vec<u64>)> {
    let text = |value: &str| Some(value.to_owned());
    let term = |value: &str| vec![value.to_owned()];
    let at = |value: &str| Some(value.parse().unwrap());
    let all = Filter::default;
    vec![
        ("everything", all(), vec![5, 4, 3, 2, 1, 0]),
        (
            "source",
            Filter {
                terms: term("source/identity"),
                ..all()
            },
            vec![2, 1, 0],
        ),
        (
            "unreadable too",
            Filter {
                terms: term("source/ledger"),
                ..all()
            },
            vec![5, 4, 3],
        ),
        (
            "actor",
            Filter {
                terms: term("actor/service/ledger"),
                ..all()
            },
            vec![4, 3],
        ),
        (
            "nobody",
            Filter {
                terms: term("actor/service/led"),
                ..all()
            },
            vec![],
        ),
        (
            "subject",
            Filter {
                subject: text("subject"),
                ..all()
            },
            vec![4, 3, 2, 1, 0],
        ),
        (
            "prefix",
            Filter {
                kind_prefix: text("sekisho.ledger."),
                ..all()
            },
            vec![4, 3],
        ),
        (
            "no wildcard",
            Filter {
                kind_prefix: text("sekisho.%"),
                ..all()
            },
            vec![],
        ),
        (
            "clause",
            Filter {
                terms: term("clause/4-5-1"),
                ..all()
            },
            vec![2, 1],
        ),
        (
            "person",
            Filter {
                terms: term("person/S0001"),
                ..all()
            },
            vec![2, 0],
        ),
        (
            "system",
            Filter {
                terms: term("system/SYS-1"),
                ..all()
            },
            vec![2, 1, 0],
        ),
        (
            "from",
            Filter {
                from: at("2026-04-01T02:00:00Z"),
                ..all()
            },
            vec![2, 1],
        ),
        (
            "to",
            Filter {
                to: at("2026-04-01T02:00:00Z"),
                ..all()
            },
            vec![4, 3, 0],
        ),
        (
            "all together",
            Filter {
                kind_prefix: text("sekisho.identity.v1.AccessEvaluated"),
                terms: vec![
                    "source/identity".into(),
                    "clause/4-5-1".into(),
                    "person/S0001".into(),
                ],
                from: at("2026-04-01T03:00:00Z"),
                ..all()
            },
            vec![2],
        ),
    ]
}

#[tokio::test]
async fn each_filter_finds_the_same_wherever_the_index_ends() {
    for index_after in [None, Some(1), Some(2), Some(4), Some(6)] {
        on_both::<Migrator, _>(async |test| {
            let log = Log::new(&test).await;
            fill(&log, index_after).await;
            let library = log.library();
            for (what, filter, newest_first) in table() {
                let find = async |range, order, limit| {
                    let part = Part {
                        range,
                        order,
                        limit,
                    };
                    let page = library.search().page(&filter, part).await.unwrap();
                    let leaves = page.leaves.iter().map(|leaf| leaf.index);
                    leaves.collect::<Vec<_>>()
                };
                let what = format!("{what}, indexed after {index_after:?}");
                let all = 0..u64::MAX;
                assert_eq!(
                    find(all.clone(), Order::Desc, 10).await,
                    newest_first,
                    "{what}"
                );
                let mut oldest_first = newest_first.clone();
                oldest_first.reverse();
                assert_eq!(
                    find(all.clone(), Order::Asc, 10).await,
                    oldest_first,
                    "{what}"
                );
                for pair in newest_first.windows(2) {
                    let next = find(0..pair[0], Order::Desc, 1).await;
                    assert_eq!(next, pair[1..], "{what}: newest first, beyond {}", pair[0]);
                }
                for pair in oldest_first.windows(2) {
                    let next = find(pair[0] + 1..u64::MAX, Order::Asc, 1).await;
                    assert_eq!(next, pair[1..], "{what}: oldest first, beyond {}", pair[0]);
                }
            }
        })
        .await;
    }
}

/// For whoever vouches for the answer.
#[tokio::test]
async fn the_leaves_alone_answer_as_the_index_does() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        fill(&log, None).await;
        let library = log.library();
        let mut search = library.search();
        search.effort.stretch = 2;
        for (what, filter, mut expected) in table() {
            expected.reverse();
            for limit in [1, 2, 10] {
                let (mut found, mut rest) = (Vec::new(), 0..6);
                while !rest.is_empty() {
                    let page = search.vouched(&filter, rest, limit).await.unwrap();
                    assert!(page.leaves.len() as u64 <= limit, "{what}");
                    found.extend(page.leaves.iter().map(|leaf| leaf.index));
                    rest = page.rest;
                }
                assert_eq!(found, expected, "{what} {limit}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_is_found_by_its_id_before_and_after_it_is_indexed() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        fill(&log, Some(2)).await;
        for round in 0..2 {
            for index in 0..5 {
                let leaf = log
                    .library()
                    .record(&Name::Index(index), &Scope::City)
                    .await
                    .unwrap();
                let id = leaf.said().unwrap().id;
                let again = log
                    .library()
                    .record(&Name::Event(id), &Scope::City)
                    .await
                    .unwrap();
                assert_eq!(again, leaf, "round {round}");
            }
            log.index().await;
        }
        assert!(
            log.library()
                .record(&Name::Event("nobody".into()), &Scope::City)
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn a_long_tail_is_searched_to_its_end() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        journal.say(&evaluated("S0007"), &[]);
        for _ in 0..1_100 {
            journal.say(&evaluated("S0001"), &[]);
        }
        log.take(&journal).await;
        let filter = Filter {
            terms: vec!["person/S0007".into()],
            ..Filter::default()
        };
        for indexed_leaves in [0, 500, 1_000, 1_101] {
            assert_eq!(indexed(&log).await, indexed_leaves);
            let part = Part {
                range: 0..u64::MAX,
                order: Order::Desc,
                limit: 5,
            };
            let found = log.library().search().page(&filter, part).await.unwrap();
            assert_eq!(found.leaves.len(), 1);
            log.index().await;
        }
    })
    .await;
}

/// The long way round gives what the short one does: stretches of two places, and one step an answer.
#[tokio::test]
async fn however_little_is_looked_at_for_one_answer_going_on_finds_the_same() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        for n in 0..120_u32 {
            // Clauses in long runs, people in turn: lists that meet often, seldom and never.
            let clause = if n < 60 { "4-5-1" } else { "7-2-(2)-2ア" };
            let (person, hour) = (format!("S000{}", n % 7), n / 10);
            let at = format!("2026-04-01T{hour:02}:30:00Z");
            journal.say_at(&evaluated(&person), &[clause], &at);
        }
        log.take(&journal).await;
        log.index().await;
        let library = log.library();
        let terms = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let clause = ["clause/4-5-1", "clause/7-2-(2)-2ア"];
        let people = |n: u32| format!("person/S000{n}");
        for (filter, fits) in [
            (
                Filter {
                    terms: terms(&[clause[0], "person/S0003"]),
                    ..Filter::default()
                },
                &(|n: u32| n < 60 && n % 7 == 3) as &dyn Fn(u32) -> bool,
            ),
            (
                Filter {
                    terms: terms(&clause),
                    ..Filter::default()
                },
                &|_| false,
            ),
            (
                Filter {
                    any: Some(vec![people(1), people(5)]),
                    terms: terms(&[clause[1]]),
                    from: Some("2026-04-01T08:00:00Z".parse().unwrap()),
                    to: Some("2026-04-01T11:00:00Z".parse().unwrap()),
                    ..Filter::default()
                },
                &|n| (80..110).contains(&n) && [1, 5].contains(&(n % 7)),
            ),
            (
                Filter {
                    from: Some("2026-04-01T03:00:00Z".parse().unwrap()),
                    kind_prefix: Some("sekisho.".into()),
                    ..Filter::default()
                },
                &|n| n >= 30,
            ),
            (Filter::default(), &|_| true),
        ] {
            let mut expected: Vec<u64> = (0..120).filter(|n| fits(*n)).map(u64::from).collect();
            for order in [Order::Asc, Order::Desc] {
                let mut search = library.search();
                search.effort = Effort {
                    stretch: 2,
                    steps: 1,
                };
                let (mut found, mut answers) = (Vec::new(), 0);
                let mut range = 0..u64::MAX;
                while !range.is_empty() {
                    let part = Part {
                        range,
                        order: order.clone(),
                        limit: 3,
                    };
                    let page = search.page(&filter, part).await.unwrap();
                    assert!(page.leaves.len() <= 3);
                    found.extend(page.leaves.iter().map(|leaf| leaf.index));
                    range = page.rest;
                    answers += 1;
                    assert!(answers <= 200, "it ends: {filter:?}");
                }
                assert_eq!(found, expected, "{filter:?} {order:?}");
                expected.reverse();
            }
        }
    })
    .await;
}

/// Sources do not wait for one another: an access to a system may be in the log, and indexed, before the
/// ledger's word that there is such a system. What was asked about the system is not the bureau's.
#[tokio::test]
async fn what_came_before_its_system_was_registered_is_its_bureaus_to_read_too() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let (identity, ledger) = (Journal::new("identity"), Journal::new("ledger"));
        let bureau = BureauRecorded {
            bureau_id: "finance".into(),
            ..BureauRecorded::default()
        };
        let section = SectionRecorded {
            section_id: "tax".into(),
            bureau_id: "finance".into(),
            ..SectionRecorded::default()
        };
        identity.say(&bureau, &[]);
        identity.say(&section, &[]);
        identity.say(&evaluated("S0001"), &[]);
        let elsewhere = AccessEvaluated {
            system_id: "SYS-2".into(),
            ..evaluated("S0001")
        };
        identity.say(&elsewhere, &[]);
        let asked = RecordFilter {
            system_id: "SYS-1".into(),
            ..RecordFilter::default()
        };
        let (read, taken) = (
            RecordsRead {
                asked: Some(asked.clone()),
                ..RecordsRead::default()
            },
            EvidenceTaken {
                asked: Some(asked),
                ..EvidenceTaken::default()
            },
        );
        let audit = Journal::new("audit");
        audit.say(&read, &[]);
        audit.say(&taken, &[]);
        log.take(&identity).await;
        log.take(&audit).await;
        log.index().await;
        let bureaus = async || {
            let filter = Filter {
                any: Some(vec![crate::index::term::bureau("finance")]),
                ..Filter::default()
            };
            let part = Part {
                range: 0..u64::MAX,
                order: Order::Asc,
                limit: 10,
            };
            let page = log.library().search().page(&filter, part).await.unwrap();
            let found = page.leaves.iter().map(|leaf| leaf.index);
            found.collect::<Vec<_>>()
        };
        assert_eq!(bureaus().await, [0, 1]);
        let mut system = System {
            system_id: "SYS-1".into(),
            owner_section_id: "tax".into(),
            ..System::default()
        };
        system.set_network_class(NetworkClass::Lgwan);
        let registered = SystemRegistered {
            system: Some(system),
        };
        ledger.say(&registered, &[]);
        identity.say(&evaluated("S0002"), &[]);
        log.take(&ledger).await;
        log.take(&identity).await;
        log.index().await;
        assert_eq!(bureaus().await, [0, 1, 2, 6, 7]);
    })
    .await;
}
