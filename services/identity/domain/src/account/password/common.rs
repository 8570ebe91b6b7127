//! Which passwords are tried first by anybody who guesses: the blocklist of NIST SP 800-63B-4, 3.1.1.2.
//!
//! A password is compared as a whole. It is refused where nothing is left of it beside digits and signs
//! once the words have been taken away that a guesser begins with: one of the [list](list), and any of the
//! person, the city and the house. A phrase of several words is nobody's first guess.

mod list;

/// Words of this house and of city offices, and what the list, which is in Latin letters, lacks.
const HOUSE: &[&str] = &[
    "sekisho",
    "関所",
    "kuyakusho",
    "shiyakusho",
    "yakusho",
    "区役所",
    "市役所",
    "役所",
    "cityhall",
    "shokuin",
    "職員",
    "heisei",
    "reiwa",
    "showa",
    "平成",
    "令和",
    "昭和",
    "pasuwaado",
    "pasuwado",
    "ぱすわーど",
    "パスワード",
    "ひみつ",
    "秘密",
];

/// With these a city's name ends that is often written without.
const KINDS_OF_CITY: [char; 4] = ['市', '区', '町', '村'];

/// Rows of a keyboard and the alphabet: runs of them are no secret, in either direction.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890-^",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
];

/// Whether it is one of those. `text` is normalised; `known` is what is known of the person and the city.
pub(super) fn is_guessable(text: &str, known: &[&str]) -> bool {
    let text = folded(text);
    let unit = smallest_unit(&text);
    let rest = without(unit, words(known));
    is_trivial(unit) || is_common(unit) || rest != unit && (is_bare(&rest) || is_common(&rest))
}

fn folded(text: &str) -> String {
    let small = text.to_lowercase();
    small.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The words of the house and those known, the longest first: one may be within another.
fn words(known: &[&str]) -> Vec<String> {
    let house = HOUSE.iter().map(|&word| word.to_owned());
    let parts = known.iter().flat_map(|one| one.split_whitespace());
    let parts = parts.flat_map(|part| [folded(part), folded(part.trim_end_matches(KINDS_OF_CITY))]);
    // Two Latin letters are in any text; one kanji has as many bytes as three of them.
    let mut words: Vec<_> = house.chain(parts).filter(|word| word.len() >= 3).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

fn without(text: &str, words: Vec<String>) -> String {
    let taken = |rest: String, word: String| rest.replace(&word, " ");
    words.into_iter().fold(text.to_owned(), taken)
}

/// `abcabcabc` is `abc`.
fn smallest_unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    ends.filter(|end| text.len().is_multiple_of(*end))
        .map(|end| &text[..end])
        .find(|unit| unit.repeat(text.len() / unit.len()) == text)
        .unwrap_or(text)
}

/// Too little for being repeated, or a run.
fn is_trivial(unit: &str) -> bool {
    unit.chars().count() <= 4 || is_run(unit)
}

/// Digits and signs.
fn is_bare(text: &str) -> bool {
    !text.chars().any(char::is_alphabetic)
}

/// A word of the list, repeated or not, with nothing but digits and signs around it.
fn is_common(text: &str) -> bool {
    let core = text.trim_matches(|c: char| !c.is_alphabetic());
    list::has(text) || list::has(smallest_unit(core)) || is_around(text, core)
}

/// Whether a word of the list is around the core, some of the digits and signs beside it being the
/// word's own: `1qaz2wsx!!!!`.
fn is_around(text: &str, core: &str) -> bool {
    let Some(start) = text.find(core).filter(|_| core.len() >= 3) else {
        return false;
    };
    let starts = start.saturating_sub(list::LONGEST)..=start;
    starts.into_iter().any(|from| {
        let ends = start + core.len()..=from + list::LONGEST;
        let mut words = ends.filter_map(|to| text.get(from..to));
        words.any(list::has)
    })
}

/// Made of runs along a keyboard row or the alphabet, at most four of them: `qwerty12345`.
fn is_run(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let breaks = chars
        .windows(2)
        .filter(|pair| !adjacent(pair[0], pair[1]))
        .count();
    chars.len() >= 4 * (breaks + 1) && breaks < 4
}

fn adjacent(a: char, b: char) -> bool {
    let (forward, backward) = ([a, b], [b, a]);
    let follows = |row: &str, pair: [char; 2]| row.contains(&pair.iter().collect::<String>());
    a == b
        || ROWS
            .iter()
            .any(|row| follows(row, forward) || follows(row, backward))
}
