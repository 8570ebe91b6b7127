//! What an exception may be: its clauses, scope and period, judged all at once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, ClauseId};
use standard::{Period, pack::Ruled};

use super::Terms;
use crate::{Facts, Place, Problem, Violation};

/// The clause by which the CISO permits.
pub(super) const PERMITTED: ClauseId = ClauseId::known("8-4-(1)-1");
/// The clause by which a bureau manager acts in an emergency.
pub(super) const EMERGENCY: ClauseId = ClauseId::known("8-4-(2)-1");
/// The clause that asks for the report afterwards.
pub(super) const REPORT: ClauseId = ClauseId::known("8-4-(2)-2");

/// Families of clauses no exception relaxes whatever a pack says: lost cards (4-4-4), people who
/// left (7-2-(9)-1), the recording of access (7-1-(4)), and the limits of exceptions (8-4).
const NEVER: [&str; 4] = ["4-4-4", "7-2-(9)-1", "7-1-(4)-", "8-4-"];

/// The period an exception is to have.
pub(super) struct Span {
    pub(super) starts_at: Timestamp,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) latest: Timestamp,
}

impl Span {
    /// An application's: as asked, at most the longest period from its start.
    pub(super) fn applied(terms: &Terms, facts: &Facts, now: Timestamp) -> Self {
        let starts_at = terms.starts_at.map_or(now, |start| start.max(now));
        Self {
            starts_at,
            ends_at: terms.ends_at,
            latest: latest(Period::ExceptionMax, starts_at, facts),
        }
    }

    /// An emergency's: from now, for hours.
    pub(super) fn emergency(terms: &Terms, facts: &Facts, now: Timestamp) -> Self {
        let latest = latest(Period::EmergencyExceptionHardEnd, now, facts);
        Self {
            starts_at: now,
            ends_at: Some(terms.ends_at.unwrap_or(latest)),
            latest,
        }
    }
}

/// The last instant a period that begins then may end at.
pub(super) fn latest(period: Period, from: Timestamp, facts: &Facts) -> Timestamp {
    facts.pack.period(period).end(from, facts.pack.calendar())
}

/// Every rule the terms do not meet. `own` is the bureau an emergency is confined to.
pub(super) fn violations(
    terms: &Terms,
    span: &Span,
    own: Option<&BureauId>,
    facts: &Facts,
    now: Timestamp,
) -> Vec<Violation> {
    let under = if own.is_some() { EMERGENCY } else { PERMITTED };
    let mut found = clauses(terms, &under, facts);
    let needed = [
        ("ground", kernel::is_blank(&terms.ground)),
        (
            "substitute_measure",
            own.is_none() && kernel::is_blank(&terms.substitute_measure),
        ),
        ("class_ceiling", terms.scope.class_ceiling.is_none()),
        ("scope", covers_nothing(terms)),
        ("ends_at", span.ends_at.is_none()),
    ];
    for (field, _) in needed.into_iter().filter(|(_, missing)| *missing) {
        found.push(Violation::of(&under, field, Problem::Missing));
    }
    if let Some(end) = span.ends_at {
        if end <= span.starts_at || end <= now {
            found.push(Violation::of(&under, "ends_at", Problem::EndNotAfterStart));
        }
        if end > span.latest {
            let problem = Problem::PeriodTooLong(span.latest);
            found.push(Violation::of(&under, "ends_at", problem));
        }
    }
    found.extend(scope(terms, own, &under, facts));
    if !covers_nothing(terms) {
        found.extend(reach(terms, &under, facts));
    }
    let labelled = found.into_iter().map(|one| one.labelled(&facts.pack));
    labelled.collect()
}

fn clauses(terms: &Terms, under: &ClauseId, facts: &Facts) -> Vec<Violation> {
    if terms.clauses.is_empty() {
        return vec![Violation::of(under, "clauses", Problem::Missing)];
    }
    let judged = terms.clauses.iter().enumerate();
    judged
        .filter_map(|(index, clause)| {
            let problem = if facts.pack.clause(clause).is_none() {
                Problem::UnknownClause(clause.clone())
            } else if !relaxable(clause, facts) {
                Problem::NeverRelaxed(clause.clone())
            } else {
                return None;
            };
            Some(Violation::of(under, format!("clauses[{index}]"), problem))
        })
        .collect()
}

