//! `matrix.toml`.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use serde::Deserialize;

use super::{
    Known,
    page::{Page, Word},
};
use crate::{
    Channel, InformationClass, ServiceType,
    pack::{MatrixCell, Verdict},
};

type Cells<R> = BTreeMap<(R, InformationClass), MatrixCell>;
type RawRows = BTreeMap<Word, BTreeMap<Word, RawCell>>;

#[derive(Default)]
pub(super) struct Matrices {
    pub(super) services: Cells<ServiceType>,
    pub(super) channels: Cells<Channel>,
}

impl Matrices {
    /// The fields any class's cell asks for at a service type.
    pub(super) fn service_fields(&self, service: ServiceType) -> Vec<String> {
        fields_of(&self.services, service)
    }

    /// The fields any class's cell asks for on a channel.
    pub(super) fn channel_fields(&self, channel: Channel) -> Vec<String> {
        fields_of(&self.channels, channel)
    }
}

fn fields_of<R: Copy + Ord>(cells: &Cells<R>, row: R) -> Vec<String> {
    cells
        .range((row, InformationClass::III)..=(row, InformationClass::S))
        .flat_map(|(_, cell)| cell.fields.clone())
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMatrices {
    service: RawRows,
    channel: RawRows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCell {
    verdict: Word,
    clause: Word,
    #[serde(default)]
    fields: Vec<Word>,
}

pub(super) fn read(page: &mut Page<'_>, known: &Known<'_>) -> Matrices {
    match page.toml::<RawMatrices>() {
        Some(raw) => Matrices {
            services: rows(page, known, "service type", ServiceType::ALL, raw.service),
            channels: rows(page, known, "channel", Channel::ALL, raw.channel),
        },
        None => Matrices::default(),
    }
}

fn rows<R>(page: &mut Page<'_>, known: &Known<'_>, what: &str, all: &[R], raw: RawRows) -> Cells<R>
where
    R: Copy + Ord + Display + FromStr<Err: Display>,
{
    let mut seen = BTreeMap::new();
    let mut cells = Cells::new();
    for (name, raw) in raw {
        let line = page.line(&name.span());
        let Some(row) = page.word::<R>(&name) else {
            continue;
        };
        let mut classes = BTreeMap::new();
        for (class_name, raw) in raw {
            if let Some(class) = page.word::<InformationClass>(&class_name)
                && let Some(cell) = cell(page, known, &raw)
            {
                page.insert(&mut classes, "class", class_name.span(), class, cell);
            }
        }
        let cell = format!("cell of {what} \"{row}\" for class");
        page.complete(&classes, &cell, Some(line), InformationClass::ALL);
        cells.extend(
            classes
                .into_iter()
                .map(|(class, cell)| ((row, class), cell)),
        );
        seen.insert(row, ());
    }
    page.complete(&seen, what, None, all);
    cells
}

fn cell(page: &mut Page<'_>, known: &Known<'_>, raw: &RawCell) -> Option<MatrixCell> {
    let verdict = page.word::<Verdict>(&raw.verdict);
    let clause = known.clause(page, &raw.clause);
    let fields = known.fields(page, &raw.fields);
    let verdict = verdict?;
    if (verdict == Verdict::Needs) == raw.fields.is_empty() {
        page.problem_at(
            raw.verdict.span(),
            "fields go with the verdict needs, and only with it",
        );
    }
    Some(MatrixCell {
        verdict,
        clause: clause?,
        fields,
    })
}
