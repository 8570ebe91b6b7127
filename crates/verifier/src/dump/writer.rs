//! Writes the file that [`verify_dump`](crate::verify_dump) reads.

use std::io::{Error, ErrorKind, Result, Write};

use super::{END, HEADER, LONGEST_HEADER, LONGEST_RECORD, PRUNED};
use crate::{Hash, pruned::Pruned};

/// Writes a dump: begun with the log's origin, record by record, finished with a checkpoint.
///
/// It does not judge what it writes. A file left unfinished has no end mark and is refused.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    leaves: u64,
    pruned: Pruned,
}

impl<W: Write> Writer<W> {
    /// Writes the header line. Refuses an origin that does not fit one.
    pub fn begin(mut out: W, origin: &str) -> Result<Self> {
        let line = format!("{HEADER}{origin}\n");
        if origin.is_empty() || origin.contains('\n') || line.len() as u64 > LONGEST_HEADER {
            return Err(Error::new(ErrorKind::InvalidInput, "not an origin"));
        }
        out.write_all(line.as_bytes())?;
        Ok(Self {
            out,
            leaves: 0,
            pruned: Pruned::default(),
        })
    }

    /// Writes the next record, in the order of the log.
    pub fn record(&mut self, record: &[u8]) -> Result<()> {
        let length = u32::try_from(record.len())
            .ok()
            .filter(|length| *length <= LONGEST_RECORD)
            .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "record too long"))?;
        self.pruned.hear(record);
        self.leaves += 1;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(record)
    }

    /// Writes the leaf hash of a record that was pruned, in its place.
    pub fn pruned(&mut self, leaf: &Hash) -> Result<()> {
        self.pruned.is_gone(self.leaves);
        self.leaves += 1;
        self.out.write_all(&PRUNED.to_be_bytes())?;
        self.out.write_all(leaf)
    }

    /// How many leaves were written.
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The first leaf written without its record of which no record written says that it was dropped: a
    /// dump that ended here would be refused.
    pub fn unannounced(&self) -> Option<u64> {
        self.pruned.unannounced()
    }

    /// Writes the end mark and the signed checkpoint of exactly these records; returns the output,
    /// flushed.
    pub fn finish(mut self, signed_checkpoint: &str) -> Result<W> {
        self.out.write_all(&END.to_be_bytes())?;
        self.out.write_all(signed_checkpoint.as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}
