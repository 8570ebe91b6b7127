//! Who may call what. The rest (whose step, whose bureau, whose request) are rules of the domain.

use rpc::{AccessTable, Permission};
use standard::Role;

/// Staff, and the platform's own services.
const READERS: Permission = Permission::AnyOf(&[Permission::Person, Permission::Platform]);
const MANAGERS: Permission = Permission::Roles(&[Role::BureauManager]);
const CISO: Permission = Permission::Roles(&[Role::Ciso]);
const REVIEWERS: Permission = Permission::Roles(&[Role::BureauManager, Role::Ciso]);
const WITNESSES: Permission = Permission::Roles(&[Role::Auditor]);

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
        Permission::Person,
    ),
    ("/sekisho.approvals.v1.Permits/WitnessStep", WITNESSES),
    (
        "/sekisho.approvals.v1.Permits/WithdrawPermit",
        Permission::Person,
    ),
    (
        "/sekisho.approvals.v1.Permits/RevokePermit",
        Permission::Person,
    ),
    (
        "/sekisho.approvals.v1.Permits/CompletePermit",
        Permission::Person,
    ),
    ("/sekisho.approvals.v1.Permits/GetPermit", READERS),
    ("/sekisho.approvals.v1.Permits/ListPermits", READERS),
    ("/sekisho.approvals.v1.Exceptions/ApplyException", MANAGERS),
    ("/sekisho.approvals.v1.Exceptions/DecideException", CISO),
    (
        "/sekisho.approvals.v1.Exceptions/WitnessException",
        WITNESSES,
    ),
    (
        "/sekisho.approvals.v1.Exceptions/InvokeEmergencyException",
        MANAGERS,
    ),
    (
        "/sekisho.approvals.v1.Exceptions/ReportEmergencyException",
        MANAGERS,
    ),
    ("/sekisho.approvals.v1.Exceptions/EndorseException", CISO),
    ("/sekisho.approvals.v1.Exceptions/RevokeException", CISO),
    ("/sekisho.approvals.v1.Exceptions/ExtendException", CISO),
    ("/sekisho.approvals.v1.Exceptions/CloseException", REVIEWERS),
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
