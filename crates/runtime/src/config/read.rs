//! Reading the file: everything that cannot be read is told at once, each with its line.

use std::ops::Range;

use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer, Error},
};

use super::{Config, ConfigError, Problem};

/// Reads a configuration. A key or value at fault is noted, taken out and the rest read again:
/// every key has a default, so what is left can be judged as well.
pub(super) fn read(text: &str, file: Option<&str>) -> Result<Config, ConfigError> {
    let told = |error: &Error, key: Option<String>| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text[..at].matches('\n').count();
        let place = file.map_or_else(|| format!("line {line}"), |file| format!("{file}:{line}"));
        let place = key.map_or_else(|| place.clone(), |key| format!("{place}: {key}"));
        Problem::new(place, error.message().trim_end())
    };
    let table = DeTable::parse(text);
    let mut table = table.map_err(|error| ConfigError::Syntax(vec![told(&error, None)]))?;
    let mut problems = Vec::new();
    loop {
        let error = match Config::deserialize(Deserializer::from(table.clone())) {
            Ok(config) if problems.is_empty() => return Ok(config),
            Ok(_) => return Err(in_order(problems)),
            Err(error) => error,
        };
        let key = error.span().and_then(|at| take_out(table.get_mut(), &at));
        let last = key.is_none();
        let at = error.span().map_or(0, |span| span.start);
        problems.push((at, told(&error, key)));
        if last {
            return Err(in_order(problems));
        }
    }
}

/// Told from the first line to the last.
fn in_order(mut problems: Vec<(usize, Problem)>) -> ConfigError {
    problems.sort_by_key(|(at, _)| *at);
    ConfigError::Syntax(problems.into_iter().map(|(_, problem)| problem).collect())
}

/// Takes out the entry whose key or value stands there, or the innermost one around it; returns
/// its key with its tables.
fn take_out(table: &mut DeTable<'_>, at: &Range<usize>) -> Option<String> {
    for (key, value) in table.iter_mut() {
        if let Some(inner) = take_out_of(value, at) {
            return Some(format!("{}.{inner}", key.get_ref()));
        }
    }
    let holds = |span: Range<usize>| span.start <= at.start && at.end <= span.end;
    let found = table
        .iter()
        .find(|(key, value)| holds(key.span()) || holds(value.span()));
    let key = found.map(|(key, _)| key.clone())?;
    table.remove(&key);
    Some(key.get_ref().to_string())
}

fn take_out_of(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> Option<String> {
    match value.get_mut() {
        DeValue::Table(table) => take_out(table, at),
        DeValue::Array(items) => items.iter_mut().find_map(|item| take_out_of(item, at)),
        _ => None,
    }
}
