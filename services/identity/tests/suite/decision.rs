//! Access decisions: learned from records, decided on the snapshot, recorded before answered.

#[path = "decision/answers.rs"]
mod answers;
#[path = "decision/facts.rs"]
mod facts;
#[path = "decision/fresh.rs"]
mod fresh;
#[path = "decision/process.rs"]
mod process;
#[path = "decision/recorded.rs"]
mod recorded;
#[path = "decision/requests.rs"]
mod requests;
#[path = "decision/rig.rs"]
mod rig;
