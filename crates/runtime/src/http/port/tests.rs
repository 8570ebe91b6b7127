use axum::routing::{get, post};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
};

use super::*;
use crate::Tasks;

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A port on which each address has two connections, and a request two seconds.
async fn open(tasks: &Tasks, name: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let limits = Limits {
        max_connections_per_address: 2,
        request_deadline_seconds: 2,
        ..Limits::default()
    };
    let port = Port {
        name,
        listener,
        limits,
    };
    let who = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string();
    let router = Router::new()
        .route("/", get(who))
        .route("/", post(async |body: String| body));
    tasks.spawn("port", port.serve(router, tasks.shutdown_token()));
    address
}

/// A connection from that address of this machine.
async fn from(address: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    let own = format!("{address}:0").parse().expect("an address");
    socket.bind(own).expect("bound");
    socket.connect(to).await.expect("connected")
}

/// What comes until the other side closes.
async fn rest(mut tcp: TcpStream) -> String {
    let mut text = Vec::new();
    // A connection that is turned away may be reset.
    let _ = tcp.read_to_end(&mut text).await;
    String::from_utf8(text).expect("text")
}

async fn asked(mut tcp: TcpStream) -> String {
    let ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    tcp.write_all(ask).await.expect("sent");
    rest(tcp).await
}

fn turned_away(port: &str, reason: &str) -> bool {
    let text = metrics::exposition().expect("metrics");
    text.lines().any(|line| {
        line.starts_with("sekisho_http_connections_turned_away_total")
            && line.contains(&format!("port=\"{port}\""))
            && line.contains(&format!("reason=\"{reason}\""))
    })
}

#[tokio::test]
async fn who_opens_many_connections_and_says_nothing_keeps_no_other_out() {
    let tasks = Tasks::default();
    let port = open(&tasks, "many").await;
    let held = [from("127.0.0.1", port).await, from("127.0.0.1", port).await];
    assert_eq!(
        rest(from("127.0.0.1", port).await).await,
        "",
        "one too many"
    );
    assert!(turned_away("many", "too_many"));
    let answer = asked(from("127.0.0.2", port).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n127.0.0.2"), "{answer}");
    drop(held);
    tasks.stop().await;
}

// The clock moves on by itself when everybody waits.
#[tokio::test(start_paused = true)]
async fn who_is_silent_or_sends_a_byte_at_a_time_is_not_waited_for() {
    let tasks = Tasks::default();
    let port = open(&tasks, "slow").await;
    let silent = from("127.0.0.1", port).await;
    let mut half = from("127.0.0.2", port).await;
    half.write_all(&ASK[..ASK.len() - 2]).await.expect("sent");
    assert_eq!((rest(silent).await, rest(half).await), Default::default());
    assert!(turned_away("slow", "silent"));

    // A body that never ends is no way round.
    let mut body = from("127.0.0.1", port).await;
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1";
    body.write_all(head).await.expect("sent");
    let answer = rest(body).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(turned_away("slow", "slow"));
    tasks.stop().await;
}

#[tokio::test]
async fn a_port_that_stops_waits_for_nobody_who_says_nothing() {
    let tasks = Tasks::default();
    let port = open(&tasks, "stop").await;
    let mut idle = from("127.0.0.1", port).await;
    idle.write_all(ASK).await.expect("sent");
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.expect("answered");
    assert_eq!(&first, b"HTTP/1.1 200");
    tasks.stop().await;
    rest(idle).await;
}
