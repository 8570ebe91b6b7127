//! The story's incident on its way through the chain. The platform takes every step twice without
//! harm, so that a case which an earlier playing left can be taken up from the start.

use proto::incidents::v1::{
    AcknowledgeReportRequest, CloseIncidentRequest, EscalateRequest, EscalationTarget, Incident,
    IncidentState, Investigation, ListIncidentsRequest, RecordInvestigationRequest,
    RecordPreventionRequest, RecordRecoveryRequest, ReportContainmentRequest, ResumeSystemRequest,
    SuspendSystemRequest, incidents_client::IncidentsClient,
};

use super::{factors::ADVICE, world::World};
use crate::{Failure, client::Line};

/// What the person says of the loss. The incident repeats it, and is known by it.
pub(super) const CIRCUMSTANCES: &str = "帰宅途中の電車に置き忘れた";

/// Where an incident of the story can stand before it is closed.
const OPEN: [IncidentState; 4] = [
    IncidentState::Reported,
    IncidentState::Investigated,
    IncidentState::Escalated,
    IncidentState::Recovered,
];

/// Who is told of the recovery and the prevention.
pub(super) const ADDRESSEES: [&str; 4] = [
    "bureau_manager_citizens",
    "csirt_manager_citizens",
    "csirt_chief",
    "ciso",
];

/// Who takes it over from the section.
pub(super) const TAKEN_OVER_BY: [&str; 2] = ["bureau_manager_citizens", "csirt_manager_citizens"];

/// Who passes it on to whom.
pub(super) const ESCALATIONS: [(&str, EscalationTarget); 2] = [
    ("csirt_manager_citizens", EscalationTarget::CsirtChief),
    ("bureau_manager_citizens", EscalationTarget::Ciso),
];

/// See the module.
pub(super) struct Case {
    pub(super) incident: Incident,
}

impl Case {
    /// The case of a card that was just reported lost, once it is there.
    pub(super) async fn opened_by_itself(world: &World, person: &str) -> Result<Self, Failure> {
        world
            .until("an incident about the lost card", async || {
                let found = Self::open_in(world, IncidentState::Reported).await?;
                Ok(found
                    .into_iter()
                    .find(|case| case.incident.person_id == person))
            })
            .await
    }

