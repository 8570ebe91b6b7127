//! Where a post sits.

use kernel::{BureauId, SectionId};
use serde::{Deserialize, Serialize};

/// The part of the organisation a post belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The city as a whole.
    #[default]
    City,
    /// A bureau or ward (局・区).
    Bureau(BureauId),
    /// A section (課公所) or third-class office (三種公所).
    Section {
        /// The section.
        section: SectionId,
        /// The bureau it belongs to.
        bureau: BureauId,
    },
}

impl Place {
    /// The bureau, unless it is the city.
    pub fn bureau(&self) -> Option<&BureauId> {
        match self {
            Self::City => None,
            Self::Bureau(bureau) | Self::Section { bureau, .. } => Some(bureau),
        }
    }

    /// The section, when it is one.
    pub fn section(&self) -> Option<&SectionId> {
        match self {
            Self::Section { section, .. } => Some(section),
            _ => None,
        }
    }
}
