//! A broker that accepts, greets and hangs up at once: nothing may spin.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Instant,
};

use crate::bench::Bench;

const GREETING: &[u8] = b"INFO {\"server_id\":\"X\",\"server_name\":\"x\",\"version\":\"2.9.10\",\
    \"proto\":1,\"headers\":true,\"max_payload\":1048576,\"jetstream\":true}\r\n";

/// The whole handshake, and then the end.
async fn greet(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(GREETING).await?;
    let mut line = String::new();
    while !line.starts_with("PING") {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
    }
    stream.write_all(b"PONG\r\n").await
}

#[tokio::test]
async fn a_broker_that_hangs_up_at_once_is_not_hammered_and_effects_arrive() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    let (calls, mut called) = tokio::sync::mpsc::unbounded_channel();
    let mut server = JoinSet::new();
    server.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = greet(stream).await;
            if calls.send(()).is_err() {
                return;
            }
        }
    });
    let start = Instant::now();
    let bench = Bench::sqlite(Some(&url)).await;
    let (relay, consumer) = (bench.relay(), bench.consumer());
    bench.write_many(2, 20).await;
    for _ in 0..20 {
        called.recv().await.unwrap();
    }
    bench.all_once_in_order(40).await;
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_millis(50) * 19, "{elapsed:?}");
    let asked = bench.upstream.asked.load(Ordering::Relaxed);
    let most = u64::try_from(elapsed.as_millis() / 100).unwrap() + 2;
    assert!(asked <= most, "{asked} looks in {elapsed:?}");
    consumer.stop().await;
    relay.stop().await;
}
