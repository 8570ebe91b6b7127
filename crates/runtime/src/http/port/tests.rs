use axum::{
    Extension,
    routing::{get, post},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
    time::Instant,
};

use super::*;
use crate::{Tasks, http::Client};

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A port on which each address has two connections, and a request two seconds. One address of this
/// machine is a trusted proxy's.
async fn open(tasks: &Tasks, name: &'static str) -> SocketAddr {
    open_speaking(tasks, name, Speech::Http, |_| ()).await
}

async fn open_speaking(
    tasks: &Tasks,
    name: &'static str,
    speech: Speech,
    change: impl FnOnce(&mut Limits),
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut limits = Limits {
        max_connections_per_address: 2,
        request_deadline_seconds: 2,
        trusted_proxies: vec!["127.0.0.9/32".parse().expect("a network")],
        ..Limits::default()
    };
    change(&mut limits);
    let port = Port {
        name,
        speech,
        listener,
        limits,
    };
    let who = async |Extension(Client(address)): Extension<Client>| address.to_string();
    let router = Router::new()
        .route("/", get(who))
        .route("/much", get(async || vec![0; 64 * 1024 * 1024]))
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
            && !line.ends_with(" 0")
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

async fn asked_for(mut tcp: TcpStream, client: &str) -> String {
    let ask = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\nConnection: close\r\n\r\n"
    );
    tcp.write_all(ask.as_bytes()).await.expect("sent");
    let answer = rest(tcp).await;
    let (_, said) = answer.split_once("\r\n\r\n").expect("an answer");
    said.to_owned()
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_its_clients_and_nobody_else_does() {
    let tasks = Tasks::default();
    let port = open(&tasks, "proxied").await;
    for (connects, says, counts) in [
        ("127.0.0.9", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.9", "192.0.2.2", "192.0.2.2"),
        ("127.0.0.1", "192.0.2.1", "127.0.0.1"),
    ] {
        let found = asked_for(from(connects, port).await, says).await;
        assert_eq!(found, counts, "{connects} for {says}");
    }
    // Inside TLS nobody but the client can have written it.
    let port = open_speaking(&tasks, "inside", Speech::HttpInTls, |_| ()).await;
    let found = asked_for(from("127.0.0.9", port).await, "192.0.2.1").await;
    assert_eq!(found, "127.0.0.9");
    tasks.stop().await;
}

#[tokio::test]
async fn a_trusted_proxy_is_bounded_with_all_and_not_as_one_address() {
    let tasks = Tasks::default();
    let port = open_speaking(&tasks, "all", Speech::Grpc, |limits| {
        limits.max_connections = 3;
    });
    let port = port.await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(preface(from("127.0.0.9", port).await).await);
    }
    let fourth = rest(from("127.0.0.9", port).await).await;
    assert_eq!(fourth, "", "beyond the bound on all");
    assert!(turned_away("all", "too_many"));
    drop(held);
    tasks.stop().await;
}

/// Begins to speak HTTP/2, until the other side has as well.
async fn preface(mut tcp: TcpStream) -> TcpStream {
    let settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    tcp.write_all(settings).await.expect("sent");
    tcp.read_exact(&mut [0; 9]).await.expect("its settings");
    tcp
}

// The clock moves on by itself when everybody waits.
#[tokio::test(start_paused = true)]
async fn at_the_grpc_port_who_says_nothing_or_something_else_or_is_gone_is_not_waited_for() {
    let tasks = Tasks::default();
    let port = open_speaking(&tasks, "grpc", Speech::Grpc, |_| ()).await;
    let start = Instant::now();
    let silent = from("127.0.0.1", port).await;
    let mut half = from("127.0.0.2", port).await;
    half.write_all(b"PRI * HTTP").await.expect("sent");
    assert_eq!((rest(silent).await, rest(half).await), Default::default());
    assert!(turned_away("grpc", "silent"));
    assert_eq!(start.elapsed().as_secs(), HEAD.as_secs());
    let mut other = from("127.0.0.1", port).await;
    other.write_all(ASK).await.expect("sent");
    assert_eq!(rest(other).await, "");
    assert!(turned_away("grpc", "handshake"));

    // Whoever has begun is asked whether they are there, and does not answer.
    let start = Instant::now();
    let mut gone = preface(from("127.0.0.1", port).await).await;
    let _ = gone.read_to_end(&mut Vec::new()).await;
    assert_eq!(start.elapsed().as_secs(), 40);
    tasks.stop().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_stays_on_beyond_the_age_of_a_connection_is_cut_off() {
    let tasks = Tasks::default();
    let aged = |limits: &mut Limits| limits.max_connection_age_seconds = 60;
    let port = open_speaking(&tasks, "stays", Speech::Http, aged).await;
    let start = Instant::now();
    let mut tcp = from("127.0.0.1", port).await;
    // It asks for much and reads nothing.
    let ask = b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n";
    tcp.write_all(ask).await.expect("sent");
    while !turned_away("stays", "slow") {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert!((120..125).contains(&start.elapsed().as_secs()));
    tasks.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_ends_at_its_age_although_it_goes_on_asking() {
    let tasks = Tasks::default();
    let aged = |limits: &mut Limits| limits.max_connection_age_seconds = 60;
    let port = open_speaking(&tasks, "aged", Speech::Http, aged).await;
    let start = Instant::now();
    let mut tcp = from("127.0.0.1", port).await;
    let mut answers = 0;
    loop {
        // One that is closed takes what is written before it says so.
        let _ = tcp.write_all(ASK).await;
        match tcp.read(&mut [0; 1024]).await {
            Ok(1..) => answers += 1,
            _ => break,
        }
        tokio::time::advance(Duration::from_secs(5)).await;
    }
    assert!(answers >= 12, "{answers} answers");
    assert!((60..70).contains(&start.elapsed().as_secs()));
    tasks.stop().await;
}
