//! Evidence is taken: all records that fit a question, up to a size of the log. What was taken is itself a
//! record, so the log vouches, with its signature and its witnesses, that nothing was left out. The index
//! is not asked: it is nobody's word that a record is not there.

use audit_domain::record_hash;
use kernel::{ClauseId, Context, PersonId};
use proto::{
    audit::v1::{EvidenceFile, EvidenceTaken, RecordFilter},
    record::Outgoing,
};
use store::{Failure, Store};

use crate::{
    library::Library,
    publish,
    refused::Refused,
    store::{checkpoint::Signed, search::Filter},
};

/// Records in one package at most.
const MOST: usize = 10_000;
/// Records read at once.
const BATCH: u64 = 500;
/// Give logs to the CSIRT on request.
const PROVIDE: ClauseId = ClauseId::known("8-3-(3)-2b");

/// Takes evidence.
#[derive(Clone)]
pub(crate) struct Evidence {
    pub(crate) store: Store,
    pub(crate) library: Library,
}

/// What is to be taken.
#[derive(Debug)]
pub(crate) struct Taking {
    /// Which records.
    pub(crate) filter: Filter,
    /// The same, as it goes on record.
    pub(crate) asked: RecordFilter,
    /// Leaves of the log looked at.
    pub(crate) size: u64,
    /// What is put beside them.
    pub(crate) files: Vec<EvidenceFile>,
}

/// What was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Subject of the record that says so.
    pub(crate) id: String,
    /// Places of the records.
    pub(crate) indexes: Vec<u64>,
}

impl Evidence {
    /// The checkpoint of a size, if no more records fit than one package holds.
    pub(crate) async fn readable(
        &self,
        filter: &Filter,
        size: u64,
    ) -> Result<Signed, Failure<Refused>> {
        let checkpoint = self.library.checkpoint(Some(size)).await?;
        self.indexes(filter, size).await?;
        Ok(checkpoint)
    }

    /// Finds the records and puts on record that they were taken.
    pub(crate) async fn take(
        &self,
        taking: Taking,
        reader: &PersonId,
        context: Context,
    ) -> Result<Taken, Failure<Refused>> {
        // Only of what was signed for can there be a proof.
        self.library.checkpoint(Some(taking.size)).await?;
        let indexes = self.indexes(&taking.filter, taking.size).await?;
        let places: Vec<u8> = indexes
            .iter()
            .flat_map(|index| index.to_be_bytes())
            .collect();
        let event = EvidenceTaken {
            taken_by: reader.to_string(),
            asked: Some(taking.asked),
            size: taking.size,
            count: indexes.len() as u64,
            places: record_hash(&places).to_vec(),
            files: taking.files,
        };
        let id = runtime::new_id().to_string();
        let mut unit = self.store.unit(context).await?;
        unit.record(publish::EVIDENCE, &id, Outgoing::new(&event, [PROVIDE]));
        unit.commit().await?;
        Ok(Taken { id, indexes })
    }

    async fn indexes(&self, filter: &Filter, size: u64) -> Result<Vec<u64>, Failure<Refused>> {
        let (mut indexes, mut part) = (Vec::new(), 0..size);
        while !part.is_empty() {
            let page = self.library.search().vouched(filter, part, BATCH).await?;
            indexes.extend(page.leaves.iter().map(|leaf| leaf.index));
            if indexes.len() > MOST {
                return Err(Failure::Refused(Refused::EvidenceTooLarge(MOST as u64)));
            }
            part = page.rest;
        }
        Ok(indexes)
    }
}

#[cfg(test)]
mod tests;