/// Whether an exception may relax a clause at all.
fn relaxable(clause: &ClauseId, facts: &Facts) -> bool {
    let id = clause.as_str();
    let never = |family: &&str| id == *family || (family.ends_with('-') && id.starts_with(*family));
    facts.pack.may_relax(clause) && !NEVER.iter().any(never)
}

/// What is named of a rule that the platform enforces could relax it: all its clauses are named,
/// and whom or what they are relaxed for.
fn reach(terms: &Terms, under: &ClauseId, facts: &Facts) -> Vec<Violation> {
    let named: BTreeSet<&ClauseId> = terms.clauses.iter().collect();
    let mut found = Vec::new();
    let (mut accesses, mut connections, mut any) = (Vec::new(), Vec::new(), Vec::new());
    for (index, clause) in terms.clauses.iter().enumerate() {
        let rules = || facts.pack.rules().filter(|(_, rule)| rule.contains(clause));
        let lacking = |rule: &BTreeSet<ClauseId>| -> Vec<ClauseId> {
            let others = rule.iter().filter(|one| !named.contains(one));
            others.cloned().collect()
        };
        let fewest = rules().map(|(_, rule)| lacking(rule)).min_by_key(Vec::len);
        if let Some(with) = fewest.filter(|with| !with.is_empty()) {
            let clause = clause.clone();
            let problem = Problem::OnlyTogether { clause, with };
            found.push(Violation::of(under, format!("clauses[{index}]"), problem));
        }
        if rules().any(|(ruled, _)| ruled == Ruled::Access) {
            accesses.push(clause.clone());
        }
        if rules().any(|(ruled, _)| ruled == Ruled::Connection) {
            connections.push(clause.clone());
        }
        if rules().next().is_some() {
            any.push(clause.clone());
        }
    }
    let scope = &terms.scope;
    let nobody = scope.people.is_empty() && scope.posts.is_empty() && scope.sections.is_empty();
    if nobody && !accesses.is_empty() {
        let problem = Problem::CoversNobody(accesses);
        found.push(Violation::of(under, "person_ids", problem));
    }
    let narrowed = [
        ("person_ids", scope.people.is_empty()),
        ("post_ids", scope.posts.is_empty()),
        ("section_ids", scope.sections.is_empty()),
        ("paths", scope.paths.is_empty()),
    ];
    let narrowed = narrowed.into_iter().find(|(_, open)| !open);
    if let Some((field, _)) = narrowed.filter(|_| !connections.is_empty()) {
        let problem = Problem::CoversWholeSystems(connections);
        found.push(Violation::of(under, field, problem));
    }
    if scope.systems.is_empty() && !any.is_empty() {
        let problem = Problem::CoversNoSystem(any);
        found.push(Violation::of(under, "system_ids", problem));
    }
    found
}

fn covers_nothing(terms: &Terms) -> bool {
    let scope = &terms.scope;
    scope.people.is_empty()
        && scope.posts.is_empty()
        && scope.sections.is_empty()
        && scope.systems.is_empty()
}

/// Everything named is on record; in an emergency it is the bureau's own as well (8-4-(2)-1).
fn scope(terms: &Terms, own: Option<&BureauId>, under: &ClauseId, facts: &Facts) -> Vec<Violation> {
    let at = &facts.organisation;
    let scope = &terms.scope;
    let people = scope
        .people
        .iter()
        .map(|id| ("person_ids", id.as_str(), at.person(id)));
    let posts = scope
        .posts
        .iter()
        .map(|id| ("post_ids", id.as_str(), at.post(id)));
    let sections = scope
        .sections
        .iter()
        .map(|id| ("section_ids", id.as_str(), at.section(id)));
    let systems = scope.systems.iter().map(|id| {
        let system = facts.systems.get(id).filter(|system| !system.retired);
        let place = system.map(|system| at.section(&system.owner).unwrap_or_default());
        ("system_ids", id.as_str(), place)
    });
    people
        .chain(posts)
        .chain(sections)
        .chain(systems)
        .filter_map(|(field, id, place)| {
            let field = format!("{field}.{id}");
            match (place, own) {
                (None, _) => Some(Violation::of(under, field, Problem::NotOnRecord)),
                (Some(Place { bureau, .. }), Some(own)) if bureau.as_ref() != Some(own) => {
                    let problem = Problem::OtherBureau(id.to_owned());
                    Some(Violation::of(&EMERGENCY, field, problem))
                }
                _ => None,
            }
        })
        .collect()
}
