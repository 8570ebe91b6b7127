//! The table.

use kernel::ClauseId;

use super::{Action, Charge};
use crate::{Role, route::At};

/// What the standard says of an action.
pub(super) struct Plan {
    pub(super) charges: &'static [Charge],
    pub(super) concerned: Concerned,
    pub(super) deputised: bool,
    pub(super) of_a_system: bool,
    pub(super) or_the_witness: bool,
    pub(super) clause: Option<ClauseId>,
}

/// Whether those whom a matter is about may do it all the same.
#[derive(Clone, Copy)]
pub(super) enum Concerned {
    /// They may.
    Free,
    /// They may not.
    Barred,
    /// They may not, and neither may the holder of this role there, whose matter it is.
    BarredWith(Role),
}

const fn plan(clause: &'static str, charges: &'static [Charge]) -> Plan {
    Plan {
        charges,
        concerned: Concerned::Free,
        deputised: false,
        of_a_system: false,
        or_the_witness: false,
        clause: Some(ClauseId::known(clause)),
    }
}

/// What is done with a permit: the clause is that of its kind. Nobody does it in their own matter.
const fn of_permit(charges: &'static [Charge]) -> Plan {
    Plan {
        charges,
        concerned: Concerned::Barred,
        deputised: false,
        of_a_system: false,
        or_the_witness: false,
        clause: None,
    }
}

impl Plan {
    /// A deputy can do it in an absent manager's place (2-6-2, 2-7-2).
    fn deputised(self) -> Self {
        Self {
            deputised: true,
            ..self
        }
    }

    /// It is always about one system.
    fn of_a_system(self) -> Self {
        Self {
            of_a_system: true,
            ..self
        }
    }

    /// Nobody does it in their own matter.
    fn not_ones_own(self) -> Self {
        Self {
            concerned: Concerned::Barred,
            ..self
        }
    }

    /// Nor does anybody before a witness: where nobody stands above, whoever would witness does it.
    fn or_the_witness(self) -> Self {
        Self {
            or_the_witness: true,
            ..self.not_ones_own()
        }
    }

    /// Nor does the manager of the bureau whose matter it is.
    fn not_of_ones_bureau(self) -> Self {
        Self {
            concerned: Concerned::BarredWith(Role::BureauManager),
            ..self
        }
    }
}

const CISO: Charge = Charge::InCharge(Role::Ciso, At::Here);
const CSIRT_CHIEF: Charge = Charge::InCharge(Role::CsirtChief, At::Here);
const CSIRT_MANAGER: Charge = Charge::InCharge(Role::CsirtManager, At::Here);
const CSIRT_MANAGER_OF_OWNER: Charge = Charge::InCharge(Role::CsirtManager, At::Owner);
const BUREAU_MANAGER: Charge = Charge::InCharge(Role::BureauManager, At::Here);
const BUREAU_MANAGER_OF_OWNER: Charge = Charge::InCharge(Role::BureauManager, At::Owner);
const NETWORK_MANAGER: Charge = Charge::InCharge(Role::NetworkManager, At::Here);
const HEAD: Charge = Charge::InCharge(Role::InformationManager, At::Here);
const MANAGERS: &[Charge] = &[HEAD, Charge::Manager];
const CONTAINERS: &[Charge] = &[HEAD, Charge::Manager, CSIRT_MANAGER, CSIRT_CHIEF, CISO];

const fn holds(role: Role) -> Charge {
    Charge::Holder(role, At::Here)
}

const fn holds_anywhere(role: Role) -> Charge {
    Charge::Holder(role, At::Anywhere)
}

/// The chain of command over a person's section, and the centre that runs the accounts.
const COMMAND: &[Charge] = &[
    holds_anywhere(Role::Ciso),
    holds_anywhere(Role::NetworkManager),
    Charge::Holder(Role::BureauManager, At::Bureau),
    Charge::Holder(Role::InformationManager, At::Chain),
];

/// Stopping is given widely: a wrong stop costs a sign-in, a late one costs information.
const STOPPERS: &[Charge] = &[
    holds_anywhere(Role::Ciso),
    holds_anywhere(Role::NetworkManager),
    Charge::Holder(Role::BureauManager, At::Bureau),
    Charge::Holder(Role::InformationManager, At::Chain),
    holds_anywhere(Role::CsirtChief),
    holds_anywhere(Role::CsirtManager),
    holds_anywhere(Role::CsirtStaff),
];

/// Who may let an ID for emergencies be opened.
const TRUSTED: &[Charge] = &[
    holds_anywhere(Role::InformationManager),
    holds(Role::NetworkManager),
    holds_anywhere(Role::BureauManager),
    holds(Role::CsirtChief),
    holds(Role::Ciso),
];

/// Who may judge what was done with one.
const REVIEWERS: &[Charge] = &[
    holds_anywhere(Role::InformationManager),
    holds(Role::NetworkManager),
    holds_anywhere(Role::BureauManager),
    holds(Role::CsirtChief),
    holds(Role::Ciso),
    holds_anywhere(Role::Auditor),
];

const KEEPERS: &[Charge] = &[
    Charge::Holder(Role::InformationManager, At::Chain),
    Charge::Holder(Role::DeputyInformationManager, At::Chain),
];

const CONNECTORS: &[Charge] = &[
    Charge::Holder(Role::InformationManager, At::Chain),
    Charge::Holder(Role::DeputyInformationManager, At::Chain),
    holds(Role::NetworkManager),
];

