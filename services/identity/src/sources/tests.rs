use jiff::SignedDuration;

use super::*;

fn source(text: &str) -> Source {
    Source::address(text.parse().expect("an address"))
}

fn fail(sources: &Sources, who: &Source, now: Timestamp, times: u32) {
    (0..times).for_each(|_| sources.failed(who, now));
}

#[test]
fn a_source_waits_after_thirty_failures_longer_each_time_and_never_for_good() {
    let sources = Sources::new();
    let (one, other) = (source("192.0.2.1"), source("192.0.2.2"));
    let mut now = Timestamp::UNIX_EPOCH;
    fail(&sources, &one, now, 30);
    assert_eq!(sources.rest(&one, now), None);
    for seconds in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
        fail(&sources, &one, now, 3);
        let rest = Duration::from_secs(seconds);
        assert_eq!(sources.rest(&one, now), Some(rest));
        assert_eq!(sources.rest(&other, now), None, "another is none the worse");
        now += SignedDuration::try_from(rest).expect("a span");
        assert_eq!(sources.rest(&one, now), None, "{seconds} s are enough");
    }
    now += SignedDuration::from_mins(10);
    fail(&sources, &one, now, 30);
    assert_eq!(sources.rest(&one, now), None, "quiet for long enough");
}

/// So many that the city is strict from then on.
fn flood(sources: &Sources, now: Timestamp) {
    for n in 0..=600_u32 {
        sources.failed(&Source::address(IpAddr::V4(n.into())), now);
    }
}

#[test]
fn while_very_many_fail_no_failure_is_free_and_whoever_does_not_fail_notices_nothing() {
    let sources = Sources::new();
    let mut now = Timestamp::UNIX_EPOCH;
    let (quiet, flooder) = (source("198.51.100.1"), source("198.51.100.2"));
    sources.failed(&flooder, now);
    assert_eq!(sources.rest(&flooder, now), None, "one failure is free");
    flood(&sources, now);
    assert_eq!(
        sources.rest(&flooder, now),
        None,
        "what was before counts little"
    );
    // The flood lasts: each goes on as soon as it may.
    for seconds in [5, 10, 20, 40] {
        assert_eq!(sources.rest(&quiet, now), None);
        sources.failed(&flooder, now);
        let rest = sources.rest(&flooder, now);
        assert_eq!(rest, Some(Duration::from_secs(seconds)));
        now += SignedDuration::try_from(Duration::from_secs(seconds)).expect("a span");
    }
    // Somebody mistypes, and is let in moments later.
    let now = Timestamp::UNIX_EPOCH;
    let one = source("198.51.100.3");
    sources.failed(&one, now);
    assert_eq!(sources.rest(&one, now), Some(Duration::from_secs(5)));
    assert_eq!(sources.rest(&quiet, now), None);
}

#[test]
fn whoever_is_signed_in_waits_for_no_stranger_and_no_stranger_for_them() {
    let sources = Sources::new();
    let now = Timestamp::UNIX_EPOCH;
    let (stranger, inside) = (source("192.0.2.1"), source("192.0.2.1").inside());
    flood(&sources, now);
    fail(&sources, &stranger, now, 1);
    assert!(sources.rest(&stranger, now).is_some());
    fail(&sources, &inside, now, 30);
    assert_eq!(sources.rest(&inside, now), None, "not even in a flood");
    fail(&sources, &inside, now, 1);
    assert!(sources.rest(&inside, now).is_some(), "but not without end");
    let other = source("192.0.2.2");
    fail(&sources, &other.clone().inside(), now, 31);
    assert_eq!(sources.rest(&other, now), None);
}

#[test]
fn the_city_is_strict_for_a_minute_and_longer_each_time_while_the_flood_lasts() {
    let sources = Sources::new();
    let mut now = Timestamp::UNIX_EPOCH;
    let mut next = 0_u32;
    let mut new = || {
        next += 1;
        Source::address(IpAddr::V4(next.into()))
    };
    // One failure of somebody new says whether any is free.
    let strict = |one: Source, now| {
        sources.failed(&one, now);
        sources.rest(&one, now).is_some()
    };
    for (failures, minutes) in [(601, 1), (301, 2), (301, 4), (301, 8), (301, 15), (301, 15)] {
        for n in 1..failures {
            assert!(!strict(new(), now), "{n} of {failures}");
        }
        assert!(strict(new(), now), "{failures}");
        now += SignedDuration::from_mins(minutes) - SignedDuration::from_secs(1);
        assert!(strict(new(), now), "for {minutes} minutes");
        now += SignedDuration::from_secs(1);
    }
}

#[test]
fn a_network_of_ipv6_is_one_source_and_a_mapped_address_is_its_own() {
    assert_eq!(source("2001:db8:0:1::1"), source("2001:db8:0:1:ffff::2"));
    assert_ne!(source("2001:db8:0:1::1"), source("2001:db8:0:2::1"));
    assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
}
