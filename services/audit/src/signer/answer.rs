//! Asking those elsewhere who sign, bounded in time and in length.

use std::time::Duration;

use reqwest::{Client, Response, redirect::Policy};

/// How long one of them may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer looked at, in bytes.
const LONGEST: usize = 16 << 10;

/// Asks where it is told to and nowhere else.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .build()
}

/// What was answered; none if it is too long to be a signature.
pub(super) async fn text(mut answer: Response) -> Result<Option<String>, reqwest::Error> {
    let mut text = Vec::new();
    while let Some(part) = answer.chunk().await? {
        text.extend_from_slice(&part);
        if text.len() > LONGEST {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}
