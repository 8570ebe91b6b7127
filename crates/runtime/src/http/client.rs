//! Who asks, as far as a network address can tell: whoever connects, or, where that is a trusted proxy,
//! whom it speaks for.

use std::net::{IpAddr, SocketAddr};

use axum::http::{
    HeaderMap, HeaderName,
    header::{FORWARDED, GetAll, HeaderValue},
};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever asks; every request at a [`super::Port`] has it among its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl Client {
    /// Whom a connection from `peer` speaks for in a request with these headers.
    ///
    /// Each proxy adds the address it was asked from at the right, so the list is read from there, as
    /// far as proxies are trusted: what stands further left is anybody's word. A proxy may keep one of
    /// the two headers and pass on the other as it came, so where both are there and differ, neither
    /// counts.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.to_canonical();
        let nearest = |name: HeaderName, read: fn(&str) -> Option<IpAddr>| {
            let values = headers.get_all(name);
            let there = values.iter().next().is_some();
            there.then(|| nearest(peer, &values, read, trusted))
        };
        if !trusts(trusted, peer) {
            return Self(peer);
        }
        let found = match (
            nearest(X_FORWARDED_FOR, node),
            nearest(FORWARDED, forwarded_for),
        ) {
            (Some(one), None) | (None, Some(one)) => one,
            (Some(one), Some(other)) if one == other => one,
            _ => peer,
        };
        Self(found)
    }
}

/// Whether that is a trusted proxy.
pub(super) fn trusts(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// The first from the right that is no trusted proxy; where one said nothing that can be read, that
/// proxy itself.
fn nearest(
    peer: IpAddr,
    values: &GetAll<'_, HeaderValue>,
    read: fn(&str) -> Option<IpAddr>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut nearest = peer;
    for value in values.iter().rev() {
        // Split at every comma, in quotes or not: an open quote at the left, from anybody, must not
        // swallow what a proxy has added.
        let text = value.to_str().unwrap_or_default();
        for hop in text.rsplit(',') {
            let Some(address) = read(hop.trim()) else {
                return nearest;
            };
            nearest = address;
            if !trusts(trusted, address) {
                return nearest;
            }
        }
    }
    nearest
}

/// One hop of `Forwarded` (RFC 7239): its `for`.
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    let mut pairs = hop.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    node(value.trim().trim_matches('"'))
}

/// An address, with or without its port.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|with| with.ip());
    address.or_else(with_port).map(|found| found.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn client(peer: &str, headers: &[(&str, &str)]) -> IpAddr {
        let trusted = ["10.0.0.0/24", "2001:db8:f::/48"];
        let trusted = trusted.map(|one| one.parse().expect("a network"));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        Client::of(at(peer), &map, &trusted).0
    }

    #[test]
    fn a_forged_header_from_an_untrusted_address_counts_for_nothing() {
        for name in ["x-forwarded-for", "forwarded"] {
            let found = client(
                "203.0.113.9",
                &[(name, "192.0.2.1"), (name, "for=192.0.2.1")],
            );
            assert_eq!(found, at("203.0.113.9"), "{name}");
        }
    }

    #[test]
    fn through_trusted_proxies_it_is_the_first_from_the_right_that_is_none_of_them() {
        for (expected, name, value) in [
            ("192.0.2.1", "x-forwarded-for", "192.0.2.1"),
            ("192.0.2.1", "x-forwarded-for", "6.6.6.6, 192.0.2.1"),
            (
                "192.0.2.1",
                "x-forwarded-for",
                "6.6.6.6,192.0.2.1 , 10.0.0.7",
            ),
            ("192.0.2.1", "x-forwarded-for", "192.0.2.1:4711"),
            ("2001:db8::1", "x-forwarded-for", "[2001:db8::1]:4711"),
            ("192.0.2.1", "x-forwarded-for", "::ffff:192.0.2.1"),
            ("10.0.0.7", "x-forwarded-for", "10.0.0.7"),
            (
                "192.0.2.1",
                "forwarded",
                "for=192.0.2.1;proto=https;by=10.0.0.1",
            ),
            (
                "192.0.2.1",
                "forwarded",
                "proto=https; For=\"192.0.2.1:80\"",
            ),
            (
                "2001:db8::1",
                "forwarded",
                "for=\"[2001:db8::1]:80\", for=10.0.0.8",
            ),
            (
                "2001:db8::1",
                "forwarded",
                "for=6.6.6.6, for=\"[2001:db8::1]\"",
            ),
            // Somebody opened a quote at the left for the proxy to close.
            ("192.0.2.1", "forwarded", "for=\"6.6.6.6, for=192.0.2.1"),
        ] {
            let found = client("10.0.0.1", &[(name, value)]);
            assert_eq!(found, at(expected), "{name}: {value}");
        }
        let mapped = client("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.1")]);
        assert_eq!(mapped, at("192.0.2.1"));
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "192.0.2.1"),
        ];
        assert_eq!(
            client("10.0.0.1", &lines),
            at("192.0.2.1"),
            "lines are one list"
        );
    }

    #[test]
    fn what_cannot_be_read_is_the_word_of_the_proxy_that_passed_it_on() {
        for (expected, name, value) in [
            ("10.0.0.1", "x-forwarded-for", ""),
            ("10.0.0.1", "x-forwarded-for", "unknown"),
            (
                "10.0.0.7",
                "x-forwarded-for",
                "192.0.2.1, nonsense, 10.0.0.7",
            ),
            ("10.0.0.1", "forwarded", "for=_hidden"),
            ("10.0.0.1", "forwarded", "by=192.0.2.1"),
        ] {
            let found = client("10.0.0.1", &[(name, value)]);
            assert_eq!(found, at(expected), "{name}: {value}");
        }
        assert_eq!(client("10.0.0.1", &[]), at("10.0.0.1"), "nothing was said");
    }

    #[test]
    fn where_both_headers_are_there_they_must_agree() {
        let both = |forwarded| {
            let headers = [("x-forwarded-for", "192.0.2.1"), ("forwarded", forwarded)];
            client("10.0.0.1", &headers)
        };
        assert_eq!(both("for=192.0.2.1"), at("192.0.2.1"));
        assert_eq!(both("for=6.6.6.6"), at("10.0.0.1"), "one of them is forged");
    }
}
