//! What a rule that the platform enforces is about.

/// What is held against a rule; an exception from it names what it is relaxed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruled {
    /// An access: somebody's, to a system.
    Access,
    /// A connection of a system with a network.
    Connection,
}
