//! What follows from somebody's coming, moving or leaving.

use jiff::Timestamp;
use kernel::PersonId;

/// Something that begins or ends with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consequence {
    /// Whom it is about.
    pub(crate) person: PersonId,
    /// What.
    pub(crate) what: What,
    /// Code of the section, post or system.
    pub(crate) subject: String,
    /// From when.
    pub(crate) at: Timestamp,
}

/// What begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// Is in service, in this section.
    Joins,
    /// Belongs to this section, and to another no longer.
    Moves,
    /// Is not in service, having been in this section.
    Leaves,
    /// Comes to hold this post.
    PostBegins,
    /// Holds this post no longer.
    PostEnds,
    /// May use this system no longer.
    EntitlementEnds,
    /// May administer this system no longer.
    PrivilegeEnds,
    /// Is named deputy or system staff of this section no longer.
    NominationEnds,
    /// The plan for their absence from this section serves nobody else.
    AbsencePlanEnds,
}
