//! Guarantee G10 over the running platform: bad input gets a precise answer and leaves no trace in
//! state or journal but, where the standard asks for one, the record of its refusal.

mod ledger;
mod others;
mod requests;
mod shell;

use std::pin::Pin;

use rpc::client::Channel;
use standard::ServiceName;
use testkit::refused;
use tonic::{Code, Response, Status};

use self::requests::{classify_on, request};
use crate::{checker::Evidence, city, harness::Platform};

type Ask = for<'a> fn(&'a Platform) -> Pin<Box<dyn Future<Output = Status> + 'a>>;

/// A request and what must come of it.
#[derive(Clone, Copy)]
struct Case {
    what: &'static str,
    ask: Ask,
    status: Code,
    code: &'static str,
    /// A clause the answer must name; empty = it is no rule of the standard.
    clause: &'static str,
    /// A field the answer must name; empty = none is at fault.
    field: &'static str,
    /// Whose journal holds the refusal.
    recorded: Option<ServiceName>,
}

/// An idempotency key that stands for a request already.
const USED: &str = "used-before";

#[tokio::test]
async fn bad_input_gets_a_precise_answer_and_leaves_no_trace() {
    let config = tempfile::NamedTempFile::new().expect("a file");
    let limits = "[limits]\nrequest_deadline_seconds = 3\n";
    std::fs::write(config.path(), limits).expect("a configuration");
    let config = config.path().to_str().expect("a path");
    let platform = Platform::embedded(&["--empty", "--config", config]).await;
    city::populate(&platform, 1).await;
    let line = manager(&platform, ServiceName::Ledger);
    let first = classify_on(line, request(), Some(USED)).await;
    first.expect("a good request");

    let mut wrong = Vec::new();
    for case in [ledger::CASES, others::CASES, shell::CASES].concat() {
        if let Err(error) = judge(&platform, &case).await {
            wrong.push(format!("{}: {error}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn judge(platform: &Platform, case: &Case) -> Result<(), String> {
    let before = Evidence::gather(&platform.databases).await;
    let status = (case.ask)(platform).await;
    let after = platform
        .until("what was written has its place", async || {
            let evidence = Evidence::gather(&platform.databases).await;
            evidence.is_stamped().then_some(evidence)
        })
        .await;

    let told = refused(&status);
    let named = |list: &[String], one: &str| match one {
        "" => list.is_empty(),
        one => list.iter().any(|named| named == one),
    };
    let exact = told.status == case.status
        && told.code == case.code
        && named(&told.clauses, case.clause)
        && named(&told.fields, case.field)
        && !told.ja.is_empty();
    if !exact {
        return Err(format!("{told:?}"));
    }
    let mut expected = before.trace();
    if let Some(service) = case.recorded {
        *expected.records.entry(service).or_default() += 1;
        if after.refusals(service).last().map(String::as_str) != Some(case.code) {
            return Err(format!("on record: {:?}", after.refusals(service)));
        }
    }
    match after.trace() == expected {
        true => Ok(()),
        false => Err("it left a trace".to_owned()),
    }
}

fn manager(platform: &Platform, service: ServiceName) -> Channel {
    city::manager(platform, service)
}

fn answer<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> Status {
    answer.expect_err("it should have been refused")
}
