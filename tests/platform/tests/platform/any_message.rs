//! Whatever message an RPC is given, it answers, and never that something here is broken.
//!
//! Messages are drawn from the contracts: most fields hold what they might, with ids that were in
//! earlier answers, and some what nobody would think of. So requests come as far as the rules.

mod draw;
mod raw;

use std::{fmt::Write as _, time::Duration};

use kernel::Actor;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use rand::{RngExt as _, rngs::StdRng};
use rpc::client::Channel;
use standard::{Role, ServiceName};
use tonic::{Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery};

use self::{draw::Draw, raw::Raw};
use crate::{city, faults::dice, harness::Platform};

/// How often each RPC is called.
const TIMES: usize = 12;
/// How long the first message of a stream is waited for: it may have none.
const MOMENT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn no_message_breaks_an_rpc() {
    let platform = &Platform::embedded(&["--empty"]).await;
    city::populate(platform, 3).await;
    let contracts = DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts");
    let mut dice = dice();
    let mut draw = Draw::new();
    let mut wrong = String::new();
    let mut answered = 0;
    for _ in 0..TIMES {
        for service in contracts.services() {
            let at = host(service.package_name());
            for method in service.methods() {
                let line = somebody(platform, at, &mut dice);
                let message = draw.message(&mut dice, &method.input());
                let bytes = spoilt(&mut dice, message.encode_to_vec());
                match call(line, &method, bytes).await {
                    Ok(answer) => {
                        answered += 1;
                        draw.learn(&answer);
                    }
                    Err(status) if is_ours(&status) => {
                        let name = method.full_name();
                        writeln!(wrong, "{name}: {status:?}\n  {message}").expect("written");
                    }
                    Err(_) => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}\n{}", platform.logs());
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
