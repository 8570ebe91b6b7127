//! Whatever message an RPC is given, it answers, and never that something here is broken.
//!
//! Messages are drawn from the contracts: most fields hold what they might, with ids that were in
//! earlier answers, and some what nobody would think of. So requests come as far as the rules.

mod draw;

use std::time::Duration;

use kernel::Actor;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use rand::{RngExt as _, rngs::StdRng};
use rpc::client::Channel;
use sekisho_platform_tests::raw::Raw;
use standard::{Role, ServiceName};
use tonic::{Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery};

use self::draw::Draw;
use crate::{city, faults::dice, harness::Platform};

/// How often each RPC is called.
const TIMES: usize = 12;
/// How long the first message of a stream is waited for: it may have none.
const MOMENT: Duration = Duration::from_millis(100);
/// Characters of a line in what is told at the end.
const LINE: usize = 400;

#[tokio::test]
async fn no_message_breaks_an_rpc() {
    let mut dice = dice();
    let platform = &Platform::embedded(&["--empty"]).await;
    city::populate(platform, 3).await;
    let contracts = DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts");
    let mut draw = Draw::new();
    let mut wrong = Vec::new();
    let mut answered = 0;
    for _ in 0..TIMES {
        for service in contracts.services() {
            let at = host(service.package_name());
            for method in service.methods() {
                let line = somebody(platform, at, &mut dice);
                let message = draw.message(&mut dice, &method.input());
                let bytes = spoilt(&mut dice, message.encode_to_vec());
                let mut answer = call(line.clone(), &method, bytes.clone()).await;
                if answer.as_ref().is_err_and(is_busy) {
                    answer = call(line, &method, bytes).await;
                }
                match answer {
                    Ok(answer) => {
                        answered += 1;
                        draw.learn(&answer);
                    }
                    Err(status) if is_ours(&status) => {
                        wrong.push(told(&method, &status, &message));
                    }
                    Err(_) => {}
                }
            }
        }
    }
    if !wrong.is_empty() {
        // The end of a log is what is left of it when it is cut.
        println!("{}", platform.logs());
        panic!("{} answers say so:\n{}", wrong.len(), wrong.join("\n"));
    }
    // Else nothing was tried but the doors.
    assert!(answered > 100, "only {answered} were carried out");
}

/// The service that has an RPC; those that every service has are asked of the ledger.
fn host(package: &str) -> ServiceName {
    let mut all = ServiceName::ALL.iter();
    let found = all.find(|service| package.split('.').any(|part| part == service.as_str()));
    *found.unwrap_or(&ServiceName::Ledger)
}

/// Somebody who may do a lot: a member of staff with any role, or a machine.
fn somebody(platform: &Platform, service: ServiceName, dice: &mut StdRng) -> Channel {
    match dice.random_range(0..6) {
        0 => platform.machine(service, Actor::Service("tests".to_owned())),
        1 => platform.machine(service, Actor::Workload(city::PROXY.to_owned())),
        2 => city::person(platform, service, city::AUDITOR, &[Role::Auditor]),
        3 => city::person(platform, service, &city::applicant(0), &[]),
        _ => city::person(platform, service, city::MANAGER, Role::ALL),
    }
}

/// Most messages as they are; of some a byte is another, or the end is gone.
fn spoilt(dice: &mut StdRng, mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.is_empty() || dice.random_bool(0.9) {
        return bytes;
    }
    let at = dice.random_range(0..bytes.len());
    match dice.random_bool(0.5) {
        true => bytes[at] ^= dice.random_range(1..=255_u8),
        false => bytes.truncate(at),
    }
    bytes
}

async fn call(
    line: Channel,
    method: &MethodDescriptor,
    message: Vec<u8>,
) -> Result<DynamicMessage, Status> {
    let mut client = Grpc::new(line);
    client.ready().await.expect("a connection");
    let service = method.parent_service().full_name();
    let path: PathAndQuery = format!("/{service}/{}", method.name())
        .parse()
        .expect("a path");
    let request = Request::new(message);
    let answer = if method.is_server_streaming() {
        let opened = client.server_streaming(request, path, Raw).await?;
        let first = tokio::time::timeout(MOMENT, opened.into_inner().message()).await;
        first.unwrap_or(Ok(None))?.unwrap_or_default()
    } else {
        client.unary(request, path, Raw).await?.into_inner()
    };
    let read = DynamicMessage::decode(method.output(), answer.as_slice());
    Ok(read.expect("an answer of the contract"))
}

/// Whether it may be because others keep the machine busy. What breaks an RPC breaks it again.
fn is_busy(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded
    )
}

/// A line on what was asked and what came of it; the seed brings back the whole of a long message.
fn told(method: &MethodDescriptor, status: &Status, message: &DynamicMessage) -> String {
    let line = format!("{}: {status:?} of {message}", method.full_name());
    let line: String = line.chars().take(LINE).collect();
    line.replace('\n', " ")
}

/// Whether it says that the fault is not the caller's. A service that panics ends the connection.
fn is_ours(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Internal
            | Code::Unknown
            | Code::DataLoss
            | Code::Unavailable
            | Code::Cancelled
            | Code::DeadlineExceeded
    )
}
