use super::*;

fn problems(text: &str) -> Vec<String> {
    match Config::parse(text) {
        Err(ConfigError::Invalid(problems)) => problems.iter().map(Problem::to_string).collect(),
        other => panic!("expected problems, got {other:?}"),
    }
}

#[test]
fn an_empty_file_is_the_embedded_shape() {
    let config = Config::parse("").expect("good");
    assert_eq!(config, Config::defaults_for_embedded("data"));
    assert_eq!(config.services, ServiceName::ALL);
    assert_eq!(
        config
            .database
            .engine(ServiceName::Ledger, &config.data_dir),
        Engine::Sqlite("data/ledger.db".into())
    );
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let text = r#"
        services = ["ledger"]
        [peers]
        identity = "http://identity:7070"
        [nats]
        prefix = "t1"
        [[issuers]]
        issuer = "https://kubernetes.default.svc"
        kind = "workload"
        jwks_url = "https://kubernetes.default.svc/openid/v1/jwks"
        algorithms = ["RS256"]
        subjects = { "system:serviceaccount:sekisho:ledger" = "service/ledger" }
    "#;
    let config = Config::parse(text).expect("good");
    let printed = config.to_toml();
    assert!(printed.contains("max_in_flight"), "defaults are shown");
    assert_eq!(Config::parse(&printed).expect("good"), config);
}

#[test]
fn addresses_that_may_carry_a_credential_are_not_printed() {
    let text = r#"
        [database]
        url = "postgres://u:hunter2@db/sekisho_{service}"
        [nats]
        url = "nats://hunter2@nats:4222"
    "#;
    let printed = Config::parse(text).expect("good").to_toml();
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn an_unknown_key_or_a_wrong_type_is_refused_by_name() {
    for (text, part) in [
        ("[limits]\nmax_in_fligth = 3", "max_in_fligth"),
        ("[limits]\nmax_in_flight = \"many\"", "max_in_flight"),
        ("services = [\"legder\"]", "legder"),
        ("[listen]\ngrpc = \"here\"", "grpc"),
    ] {
        let error = Config::parse(text).expect_err("wrong").to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn everything_that_cannot_be_read_is_told_at_once_and_once_each_with_its_line() {
    let text = "speed = 1\n[limits]\nmax_in_fligth = 3\nmax_in_flight = \"many\"\n\
                [[issuers]]\nissuer = \"https://id.example\"\nkind = \"people\"\n\
                algorithms = [\"RS256\"]\ncolour = \"red\"\n[nats]\nhost = \"here\"\n";
    let Err(ConfigError::Syntax(found)) = Config::parse(text) else {
        panic!("it was read");
    };
    let found: Vec<_> = found.iter().map(Problem::to_string).collect();
    let mut expected = vec![
        ("line 1:", "speed"),
        ("line 3:", "max_in_fligth"),
        ("line 4:", "many"),
        ("line 9:", "colour"),
        ("line 11:", "host"),
    ];
    for one in &found {
        expected.retain(|(line, key)| !(one.starts_with(line) && one.contains(key)));
    }
    assert_eq!((found.len(), expected), (5, vec![]), "{found:#?}");
}

#[test]
fn every_problem_is_told_at_once_with_its_key() {
    let text = r#"
        services = ["ledger", "ledger"]
        [listen]
        grpc = "127.0.0.1:80"
        http = "127.0.0.1:80"
        [database]
        max_connections = 0
        [limits]
        max_in_flight = 0
        max_connections_per_address = 0
        [peers]
        audit = "audit:7070"
        [audit]
        log_key_file = "audit-log.key"
        [audit.signer]
        key = "sekisho.sendai/log+00000000+AAAA"
        url = "signer:7091"
        [nats]
        prefix = "a.b"
        [telemetry]
        filter = "loud=,,="
        [[issuers]]
        issuer = "https://id.example"
        kind = "people"
        algorithms = ["RS256"]
    "#;
    let found = problems(text);
    for key in [
        "services:",
        "listen.http:",
        "database.max_connections:",
        "limits.max_in_flight:",
        "limits.max_connections_per_address:",
        "peers.audit:",
        "audit.signer:",
        "audit.signer.url:",
        "nats.prefix:",
        "telemetry.filter:",
        "issuers[0].algorithms:",
        "issuers[0].jwks_url:",
    ] {
        assert!(
            found.iter().any(|problem| problem.starts_with(key)),
            "{key} in {found:#?}"
        );
    }
}

#[test]
fn a_database_url_is_a_secret_and_names_the_service() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("url");
    std::fs::write(&file, "postgres://u:hunter2@db/sekisho_{service}\n").expect("written");
    let text = format!("[database]\nurl_file = {:?}", file.display().to_string());
    let config = Config::parse(&text).expect("good");
    assert!(!config.to_toml().contains("hunter2"));
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(
        config.database.engine(ServiceName::Audit, &config.data_dir),
        Engine::Postgres {
            url: Secret::new("postgres://u:hunter2@db/sekisho_audit".into()),
            schema: None
        }
    );

    let shared = Config::parse("[database]\nurl = \"postgres://db/sekisho\"").expect("good");
    assert!(matches!(
        shared.database.engine(ServiceName::Audit, &shared.data_dir),
        Engine::Postgres { schema: Some(schema), .. } if schema == "audit"
    ));

    let wrong = problems("[database]\nurl = \"mysql://u:hunter2@db\"");
    assert!(
        wrong.iter().all(|problem| !problem.contains("hunter2")),
        "{wrong:?}"
    );
    assert_eq!(wrong.len(), 1);
}

#[test]
fn a_missing_secret_file_is_named_with_its_key() {
    let error = Config::parse("[database]\nurl_file = \"/nowhere/url\"").expect_err("missing");
    assert!(matches!(
        error,
        ConfigError::Secret {
            key: "database.url_file",
            ..
        }
    ));
}
