//! A log at an address, checked from anywhere by what it shows to everybody: checkpoint and tiles.

use std::{collections::BTreeMap, fs::File, path::Path, time::Duration};

use reqwest::Client;
use verifier::{Comparison, Grown, Growth, Tile, Trust};

use super::refused;
use crate::{Failure, output::harmless};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest answer: a checkpoint that many witnesses have signed. A tile has 8 KiB.
const LONGEST: usize = 1 << 20;
/// Most of what is told of an answer that is none, in bytes.
const SAID: usize = 1_000;
/// A witness signs a moment after the log: how long that is waited for, and how many times.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS: u32 = 20;

/// Whether that is the address of a log, and no file.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The address of a log, from a command line.
pub(super) fn address(text: &str) -> Result<String, &'static str> {
    match is_address(text) {
        true => Ok(text.to_owned()),
        false => Err("not the address of a log: https://HOST/log"),
    }
}

/// Reads the newest checkpoint and the tiles that show that it continues a kept one.
pub(super) fn read(address: &str, trust: &Trust, kept: Option<&str>) -> Result<Grown, Failure> {
    crate::block_on(async { Log::at(address)?.grown(trust, kept).await })
}

/// Holds a file against the log at an address, leaf by leaf; says how many leaves the log has. Of a file
/// that holds, `signed` leaves are signed: then it is the log that is another.
pub(super) fn compare(
    address: &str,
    trust: &Trust,
    kept: Option<&str>,
    path: &Path,
    signed: Option<u64>,
) -> Result<u64, Failure> {
    let file = || File::open(path).map_err(|error| Failure::file(path, &error));
    let told = |log: &Log<'_>, failure| match (failure, signed) {
        (failure @ (verifier::Failure::Tile { .. } | verifier::Failure::Root { .. }), _) => {
            log.refused(&failure)
        }
        (verifier::Failure::Parts { leaf }, Some(_)) => {
            log.refused(&verifier::Failure::TwoPasts { leaf })
        }
        (failure, _) => refused(path, &failure),
    };
    crate::block_on(async {
        let log = Log::at(address)?;
        let newest = log.grown(trust, kept).await?.checkpoint;
        let size = newest.size;
        if let Some(kept) = signed.filter(|signed| *signed > size) {
            let now = size;
            return Err(log.refused(&verifier::Failure::RolledBack { kept, now }));
        }
        let comparison = Comparison::read(file()?, trust, newest);
        let comparison = comparison.map_err(|failure| told(&log, failure))?;
        let tiles = log.tiles(comparison.tiles()).await?;
        let parting = comparison.part(&tiles);
        if let Some(parting) = parting.map_err(|failure| told(&log, failure))? {
            let tile = log.get(&parting.tile().path()).await?;
            let found = parting.find(&tile, file()?, trust);
            found.map_err(|failure| told(&log, failure))?;
        }
        Ok(size)
    })
}

struct Log<'a> {
    address: &'a str,
    http: Client,
}

impl<'a> Log<'a> {
    fn at(address: &'a str) -> Result<Self, Failure> {
        runtime::crypto::install();
        let http = Client::builder().timeout(PATIENCE).build();
        Ok(Self {
            address: address.trim_end_matches('/'),
            http: http.map_err(Failure::unexpected)?,
        })
    }

    /// The log, shown to continue what is known of it.
    async fn grown(&self, trust: &Trust, kept: Option<&str>) -> Result<Grown, Failure> {
        let growth = self.newest(trust, kept).await?;
        let tiles = self.tiles(growth.tiles()).await?;
        growth
            .verify(&tiles)
            .map_err(|failure| self.refused(&failure))
    }

    async fn tiles(
        &self,
        wanted: impl IntoIterator<Item = Tile>,
    ) -> Result<BTreeMap<Tile, Vec<u8>>, Failure> {
        let mut tiles = BTreeMap::new();
        for tile in wanted {
            tiles.insert(tile, self.get(&tile.path()).await?);
        }
        Ok(tiles)
    }

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
        let mut answer = self.http.get(&uri).send().await.map_err(away)?;
        let status = answer.status();
        if !status.is_success() {
            // The log says why: that it fails its own check is more than that it is away.
            let said = answer.chunk().await.ok().flatten().unwrap_or_default();
            let said = String::from_utf8_lossy(&said[..said.len().min(SAID)]).into_owned();
            let said = harmless(said.trim());
            return Err(Failure::new(
                format!("{uri} を読み取れません（{status}）：{said}"),
                format!("{uri} cannot be read ({status}): {said}"),
            ));
        }
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
