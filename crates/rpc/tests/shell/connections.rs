//! What the gRPC port bears: so many connections, each for so long.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::support::{House, house_with};

/// An HTTP/2 connection that says no more than that.
async fn connected(house: &House) -> TcpStream {
    let address = house.uri.strip_prefix("http://").expect("an address");
    let mut tcp = TcpStream::connect(address).await.expect("connected");
    let settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    tcp.write_all(settings).await.expect("sent");
    tcp
}

/// Waits until the other side closes; returns how much it said.
async fn closed(mut tcp: TcpStream) -> usize {
    let mut said = Vec::new();
    // One that is turned away may be reset.
    let _ = tcp.read_to_end(&mut said).await;
    said.len()
}

/// Waits until the other side says that it takes nothing further (GOAWAY).
async fn told_to_go(mut tcp: TcpStream) {
    const GOAWAY: u8 = 7;
    loop {
        let mut head = [0; 9];
        tcp.read_exact(&mut head).await.expect("a frame");
        let length = usize::from(head[1]) << 8 | usize::from(head[2]);
        tcp.read_exact(&mut vec![0; length]).await.expect("whole");
        if head[3] == GOAWAY {
            return;
        }
    }
}

/// G11.
#[tokio::test]
async fn connections_beyond_the_bound_are_closed_and_those_that_are_there_go_on() {
    let house = house_with(|config| config.limits.max_connections = 1).await;
    let there = house.staff();
    there.say("Staff", "who").await.expect("there");
    for _ in 0..3 {
        assert_eq!(closed(connected(&house).await).await, 0, "one too many");
    }
    there.say("Staff", "who").await.expect("it goes on");
    drop(there);
    let room = async { while house.staff().say("Staff", "who").await.is_err() {} };
    let room = timeout(Duration::from_secs(120), room).await;
    room.expect("there is room again");
    house.runtime.tasks.stop().await;
}

#[tokio::test]
async fn a_connection_at_its_age_ends_with_what_it_has_in_work_and_another_takes_its_place() {
    let house = house_with(|config| config.limits.max_connection_age_seconds = 1).await;
    let staff = house.staff();
    let first = staff.clone();
    let mut first = Box::pin(async move { first.say("Staff", "wait").await });
    tokio::select! {
        answer = &mut first => panic!("{answer:?}"),
        () = house.probe.waiting() => {}
    }
    // One that came later is told to go: so was the first.
    let later = connected(&house).await;
    tokio::select! {
        answer = &mut first => panic!("{answer:?}"),
        () = told_to_go(later) => {}
    }
    house.probe.gate.add_permits(1);
    assert_eq!(first.await.expect("finished"), "waited");
    staff.say("Staff", "who").await.expect("by another");
    house.runtime.tasks.stop().await;
}
