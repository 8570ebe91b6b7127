//! Everything somebody does by the post they hold, beside the steps of a permit's route.
//!
//! One table ([`Action::charges`]) says to whom each falls. Every service decides by it whether the
//! caller may, and `WhoMay` answers by it who may: neither can say what the other does not.

mod charge;
mod plan;

use std::collections::BTreeSet;

use kernel::{ClauseId, PersonId};

use crate::{
    Pack, Role,
    route::{At, Matter},
    vocabulary::words,
};

pub use charge::{Charge, Charged};
use plan::Concerned;

words! {
    /// Something done by whoever holds a post. Absence plans name those that a deputy can do.
    Action, "action" {
        PermitWitness = "permit.witness", "許可の決定の立会い", "Witnessing a decision on a permit";
        PermitRevoke = "permit.revoke", "許可の取消し", "Revoking a permit";
        PermitComplete = "permit.complete", "許可の完了の記録", "Recording a permit's completion";
        ExceptionApply = "exception.apply", "例外措置の申請", "Applying for an exception";
        ExceptionInvoke = "exception.invoke", "緊急の例外措置", "Invoking an emergency exception";
        /// Granting or refusing it.
        ExceptionDecide = "exception.decide", "例外措置の決定", "Deciding on an exception";
        ExceptionWitness = "exception.witness", "例外措置の決定の立会い", "Witnessing a decision on an exception";
        ExceptionReport = "exception.report", "緊急の例外措置の報告", "Reporting an emergency exception";
        ExceptionEndorse = "exception.endorse", "緊急の例外措置の承認", "Endorsing an emergency exception";
        ExceptionExtend = "exception.extend", "例外措置の延長", "Extending an exception";
        ExceptionRevoke = "exception.revoke", "例外措置の取消し", "Revoking an exception";
        ExceptionClose = "exception.close", "例外措置の完結", "Closing an exception";
        IncidentAcknowledge = "incident.acknowledge", "障害報告の受領", "Taking in a report of an incident";
        IncidentInvestigate = "incident.investigate", "障害の調査", "Investigating an incident";
        IncidentJudgeMinor = "incident.judge_minor", "障害の軽微の判断", "Judging an incident minor";
        IncidentReportToCsirtChief = "incident.report_to_csirt_chief", "障害のCSIRT責任者への報告", "Passing an incident on to the CSIRT chief";
        IncidentReportToCiso = "incident.report_to_ciso", "障害の最高情報セキュリティ責任者への報告", "Reporting an incident to the CISO";
        IncidentReportOutside = "incident.report_outside", "障害の国・県等への報告", "Reporting an incident to bodies outside";
        IncidentSuspend = "incident.suspend", "情報システムの停止", "Suspending a system";
        IncidentResume = "incident.resume", "情報システムの再開", "Resuming a system";
        IncidentReportContainment = "incident.report_containment", "停止措置の報告", "Reporting a containment";
        IncidentHoldRecords = "incident.hold_records", "アクセス記録の保全", "Holding access records";
        IncidentReleaseRecords = "incident.release_records", "アクセス記録の保全の解除", "Releasing access records";
        IncidentRecover = "incident.recover", "障害からの復旧", "Recovering from an incident";
        IncidentPrevent = "incident.prevent", "再発防止", "Preventing an incident's recurrence";
        IncidentClose = "incident.close", "障害の終結", "Closing an incident";
        /// Also ending a nomination.
        DeputyNominate = "deputy.nominate", "副情報管理者等の指名", "Nominating deputies";
        AbsencePlan = "absence.plan", "代行計画の作成", "Writing the plan for one's absence";
        AbsenceWithdrawPlan = "absence.withdraw_plan", "代行計画の取下げ", "Withdrawing the plan for an absence";
        /// Also ending it.
        AbsenceRecord = "absence.record", "不在の記録", "Recording an absence";
        /// Enrolment, cards, disabling and enabling.
        AccountManage = "account.manage", "アカウントの管理", "Managing an account";
        /// Reporting a credential lost, ending sessions.
        AccountStop = "account.stop", "アカウントの停止措置", "Stopping what an account is used for";
        /// Ending it, and reviewing what was done with it.
        PrivilegeOversee = "privilege.oversee", "特権使用の監督", "Overseeing a privilege";
        EntitlementRemove = "entitlement.remove", "利用権の取消し", "Removing an entitlement";
        /// Also closing it.
        EmergencyAsk = "emergency.ask", "緊急用IDの申請", "Asking for an ID for emergencies";
        EmergencyApprove = "emergency.approve", "緊急用IDの承認", "Approving an ID for emergencies";
        EmergencyReview = "emergency.review", "緊急用ID使用の確認", "Reviewing the use of an ID for emergencies";
        /// Starting one, confirming and removing accesses.
        AccessReviewKeep = "access_review.keep", "アクセス権の見直し", "Reviewing accesses to a system";
        SharedIdKeep = "shared_id.keep", "共有IDの管理", "Keeping shared IDs";
        /// Registering it, admitting people to it and dismissing them.
        RestrictedItemKeep = "restricted_item.keep", "仕様書、共有フォルダ、機器等の閲覧等の許可", "Admitting people to specifications, shared folders, equipment and media";
        /// Development, change and operation.
        SystemManage = "system.manage", "情報システムの開発、変更、運用", "Developing, changing and operating a system";
        NetworkManage = "network.manage", "ネットワークの変更、運用", "Changing and operating networks";
        TerminalProtect = "terminal.protect", "端末の不正プログラム対策の設定変更", "Changing the protection settings of terminals";
        ServiceIdKeep = "service_id.keep", "サービスIDの管理", "Keeping service IDs";
        OrganisationKeep = "organisation.keep", "組織の記録の管理", "Keeping the organisation's records";
        /// Systems, information, devices.
        LedgerKeep = "ledger.keep", "台帳の管理", "Keeping a section's ledger";
        LedgerKeepNetworks = "ledger.keep_networks", "ネットワーク台帳の管理", "Keeping the ledger of networks";
        LedgerKeepConnections = "ledger.keep_connections", "接続台帳の管理", "Keeping the ledger of connections";
    }
}

