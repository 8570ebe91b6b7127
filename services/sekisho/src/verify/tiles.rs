//! A log at an address, checked from anywhere by what it shows to everybody: checkpoint and tiles.

use std::{collections::BTreeMap, path::Path, time::Duration};

use reqwest::{Client, Response};
use verifier::{Grown, Growth, Trust};

use super::refused;
use crate::Failure;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest answer: a checkpoint that many witnesses have signed. A tile has 8 KiB.
const LONGEST: usize = 1 << 20;
/// A witness signs a moment after the log: how long that is waited for, and how many times.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS: u32 = 20;

/// Whether that is the address of a log, and no file.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Reads the newest checkpoint and the tiles that show that it continues a kept one.
pub(super) fn read(address: &str, trust: &Trust, kept: Option<&str>) -> Result<Grown, Failure> {
    crate::block_on(async {
        runtime::crypto::install();
        let http = Client::builder().timeout(PATIENCE).build();
        let log = Log {
            address: address.trim_end_matches('/'),
            http: http.map_err(Failure::unexpected)?,
        };
        let growth = log.newest(trust, kept).await?;
        let mut tiles = BTreeMap::new();
        for tile in growth.tiles() {
            tiles.insert(tile, log.get(&tile.path()).await?);
        }
        growth
            .verify(&tiles)
            .map_err(|failure| log.refused(&failure))
    })
}

struct Log<'a> {
    address: &'a str,
    http: Client,
}

impl Log<'_> {
    async fn newest(&self, trust: &Trust, kept: Option<&str>) -> Result<Growth, Failure> {
        let mut looks = 0;
        loop {
            let note = String::from_utf8(self.get("checkpoint").await?);
            let note = note.map_err(Failure::unexpected)?;
            match Growth::open(&note, trust, kept) {
                Err(verifier::Failure::Unwitnessed { .. }) if looks < LOOKS => {
                    looks += 1;
                    tokio::time::sleep(LOOK).await;
                }
                opened => return opened.map_err(|failure| self.refused(&failure)),
            }
        }
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let uri = format!("{}/{path}", self.address);
        let away = |error: reqwest::Error| {
            let error = error.without_url();
            Failure::new(
                format!("{uri} を読み取れません（{error}）。"),
                format!("{uri} cannot be read ({error})"),
            )
        };
        let sent = self.http.get(&uri).send().await;
        let mut answer = sent.and_then(Response::error_for_status).map_err(away)?;
        let mut bytes = Vec::new();
        while let Some(some) = answer.chunk().await.map_err(away)? {
            bytes.extend_from_slice(&some);
            if bytes.len() > LONGEST {
                return Err(Failure::new(
                    format!("{uri} の応答が長すぎます。"),
                    format!("{uri} answers with too much"),
                ));
            }
        }
        Ok(bytes)
    }

    fn refused(&self, failure: &verifier::Failure) -> Failure {
        refused(Path::new(self.address), failure)
    }
}
