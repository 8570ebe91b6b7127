//! An evidence package (`docs/evidence.md`): a zip of records, each with its proof, and of what was put
//! beside them. The log's own record of its being taken says, with its proof, what it must hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Seek, SeekFrom},
};

use zip::{ZipArchive, read::read_zipfile_from_stream};

use crate::{
    Failure, Hash, LONGEST_RECORD, Proven, Trust,
    merkle::sha256,
    verify_bundle,
    wire::{Fields, Value},
};

/// The record that says what the package holds, with its proof.
pub const STATEMENT: &str = "statement.tlog-proof";
/// Where the records are: `records/<index>.tlog-proof`.
pub const RECORDS: &str = "records/";
/// How the names of proofs end.
pub const PROOF: &str = ".tlog-proof";
/// Most files looked at.
const MOST: usize = 20_000;
/// Longest file looked at, in bytes: a record in base64 and its proof.
const LONGEST: u64 = LONGEST_RECORD as u64 / 2 * 3;
/// Length of the record that ends a zip, in bytes, where it bears no comment.
const END: usize = 22;

/// Field numbers of `io.cloudevents.v1.CloudEvent`.
const SOURCE: u64 = 2;
const TYPE: u64 = 4;
const BINARY_DATA: u64 = 6;
/// What the statement is.
const EVENT: &[u8] = b"sekisho.audit.v1.EvidenceTaken";
const AUDIT: &[u8] = b"/sekisho/audit";

/// A package that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The record that says what it holds, with what proves it.
    pub statement: Proven,
    /// Leaves of the log of which it holds all records that fit.
    pub size: u64,
    /// Places of its records in the log.
    pub records: BTreeSet<u64>,
    /// Other files in it.
    pub files: BTreeSet<String>,
}

/// What the statement says.
#[derive(Debug, Default)]
struct Statement {
    size: u64,
    count: u64,
    places: Option<Hash>,
    files: BTreeMap<String, Hash>,
}

/// Verifies a package: that the log holds every record in it, and that the log itself says that these
/// are all, and what was put beside them.
///
/// # Errors
/// [`Failure::Package`] for what is missing, too much or changed, the failure of a proof that does not
/// hold, [`Failure::Io`] for a file that cannot be read.
pub fn verify_package(mut input: impl Read + Seek, trust: &Trust) -> Result<Package, Failure> {
    let (all, directory) = names(&mut input)?;
    let ends = ends_with_directory(&mut input, directory)?;
    let mut zip = ZipArchive::new(input).map_err(|_| wrong("", "it is no zip file"))?;
    // An end record can point elsewhere in more than one way: it is this directory that must be read.
    if !ends || zip.central_directory_start() != directory {
        return Err(wrong("", "it does not begin and end with the archive"));
    }
    if zip.len() != all.len() {
        return Err(wrong("", "its directory is not of what is in it"));
    }
    let text = read(&mut zip, STATEMENT)?;
    let proven = verify_bundle(&utf8(STATEMENT, text)?, trust)?;
    let mut said = Statement::read(&proven.record)?;
    let mut records = BTreeSet::new();
    let mut files = BTreeSet::new();
    for name in all {
        if name == STATEMENT {
            continue;
        }
        let content = read(&mut zip, &name)?;
        let record = name.strip_prefix(RECORDS);
        match record.and_then(|name| name.strip_suffix(PROOF)) {
            Some(index) => {
                let record = verify_bundle(&utf8(&name, content)?, trust)?;
                if index != record.leaf.to_string() {
                    return Err(wrong(&name, "it is of another record"));
                }
                if record.leaf >= said.size {
                    return Err(wrong(&name, "it is younger than the package says"));
                }
                records.insert(record.leaf);
            }
            None => match said.files.remove(&name) {
                Some(hash) if hash == sha256(&[&content]) => {
                    files.insert(name);
                }
                Some(_) => return Err(wrong(&name, "it was changed")),
                None => return Err(wrong(&name, "it does not belong to the package")),
            },
        }
    }
    if let Some(missing) = said.files.keys().next() {
        return Err(wrong(missing, "it is missing"));
    }
    let places: Vec<u8> = records.iter().flat_map(|leaf| leaf.to_be_bytes()).collect();
    if records.len() as u64 != said.count || said.places != Some(sha256(&[&places])) {
        return Err(wrong(RECORDS, "these are not the records that were taken"));
    }
    Ok(Package {
        statement: proven,
        size: said.size,
        records,
        files,
    })
}

