//! Who may call what. The rest (whose step, whose bureau, whose request) are rules of the domain.

use rpc::{AccessTable, Permission};
use standard::Action;

/// Staff, and the platform's own services.
const READERS: Permission = Permission::AnyOf(&[Permission::Person, Permission::Platform]);
/// Nobody but the one named as witness confirms.
const WITNESSES: Permission = Permission::Officer;
/// What takes away what was permitted, and permits nothing.
const TAKES_AWAY: &str = "what was permitted and does harm is taken back at once";

/// One line per RPC.
pub const ACCESS: AccessTable = &[
    (
        "/sekisho.approvals.v1.Permits/ApplyPermit",
        Permission::Person,
    ),
    (
        "/sekisho.approvals.v1.Permits/CheckPermit",
        Permission::Person,
    ),
    (
        "/sekisho.approvals.v1.Permits/DecideStep",
        Permission::Officer,
    ),
    ("/sekisho.approvals.v1.Permits/WitnessStep", WITNESSES),
    (
        "/sekisho.approvals.v1.Permits/WithdrawPermit",
        Permission::Person,
    ),
    (
        "/sekisho.approvals.v1.Permits/RevokePermit",
        Permission::Urgent(&Permission::Officer, TAKES_AWAY),
    ),
    (
        "/sekisho.approvals.v1.Permits/CompletePermit",
        Permission::Person,
    ),
    ("/sekisho.approvals.v1.Permits/GetPermit", READERS),
    ("/sekisho.approvals.v1.Permits/ListPermits", READERS),
    (
        "/sekisho.approvals.v1.Exceptions/ApplyException",
        Permission::Post(Action::ExceptionApply),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/DecideException",
        Permission::Post(Action::ExceptionDecide),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/WitnessException",
        WITNESSES,
    ),
    (
        "/sekisho.approvals.v1.Exceptions/InvokeEmergencyException",
        Permission::Post(Action::ExceptionInvoke),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/ReportEmergencyException",
        Permission::Post(Action::ExceptionReport),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/EndorseException",
        Permission::Post(Action::ExceptionEndorse),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/RevokeException",
        Permission::Urgent(&Permission::Post(Action::ExceptionRevoke), TAKES_AWAY),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/ExtendException",
        Permission::Post(Action::ExceptionExtend),
    ),
    (
        "/sekisho.approvals.v1.Exceptions/CloseException",
        Permission::Post(Action::ExceptionClose),
    ),
    ("/sekisho.approvals.v1.Exceptions/GetException", READERS),
    ("/sekisho.approvals.v1.Exceptions/ListExceptions", READERS),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_rpc_of_approvals_is_listed_and_nothing_else() {
        let problems = rpc::access_problems("sekisho.approvals.", super::ACCESS);
        assert_eq!(problems, Vec::<String>::new());
    }
}
