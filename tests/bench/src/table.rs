//! The one table that is printed.

use std::fmt;

use crate::measure::{Compared, Rounds};

/// What is hoped for. Nothing fails when it is not reached: the reader is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// Said to put the other lines in proportion.
    Told,
}

impl Goal {
    fn is_met(self, value: f64) -> &'static str {
        let met = match self {
            Self::AtLeast(goal) => value >= goal,
            Self::AtMost(goal) => value <= goal,
            Self::Told => return "",
        };
        if met { "yes" } else { "no" }
    }
}

/// One line of it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) row: u8,
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) beside: String,
    pub(crate) result: Rounds,
    /// `x`, `ms`, `s`.
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
}

impl Line {
    /// A ratio of two things measured side by side; `each` is what both are counted in.
    pub(crate) fn ratio(
        row: u8,
        what: impl Into<String>,
        compared: Compared,
        each: &str,
        goal: Goal,
    ) -> Self {
        Self::of(row, what, compared, each, "x", goal)
    }

    /// The same with a result in a unit of its own.
    pub(crate) fn of(
        row: u8,
        what: impl Into<String>,
        compared: Compared,
        each: &str,
        unit: &'static str,
        goal: Goal,
    ) -> Self {
        let side = |rounds: &Rounds| with(number(rounds.median()), each);
        Self {
            row,
            what: what.into(),
            ours: side(&compared.ours),
            beside: side(&compared.beside),
            result: compared.ratio,
            unit,
            goal,
        }
    }

    /// Something that stands by itself.
    pub(crate) fn alone(
        row: u8,
        what: impl Into<String>,
        result: Rounds,
        unit: &'static str,
        goal: Goal,
    ) -> Self {
        Self {
            row,
            what: what.into(),
            ours: with(number(result.median()), unit),
            beside: "-".to_owned(),
            result,
            unit,
            goal,
        }
    }
}

pub(crate) const HEAD: &str = "\
| # | what | ours | beside it | result: median (min–max) | goal | met |
| --- | --- | --- | --- | --- | --- | --- |";

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, result) = (self.unit, &self.result);
        let goal = match self.goal {
            Goal::AtLeast(goal) => format!("≥ {}", with(goal.to_string(), unit)),
            Goal::AtMost(goal) => format!("≤ {}", with(goal.to_string(), unit)),
            Goal::Told => "-".to_owned(),
        };
        write!(
            f,
            "| {} | {} | {} | {} | **{}** ({}–{}) | {goal} | {} |",
            self.row,
            self.what,
            self.ours,
            self.beside,
            with(number(result.median()), unit),
            number(result.least()),
            number(result.most()),
            self.goal.is_met(result.median()),
        )
    }
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 => format!("{:.1}M", value / 1e6),
        size if size >= 1e4 => format!("{:.0}k", value / 1e3),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        0.0 => "0".to_owned(),
        _ => format!("{value:.2}"),
    }
}

fn with(number: String, unit: &str) -> String {
    match unit {
        "" => number,
        unit => format!("{number} {unit}"),
    }
}
