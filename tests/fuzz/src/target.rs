//! What a fuzz target is, and all there are.

use crate::{
    calls, cards, federation, forms, log, package, pages, passkeys, records, scim, sheets, tokens,
    witnesses,
};

/// A decoder.
pub struct Target {
    /// Name, also of its test.
    pub name: &'static str,
    /// Good inputs, all of which [`read`](Self::read) takes.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its language, to be put anywhere.
    pub words: &'static [&'static str],
    /// Reads an input; whether it was good.
    pub read: fn(&[u8]) -> bool,
}

/// Every target.
pub fn all() -> impl Iterator<Item = &'static Target> {
    let all = [
        calls::TARGETS,
        cards::TARGETS,
        federation::TARGETS,
        forms::TARGETS,
        log::TARGETS,
        package::TARGETS,
        pages::TARGETS,
        passkeys::TARGETS,
        records::TARGETS,
        scim::TARGETS,
        sheets::TARGETS,
        tokens::TARGETS,
        witnesses::TARGETS,
    ];
    all.into_iter().flatten()
}

/// The target of that name.
///
/// # Panics
/// When there is none.
pub fn named(name: &str) -> &'static Target {
    let found = all().find(|target| target.name == name);
    found.unwrap_or_else(|| {
        let known: Vec<_> = all().map(|target| target.name).collect();
        panic!("no target {name}: there are {}", known.join(", "))
    })
}
