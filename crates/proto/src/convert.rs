//! Instants between jiff and proto.

/// An instant on the wire.
pub fn timestamp(at: jiff::Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (at.as_second(), at.subsec_nanosecond());
    if nanos < 0 {
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    prost_types::Timestamp { seconds, nanos }
}

/// An instant from the wire; `None` when it is outside the years that can be written.
pub fn instant(at: &prost_types::Timestamp) -> Option<jiff::Timestamp> {
    if !(0..1_000_000_000).contains(&at.nanos) {
        return None;
    }
    jiff::Timestamp::new(at.seconds, at.nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::{instant, timestamp};

    #[test]
    fn an_instant_survives_the_wire_also_before_1970() {
        for text in [
            "2026-04-01T00:00:00.123456789Z",
            "1969-12-31T23:59:59.5Z",
            "1868-10-23T00:00:00Z",
        ] {
            let at: jiff::Timestamp = text.parse().expect("an instant");
            let wire = timestamp(at);
            assert!((0..1_000_000_000).contains(&wire.nanos), "{text}");
            assert_eq!(instant(&wire), Some(at), "{text}");
        }
        let bad = prost_types::Timestamp {
            seconds: 0,
            nanos: -1,
        };
        assert_eq!(instant(&bad), None);
    }
}
