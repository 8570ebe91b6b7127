//! Reading a pack's files into a [`Pack`], or into the list of everything wrong with them.

mod analysis;
mod checklists;
mod clauses;
mod fields;
mod guards;
mod known;
mod matrix;
mod page;
mod periods;
mod permit_kinds;
mod preamble;
mod retention;
mod roles;
mod sources;
mod tsv;

use std::{collections::BTreeMap, path::Path};

use kernel::ClauseId;

use super::{AnalysisRule, Calendar, Clause, Pack, PackError, Problem};
use known::Known;
use page::Page;
use sources::Sources;

pub(super) fn embedded() -> Result<Pack, PackError> {
    assemble(&Sources::sendai())
}

pub(super) fn directory(dir: &Path) -> Result<Pack, PackError> {
    assemble(&Sources::read(dir))
}

/// Reads page after page: first what others refer to, then the others. No page stops the next.
fn assemble(sources: &Sources) -> Result<Pack, PackError> {
    let mut problems = Vec::new();
    let clause_file = read(sources, "clauses.tsv", &mut problems, clauses::read);
    let fields = read(sources, "fields.toml", &mut problems, fields::read);
    let mut known = Known::new(&clause_file.ids, &fields);
    let checklists = read(sources, "criteria.toml", &mut problems, |page| {
        checklists::read(page, &known)
    });
    known.checklists(&checklists);

    let preamble = read(sources, "pack.toml", &mut problems, |page| {
        preamble::read(page, &known)
    });
    let not_yet_served = read(sources, "not_yet_served.tsv", &mut problems, |page| {
        clauses::read_not_yet_served(page, &known, &clause_file.clauses)
    });
    let roles = read(sources, "roles.toml", &mut problems, |page| {
        roles::read(page, &known)
    });
    let classes = read(sources, "classes.toml", &mut problems, |page| {
        roles::read_classes(page, &known)
    });
    let periods = read(sources, "periods.toml", &mut problems, periods::read);
    let holidays = read(
        sources,
        "holidays.toml",
        &mut problems,
        periods::read_holidays,
    );
    let matrices = read(sources, "matrix.toml", &mut problems, |page| {
        matrix::read(page, &known)
    });
    let permit_kinds = read(sources, "permit_kinds.toml", &mut problems, |page| {
        permit_kinds::read(page, &known, &matrices, &preamble.never_relaxed)
    });
    let analysis = read(sources, "analysis.toml", &mut problems, |page| {
        analysis::read(page, &known)
    });
    let kept = read(sources, "retention.toml", &mut problems, |page| {
        retention::read(page, &known)
    });

    if !problems.is_empty() {
        problems.sort();
        return Err(PackError { problems });
    }
    Ok(Pack {
        id: preamble.id,
        version: preamble.version,
        title_ja: preamble.title_ja,
        title_en: preamble.title_en,
        city: preamble.city,
        language: preamble.language,
        never_relaxed: preamble.never_relaxed,
        rules: preamble.rules,
        clause_index: index(&clause_file.clauses),
        clauses: clause_file.clauses,
        not_yet_served,
        roles,
        classes,
        permit_kinds,
        services: matrices.services,
        channels: matrices.channels,
        fields,
        checklists,
        periods,
        calendar: Calendar::new(holidays),
        analysis,
        kept,
    })
}

/// Rules of analysis beside those of a pack, held against its clauses.
pub(super) fn analysis_rules(pack: &Pack, text: &str) -> Result<Vec<AnalysisRule>, PackError> {
    let clauses = pack.clause_index.keys().cloned().collect();
    let mut page = Page::new("analysis.toml".to_owned(), text);
    let rules = analysis::read(&mut page, &Known::new(&clauses, &pack.fields));
    let mut problems = page.into_problems();
    problems.sort();
    if problems.is_empty() {
        Ok(rules)
    } else {
        Err(PackError { problems })
    }
}

fn index(clauses: &[Clause]) -> BTreeMap<ClauseId, usize> {
    let ids = clauses.iter().map(|clause| clause.id.clone());
    ids.zip(0..).collect()
}

fn read<T>(
    sources: &Sources,
    file: &'static str,
    problems: &mut Vec<Problem>,
    reader: impl FnOnce(&mut Page<'_>) -> T,
) -> T {
    let mut page = sources.page(file);
    let content = reader(&mut page);
    problems.append(&mut page.into_problems());
    content
}
