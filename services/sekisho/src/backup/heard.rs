//! What services have heard of each other, in databases that nobody has open.

use std::{collections::BTreeMap, path::Path};

use standard::ServiceName;
use store::{Database, Options};

use super::database_file;
use crate::{Failure, language::Language};

/// A listener that knows more of a source than the source itself: that one is an older copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Beyond {
    listener: ServiceName,
    source: ServiceName,
    /// Newest position of the source that the listener has handled.
    heard: u64,
    /// Newest position that the source has.
    has: u64,
}

impl Beyond {
    /// What it means, for people.
    pub(crate) fn words(&self, lang: Language) -> String {
        let Self {
            listener,
            source,
            heard,
            has,
        } = self;
        let lost = has + 1;
        lang.pick(
            format!(
                "{listener} は {source} の記録 {heard} まで扱っていますが、{source} の写しは {has} までです。\
                 記録 {lost}〜{heard} はこの {source} にありません。"
            ),
            format!(
                "{listener} has handled {source}'s records up to {heard}, and this copy of {source} \
                 ends at {has}: it does not have records {lost} to {heard}."
            ),
        )
    }
}

/// Every listener that is beyond a source, among the databases of a directory.
///
/// # Errors
/// When one of them cannot be read.
pub(crate) async fn beyond(
    directory: &Path,
    services: &[ServiceName],
) -> Result<Vec<Beyond>, Failure> {
    let mut heads = BTreeMap::new();
    let mut heard = Vec::new();
    for listener in services {
        let options = Options::sqlite(&database_file(directory, *listener));
        let database = Database::open(&options)
            .await
            .map_err(Failure::unexpected)?;
        let head = database.head().await.map_err(Failure::unexpected)?;
        heads.insert(*listener, head.position);
        for source in ServiceName::ALL {
            let position = database.watermark(source.as_str()).await;
            heard.push((*listener, *source, position.map_err(Failure::unexpected)?));
        }
        database.close().await.map_err(Failure::unexpected)?;
    }
    let found = heard.into_iter().filter_map(|(listener, source, heard)| {
        let has = *heads.get(&source)?;
        (heard > has).then_some(Beyond {
            listener,
            source,
            heard,
            has,
        })
    });
    Ok(found.collect())
}
