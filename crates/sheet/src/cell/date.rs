//! Dates as offices write them: the Western calendar and the eras (和暦).

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::Reason;

/// An era, by its name, its letter and its first day.
struct Era {
    name: &'static str,
    short: &'static str,
    letter: char,
    first: Date,
    /// The year before its first year.
    base: i16,
}

/// Latest first. Meiji counts from the year the solar calendar came into use.
const ERAS: [Era; 5] = [
    era("令和", "令", 'R', jiff::civil::date(2019, 5, 1), 2018),
    era("平成", "平", 'H', jiff::civil::date(1989, 1, 8), 1988),
    era("昭和", "昭", 'S', jiff::civil::date(1926, 12, 25), 1925),
    era("大正", "大", 'T', jiff::civil::date(1912, 7, 30), 1911),
    era("明治", "明", 'M', jiff::civil::date(1873, 1, 1), 1867),
];

const fn era(name: &'static str, short: &'static str, letter: char, first: Date, base: i16) -> Era {
    Era {
        name,
        short,
        letter,
        first,
        base,
    }
}

/// A date: `2025-04-01`, `2025/4/1`, `2025年4月1日`, `20250401`, `令和7年4月1日`, `R7.4.1`,
/// `令和元年5月1日`, and so for 平成, 昭和, 大正 and 明治.
///
/// # Errors
/// `cell_required`; `cell_not_a_date` if it is none of these; `cell_no_such_date` if the calendar
/// has no such day; `cell_outside_era` if the era had not begun or was over.
pub fn date(cell: &str) -> Result<Date, Reason> {
    let text: String = cell.nfkc().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        return Err(Reason::required());
    }
    let (era, rest) = match ERAS
        .iter()
        .zip(0..)
        .find_map(|(era, i)| Some((i, after(era, &text)?)))
    {
        Some((i, rest)) => (Some(i), rest),
        None => (None, text.as_str()),
    };
    let [year, month, day] = parts(rest, era.is_some()).ok_or_else(not_a_date)?;
    let base = era.map_or(0, |i: usize| ERAS[i].base);
    let date = i8::try_from(month)
        .and_then(|month| Ok((month, i8::try_from(day)?)))
        .ok()
        .and_then(|(month, day)| Date::new(base.checked_add(year)?, month, day).ok())
        .filter(|_| year > 0)
        .ok_or_else(|| {
            Reason::new(
                "cell_no_such_date",
                "暦にない日付です。",
                "is not a day of the calendar",
            )
        })?;
    match era {
        Some(i) if !within(i, date) => Err(Reason::new(
            "cell_outside_era",
            format!("{}の期間にない日付です。", ERAS[i].name),
            format!("is not a day of the era {}", ERAS[i].name),
        )),
        _ => Ok(date),
    }
}

fn not_a_date() -> Reason {
    Reason::new(
        "cell_not_a_date",
        "日付として読めません（例: 2025-04-01、2025/4/1、令和7年4月1日、R7.4.1）。",
        "is not a date (for example 2025-04-01, 2025/4/1, 令和7年4月1日, R7.4.1)",
    )
}

/// What follows the era, if the text names it.
fn after<'a>(era: &Era, text: &'a str) -> Option<&'a str> {
    let letters = [era.letter, era.letter.to_ascii_lowercase()];
    text.strip_prefix(era.name)
        .or_else(|| text.strip_prefix(era.short))
        .or_else(|| text.strip_prefix(letters))
}

fn within(era: usize, date: Date) -> bool {
    let next = era.checked_sub(1).map(|later| ERAS[later].first);
    date >= ERAS[era].first && next.is_none_or(|next| date < next)
}

/// Year, month and day. A year of an era has one or two digits or is 元; any other has four.
fn parts(text: &str, of_era: bool) -> Option<[i16; 3]> {
    let (year, month, day) = if let Some(body) = text.strip_suffix('日') {
        let (year, rest) = body.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        (year, month, day)
    } else if let Some(mark) = text.chars().find(|c| matches!(c, '-' | '/' | '.')) {
        let (year, rest) = text.split_once(mark)?;
        let (month, day) = rest.split_once(mark)?;
        (year, month, day)
    } else if !of_era && text.is_ascii() && text.len() == 8 {
        (&text[..4], &text[4..6], &text[6..])
    } else {
        return None;
    };
    let year = match (of_era, year) {
        (true, "元") => 1,
        (true, year) => digits(year, 1..=2)?,
        (false, year) => digits(year, 4..=4)?,
    };
    Some([year, digits(month, 1..=2)?, digits(day, 1..=2)?])
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let plain = count.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
