//! What is read of every request: its headers, whom a proxy says it is from, and the token of a page of
//! a list.

use std::net::IpAddr;

use rpc::Fields;
use runtime::http::Client;

use crate::{Target, head::headers};

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "call_head",
        seeds: || {
            let lines = [
                "authorization: Bearer x.y.z",
                "grpc-timeout: 250m",
                "idempotency-key: order-66",
                "x-request-id: 7",
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ];
            vec![lines.join("\n").into_bytes()]
        },
        words: &[
            "Basic ",
            "bearer",
            "99999999H",
            "1n",
            "authorization: Bearer again\n",
            "traceparent: ff-",
            "\n",
            ":",
        ],
        read: |input| rpc::decoders::head(&headers(input)),
    },
    Target {
        name: "call_client",
        seeds: || {
            let heads = [
                "x-forwarded-for: 6.6.6.6, 192.0.2.1, 10.0.0.7",
                "x-forwarded-for: [2001:db8::1]:4711",
                "forwarded: for=6.6.6.6;proto=https, for=\"[2001:db8::1]:4711\";by=10.0.0.1",
            ];
            heads.map(|head| head.as_bytes().to_vec()).to_vec()
        },
        words: &[
            ",",
            ";",
            "=",
            "\"",
            "[",
            "]",
            ":",
            "for=",
            "For=_hidden",
            "::ffff:10.0.0.7",
            "unknown",
        ],
        read: |input| {
            let proxy = IpAddr::from([10, 0, 0, 1]);
            let trusted = ["10.0.0.0/24".parse().expect("a network")];
            Client::of(proxy, &headers(input), &trusted).0 != proxy
        },
    },
    Target {
        name: "page_token",
        seeds: || vec![rpc::next_page_token("局/3").into_bytes()],
        words: &["=", "_w", "-"],
        read: |input| {
            let mut fields = Fields::new();
            fields.page(0_u32, &String::from_utf8_lossy(input));
            fields.done().is_ok()
        },
    },
];
