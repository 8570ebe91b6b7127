//! HTTP as any client speaks it.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::town::Town;

/// An answer.
pub(crate) struct Http {
    pub(crate) status: u16,
    pub(crate) head: String,
    /// Null when it is no JSON.
    pub(crate) body: Value,
}

impl Town {
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Http {
        self.http("POST", path, "", &form(fields)).await
    }

    /// `head` is further lines, each with its end.
    pub(crate) async fn http(&self, method: &str, path: &str, head: &str, body: &str) -> Http {
        http(&self.process.http_uri(), method, path, head, body).await
    }
}

/// The same of any process.
pub(crate) async fn http(uri: &str, method: &str, path: &str, head: &str, body: &str) -> Http {
    let address = uri.replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(&address)
        .await
        .expect("connected");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n{head}\r\n{body}",
        body.len()
    );
    // Whoever is refused early may hear of it before all is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status");
    Http {
        status: status.parse().expect("a number"),
        head: head.to_owned(),
        body: serde_json::from_str(body).unwrap_or_default(),
    }
}

/// A form. Every sign is written as its bytes: right for any text.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