    /// Every case of this or an earlier playing that is not closed.
    pub(super) async fn open(world: &World) -> Result<Vec<Self>, Failure> {
        let found = OPEN.map(|state| Self::open_in(world, state));
        Ok(futures::future::try_join_all(found)
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    /// The newest first.
    async fn open_in(world: &World, state: IncidentState) -> Result<Vec<Self>, Failure> {
        let mut client = IncidentsClient::new(world.channel("csirt_chief")?);
        let mut request = ListIncidentsRequest {
            state: state.into(),
            page_size: 500,
            ..ListIncidentsRequest::default()
        };
        let mut found = Vec::new();
        loop {
            let page = client.list_incidents(request.clone()).await?.into_inner();
            let own = |one: &Incident| one.description.contains(CIRCUMSTANCES);
            let own = page.incidents.into_iter().filter(own);
            found.extend(own.map(|incident| Self { incident }));
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Everything that is still to be done, to the closure.
    pub(super) async fn settle(&mut self, world: &World) -> Result<(), Failure> {
        self.acknowledge(world, "manager_advice").await?;
        self.investigate(world).await?;
        for who in TAKEN_OVER_BY {
            self.acknowledge(world, who).await?;
        }
        for (who, target) in ESCALATIONS {
            self.escalate(world, who, target).await?;
        }
        self.acknowledge_if_addressed(world, "csirt_chief").await?;
        let mut suspended = self.incident.suspended_system_ids.iter();
        if suspended.any(|system| system == ADVICE) {
            self.report_containment(world).await?;
            self.resume(world).await?;
        }
        self.recover(world).await?;
        self.prevent(world).await?;
        for who in ADDRESSEES {
            self.acknowledge_if_addressed(world, who).await?;
        }
        self.close(world).await
    }

    pub(super) async fn investigate(&mut self, world: &World) -> Result<(), Failure> {
        let request = RecordInvestigationRequest {
            incident_id: self.id(),
            findings: Some(Investigation {
                what_happened: "職員がIDカードを電車に置き忘れた".to_owned(),
                cause: "カードホルダーを着用していなかった".to_owned(),
                damage_and_scope: "確認された被害はないが、市民相談クラウドに入られたおそれがある"
                    .to_owned(),
            }),
            grave_outside_harm: true,
        };
        let mut client = client(world, "manager_advice")?;
        let answer = client.record_investigation(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn escalate(
        &mut self,
        world: &World,
        who: &str,
        target: EscalationTarget,
    ) -> Result<(), Failure> {
        let request = EscalateRequest {
            incident_id: self.id(),
            target: target.into(),
            reason: "カードで庁外から入られたおそれがある".to_owned(),
        };
        let answer = client(world, who)?.escalate(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn suspend(&mut self, world: &World) -> Result<(), Failure> {
        let request = SuspendSystemRequest {
            incident_id: self.id(),
            system_id: ADVICE.to_owned(),
            reason: "被害の拡大を防ぐため".to_owned(),
        };
        let mut client = client(world, "manager_advice")?;
        let answer = client.suspend_system(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn report_containment(&mut self, world: &World) -> Result<(), Failure> {
        let request = ReportContainmentRequest {
            incident_id: self.id(),
            measures: "市民相談クラウドを停止した".to_owned(),
        };
        let mut client = client(world, "manager_advice")?;
        let answer = client.report_containment(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn resume(&mut self, world: &World) -> Result<(), Failure> {
        let request = ResumeSystemRequest {
            incident_id: self.id(),
            system_id: ADVICE.to_owned(),
            reason: "アクセス記録を確認し、不正な利用がないことを確かめた".to_owned(),
        };
        let mut client = client(world, "manager_advice")?;
        let answer = client.resume_system(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn recover(&mut self, world: &World) -> Result<(), Failure> {
        let request = RecordRecoveryRequest {
            incident_id: self.id(),
            measures: "カードを無効にし、システムを再開した".to_owned(),
        };
        let mut manager = client(world, "manager_advice")?;
        let answer = manager.record_recovery(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn prevent(&mut self, world: &World) -> Result<(), Failure> {
        let request = RecordPreventionRequest {
            incident_id: self.id(),
            measures: "カードホルダーの着用を徹底する".to_owned(),
        };
        let mut bureau = client(world, "bureau_manager_citizens")?;
        let answer = bureau.record_prevention(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn close(&mut self, world: &World) -> Result<(), Failure> {
        let request = CloseIncidentRequest {
            incident_id: self.id(),
            conclusion: "被害なし".to_owned(),
        };
        let mut bureau = client(world, "bureau_manager_citizens")?;
        let answer = bureau.close_incident(request).await?;
        self.keep(answer.into_inner().incident)
    }

    pub(super) async fn acknowledge(&mut self, world: &World, who: &str) -> Result<(), Failure> {
        let request = AcknowledgeReportRequest {
            incident_id: self.id(),
        };
        let answer = client(world, who)?.acknowledge_report(request).await?;
        self.keep(answer.into_inner().incident)
    }

    /// Acknowledges as somebody, if an open step of the chain waits for them; says whether one did.
    pub(super) async fn acknowledge_if_addressed(
        &mut self,
        world: &World,
        who: &str,
    ) -> Result<bool, Failure> {
        let role = match who {
            "bureau_manager_citizens" => "bureau_manager",
            "csirt_manager_citizens" => "csirt_manager",
            other => other,
        };
        let waits = self
            .incident
            .chain
            .iter()
            .any(|step| step.role == role && step.done_at.is_none());
        if waits {
            self.acknowledge(world, who).await?;
        }
        Ok(waits)
    }

    fn id(&self) -> String {
        self.incident.incident_id.clone()
    }

    fn keep(&mut self, incident: Option<Incident>) -> Result<(), Failure> {
        self.incident =
            incident.ok_or_else(|| Failure::unexpected("the answer holds no incident"))?;
        Ok(())
    }
}

fn client(world: &World, who: &str) -> Result<IncidentsClient<Line>, Failure> {
    Ok(IncidentsClient::new(world.channel(who)?))
}