impl Action {
    /// To whom it falls; any of them may do it.
    pub fn charges(self) -> &'static [Charge] {
        self.plan().charges
    }

    /// Whether a deputy can do it in an absent manager's place.
    pub fn is_deputised(self) -> bool {
        self.plan().deputised
    }

    /// The clause by which it falls to them; none = the clause of the kind of permit.
    pub fn clause(self) -> Option<ClauseId> {
        self.plan().clause
    }

    /// Whether it is always about one system.
    pub fn needs_system(self) -> bool {
        self.plan().of_a_system
    }

    /// Whether it is done about an incident.
    pub fn is_of_incidents(self) -> bool {
        self.as_str().starts_with("incident.")
    }

    /// The roles it begins with, each once. It falls to nobody else where no charge is passed on.
    pub fn roles(self) -> Vec<Role> {
        let mut roles = Vec::new();
        for role in self.charges().iter().filter_map(|charge| charge.role()) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        roles
    }

    /// The roles it begins with in one matter, and where.
    pub fn begins(self, pack: &Pack, matter: &impl Matter) -> Vec<(Role, At)> {
        let charges = self.charges().iter();
        let begins = charges.filter_map(|charge| charge.begins(pack, matter));
        begins.collect()
    }

    /// Who may do it in one matter. `concerned`: the people the matter is about.
    pub fn charged(
        self,
        concerned: &BTreeSet<&PersonId>,
        pack: &Pack,
        matter: &impl Matter,
    ) -> Vec<Charged> {
        let plan = self.plan();
        let by_post = match plan.concerned {
            Concerned::BarredWith(role) => matter.holders(role, At::Here),
            Concerned::Free | Concerned::Barred => BTreeSet::new(),
        };
        let barred: BTreeSet<&PersonId> = match plan.concerned {
            Concerned::Free => BTreeSet::new(),
            Concerned::Barred | Concerned::BarredWith(_) => {
                concerned.iter().copied().chain(&by_post).collect()
            }
        };
        let mut found: Vec<Charged> = Vec::new();
        for charge in plan.charges {
            let Some(mut charged) = charge.charged(&barred, pack, matter) else {
                continue;
            };
            if !plan.deputised {
                charged.deciders.acting.clear();
            }
            if let (true, Some(role)) = (plan.or_the_witness, charged.deciders.witness) {
                charged.deciders = charged.deciders.left_to(role, &barred, matter);
            }
            if !found.contains(&charged) {
                found.push(charged);
            }
        }
        found
    }

    /// Whether somebody may do it in one matter, in their own right or for an absent holder.
    pub fn is_for(
        self,
        person: &PersonId,
        concerned: &BTreeSet<&PersonId>,
        pack: &Pack,
        matter: &impl Matter,
    ) -> bool {
        let charged = self.charged(concerned, pack, matter);
        charged.iter().any(|one| one.deciders.include(person))
    }
}

#[cfg(test)]
mod tests;
