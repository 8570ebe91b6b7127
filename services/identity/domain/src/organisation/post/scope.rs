//! How far a role on a post reaches.

use kernel::{BureauId, SectionId};
use standard::{Pack, Role, pack::Seat};

use super::Place;

/// The part of the city a role is answered for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    City,
    /// One bureau or ward.
    Bureau(BureauId),
    /// One section.
    Section(SectionId),
}

/// The scope a role gets from the place of its post; none when the place is too wide for it.
pub fn scope(role: Role, place: &Place, pack: &Pack) -> Option<Scope> {
    match pack.role(role).seat {
        Seat::City | Seat::Anywhere => Some(Scope::City),
        Seat::Bureau => place.bureau().cloned().map(Scope::Bureau),
        Seat::Section => place.section().cloned().map(Scope::Section),
    }
}

/// Whether one post at most may carry the role in a scope. Deputies, staff and auditors are many.
pub const fn is_sole(role: Role) -> bool {
    matches!(
        role,
        Role::Ciso
            | Role::BureauManager
            | Role::InformationManager
            | Role::NetworkManager
            | Role::CsirtChief
            | Role::CsirtManager
    )
}
