//! A source whose journal does not go on from what was handled of it (7-1-(4)-3).

/// The journal was changed, or restored from an old copy. Which history is true, only people can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// It ends before the record handled last.
    HeadWentBack {
        /// Position of its last record; 0 when it has none.
        head: u64,
        /// Position of the record handled last.
        handled: u64,
    },
    /// Its record after the one handled last does not follow that one, or names another place.
    HistoryChanged {
        /// Position of the record that does not follow.
        position: u64,
    },
}

impl Contradiction {
    /// The newest position whose effect is there. What stood at it, the source no longer has: a head
    /// that went back and grew again beyond it is the same contradiction.
    pub const fn handled(&self) -> u64 {
        match self {
            Self::HeadWentBack { handled, .. } => *handled,
            Self::HistoryChanged { position } => position.saturating_sub(1),
        }
    }
}
