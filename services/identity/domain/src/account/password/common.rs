//! Which passwords are tried first by anybody who guesses.

/// Words that guessers begin with. A password that is one of them, repeated, or decorated with
/// digits and signs at its ends, is as good as the word alone.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pass",
    "secret",
    "letmein",
    "welcome",
    "login",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "default",
    "changeme",
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "soccer",
    "sunshine",
    "princess",
    "shadow",
    "superman",
    "batman",
    "pokemon",
    "michael",
    "jordan",
    "master",
    "hello",
    "freedom",
    "whatever",
    "trustno1",
    "abc",
    "abcd",
    "abcdef",
    "access",
    "computer",
    "internet",
    "windows",
    "microsoft",
    "google",
    "network",
    "system",
    "server",
    "security",
    "spring",
    "summer",
    "autumn",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sekisho",
    "sendai",
    "miyagi",
    "tohoku",
    "aobaku",
    "shiyakusho",
    "yakusho",
    "kuyakusho",
    "cityhall",
    "shokuin",
    "japan",
    "nippon",
    "nihon",
    "tokyo",
    "sakura",
    "hanako",
    "tarou",
    "taro",
    "arigatou",
    "konnichiwa",
    "ohayou",
    "aishiteru",
    "daisuki",
    "naruto",
    "doraemon",
    "pasuwado",
    "pasuwaado",
    "himitsu",
    "reiwa",
    "heisei",
    "showa",
    "パスワード",
    "ひみつ",
    "秘密",
    "仙台",
    "仙台市",
    "仙台市役所",
    "宮城",
    "市役所",
    "職員",
];

/// Rows of a keyboard and the alphabet: runs of them are no secret, in either direction.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890-^",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
];

pub(super) fn is_guessable(text: &str, personal: &[&str]) -> bool {
    let text: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let unit = smallest_unit(&text);
    let core = unit.trim_matches(|c: char| !c.is_alphabetic());
    let named = |word: &str| {
        let word = word.to_lowercase();
        !word.is_empty() && (unit == word || smallest_unit(core) == word || stripped(&text, &word))
    };
    unit.chars().count() <= 2
        || core.is_empty() && unit.chars().count() <= 4
        || is_run(unit)
        || WORDS.iter().any(|word| named(word))
        || personal.iter().any(|word| named(word))
}

/// The word, with nothing but digits and signs around it.
fn stripped(text: &str, word: &str) -> bool {
    text.split_once(word).is_some_and(|(before, after)| {
        before
            .chars()
            .chain(after.chars())
            .all(|c| !c.is_alphabetic())
    })
}

/// `abcabcabc` is `abc`.
fn smallest_unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    ends.filter(|end| text.len().is_multiple_of(*end))
        .map(|end| &text[..end])
        .find(|unit| unit.repeat(text.len() / unit.len()) == text)
        .unwrap_or(text)
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
