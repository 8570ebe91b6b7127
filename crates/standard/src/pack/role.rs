//! What a pack says of each role and each class.

use kernel::ClauseId;

use crate::{InformationClass, Role};

/// A role in this city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleEntry {
    /// The role.
    pub role: Role,
    /// The city's name for it, Japanese.
    pub title_ja: String,
    /// Its name in English.
    pub title_en: String,
    /// The clause that sets it up; none for plain staff.
    pub clause: Option<ClauseId>,
    /// Which part of the organisation its post sits in.
    pub seat: Seat,
    /// Who decides instead when the holder is the applicant.
    pub up: Option<Role>,
    /// Who witnesses a decision that has no role above it.
    pub witness: Option<Role>,
}

crate::vocabulary::words! {
    /// The part of the organisation a role's post sits in.
    Seat, "seat" {
        City = "city", "市", "City";
        Bureau = "bureau", "局・区", "Bureau or ward";
        Section = "section", "課公所", "Section";
        /// Anywhere.
        Anywhere = "anywhere", "不問", "Anywhere";
    }
}

/// A class of information in this city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The class.
    pub class: InformationClass,
    /// The city's name for it, Japanese.
    pub title_ja: String,
    /// Its name in English.
    pub title_en: String,
    /// The clauses that define it.
    pub clauses: Vec<ClauseId>,
}
