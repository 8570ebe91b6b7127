//! Which clauses this domain really serves, and by what.

use kernel::ClauseId;
use standard::{Mode, Served};

use crate::clause;

const ONE_POST: &str = "identity: rules post_role_taken, post_role_out_of_place";

/// What accounts, organisation and grants serve, and what the access decision serves.
pub fn served() -> Vec<Served> {
    let own = [
        (
            clause::CISO,
            Mode::Record,
            "identity: posts, one carries the role",
        ),
        (clause::CISO, Mode::Enforce, ONE_POST),
        (
            clause::BUREAU_MANAGER,
            Mode::Record,
            "identity: posts, one per bureau or ward",
        ),
        (clause::BUREAU_MANAGER, Mode::Enforce, ONE_POST),
        (
            clause::INFORMATION_MANAGER,
            Mode::Record,
            "identity: posts, one per section",
        ),
        (clause::INFORMATION_MANAGER, Mode::Enforce, ONE_POST),
        (
            clause::SYSTEM_MANAGER,
            Mode::Record,
            "identity: posts, one per section",
        ),
        (
            clause::SYSTEM_MANAGER,
            Mode::Enforce,
            "identity: rule post_role_derived; the role follows from the ledger's important systems",
        ),
        (
            clause::NETWORK_MANAGER,
            Mode::Record,
            "identity: posts, one carries the role",
        ),
        (clause::NETWORK_MANAGER, Mode::Enforce, ONE_POST),
        (
            clause::SYSTEM_STAFF,
            Mode::Enforce,
            "identity: rules post_holder_of_other_section, delegation_person_of_other_section",
        ),
        (
            clause::SYSTEM_STAFF,
            Mode::Workflow,
            "identity: system staff named by the head of the section",
        ),
        (clause::SYSTEM_STAFF, Mode::Record, "identity: nominations"),
        (
            clause::DEPUTY,
            Mode::Workflow,
            "identity: deputies named by the head of the section",
        ),
        (clause::DEPUTY, Mode::Record, "identity: nominations"),
        (
            clause::CISO_COLLISION,
            Mode::Record,
            "identity: role collisions listed",
        ),
        (
            clause::NETWORK_COLLISION,
            Mode::Record,
            "identity: role collisions listed",
        ),
        (
            clause::ONE_DEPUTY,
            Mode::Record,
            "identity: sections without a deputy listed and counted",
        ),
        (
            clause::ONE_DEPUTY,
            Mode::Workflow,
            "identity: a deputy is succeeded by another in one act",
        ),
        (
            clause::ONE_DEPUTY,
            Mode::Enforce,
            "identity: rule deputy_last",
        ),
        (
            clause::ABSENCE_PLAN,
            Mode::Record,
            "identity: absence plans, written beforehand",
        ),
        (
            clause::ABSENCE_PLAN,
            Mode::Schedule,
            "identity: plans end when their renewal is due, and are listed then",
        ),
        (
            clause::OFFICE_HEADS,
            Mode::Enforce,
            "identity: heads of third-class offices are deputies by their post",
        ),
        (
            clause::DEPUTY_ACTS,
            Mode::Record,
            "identity: recorded absences, and who acts in them",
        ),
        (
            clause::STAFF_ACTS,
            Mode::Record,
            "identity: recorded absences, and who acts in them",
        ),
        (
            clause::CSIRT_CHIEF,
            Mode::Record,
            "identity: posts, one carries the role",
        ),
        (clause::CSIRT_CHIEF, Mode::Enforce, ONE_POST),
        (
            clause::CSIRT_MANAGER,
            Mode::Record,
            "identity: posts, one per bureau",
        ),
        (clause::CSIRT_MANAGER, Mode::Enforce, ONE_POST),
        (clause::CSIRT_STAFF, Mode::Record, "identity: posts"),
        (
            clause::CSIRT_STAFF,
            Mode::Enforce,
            "identity: the role is put on posts only, and comes and goes with the post",
        ),
        (
            clause::ACCESS_RESTRICTED,
            Mode::Enforce,
            "identity: sign-in with password, one-time password, passkey or ID card; two kinds of them for what a role or a post does, just verified for giving others a way in",
        ),
        (
            clause::LEFT_ALONE,
            Mode::Enforce,
            "identity: a session that nobody uses ends",
        ),
        (
            clause::SHARED_IDS,
            Mode::Enforce,
            "identity: shared IDs, each use in a member's own name and by one at a time",
        ),
        (
            clause::SHARED_SECRET,
            Mode::Schedule,
            "identity: a member who moves or leaves makes the secret due for a change; overdue ones listed and counted",
        ),
        (
            clause::SHARED_SECRET,
            Mode::Enforce,
            "identity: rule shared_id_not_a_member, from the day of the move",
        ),
        (
            clause::CARD_NOT_SHARED,
            Mode::Enforce,
            "identity: rule card_of_another_person",
        ),
        (
            clause::CARD_LOST,
            Mode::Enforce,
            "identity: lost credentials end their sessions and tokens",
        ),
        (
            clause::USER_REGISTRATION,
            Mode::Record,
            "identity: grants, each with its permit",
        ),
        (
            clause::PRIVILEGED_LEAST,
            Mode::Enforce,
            "identity: privileged grants end within hours",
        ),
        (
            clause::PRIVILEGED_LEAST,
            Mode::Schedule,
            "identity: each privilege is reviewed after its end, those due are listed",
        ),
        (
            clause::PRIVILEGED_STRONGER,
            Mode::Enforce,
            "identity: fewer tries and longer waits for whoever holds a privilege",
        ),
        (
            clause::PRIVILEGED_STRICT,
            Mode::Enforce,
            "identity: privileges end early by holder or manager; IDs for emergencies open with two approvals",
        ),
        (
            clause::ROBOTS,
            Mode::Enforce,
            "identity: IDs for robots with owner, systems, path and end",
        ),
        (
            clause::ID_LIFECYCLE,
            Mode::Enforce,
            "identity: people come, move and leave on their day; accounts, posts and grants end with it",
        ),
        (
            clause::ID_LIFECYCLE,
            Mode::Record,
            "identity: personnel orders imported, what they end reported first",
        ),
        (
            clause::NOT_NEEDED,
            Mode::Workflow,
            "identity: notice by the user ends the registration",
        ),
        (
            clause::UNUSED_IDS,
            Mode::Schedule,
            "identity: accounts that nobody uses looked for, flagged and stopped",
        ),
        (
            clause::UNUSED_IDS,
            Mode::Enforce,
            "identity: sign-in refused to an account that nobody used for the pack's period",
        ),
        (
            clause::LEAST_ACCESS,
            Mode::Schedule,
            "identity: reviews of access by system; what nobody confirms by the due time ends",
        ),
        (
            clause::LEAST_ACCESS,
            Mode::Enforce,
            "identity: entitlements end with the time in the section",
        ),
        (
            clause::SHARED_FOLDERS,
            Mode::Schedule,
            "identity: reviews of access list who is admitted to a shared folder; what nobody confirms ends",
        ),
        (
            clause::EQUIPMENT_AND_MEDIA,
            Mode::Workflow,
            "identity: the head of the section in charge admits people to equipment and media",
        ),
    ];
    let own = own
        .into_iter()
        .map(|(clause, mode, by): (ClauseId, _, _)| Served {
            clause,
            mode,
            by: by.to_owned(),
        });
    own.chain(crate::decision::served()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_clause_declared_is_in_the_sendai_pack_and_declared_once_per_work() {
        let pack = standard::Pack::sendai().expect("the pack");
        let mut served = super::served();
        let count = served.len();
        for one in &served {
            assert!(pack.clause(&one.clause).is_some(), "{}", one.clause);
        }
        served.sort();
        served.dedup();
        assert_eq!(served.len(), count);
    }
}
