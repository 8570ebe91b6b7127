//! The cookies of the pages.
//!
//! `__Host-`: only this host set them, over TLS or on loopback, for every path. They last as long as
//! the browser; how long a session lasts is for the session itself to say.

use axum::http::{HeaderMap, HeaderValue, header};

/// The handle of the session.
pub(super) const SESSION: &str = "__Host-sekisho-session";
/// What the tokens in forms are made from.
pub(super) const FORM: &str = "__Host-sekisho-form";
/// The language that was chosen.
pub(super) const LANGUAGE: &str = "__Host-sekisho-language";

/// A cookie's value.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split("; "))
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The header that sets a cookie. `value` is base64url or a language's code.
pub(super) fn set(name: &str, value: &str) -> Option<HeaderValue> {
    // Lax and not Strict: whoever comes from an application to step up is signed in here.
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}

/// The header that takes a cookie back.
pub(super) fn take_back(name: &str) -> Option<HeaderValue> {
    let text = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        let sent = "a=1; x__Host-sekisho-form=2; __Host-sekisho-form=3";
        headers.insert(header::COOKIE, sent.parse().expect("a value"));
        assert_eq!(read(&headers, FORM), Some("3"));
        assert_eq!(read(&headers, SESSION), None);
    }
}
