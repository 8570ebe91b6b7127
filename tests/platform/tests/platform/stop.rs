//! Stopping in order, under load.

use std::{
    net::{SocketAddr, TcpStream},
    path::Path,
};

use standard::ServiceName;

use crate::{
    checker, city,
    harness::Platform,
    writers::{WRITERS, Writers},
};

/// Times it is stopped.
const STOPS: usize = 3;

#[tokio::test]
async fn stopped_in_order_it_is_all_in_its_files_and_goes_on_from_there() {
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for _ in 0..STOPS {
        writers.progress(50).await;
        let data = platform.path("");
        let broker = broker(&data);
        let ended = platform.stop(ServiceName::Ledger).await;
        // One that takes too long is cut off, and that is a failure.
        assert!(ended.success(), "{ended}\n{}", platform.logs());
        assert!(TcpStream::connect(broker).is_err(), "the broker is left");
        // Whoever copies the databases now has everything that was committed.
        assert_eq!(left(&data), Vec::<String>::new());
        platform.start(ServiceName::Ledger);
        platform.ready(ServiceName::Ledger).await;
    }
    writers.progress(50).await;
    let acknowledged = writers.stop().await;
    checker::check(&platform, &acknowledged).await;
}

/// Where the platform's own broker listens, as it wrote down for itself.
fn broker(data: &Path) -> SocketAddr {
    let pid = std::fs::read_to_string(data.join("nats.pid")).expect("a broker");
    let line = std::fs::read(format!("/proc/{}/cmdline", pid.trim())).expect("a process");
    let words: Vec<&str> = line
        .split(|byte| *byte == 0)
        .map(|word| std::str::from_utf8(word).expect("text"))
        .collect();
    let port = words.windows(2).find(|pair| pair[0] == "-p");
    let port = port.expect("its port")[1].parse().expect("a port");
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// What SQLite leaves beside a database that was not closed.
fn left(data: &Path) -> Vec<String> {
    let files = std::fs::read_dir(data).expect("the data directory");
    files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.ends_with("-wal") || name.ends_with("-shm"))
        .collect()
}
