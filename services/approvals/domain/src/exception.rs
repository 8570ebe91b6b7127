//! An exception to the standard (例外措置, section 8-4), every step of its life an event.
//!
//! A bureau manager applies for one: which clauses, for whom and what, why, what is done instead,
//! and until when. The CISO grants or refuses. When it is urgent and cannot be helped, a bureau
//! manager invokes one for the bureau's own people and systems; it holds at once, for hours, and
//! its report to the CISO is due within a day. The CISO then endorses or revokes it. A report that
//! does not come is recorded as overdue and bars the bureau's next emergency. The CISO may extend
//! an exception, by a new decision and never beyond the longest period, or revoke it. It ends at
//! its hard end by itself; once ended it is closed with a review. A CISO deciding on what concerns
//! the CISO's own bureau or person waits for an auditor's witness. Whether an exception relaxes
//! anything at an instant is answered in one place: [`Exception::in_force`].

mod authority;
mod command;
mod decide;
mod event;
mod refusal;
mod rules;
mod state;

pub use command::{Command, Terms};
pub use event::{Began, Event};
pub use refusal::{Reason, Refusal};
pub use state::{Act, Exception, Phase, Proposal, Report, Review, Ruling, Scope};

#[cfg(test)]
mod tests;