fn wrong(file: &str, why: &'static str) -> Failure {
    Failure::Package {
        file: file.to_owned(),
        why,
    }
}

fn utf8(name: &str, content: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(content).map_err(|_| wrong(name, "it is no text"))
}

/// Every name, each once, as the files themselves have them: the directory at the end of a zip may be
/// silent about some of them. And where that directory begins, after the last file.
fn names(input: &mut (impl Read + Seek)) -> Result<(BTreeSet<String>, u64), Failure> {
    let mut names = BTreeSet::new();
    input.rewind().map_err(Failure::Io)?;
    loop {
        let file = read_zipfile_from_stream(input);
        let Some(file) = file.map_err(|_| wrong("", "it is no zip file"))? else {
            // The mark by which it was known is read by now.
            let after = input.stream_position().map_err(Failure::Io)?;
            return Ok((names, after - 4));
        };
        let name = file.name().map_err(|_| wrong("", "it is no zip file"))?;
        if !names.insert(name.clone().into_owned()) {
            return Err(wrong(&name, "it is there twice"));
        }
        if names.len() > MOST {
            return Err(wrong("", "it has too many files"));
        }
    }
}

/// Whether nothing follows the directory that begins there but its own end record, and nothing that: a
/// program that looks for another archive before or after this one must find none.
fn ends_with_directory(input: &mut (impl Read + Seek), directory: u64) -> Result<bool, Failure> {
    let mut end = [0; END];
    let length = input.seek(SeekFrom::End(0)).map_err(Failure::Io)?;
    let Some(last) = length.checked_sub(END as u64) else {
        return Ok(false);
    };
    input.seek(SeekFrom::Start(last)).map_err(Failure::Io)?;
    input.read_exact(&mut end).map_err(Failure::Io)?;
    // The comment's length is its last field.
    if !end.starts_with(b"PK\x05\x06") || !end.ends_with(&[0, 0]) {
        return Ok(false);
    }
    let number = |at| {
        u64::from(u32::from_le_bytes([
            end[at],
            end[at + 1],
            end[at + 2],
            end[at + 3],
        ]))
    };
    let (size, offset) = (number(12), number(16));
    Ok(offset == directory && directory + size == last)
}

fn read<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, Failure> {
    let file = zip.by_name(name);
    let file = file.map_err(|_| wrong(name, "it is missing or cannot be read"))?;
    let mut content = Vec::new();
    // What it unpacks to is nobody's word: it is read as far as any proof is long.
    let length = file.take(LONGEST + 1).read_to_end(&mut content);
    if length.map_err(Failure::Io)? as u64 > LONGEST {
        return Err(wrong(name, "it is too long"));
    }
    Ok(content)
}

impl Statement {
    fn read(record: &[u8]) -> Result<Self, Failure> {
        let no_statement = || wrong(STATEMENT, "it is no record of evidence that was taken");
        let bytes = |wanted| {
            let fields = Fields::of(record).map_while(Result::ok);
            let found = fields.filter_map(move |(number, value)| match value {
                Value::Bytes(bytes) if number == wanted => Some(bytes),
                _ => None,
            });
            found.last()
        };
        if bytes(TYPE) != Some(EVENT) || bytes(SOURCE) != Some(AUDIT) {
            return Err(no_statement());
        }
        let mut said = Self::default();
        for field in Fields::of(bytes(BINARY_DATA).unwrap_or_default()) {
            match field.map_err(|_| no_statement())? {
                (3, Value::Varint(size)) => said.size = size,
                (4, Value::Varint(count)) => said.count = count,
                (5, Value::Bytes(hash)) => said.places = hash.try_into().ok(),
                (6, Value::Bytes(file)) => {
                    let (name, hash) = file_of(file).ok_or_else(no_statement)?;
                    said.files.insert(name, hash);
                }
                _ => {}
            }
        }
        Ok(said)
    }
}

fn file_of(message: &[u8]) -> Option<(String, Hash)> {
    let (mut name, mut hash) = (None, None);
    for field in Fields::of(message) {
        match field.ok()? {
            (1, Value::Bytes(text)) => name = String::from_utf8(text.to_vec()).ok(),
            (2, Value::Bytes(digest)) => hash = digest.try_into().ok(),
            _ => {}
        }
    }
    Some((name?, hash?))
}
