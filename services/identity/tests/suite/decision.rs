//! Access decisions: learned from records, decided on the snapshot, recorded before answered.

#[path = "decision/analysis.rs"]
mod analysis;
#[path = "decision/answers.rs"]
mod answers;
#[path = "decision/attacks.rs"]
mod attacks;
#[path = "decision/authzen.rs"]
mod authzen;
#[path = "decision/facts.rs"]
mod facts;
#[path = "decision/fresh.rs"]
mod fresh;
#[path = "decision/looked_at.rs"]
mod looked_at;
#[path = "decision/pep.rs"]
mod pep;
#[path = "decision/process.rs"]
mod process;
#[path = "decision/recorded.rs"]
mod recorded;
#[path = "decision/replicas.rs"]
mod replicas;
#[path = "decision/requests.rs"]
mod requests;
#[path = "decision/rig.rs"]
mod rig;
