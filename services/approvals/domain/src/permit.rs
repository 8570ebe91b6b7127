//! A permit (許可・承認), from its application to its end.
//!
//! Anyone applies for themselves or for a colleague. The rules of the kind are judged at once and
//! all of them: what fails any never comes before a person. Then the steps of the kind's route are
//! decided one after the other, each by a holder of the post that stands there at that moment, and
//! never by someone the permit concerns. The last step's yes grants it, any step's no refuses it;
//! until then the applicant may withdraw it. Where nobody stands above the concerned, the decision
//! waits for a witness, who confirms it in a session of their own. A granted permit is in force
//! from its start to its hard end, judged by the clock of whoever asks: the expiry recorded later
//! changes nothing. An approver of the last step, or the CISO, may revoke it before that. Where the
//! kind asks for it, what was done with the permit is recorded afterwards, however late: its completion.

mod application;
mod authority;
mod command;
mod completion;
mod decide;
mod event;
mod guard;
mod reference;
mod refusal;
mod state;

pub use application::{Answers, Application, Subject};
pub use command::Command;
pub use completion::Completion;
pub use decide::{Check, check};
pub use event::{Applied, Event};
pub use refusal::{Reason, Refusal};
pub use state::{Ending, Hindrance, Permit, Phase, Proposal, Ruling, Step, Verdict};

#[cfg(test)]
mod tests;
