//! `analysis.toml`.

use std::{collections::BTreeSet, ops::RangeInclusive};

use jiff::{SignedDuration, civil::Time};
use serde::Deserialize;
use toml::Spanned;

use super::{
    Known,
    page::{Page, Word},
};
use crate::pack::{AnalysisRule, Apart, Detector, Length};

/// What may be tolerated within a window: all of it is kept, for each person.
const TOLERATED: RangeInclusive<usize> = 1..=500;
/// Longest window in days.
const WINDOW: i64 = 31;
/// Longest time in days for which it is remembered that an ID was found unused.
const REMEMBERED: i64 = 1_830;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    rule: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Word,
    title_ja: Word,
    title_en: Word,
    clauses: Spanned<Vec<Word>>,
    severity: Word,
    quiet: Spanned<Length>,
    detector: RawDetector,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum RawDetector {
    Burst {
        counted: Word,
        tolerated: Spanned<usize>,
        window: Spanned<Length>,
    },
    TwoPlaces {
        apart: Spanned<Vec<RawApart>>,
    },
    OffHours {
        opens: Word,
        closes: Word,
    },
    Dormant {
        remembered: Spanned<Length>,
    },
    SharedId {
        window: Spanned<Length>,
    },
    Clock {
        ahead: Spanned<Length>,
        behind: Spanned<Length>,
        lasting: Spanned<Length>,
    },
    Overdue {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApart {
    between: Spanned<Vec<Word>>,
    within: Spanned<Length>,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> Vec<AnalysisRule> {
    let Some(raw) = page.toml::<RawRules>() else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut rules = Vec::new();
    for raw in raw.rule {
        if !seen.insert(raw.id.get_ref().clone()) {
            let message = format!("duplicate rule \"{}\"", raw.id.get_ref());
            page.problem_at(raw.id.span(), message);
        }
        rules.extend(rule(page, known, raw));
    }
    page.not_empty(seen.is_empty(), "rule");
    rules
}

fn rule(page: &mut Page<'_>, known: &Known<'_>, raw: RawRule) -> Option<AnalysisRule> {
    let code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let id = raw.id.get_ref();
    if !(1..=64).contains(&id.len()) || !id.chars().all(code) {
        let message = "the id of a rule is 1 to 64 of a-z, 0-9 and _";
        page.problem_at(raw.id.span(), message);
    }
    for title in [&raw.title_ja, &raw.title_en] {
        if title.get_ref().trim().is_empty() {
            page.problem_at(title.span(), "a title must not be empty");
        }
    }
    if raw.clauses.get_ref().is_empty() {
        page.problem_at(raw.clauses.span(), "a rule serves at least one clause");
    }
    let clauses = known.clauses(page, raw.clauses.get_ref());
    let severity = page.word(&raw.severity);
    let quiet = span(page, &raw.quiet, WINDOW);
    let detector = detector(page, raw.detector);
    Some(AnalysisRule {
        id: raw.id.into_inner(),
        title_ja: raw.title_ja.into_inner(),
        title_en: raw.title_en.into_inner(),
        clauses,
        severity: severity?,
        quiet: quiet?,
        detector: detector?,
    })
}

fn detector(page: &mut Page<'_>, raw: RawDetector) -> Option<Detector> {
    Some(match raw {
        RawDetector::Burst {
            counted,
            tolerated,
            window,
        } => {
            let (counted, window) = (page.word(&counted), span(page, &window, WINDOW));
            if !TOLERATED.contains(tolerated.get_ref()) {
                let (least, most) = (TOLERATED.start(), TOLERATED.end());
                let message = format!("tolerated is not within {least} to {most}");
                page.problem_at(tolerated.span(), message);
            }
            Detector::Burst {
                counted: counted?,
                tolerated: tolerated.into_inner(),
                window: window?,
            }
        }
        RawDetector::TwoPlaces { apart } => {
            if apart.get_ref().is_empty() {
                page.problem_at(apart.span(), "no two places are apart");
            }
            let pairs = apart.into_inner().into_iter();
            Detector::TwoPlaces {
                apart: pairs.filter_map(|raw| pair(page, &raw)).collect(),
            }
        }
        RawDetector::OffHours { opens, closes } => {
            let hours = (time(page, &opens), time(page, &closes));
            let (opens, closes) = (hours.0?, hours.1.map(|time| (time, closes.span()))?);
            let (closes, place) = closes;
            if closes <= opens {
                page.problem_at(place, "closes is not after opens");
            }
            Detector::OffHours { opens, closes }
        }
        RawDetector::Dormant { remembered } => Detector::Dormant {
            remembered: span(page, &remembered, REMEMBERED)?,
        },
        RawDetector::SharedId { window } => Detector::SharedId {
            window: span(page, &window, WINDOW)?,
        },
        RawDetector::Clock {
            ahead,
            behind,
            lasting,
        } => {
            let spans = [ahead, behind, lasting].map(|raw| span(page, &raw, WINDOW));
            let [ahead, behind, lasting] = spans;
            Detector::Clock {
                ahead: ahead?,
                behind: behind?,
                lasting: lasting?,
            }
        }
        RawDetector::Overdue {} => Detector::Overdue,
    })
}

fn pair(page: &mut Page<'_>, raw: &RawApart) -> Option<Apart> {
    let places = raw.between.get_ref().iter();
    let places: Vec<_> = places.filter_map(|word| page.word(word)).collect();
    let within = span(page, &raw.within, WINDOW);
    if places.len() < raw.between.get_ref().len() {
        return None;
    }
    match <[_; 2]>::try_from(places) {
        Ok(between) if between[0] != between[1] => Some(Apart {
            between,
            within: within?,
        }),
        _ => {
            page.problem_at(raw.between.span(), "two different places are apart");
            None
        }
    }
}

fn time(page: &mut Page<'_>, word: &Word) -> Option<Time> {
    let time = Time::strptime("%H:%M", word.get_ref());
    if time.is_err() {
        let message = format!("not a time of day: \"{}\"", word.get_ref());
        page.problem_at(word.span(), message);
    }
    time.ok()
}

/// A span of so many days at most. A day is 24 hours here: nothing has to be done by its end.
fn span(page: &mut Page<'_>, length: &Spanned<Length>, days: i64) -> Option<SignedDuration> {
    let exact = match *length.get_ref() {
        Length::Days(n) => Some(SignedDuration::from_hours(24 * i64::from(n))),
        other => other.exact(),
    };
    let longest = SignedDuration::from_hours(24 * days);
    let good = exact.filter(|span| span.is_positive() && *span <= longest);
    if good.is_none() {
        let message = format!("must be in seconds, minutes, hours or days, up to {days} days");
        page.problem_at(length.span(), message);
    }
    good
}
