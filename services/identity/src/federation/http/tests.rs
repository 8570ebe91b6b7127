use super::*;

fn reach(private: bool, loopback: bool) -> Reach {
    Reach {
        hosts: [
            "idp.example",
            "127.0.0.1",
            "169.254.169.254",
            "10.0.0.8",
            "[::1]",
        ]
        .map(str::to_owned)
        .to_vec(),
        private,
        loopback,
    }
}

#[test]
fn attack_9_addresses_of_this_machine_and_its_neighbourhood_are_not_reached() {
    let never = [
        "0.0.0.0",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "fe80::1",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::7f00:1",
    ];
    let private = [
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "fd00::1",
        "::ffff:10.0.0.8",
    ];
    let local = ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"];
    let open = ["203.0.114.7", "8.8.8.8", "2606:4700::1111"];
    let leads = |reach: &Reach, text: &str| reach.leads(text.parse().expect("an address"));
    for (at_home, here) in [(false, false), (true, false), (false, true), (true, true)] {
        let reach = reach(at_home, here);
        let cases = [
            (&never[..], false),
            (&private, at_home),
            (&local, here),
            (&open, true),
        ];
        for (addresses, expected) in cases {
            for address in addresses {
                assert_eq!(leads(&reach, address), expected, "{address} {reach:?}");
            }
        }
    }
}

#[test]
fn attack_9_only_the_allowed_hosts_over_tls_and_no_address_in_place_of_a_name() {
    let strict = reach(false, false);
    let cases = [
        ("https://idp.example/keys", true),
        ("https://idp.example:8443/keys", true),
        ("http://idp.example/keys", false),
        ("https://idp.example.evil.example/keys", false),
        ("https://evil.example/keys", false),
        ("https://idp.example@evil.example/keys", false),
        ("https://user@idp.example/keys", false),
        ("https://127.0.0.1/keys", false),
        ("https://2130706433/keys", false),
        ("https://0x7f.1/keys", false),
        ("https://169.254.169.254/latest/meta-data", false),
        ("https://10.0.0.8/keys", false),
        ("https://[::1]/keys", false),
        ("file:///etc/passwd", false),
        ("gopher://idp.example/", false),
    ];
    for (text, expected) in cases {
        let url = Url::parse(text).expect("a URL");
        assert_eq!(strict.allows(&url), expected, "{text}");
    }
    let trying = reach(false, true);
    let url = Url::parse("http://127.0.0.1:8080/keys").expect("a URL");
    assert!(trying.allows(&url));
}

#[tokio::test]
async fn attack_9_a_name_that_leads_to_this_machine_has_no_address() {
    let name = || "localhost".parse::<Name>().expect("a name");
    assert!(reach(true, false).resolve(name()).await.is_err());
    let mut found = reach(false, true).resolve(name()).await.expect("addresses");
    assert!(found.all(|one| one.ip().is_loopback()));
}
