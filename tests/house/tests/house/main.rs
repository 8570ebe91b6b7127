//! The house's own rules, held against its manifests, sources and documents.

mod access;
mod attacks;
mod clauses;
mod codes;
mod dependencies;
mod documents;
mod metrics;
mod rpcs;
mod sources;
