//! Good inputs, spoilt: close enough to good ones to be read far, and wrong somewhere.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::Target;

/// Longest input.
const LONGEST: usize = 64 << 10;
/// What few authors think of.
const ODD: [&str; 22] = [
    "",
    "A",
    "AAAA",
    "\0",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "%",
    "[",
    "{",
    "(",
    "-1",
    "9223372036854775808",
    "1e999",
    "-9999-12-31T23:59:59Z",
    "\u{3000}",
    "\u{202e}",
    "\u{10ffff}",
    "İ",
    "㍻",
    "職",
];

/// One thing done to an input.
#[derive(Debug, Clone)]
enum Spoil {
    /// A byte is another.
    Turn(Index, u8),
    /// Something is put in.
    Put(Index, Vec<u8>),
    /// A word, a number or whatever is written like one is another.
    Word(Index, Vec<u8>),
    /// A part is gone.
    Cut(Index, usize),
    /// A part is there many times.
    Repeat(Index, usize, usize),
    /// It goes on as another seed does from there.
    Join(Index, Index, Index),
}

/// The target's seeds with up to a few things done to them.
pub(crate) fn spoilt(target: &Target) -> impl Strategy<Value = Vec<u8>> + use<> {
    let seeds = (target.seeds)();
    let words: Vec<&str> = ODD.iter().chain(target.words).copied().collect();
    let (at, short) = (
        any::<Index>,
        || prop_oneof![4 => 1..8_usize, 1 => 8..200_usize],
    );
    let times = prop_oneof![3 => 2..4_usize, 1 => 4..5_000_usize];
    let spoil = prop_oneof![
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Turn(at, byte)),
        3 => (at(), select(words.clone())).prop_map(|(at, word)| Spoil::Put(at, word.into())),
        4 => (at(), select(words)).prop_map(|(at, word)| Spoil::Word(at, word.into())),
        1 => (at(), vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Spoil::Put(at, bytes)),
        2 => (at(), short()).prop_map(|(at, length)| Spoil::Cut(at, length)),
        2 => (at(), short(), times).prop_map(|(at, length, times)| Spoil::Repeat(at, length, times)),
        1 => (at(), at(), at()).prop_map(|(at, seed, from)| Spoil::Join(at, seed, from)),
    ];
    let whole = seeds.clone();
    (select(whole), vec(spoil, 1..6)).prop_map(move |(seed, spoils)| {
        let spoiled = spoils
            .iter()
            .fold(seed, |bytes, one| one.done(bytes, &seeds));
        spoiled[..spoiled.len().min(LONGEST)].to_vec()
    })
}

impl Spoil {
    fn done(&self, mut bytes: Vec<u8>, seeds: &[Vec<u8>]) -> Vec<u8> {
        let length = bytes.len();
        let place = |at: &Index| at.index(length + 1);
        let part = |at: &Index, most: usize| {
            let from = place(at);
            from..(from + most).min(length)
        };
        match self {
            Self::Turn(at, byte) => {
                if let Some(old) = bytes.get_mut(place(at)) {
                    *old = *byte;
                }
            }
            Self::Put(at, some) => {
                let at = place(at);
                bytes.splice(at..at, some.iter().copied());
            }
            Self::Word(at, word) => {
                let at = place(at);
                let begins = bytes[..at].iter().rposition(|byte| !in_word(*byte));
                let ends = bytes[at..].iter().position(|byte| !in_word(*byte));
                let whole = begins.map_or(0, |last| last + 1)..ends.map_or(length, |n| at + n);
                bytes.splice(whole, word.iter().copied());
            }
            Self::Cut(at, most) => drop(bytes.drain(part(at, *most))),
            Self::Repeat(at, most, times) => {
                let part = part(at, *most);
                let times = (*times).min(LONGEST / part.len().max(1));
                let again = bytes[part.clone()].repeat(times);
                bytes.splice(part, again);
            }
            Self::Join(at, seed, from) => {
                let other = &seeds[seed.index(seeds.len())];
                bytes.truncate(place(at));
                bytes.extend(&other[from.index(other.len() + 1)..]);
            }
        }
        bytes
    }
}

/// Letters and digits of any script, and what stands among them in base64, dates and addresses.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"+/=_-.".contains(&byte)
}
