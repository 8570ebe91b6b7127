//! A clause pack: one city's standard as data, checked whole before anything uses it.

mod analysis;
mod calendar;
mod checklist;
mod clause;
mod error;
mod field;
mod guard;
mod kept;
mod length;
mod load;
mod matrix;
mod period;
mod permit_kind;
mod role;
mod ruled;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use kernel::ClauseId;

use crate::{Action, Channel, InformationClass, Role, ServiceType, StepRole};

pub use analysis::{AnalysisRule, Apart, Counted, Detector, Place, Severity};
pub use calendar::{Calendar, JST, jst_date, jst_instant, jst_words};
pub use checklist::{CheckItem, Checklist};
pub use clause::{Clause, NotYetServed, Obliged};
pub use error::{PackError, Problem};
pub use field::{Field, FieldFormat};
pub use guard::{Condition, Guard, Rule};
pub use kept::Kept;
pub use length::Length;
pub use matrix::{MatrixCell, Verdict};
pub use period::Period;
pub use permit_kind::{Completion, Effect, PermitKind, Reference};
pub use role::{Class, RoleEntry, Seat};
pub use ruled::Ruled;

/// One city's standard. Every word in it is known, every clause it names exists.
#[derive(Debug, Clone)]
pub struct Pack {
    id: String,
    version: String,
    title_ja: String,
    title_en: String,
    city: String,
    language: String,
    never_relaxed: BTreeSet<ClauseId>,
    rules: Vec<(Ruled, BTreeSet<ClauseId>)>,
    clauses: Vec<Clause>,
    clause_index: BTreeMap<ClauseId, usize>,
    not_yet_served: Vec<NotYetServed>,
    roles: BTreeMap<Role, RoleEntry>,
    classes: BTreeMap<InformationClass, Class>,
    permit_kinds: Vec<PermitKind>,
    fields: BTreeMap<String, Field>,
    services: BTreeMap<(ServiceType, InformationClass), MatrixCell>,
    channels: BTreeMap<(Channel, InformationClass), MatrixCell>,
    checklists: BTreeMap<String, Checklist>,
    periods: BTreeMap<Period, Length>,
    calendar: Calendar,
    analysis: Vec<AnalysisRule>,
    kept: Vec<Kept>,
}

impl Pack {
    /// The pack of the City of Sendai, built in.
    ///
    /// # Errors
    /// Every problem of its files; a test keeps it free of any.
    pub fn sendai() -> Result<Self, PackError> {
        load::embedded()
    }

    /// Another city's pack from a directory with the same files.
    ///
    /// # Errors
    /// Every problem found in all files, each with its file and line.
    pub fn load(dir: &Path) -> Result<Self, PackError> {
        load::directory(dir)
    }

    /// `sendai`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `2026.1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// `sendai/2026.1`: whose pack, and which version of it. Recorded on every decision and refusal.
    pub fn edition(&self) -> String {
        format!("{}/{}", self.id, self.version)
    }

    /// What people read, in Japanese.
    pub fn title_ja(&self) -> &str {
        &self.title_ja
    }

    /// What people read, in English.
    pub fn title_en(&self) -> &str {
        &self.title_en
    }

    /// The city's name, in its own language.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// BCP 47: `ja`.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether a permit or an exception may relax a clause at all.
    pub fn may_relax(&self, clause: &ClauseId) -> bool {
        self.clause_index.contains_key(clause) && !self.never_relaxed.contains(clause)
    }

    /// What nothing relaxes: lost cards, people who left, records, the limits of exceptions.
    pub fn never_relaxed(&self) -> impl Iterator<Item = &ClauseId> {
        self.never_relaxed.iter()
    }

    /// The rules the platform enforces that an exception may relax: what each is about, and the
    /// clauses that must all be relaxed for it.
    pub fn rules(&self) -> impl Iterator<Item = (Ruled, &BTreeSet<ClauseId>)> {
        self.rules.iter().map(|(ruled, clauses)| (*ruled, clauses))
    }

    /// One obligation.
    pub fn clause(&self, id: &ClauseId) -> Option<&Clause> {
        self.clause_index.get(id).map(|at| &self.clauses[*at])
    }

    /// Every obligation, in the order of the standard.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The kinds of work that clauses ask for and that are listed as not yet done, with the reason.
    pub fn not_yet_served(&self) -> &[NotYetServed] {
        &self.not_yet_served
    }

    /// A role's entry. Every pack has every role.
    pub fn role(&self, role: Role) -> &RoleEntry {
        &self.roles[&role]
    }

    /// A class's entry. Every pack has every class.
    pub fn class(&self, class: InformationClass) -> &Class {
        &self.classes[&class]
    }

    /// A permit kind by its code, for example `service.terms_only`.
    pub fn permit_kind(&self, id: &str) -> Option<&PermitKind> {
        self.permit_kinds.iter().find(|kind| kind.id == id)
    }

    /// Every permit kind, in the order of the pack.
    pub fn permit_kinds(&self) -> &[PermitKind] {
        &self.permit_kinds
    }

    /// Whether a manager's deputy can do this in their place: a kind of permit that an information
    /// or system manager decides on at some step, or an action of which the standard's table says so.
    pub fn is_deputised(&self, action: &str) -> bool {
        let managers = [StepRole::Im, StepRole::SmOrIm, StepRole::Sm];
        let kind = self.permit_kind(action);
        kind.is_some_and(|kind| kind.route.iter().any(|step| managers.contains(step)))
            || action.parse().is_ok_and(Action::is_deputised)
    }

    /// The role that witnesses what is decided where nobody stands above.
    pub fn witness(&self) -> Option<Role> {
        let top = self.roles.values().find(|entry| entry.up.is_none());
        top.and_then(|entry| entry.witness)
    }

    /// A content field of permits.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.get(id)
    }

    /// Every content field, by id.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.values()
    }

    /// Whether information of a class may go to an external service of a type.
    pub fn matrix(&self, service: ServiceType, class: InformationClass) -> &MatrixCell {
        &self.services[&(service, class)]
    }

    /// Whether information of a class may go out by a channel.
    pub fn channel(&self, channel: Channel, class: InformationClass) -> &MatrixCell {
        &self.channels[&(channel, class)]
    }

    /// A checklist by its id, for example `cloud_criteria`.
    pub fn checklist(&self, id: &str) -> Option<&Checklist> {
        self.checklists.get(id)
    }

    /// Every checklist, by id.
    pub fn checklists(&self) -> impl Iterator<Item = &Checklist> {
        self.checklists.values()
    }

    /// A period's length. Every pack has every period.
    pub fn period(&self, period: Period) -> Length {
        self.periods[&period]
    }

    /// The city's office days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The rules by which records are looked through for misuse (7-1-(4)-4), in the order of the pack.
    pub fn analysis(&self) -> &[AnalysisRule] {
        &self.analysis
    }

    /// Other rules than the pack's, as the text of an `analysis.toml`: to be tried on the past.
    ///
    /// # Errors
    /// Every problem of the text, each with its line.
    pub fn read_analysis(&self, text: &str) -> Result<Vec<AnalysisRule>, PackError> {
        load::analysis_rules(self, text)
    }
}

#[cfg(test)]
mod tests;
