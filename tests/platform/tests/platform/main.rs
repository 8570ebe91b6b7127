//! The whole platform as real processes: its story, and what becomes of it when they are killed.

#![expect(
    clippy::unwrap_used,
    reason = "in a test, a thing that is not there is the finding"
)]

mod acknowledged;
mod any_message;
mod auditor;
mod backups;
mod bad_input;
mod binaries;
mod broker;
mod checker;
mod city;
mod databases;
mod edges;
mod evidence;
mod faults;
mod first_start;
mod harness;
mod leavers;
mod metrics;
mod operator;
mod otlp;
mod readme;
mod rolled_back;
mod signed_elsewhere;
mod stop;
mod story;
mod tampering;
mod under_fire;
mod who_may;
mod witnessed;
mod writers;
