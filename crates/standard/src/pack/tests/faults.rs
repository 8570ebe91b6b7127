//! Ways to break Sendai's pack, each by one edit.

mod analysis;
mod clauses;
mod others;
mod permit_kinds;

pub(super) use clauses::in_clauses;
pub(super) use others::in_other_files;
pub(super) use permit_kinds::in_permit_kinds;

/// One edit and what must be said of it.
pub(super) struct Fault {
    pub(super) file: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// Text on the first line at fault after the edit; none when the whole file is at fault.
    pub(super) at: Option<&'static str>,
    pub(super) says: &'static str,
}

/// Columns: what is there, what replaces it, a text on the line at fault, what is said.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn faults<const N: usize>(file: &'static str, rows: [Row; N]) -> impl Iterator<Item = Fault> {
    rows.into_iter().map(move |(from, to, at, says)| Fault {
        file,
        from,
        to,
        at: (!at.is_empty()).then_some(at),
        says,
    })
}
