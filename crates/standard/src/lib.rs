//! The information security standard as typed words and data.
//!
//! `vocabulary` holds the words every service speaks; a [`Pack`] holds one city's standard in
//! them: its obligations, roles, permit kinds, matrices, periods and office days. Nothing here
//! reads a clock; [`Pack::load`] reads files, once, at start.

mod action;
pub mod pack;
pub mod route;
mod served;
mod vocabulary;

pub use action::{Action, Charge, Charged};
pub use pack::{
    AnalysisRule, Calendar, Checklist, Clause, Condition, Effect, Field, FieldFormat, Guard, JST,
    Kept, Length, MatrixCell, Obliged, Pack, PackError, Period, PermitKind, Reference, RoleEntry,
    Rule, Seat, Verdict, jst_date, jst_instant, jst_words,
};
pub use served::{Coverage, CoverageRow, Extent, Open, Served, coverage};
pub use vocabulary::{
    AccessPath, Channel, ClassificationGround, FactorCategory, FactorKind, InformationClass, Mode,
    NetworkClass, Role, ServiceName, ServiceType, StepRole, Strength, UnknownWord, amr_category,
};