impl Action {
    #[rustfmt::skip]
    pub(super) fn plan(self) -> Plan {
        use Role::{BureauManager, Ciso, CsirtChief, CsirtManager, CsirtStaff, InformationManager, NetworkManager};
        match self {
            Self::PermitWitness => of_permit(&[Charge::Witness]),
            Self::PermitRevoke => of_permit(const { &[Charge::LastStep, holds(Ciso)] }),
            Self::PermitComplete => of_permit(&[Charge::LastStep]),
            Self::ExceptionApply => plan("8-4-(1)-1", const { &[holds(BureauManager)] }),
            Self::ExceptionInvoke => plan("8-4-(2)-1", const { &[holds(BureauManager)] }),
            Self::ExceptionDecide | Self::ExceptionExtend => plan("8-4-(1)-1", &[CISO]).not_of_ones_bureau(),
            Self::ExceptionWitness => plan("8-4-(1)-1", &[Charge::Witness]).not_of_ones_bureau(),
            Self::ExceptionReport => plan("8-4-(2)-2", const { &[holds(BureauManager)] }),
            Self::ExceptionEndorse => plan("8-4-(2)-2", &[CISO]).not_of_ones_bureau(),
            Self::ExceptionRevoke => plan("8-4-(1)-1", &[CISO]),
            Self::ExceptionClose => plan("8-4-(1)-1", const { &[holds(BureauManager), CISO] }),
            Self::IncidentAcknowledge => plan("8-3-(1)-1", &[HEAD, Charge::SystemManager, BUREAU_MANAGER, CSIRT_MANAGER, CSIRT_CHIEF, CISO]).deputised(),
            Self::IncidentInvestigate => plan("8-3-(2)-1", MANAGERS).deputised(),
            Self::IncidentJudgeMinor => plan("8-3-(2)-2ウ", &[CSIRT_MANAGER]),
            Self::IncidentReportToCsirtChief => plan("8-3-(2)-2ア", &[CSIRT_MANAGER]),
            Self::IncidentReportToCiso => plan("8-3-(2)-3", &[BUREAU_MANAGER]),
            Self::IncidentReportOutside => plan("2-8-3", &[CSIRT_CHIEF]),
            Self::IncidentSuspend => plan("8-3-(3)-1a", &[Charge::Manager, CSIRT_MANAGER, CSIRT_MANAGER_OF_OWNER, CSIRT_CHIEF, CISO]).deputised().of_a_system(),
            Self::IncidentResume => plan("8-3-(4)-1a", &[Charge::Manager, BUREAU_MANAGER, BUREAU_MANAGER_OF_OWNER, CSIRT_MANAGER, CSIRT_MANAGER_OF_OWNER, CSIRT_CHIEF, CISO]).deputised().of_a_system(),
            Self::IncidentReportContainment => plan("8-3-(3)-1b", CONTAINERS).deputised(),
            Self::IncidentHoldRecords => plan("8-3-(3)-2a", CONTAINERS).deputised(),
            Self::IncidentReleaseRecords => plan("8-3-(3)-2a", &[CSIRT_CHIEF, CISO]),
            Self::IncidentRecover => plan("8-3-(4)-1a", MANAGERS).deputised(),
            Self::IncidentPrevent => plan("8-3-(4)-2a", &[BUREAU_MANAGER]),
            Self::IncidentClose => plan("8-3-0a", &[BUREAU_MANAGER, CSIRT_MANAGER, CSIRT_CHIEF]),
            Self::DeputyNominate => plan("1-6-1", &[HEAD]),
            Self::AbsencePlan => plan("2-3-4b", const { &[holds(InformationManager)] }),
            Self::AbsenceWithdrawPlan => plan("2-3-4b", &[HEAD]),
            Self::AbsenceRecord => plan("2-3-4b", const { &[holds(InformationManager), holds(BureauManager), holds(Ciso)] }),
            Self::AccountManage => plan("7-2-(9)-1", COMMAND).not_ones_own(),
            Self::AccountStop => plan("4-4-4", STOPPERS),
            Self::PrivilegeOversee => plan("7-2-(8)-1b", STOPPERS).not_ones_own(),
            Self::EntitlementRemove => plan("7-2-(9)-1", const { &[holds_anywhere(InformationManager), holds_anywhere(BureauManager), holds(NetworkManager), holds(Ciso)] }),
            Self::EmergencyAsk => plan("7-2-(8)-1a", const { &[holds_anywhere(InformationManager), holds(NetworkManager), holds_anywhere(BureauManager), holds(CsirtChief), holds_anywhere(CsirtManager), holds_anywhere(CsirtStaff), holds(Ciso)] }),
            Self::EmergencyApprove => plan("7-2-(8)-1a", TRUSTED).not_ones_own(),
            Self::EmergencyReview => plan("7-2-(8)-1a", REVIEWERS).not_ones_own(),
            Self::AccessReviewKeep => plan("7-2-(3)-2", &[Charge::Manager]).deputised().of_a_system().or_the_witness(),
            Self::SharedIdKeep => plan("4-3-2", &[Charge::Manager]).deputised().of_a_system(),
            Self::RestrictedItemKeep => plan("7-2-(5)-1", &[HEAD]).deputised().or_the_witness(),
            Self::SystemManage => plan("2-3-3", &[Charge::Manager]).deputised().of_a_system(),
            Self::NetworkManage => plan("2-5-1", &[NETWORK_MANAGER]),
            Self::TerminalProtect => plan("7-4-(1)-5", KEEPERS),
            Self::ServiceIdKeep => plan("7-8-3", COMMAND),
            Self::OrganisationKeep => plan("1-5-1", const { &[holds(NetworkManager), holds(Ciso)] }),
            Self::LedgerKeep => plan("7-1-(1)-1", KEEPERS),
            Self::LedgerKeepNetworks => plan("3-3-0", const { &[holds(NetworkManager)] }),
            Self::LedgerKeepConnections => plan("7-1-(1)-1", CONNECTORS),
        }
    }
}
