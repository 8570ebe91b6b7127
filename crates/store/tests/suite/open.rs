//! Opening a database that is not there.

use std::error::Error as _;

use store::{Database, Options};

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_by_its_address_and_the_reason() {
    let address = format!("127.0.0.1:{}", testkit::free_port());
    for schema in [None, Some("ledger".to_owned())] {
        let options = Options {
            url: format!("postgres://sekisho@{address}/city"),
            schema,
            max_connections: 1,
        };
        let error = Database::open(&options).await.expect_err("nobody is there");
        assert!(error.to_string().contains(&address), "{error}");
        let reason = error.source().expect("a reason").to_string();
        assert!(reason.contains("Connection refused"), "{reason}");
    }
}
