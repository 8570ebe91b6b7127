//! Checklists an application answers, versioned so that an answer tells what was asked.

use kernel::ClauseId;

/// A checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// Lower snake case.
    pub id: String,
    /// Changes with any item.
    pub version: String,
    /// What people read, Japanese.
    pub title_ja: String,
    /// What people read, English.
    pub title_en: String,
    /// The clause that asks for it.
    pub clause: ClauseId,
    /// The questions, all to be answered yes.
    pub items: Vec<CheckItem>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckItem {
    /// Lower snake case, unique in its checklist.
    pub id: String,
    /// The question, Japanese.
    pub text_ja: String,
    /// The question, English.
    pub text_en: String,
}
