//! The tables of class against service type and against channel.

use kernel::ClauseId;

/// What the standard says of one class at one service type or channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixCell {
    /// Whether it may be.
    pub verdict: Verdict,
    /// The clause that says so.
    pub clause: ClauseId,
    /// Fields that must be filled when the verdict is `Needs`; empty otherwise.
    pub fields: Vec<String>,
}

impl MatrixCell {
    /// Whether it may be at all, given what it asks for.
    pub const fn allowed(&self) -> bool {
        !matches!(self.verdict, Verdict::Refused)
    }
}

crate::vocabulary::words! {
    /// Whether information may go there.
    Verdict, "verdict" {
        Allowed = "allowed", "可", "Allowed";
        /// Only with the fields the cell names.
        Needs = "needs", "条件付き", "Allowed with more";
        Refused = "refused", "不可", "Refused";
    }
}
