//! The shell around a tiny service, seen from outside: over a real port, by callers of every kind.

mod access;
mod clause_pack;
mod connections;
mod errors;
mod life;
mod support;
