//! One person in two places, a shared ID in two places.

use super::*;

fn from(index: u64, seconds: i64, path: AccessPath) -> Seen {
    let point = path.as_str().to_owned();
    let path = Some(path);
    by(
        index,
        seconds,
        Access {
            path,
            point,
            ..access("S0001")
        },
    )
}

#[test]
fn nobody_is_in_the_office_and_at_home_within_twenty_minutes() {
    use AccessPath::{Office, PublicLine, Telework};
    for (first, second, seconds, speaks) in [
        (Office, Telework, 1_199, true),
        (Office, Telework, 1_200, false),
        (Telework, Office, 1_199, true),
        (Office, PublicLine, 599, true),
        (Office, PublicLine, 600, false),
        (Telework, PublicLine, 1, false),
        (Office, Office, 1, false),
    ] {
        let records = [from(4, 0, first), from(7, seconds, second)];
        let found = evidence("two_places", &records);
        let expected = if speaks { vec![vec![4, 7]] } else { vec![] };
        assert_eq!(found, expected, "{first} and {second} after {seconds} s");
    }
}

#[test]
fn going_on_at_a_place_moves_its_time_and_another_place_between_hides_nothing() {
    use AccessPath::{Office, PublicLine, Telework};
    let records = [
        from(0, 0, Office),
        from(1, 1_000, Office),
        from(2, 1_900, PublicLine),
        from(3, 2_100, Telework),
    ];
    assert_eq!(evidence("two_places", &records), [vec![1, 3]]);
}

#[test]
fn robots_and_other_people_are_elsewhere_by_right() {
    let home = Access {
        path: Some(AccessPath::Telework),
        ..access("S0001")
    };
    let robot = Access {
        automated: true,
        ..home.clone()
    };
    let colleague = Access {
        person: "S0002".to_owned(),
        ..home.clone()
    };
    let unknown = Access { path: None, ..home };
    let records = [
        from(0, 0, AccessPath::Office),
        by(1, 1, robot),
        by(2, 2, colleague),
        by(3, 3, unknown),
    ];
    assert!(raised("two_places", &records).is_empty());
}

#[test]
fn a_refused_access_tells_where_its_person_is() {
    let refused = Access {
        path: Some(AccessPath::Telework),
        outcome: Outcome::Denied,
        ..access("S0001")
    };
    let records = [from(0, 0, AccessPath::Office), by(1, 1, refused)];
    assert_eq!(evidence("two_places", &records), [vec![0, 1]]);
}

#[test]
fn two_points_of_one_path_are_apart_where_the_pack_says_so() {
    let pack = pack();
    let text = "[[rule]]\nid = \"wards\"\ntitle_ja = \"区\"\ntitle_en = \"wards\"\nclauses = [\"7-1-(4)-4b\"]\n\
                severity = \"notice\"\nquiet = { hours = 1 }\ndetector.two_places.apart = [\n\
                { between = [\"point:aoba\", \"point:izumi\"], within = { minutes = 15 } },\n]";
    let rules = pack.read_analysis(text).expect("a rule");
    let at = |index, seconds, point: &str| {
        let point = point.to_owned();
        by(
            index,
            seconds,
            Access {
                point,
                ..access("S0001")
            },
        )
    };
    let records = [at(0, 0, "aoba"), at(1, 5, "miyagino"), at(2, 10, "izumi")];
    let raised = raised_by(pack, &rules, &records);
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0].evidence, [0, 2]);
}

fn shared(index: u64, seconds: i64, person: &str, device: &str) -> Seen {
    let used = Access {
        device: device.to_owned(),
        shared_id: "front-desk".to_owned(),
        ..access(person)
    };
    by(index, seconds, used)
}

fn out(index: u64, seconds: i64, beside_others: bool) -> Seen {
    let shared_id = "front-desk".to_owned();
    let what = What::CheckedOut {
        shared_id,
        beside_others,
    };
    seen(index, seconds, what)
}

fn back(index: u64, seconds: i64, person: &str) -> Seen {
    let (shared_id, person) = ("front-desk".to_owned(), person.to_owned());
    seen(index, seconds, What::CheckedIn { shared_id, person })
}

#[test]
fn one_shared_id_at_two_machines_within_ten_minutes_is_at_two_places() {
    for (device, seconds, speaks) in [
        ("PC-2", 599, true),
        ("PC-2", 600, false),
        ("PC-1", 1, false),
    ] {
        let records = [
            out(0, 0, false),
            shared(1, 0, "S0001", "PC-1"),
            shared(2, seconds, "S0001", device),
        ];
        let found = evidence("shared_id_twice", &records);
        let expected = if speaks { vec![vec![1, 2]] } else { vec![] };
        assert_eq!(found, expected, "{device} after {seconds} s");
    }
}

#[test]
fn two_people_at_once_are_suspect_unless_it_may_be_had_by_several() {
    for (several, speaks) in [(false, true), (true, false)] {
        let records = [
            out(0, 0, false),
            shared(1, 1, "S0001", "PC-1"),
            out(2, 2, several),
            shared(3, 3, "S0002", "PC-2"),
        ];
        let found = evidence("shared_id_twice", &records);
        assert_eq!(!found.is_empty(), speaks, "several may: {several}");
    }
    let one_of_several = [
        out(0, 0, true),
        shared(1, 1, "S0001", "PC-1"),
        shared(2, 2, "S0001", "PC-9"),
    ];
    assert_eq!(evidence("shared_id_twice", &one_of_several), [vec![1, 2]]);
}

#[test]
fn who_gave_it_back_leaves_the_next_free_to_be_elsewhere() {
    let records = [
        shared(1, 1, "S0001", "PC-1"),
        back(2, 2, "S0001"),
        out(3, 3, false),
        shared(4, 4, "S0002", "PC-2"),
    ];
    assert!(evidence("shared_id_twice", &records).is_empty());
}
