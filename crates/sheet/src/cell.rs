//! What one cell says: pure functions from its text to a value, or the reason it is not one.
//!
//! Each takes the cell as it stands in the file and normalises it itself.

mod date;

use std::ops::RangeInclusive;

pub use date::date;

use crate::normal::{line, same};

/// Why a cell cannot be what its column wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable, lower snake case: `cell_not_a_date`.
    pub code: &'static str,
    /// The sentence a person reads, in Japanese.
    pub ja: String,
    /// The same in English.
    pub en: String,
}

impl Reason {
    /// A reason with its code and both sentences.
    pub fn new(code: &'static str, ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            ja: ja.into(),
            en: en.into(),
        }
    }

    fn required() -> Self {
        Self::new("cell_required", "空欄にはできません。", "must not be blank")
    }
}

/// What a blank cell means in a column of yes and no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Blank is no, as in a list where only ○ is written.
    No,
    /// Blank is an omission.
    Refused,
}

const YES: [&str; 9] = ["○", "◯", "〇", "有", "あり", "はい", "yes", "true", "1"];
const NO: [&str; 9] = ["×", "✕", "☓", "無", "なし", "いいえ", "no", "false", "0"];

/// Text of `length` characters on one line; a range from 0 allows a blank.
///
/// # Errors
/// `cell_required`, `cell_too_short`, `cell_too_long`, `cell_control_character`.
pub fn text(cell: &str, length: RangeInclusive<usize>) -> Result<String, Reason> {
    let mut text = line(cell);
    if text.chars().any(unprintable) {
        return Err(Reason::new(
            "cell_control_character",
            "目に見えない制御文字が含まれています。",
            "contains an invisible control character",
        ));
    }
    if kernel::is_blank(&text) {
        text.clear();
    }
    let (min, max) = length.into_inner();
    let count = text.chars().count();
    if count == 0 && min > 0 {
        return Err(Reason::required());
    }
    if count < min {
        return Err(Reason::new(
            "cell_too_short",
            format!("{count}文字です。{min}文字以上にしてください。"),
            format!("has {count} characters; at least {min} are needed"),
        ));
    }
    if count > max {
        return Err(Reason::new(
            "cell_too_long",
            format!("{count}文字です。{max}文字以内にしてください。"),
            format!("has {count} characters; at most {max} are allowed"),
        ));
    }
    Ok(text)
}

/// Control characters, and those that turn the direction of writing and so make a name look like
/// another.
fn unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Yes (○ ◯ 〇 有 あり はい yes true 1) or no (× ✕ ☓ 無 なし いいえ no false 0).
///
/// # Errors
/// `cell_not_yes_no`, and `cell_required` for a blank where the caller refuses one.
pub fn yes_no(cell: &str, blank: Blank) -> Result<bool, Reason> {
    let is = |words: &[&str]| words.iter().any(|word| same(word, cell));
    match (line(cell).is_empty(), blank) {
        (true, Blank::No) => Ok(false),
        (true, Blank::Refused) => Err(Reason::required()),
        _ if is(&YES) => Ok(true),
        _ if is(&NO) => Ok(false),
        _ => Err(Reason::new(
            "cell_not_yes_no",
            "○か×（または有・無、はい・いいえ）で記入してください。",
            "must be ○ or × (or yes or no)",
        )),
    }
}

/// The items of a list separated by 、 , ; ／ or line breaks; blank items are left out. A range of
/// `count` from 0 allows a blank cell.
///
/// # Errors
/// `cell_required`, `cell_too_few`, `cell_too_many`, and what [`text`] says of an item longer than
/// `length` characters.
pub fn list(
    cell: &str,
    count: RangeInclusive<usize>,
    length: usize,
) -> Result<Vec<String>, Reason> {
    const BETWEEN: [char; 10] = [
        '、', '､', ',', '，', ';', '；', '／', '\n', '\r', '\u{2028}',
    ];
    let items = cell
        .split(BETWEEN)
        .map(|item| text(item, 0..=length))
        .filter(|item| item.as_ref().is_ok_and(|item| !item.is_empty()) || item.is_err())
        .collect::<Result<Vec<_>, _>>()?;
    let (min, max) = count.into_inner();
    match items.len() {
        0 if min > 0 => Err(Reason::required()),
        n if n < min => Err(Reason::new(
            "cell_too_few",
            format!("{n}件です。{min}件以上にしてください。"),
            format!("lists {n}; at least {min} are needed"),
        )),
        n if n > max => Err(Reason::new(
            "cell_too_many",
            format!("{n}件です。{max}件以内にしてください。"),
            format!("lists {n}; at most {max} are allowed"),
        )),
        _ => Ok(items),
    }
}

/// A whole number within a range; commas between thousands are allowed.
///
/// # Errors
/// `cell_required`, `cell_not_an_integer`, `cell_out_of_range`.
pub fn integer(cell: &str, range: RangeInclusive<i64>) -> Result<i64, Reason> {
    let text = line(cell);
    if text.is_empty() {
        return Err(Reason::required());
    }
    let number: i64 = plain_digits(&text).parse().map_err(|_| {
        Reason::new(
            "cell_not_an_integer",
            "整数で記入してください。",
            "must be a whole number",
        )
    })?;
    if range.contains(&number) {
        return Ok(number);
    }
    let (min, max) = range.into_inner();
    Err(Reason::new(
        "cell_out_of_range",
        format!("{min}から{max}までの範囲で記入してください。"),
        format!("must be between {min} and {max}"),
    ))
}

/// `1,234` as `1234`; anything else with a comma is left as it is, and is no number.
fn plain_digits(text: &str) -> String {
    let mut groups = text.trim_start_matches(['+', '-']).split(',');
    let first = groups
        .next()
        .is_some_and(|group| (1..=3).contains(&group.len()));
    if first && groups.all(|group| group.len() == 3) {
        text.replace(',', "")
    } else {
        text.to_owned()
    }
}

/// One of the words a column knows; several words may mean the same value. Width and case do not
/// matter: Ⅰ is I.
///
/// # Errors
/// `cell_required`, `cell_not_a_choice`.
pub fn choice<T: Clone>(cell: &str, words: &[(&str, T)]) -> Result<T, Reason> {
    if line(cell).is_empty() {
        return Err(Reason::required());
    }
    if let Some((_, value)) = words.iter().find(|(word, _)| same(word, cell)) {
        return Ok(value.clone());
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    Err(Reason::new(
        "cell_not_a_choice",
        format!("次のいずれかで記入してください: {}", known.join("、")),
        format!("must be one of: {}", known.join(", ")),
    ))
}

#[cfg(test)]
mod tests;
