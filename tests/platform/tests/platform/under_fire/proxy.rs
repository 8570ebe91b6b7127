//! A line that can be held, cut and slowed down.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What the line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// All goes through.
    Open,
    /// Nothing goes through, and nobody is told: a half-open connection.
    Held,
    /// Whoever was connected is not any more, and nobody gets through.
    Cut,
    /// All goes through, later.
    Slow,
}

/// How much later, for each piece.
const LATER: Duration = Duration::from_millis(200);

/// See the module. Dropped, it is cut.
pub(super) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A line to this address, open.
    pub(super) async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (mode, now) = watch::channel(Mode::Open);
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own task, ended with the proxy"
        )]
        let task = tokio::spawn(async move {
            loop {
                let (here, _) = listener.accept().await.expect("a connection");
                let (target, now) = (target.clone(), now.clone());
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a connection of the test's own, ended when it is cut"
                )]
                tokio::spawn(connect(here, target, now));
            }
        });
        Self {
            address,
            mode,
            task,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Mode::Cut);
        self.task.abort();
    }
}

async fn connect(here: TcpStream, target: String, mut now: watch::Receiver<Mode>) {
    if *now.borrow_and_update() == Mode::Cut {
        return;
    }
    let Ok(there) = TcpStream::connect(target).await else {
        return;
    };
    let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
    let mut watch_cut = now.clone();
    tokio::select! {
        () = pass(from_here, to_there, now.clone()) => {}
        () = pass(from_there, to_here, now.clone()) => {}
        _ = watch_cut.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

/// Passes on what comes; returns when either side is gone.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut now: watch::Receiver<Mode>,
) {
    let mut piece = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        if now.wait_for(|mode| *mode != Mode::Held).await.is_err() {
            return;
        }
        if *now.borrow() == Mode::Slow {
            tokio::time::sleep(LATER).await;
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
