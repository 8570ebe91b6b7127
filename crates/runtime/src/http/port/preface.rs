//! How an HTTP/2 connection begins, before anybody waits for it: hyper has no end to that wait.

use std::{io::Cursor, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, join},
    net::TcpStream,
    time::timeout,
};

use super::Turned;

/// What every client says first (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Waits for it, and hands on the connection as it came.
pub(super) async fn awaited(
    tcp: TcpStream,
    longest: Duration,
) -> Result<impl AsyncRead + AsyncWrite + Unpin + Send + 'static, Turned> {
    let (mut read, write) = tcp.into_split();
    let mut came = [0; PREFACE.len()];
    match timeout(longest, read.read_exact(&mut came)).await {
        Err(_) => Err(Turned::Silent),
        Ok(Ok(_)) if came == *PREFACE => Ok(join(Cursor::new(came).chain(read), write)),
        Ok(_) => Err(Turned::Handshake),
    }
}
