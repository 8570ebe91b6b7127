//! The clauses this domain names. A test holds each against the Sendai pack.

use kernel::ClauseId;

macro_rules! clauses {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: ClauseId = ClauseId::known($id);)+
        #[cfg(test)]
        pub(crate) const ALL: &[ClauseId] = &[$($name),+];
    };
}

clauses! {
    CISO = "1-1-1";
    BUREAU_MANAGER = "1-2-1";
    INFORMATION_MANAGER = "1-3-1";
    SYSTEM_MANAGER = "1-4-1";
    NETWORK_MANAGER = "1-5-1";
    /// Deputies are named by the information manager.
    DEPUTY = "1-6-1";
    SYSTEM_STAFF = "1-7-1";
    CSIRT_CHIEF = "1-8-1";
    CSIRT_MANAGER = "1-9-1";
    CSIRT_STAFF = "1-10-1";
    /// The CISO is also a bureau manager.
    CISO_COLLISION = "2-1-4";
    /// Nobody uses or views equipment and media who may not.
    EQUIPMENT_AND_MEDIA = "2-3-1";
    /// Every section has a deputy.
    ONE_DEPUTY = "2-3-4a";
    /// A manager decides beforehand what is done while they are absent.
    ABSENCE_PLAN = "2-3-4b";
    /// Heads of third-class offices are deputies.
    OFFICE_HEADS = "2-3-5";
    /// The network manager is also information and system manager.
    NETWORK_COLLISION = "2-5-3";
    /// The deputy acts for the absent information manager.
    DEPUTY_ACTS = "2-6-2";
    /// System staff act for the absent system manager.
    STAFF_ACTS = "2-7-2";
    /// Access is restricted by passwords and the like.
    ACCESS_RESTRICTED = "3-4-(1)-1";
    /// Nothing is left usable when its user is away.
    LEFT_ALONE = "3-4-(1)-10";
    /// Passwords are not shared, but for shared IDs.
    SHARED_IDS = "4-3-2";
    /// The password of a shared ID is changed when one of its users moves.
    SHARED_SECRET = "4-3-3";
    /// An ID card is not shared.
    CARD_NOT_SHARED = "4-4-1";
    /// Access by a lost card stops at once.
    CARD_LOST = "4-4-4";
    /// Who needs to know a specification views it, and nobody else.
    SPECIFICATIONS = "7-1-(3)-2";
    /// Users are registered, changed and removed by the defined method.
    USER_REGISTRATION = "7-2-(1)-1";
    /// Access to a system is permitted to the least.
    LEAST_ACCESS = "7-2-(3)-2";
    /// Access to shared folders is permitted to the least.
    SHARED_FOLDERS = "7-2-(5)-1";
    /// Privileged users are kept to the least.
    PRIVILEGED_LEAST = "7-2-(8)-1a";
    /// Privileged IDs and their passwords are managed strictly.
    PRIVILEGED_STRICT = "7-2-(8)-1b";
    /// Stronger rules for privileged IDs.
    PRIVILEGED_STRONGER = "7-2-(8)-3";
    /// The life of an ID: joining, moving, leaving.
    ID_LIFECYCLE = "7-2-(9)-1";
    /// Who no longer needs to be registered as a user gives notice of it.
    NOT_NEEDED = "7-2-(9)-2";
    /// IDs that nobody uses are looked for.
    UNUSED_IDS = "7-2-(9)-3";
    /// Robots act only under IDs of their own.
    ROBOTS = "7-8-3";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_clause_named_here_is_in_the_sendai_pack() {
        let pack = standard::Pack::sendai().expect("the pack");
        for clause in super::ALL {
            assert!(pack.clause(clause).is_some(), "{clause}");
        }
    }
}
