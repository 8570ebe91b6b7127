//! One file of a pack while it is read: its text, and what was found wrong in it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::Display,
    ops::Range,
    str::FromStr,
};

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::Problem;

/// A word in a TOML file, with where it stands.
pub(super) type Word = Spanned<String>;

/// A file and its problems so far.
pub(super) struct Page<'a> {
    path: String,
    text: &'a str,
    readable: bool,
    problems: Vec<Problem>,
}

impl<'a> Page<'a> {
    pub(super) fn new(path: String, text: &'a str) -> Self {
        Self {
            path,
            text,
            readable: true,
            problems: Vec::new(),
        }
    }

    pub(super) fn unreadable(path: String, reason: &str) -> Self {
        let mut page = Self::new(path, "");
        page.problem(None, format!("cannot be read: {reason}"));
        page.readable = false;
        page
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The text, unless there is none because the file could not be read.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.readable.then_some(self.text)
    }

    /// The whole file as TOML; a syntax or shape error is a problem and gives nothing.
    pub(super) fn toml<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text()?) {
            Ok(content) => Some(content),
            Err(error) => {
                let line = error.span().map(|span| self.line(&span));
                self.problem(line, error.message());
                self.readable = false;
                None
            }
        }
    }

    pub(super) fn problem(&mut self, line: Option<usize>, message: impl Display) {
        self.problems.push(Problem {
            file: self.path.clone(),
            line,
            message: message.to_string(),
        });
    }

    /// A problem at a place in the text.
    pub(super) fn problem_at(&mut self, place: Range<usize>, message: impl Display) {
        let line = self.line(&place);
        self.problem(Some(line), message);
    }

    /// Reads a word of a vocabulary.
    pub(super) fn word<W>(&mut self, text: &Word) -> Option<W>
    where
        W: FromStr<Err: Display>,
    {
        let line = self.line(&text.span());
        self.word_on(line, text.get_ref())
    }

    /// Reads a word of a vocabulary on a known line.
    pub(super) fn word_on<W>(&mut self, line: usize, text: &str) -> Option<W>
    where
        W: FromStr<Err: Display>,
    {
        match text.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.problem(Some(line), error);
                None
            }
        }
    }

    /// Adds an entry under a key that must not be there yet.
    pub(super) fn insert<K: Ord + Display, V>(
        &mut self,
        entries: &mut BTreeMap<K, V>,
        what: &str,
        place: Range<usize>,
        key: K,
        value: V,
    ) {
        match entries.entry(key) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(taken) => {
                self.problem_at(place, format!("duplicate {what} \"{}\"", taken.key()));
            }
        }
    }

    /// Says which of all keys have no entry, unless the file gave nothing at all.
    pub(super) fn complete<K: Ord + Display, V>(
        &mut self,
        entries: &BTreeMap<K, V>,
        what: &str,
        line: Option<usize>,
        all: &[K],
    ) {
        if self.readable {
            for key in all.iter().filter(|key| !entries.contains_key(key)) {
                self.problem(line, format!("missing {what} \"{key}\""));
            }
        }
    }

    /// Says so when a file others refer to defines nothing.
    pub(super) fn not_empty(&mut self, empty: bool, what: &str) {
        if empty && self.readable {
            self.problem(None, format!("not one {what}"));
        }
    }

    /// The line, from 1, a place begins on.
    pub(super) fn line(&self, place: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(place.start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}
