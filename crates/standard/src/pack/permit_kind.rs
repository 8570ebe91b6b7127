//! A kind of permit: who applies, who decides in which order, what it must contain.

use kernel::ClauseId;

use super::{Guard, Period};
use crate::{Role, StepRole};

/// A kind of permit. Everything about it is data: route, guards, references, effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitKind {
    /// `family.name`, for example `service.terms_only`.
    pub id: String,
    /// What people read, Japanese.
    pub title_ja: String,
    /// What people read, English.
    pub title_en: String,
    /// The clauses it serves; the first is the one that asks for the permit.
    pub clauses: Vec<ClauseId>,
    /// Who may apply: `Staff` means anyone.
    pub applicant: Role,
    /// The steps, decided in order. Empty only when it is invoked without a decision before.
    pub route: Vec<StepRole>,
    /// Who must be told afterwards, for a kind without a decision before (8-4-(2)-2).
    pub report_to: Option<StepRole>,
    /// By when, counted from when it was invoked.
    pub report_due: Option<Period>,
    /// What a permit of this kind must name.
    pub needs: Vec<Reference>,
    /// Whether the application may carry the cloud flag, which brings further guards.
    pub cloud: bool,
    /// What stands between an application and its route, each under its clause. The guards the
    /// cloud flag brings are among them, under [`super::Condition::Cloud`].
    pub guards: Vec<Guard>,
    /// Every field an application may fill: those the guards and matrices name, and `optional`.
    pub fields: Vec<String>,
    /// What must be recorded once it is carried out (time, person, method); none: nothing.
    pub completion: Option<Completion>,
    /// Clauses a granted permit relaxes, for what it names and until its end.
    pub relaxes: Vec<ClauseId>,
    /// What granting it brings about in another service.
    pub effect: Option<Effect>,
}

/// What is recorded of a permit once what it permits is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The clause that asks for it.
    pub clause: ClauseId,
    /// The fields, all of them to be filled.
    pub fields: Vec<String>,
}

impl PermitKind {
    /// The fields to fill once it is carried out; empty: nothing is to be recorded then.
    pub fn completion_fields(&self) -> &[String] {
        self.completion
            .as_ref()
            .map_or(&[], |completion| &completion.fields)
    }

    /// Whether any member of staff applies for it and others decide, step by step. Exceptions (8-4) have
    /// a life of their own.
    pub fn is_applied_for(&self) -> bool {
        self.applicant == Role::Staff && !self.route.is_empty()
    }

    /// The clause that asks for the permit; loading refuses a kind without one.
    pub fn asked_by(&self) -> &ClauseId {
        &self.clauses[0]
    }
}

crate::vocabulary::words! {
    /// Something a permit names by id.
    Reference, "reference" {
        Person = "person", "人", "Person";
        System = "system", "情報システム", "Information system";
        Device = "device", "端末・機器", "Device";
        Medium = "medium", "媒体", "Medium";
        Network = "network", "ネットワーク", "Network";
        Information = "information", "行政情報", "Information";
        /// An external service, by the name its provider gives it.
        Service = "service", "外部サービス", "External service";
    }
}

crate::vocabulary::words! {
    /// What a granted permit brings about.
    Effect, "effect" {
        /// The person may use the system, in identity.
        Entitlement = "entitlement", "利用者登録", "Entitlement";
        /// The person may administer the system for hours, in identity.
        PrivilegedGrant = "privileged_grant", "特権付与", "Privileged grant";
        /// The device belongs to the network, in the ledger.
        DeviceBinding = "device_binding", "端末とネットワークの結付け", "Device binding";
        /// The take-out is on record, in the ledger.
        TakeoutRecord = "takeout_record", "持ち出し記録", "Take-out record";
    }
}
