//! The public key, for everybody who verifies tokens.

use testkit::Engine;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::town::Town;

#[tokio::test]
async fn the_key_that_signs_tokens_is_published_without_its_private_half() {
    let town = Town::start(Engine::Sqlite).await;
    let one = town.with_password("S1").await;
    let address = town.process.http_uri().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(&address)
        .await
        .expect("connected");
    let request = format!(
        "GET /.well-known/jwks.json HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("application/jwk-set+json"), "{head}");
    let keys: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let key = &keys["keys"][0];
    assert_eq!((&key["alg"], &key["use"]), (&"ES256".into(), &"sig".into()));
    assert_eq!(key["d"], serde_json::Value::Null);
    assert_eq!(key["kid"], header(&one.grant.access_token)["kid"]);
    assert_eq!(header(&one.grant.access_token)["typ"], "at+jwt");
    town.process.stop().await;
}

fn header(token: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let head = token.split('.').next().expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).expect("base64")).expect("JSON")
}
