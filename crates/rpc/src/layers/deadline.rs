//! Nobody waits longer than they said, or than this platform lets anyone wait.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;

use super::answer;
use crate::{refused::Refused, shell::Shell, status};

const HEADER: &str = "grpc-timeout";

pub(crate) async fn deadline(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    let longest = shell.limits.request_deadline();
    let limit = match asked(request.headers()) {
        Ok(asked) => asked.map_or(longest, |asked| asked.min(longest)),
        // Whoever meant to be answered soon would wait as long as anybody may.
        Err(refused) => return answer(status::refused(refused)),
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => answer(status::deadline_exceeded(limit)),
    }
}

/// `grpc-timeout`, given once or not at all.
pub(crate) fn asked(headers: &HeaderMap) -> Result<Option<Duration>, Refused> {
    let mut values = headers.get_all(HEADER).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => (value.to_str().ok().and_then(read))
            .map(Some)
            .ok_or(Refused::Deadline),
        (Some(_), Some(_)) => Err(Refused::Deadline),
    }
}

/// Up to eight digits and a unit.
fn read(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_digits_and_a_unit_and_nothing_else() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("250m", Some(Duration::from_millis(250))),
            ("5u", Some(Duration::from_micros(5))),
            ("6n", Some(Duration::from_nanos(6))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3600))),
            ("123456789S", None),
            ("S", None),
            ("", None),
            ("-1S", None),
            ("1s", None),
            ("zzz", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, text.parse().expect("a header"));
            let expected = expected.map(Some).ok_or(Refused::Deadline);
            assert_eq!(asked(&headers), expected, "{text:?}");
        }
    }

    #[test]
    fn a_deadline_may_be_left_out_and_is_never_given_twice_or_in_other_letters() {
        let mut headers = HeaderMap::new();
        assert_eq!(asked(&headers), Ok(None));
        for value in ["1S", "2S"] {
            headers.append(HEADER, value.parse().expect("a header"));
        }
        assert_eq!(asked(&headers), Err(Refused::Deadline));
        let other = http::HeaderValue::from_bytes("１S".as_bytes()).expect("a header");
        headers.insert(HEADER, other);
        assert_eq!(asked(&headers), Err(Refused::Deadline));
    }
}
