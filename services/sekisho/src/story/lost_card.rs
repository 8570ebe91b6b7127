//! Scene 4: a lost ID card, and the incident that opens itself.

use proto::{
    identity::v1::{
        AccessOutcome, FactorState, GetSessionRequest, RegisterIdCardRequest,
        ReportCredentialLostRequest, accounts_client::AccountsClient, sign_in_client::SignInClient,
    },
    incidents::v1::{
        AcknowledgeReportRequest, CloseIncidentRequest, EscalateRequest, EscalationTarget,
        Incident, IncidentState, Investigation, ListIncidentsRequest, RecordInvestigationRequest,
        RecordPreventionRequest, RecordRecoveryRequest, ReportContainmentRequest,
        ResumeSystemRequest, SuspendSystemRequest, incidents_client::IncidentsClient,
    },
};

use super::{
    factors::{ADVICE, ADVICE_SECTION, register_user, show_access},
    second_factor::SecondFactor,
    teller::{Shown, Teller, expect, expect_refusal},
    world::World,
};
use crate::{Failure, client::Line, sign_in};

pub(super) async fn play(world: &World, teller: &mut Teller) -> Result<(), Failure> {
    teller.scene("IDカードを紛失する", "An ID card is lost");
    let (person, password) = world.newcomer("manager_advice", ADVICE_SECTION).await?;
    let session = sign_in::password_only(&world.connection, &person, &password).await?;
    let card = register_card(world, &person).await?;

    teller.step(
        &format!("{person} がカードの紛失を届け出ます。"),
        &format!("{person} reports the card lost."),
    );
    AccountsClient::new(world.connection.bearer(&session.access_token)?)
        .report_credential_lost(ReportCredentialLostRequest {
            person_id: String::new(),
            credential_id: card,
            circumstances: "帰宅途中の電車に置き忘れた".to_owned(),
        })
        .await?;
    let index = world
        .index_of("identity.v1.CredentialReportedLost", &person)
        .await?;
    teller.show(&Shown {
        decision: teller
            .lang()
            .pick("カードとセッションを停止", "card and sessions are dead")
            .to_owned(),
        clauses: &["4-4-3".to_owned(), "4-4-4".to_owned()],
        log_index: Some(index),
    });
    let outcome = SignInClient::new(world.connection.bearer(&session.access_token)?)
        .get_session(GetSessionRequest {})
        .await;
    let answer = expect_refusal(
        ("紛失したカードのセッション", "the session of the lost card"),
        outcome,
        "token_revoked",
    )?;
    teller.refused(&answer, None);

    let mut case = Case::opened_by_itself(world, &person).await?;
    teller.step(
        "障害が自動的に起票されました。",
        "An incident has opened itself.",
    );
    case.show(world, teller, "IncidentReported", ("起票", "opened"))
        .await?;
    case.work(world, teller, &password).await
}

/// Gives the person a card, through the manager.
async fn register_card(world: &World, person: &str) -> Result<String, Failure> {
    let account = AccountsClient::new(world.channel("manager_advice")?)
        .register_id_card(RegisterIdCardRequest {
            person_id: person.to_owned(),
            serial: format!("C-{}", runtime::new_id().simple()),
            certificate_serial: String::new(),
        })
        .await?
        .into_inner()
        .account
        .unwrap_or_default();
    let live = FactorState::Live as i32;
    account
        .factors
        .into_iter()
        .rfind(|factor| factor.kind == "ic_card" && factor.state == live)
        .map(|factor| factor.credential_id)
        .ok_or_else(|| Failure::unexpected("the card was not registered"))
}

/// The incident on its way through the chain.
struct Case {
    incident: Incident,
    person: String,
}

impl Case {
    async fn opened_by_itself(world: &World, person: &str) -> Result<Self, Failure> {
        let csirt = world.channel("csirt_chief")?;
        let found = world
            .until("an incident about the lost card", async || {
                let request = ListIncidentsRequest {
                    page_size: 50,
                    ..ListIncidentsRequest::default()
                };
                let page = IncidentsClient::new(csirt.clone())
                    .list_incidents(request)
                    .await?;
                let open = |one: &Incident| {
                    one.person_id == person && one.state() == IncidentState::Reported
                };
                Ok(page.into_inner().incidents.into_iter().find(open))
            })
            .await?;
        Ok(Self {
            incident: found,
            person: person.to_owned(),
        })
    }

    /// Report, investigation, escalation, containment, recovery, prevention, closure.
    async fn work(
        &mut self,
        world: &World,
        teller: &Teller,
        password: &str,
    ) -> Result<(), Failure> {
        let id = self.incident.incident_id.clone();
        teller.step(
            "広聴相談課長が受け、調査します。",
            "The head of the section takes it and investigates.",
        );
        self.acknowledge(world.channel("manager_advice")?).await?;
        self.investigate(world).await?;
        self.show(
            world,
            teller,
            "IncidentInvestigated",
            ("調査結果", "investigated"),
        )
        .await?;

        teller.step("市民局長とCSIRT管理者が受け、CSIRT責任者とCISOへ上げます。", "Bureau manager and CSIRT manager take it and pass it on to the CSIRT chief and the CISO.");
        for who in ["bureau_manager_citizens", "csirt_manager_citizens"] {
            self.acknowledge(world.channel(who)?).await?;
        }
        for (who, target) in [
            ("csirt_manager_citizens", EscalationTarget::CsirtChief),
            ("bureau_manager_citizens", EscalationTarget::Ciso),
        ] {
            let request = EscalateRequest {
                incident_id: id.clone(),
                target: target.into(),
                reason: "カードで庁外から入られたおそれがある".to_owned(),
            };
            let mut client = IncidentsClient::new(world.channel(who)?);
            self.keep(client.escalate(request).await?.into_inner().incident)?;
            self.show(world, teller, "IncidentEscalated", ("報告", "passed on"))
                .await?;
        }
        self.acknowledge_if_addressed(world, "csirt_chief").await?;

        self.suspend_and_resume(world, teller, password).await?;
        self.recover_and_close(world, teller).await
    }

    async fn suspend_and_resume(
        &mut self,
        world: &World,
        teller: &Teller,
        password: &str,
    ) -> Result<(), Failure> {
        let id = self.incident.incident_id.clone();
        let manager = world.channel("manager_advice")?;
        let session = sign_in::password_only(&world.connection, &self.person, password).await?;
        let raised = SecondFactor::add(world, &session).await?;
        let grant = raised.grant();
        register_user(world, grant, "manager_advice", &self.person, ADVICE).await?;
        world
            .evaluate_until(grant, ADVICE, AccessOutcome::Allow)
            .await?;

        teller.step(
            "市民相談クラウドを止めます。",
            "The advice cloud is suspended.",
        );
        let request = SuspendSystemRequest {
            incident_id: id.clone(),
            system_id: ADVICE.to_owned(),
            reason: "被害の拡大を防ぐため".to_owned(),
        };
        let mut client = IncidentsClient::new(manager.clone());
        self.keep(client.suspend_system(request).await?.into_inner().incident)?;
        world.touched(ADVICE, "incidents.v1.SystemSuspended", &id);
        self.show(world, teller, "SystemSuspended", ("停止", "suspended"))
            .await?;
        let answer = world
            .evaluate_until(grant, ADVICE, AccessOutcome::Deny)
            .await?;
        let named = answer.clauses.iter().any(|clause| clause == "8-3-(3)-1a");
        expect(
            (
                "停止の条項が示される",
                "the clause of the suspension is named",
            ),
            &named,
            &true,
        )?;
        show_access(world, teller, &answer).await?;

        let request = ReportContainmentRequest {
            incident_id: id.clone(),
            measures: "市民相談クラウドを停止した".to_owned(),
        };
        self.keep(
            client
                .report_containment(request)
                .await?
                .into_inner()
                .incident,
        )?;
        teller.step(
            "復旧し、また使えるようになります。",
            "It is restored and can be used again.",
        );
        let request = ResumeSystemRequest {
            incident_id: id.clone(),
            system_id: ADVICE.to_owned(),
            reason: "アクセス記録を確認し、不正な利用がないことを確かめた".to_owned(),
        };
        self.keep(client.resume_system(request).await?.into_inner().incident)?;
        world.touched(ADVICE, "incidents.v1.SystemResumed", &id);
        self.show(world, teller, "SystemResumed", ("再開", "resumed"))
            .await?;
        let answer = world
            .evaluate_until(grant, ADVICE, AccessOutcome::Allow)
            .await?;
        show_access(world, teller, &answer).await?;
        raised.remove(world).await
    }

    async fn recover_and_close(&mut self, world: &World, teller: &Teller) -> Result<(), Failure> {
        let id = self.incident.incident_id.clone();
        let manager = world.channel("manager_advice")?;
        let mut client = IncidentsClient::new(manager);
        let request = RecordRecoveryRequest {
            incident_id: id.clone(),
            measures: "カードを無効にし、システムを再開した".to_owned(),
        };
        self.keep(client.record_recovery(request).await?.into_inner().incident)?;
        let request = RecordPreventionRequest {
            incident_id: id.clone(),
            measures: "カードホルダーの着用を徹底する".to_owned(),
        };
        let mut bureau = IncidentsClient::new(world.channel("bureau_manager_citizens")?);
        self.keep(
            bureau
                .record_prevention(request)
                .await?
                .into_inner()
                .incident,
        )?;
        for who in [
            "bureau_manager_citizens",
            "csirt_manager_citizens",
            "csirt_chief",
            "ciso",
        ] {
            self.acknowledge_if_addressed(world, who).await?;
        }
        teller.step(
            "再発防止策を決め、終結します。",
            "Recurrence is prevented; the incident is closed.",
        );
        let request = CloseIncidentRequest {
            incident_id: id,
            conclusion: "被害なし".to_owned(),
        };
        let closed = bureau.close_incident(request).await?.into_inner().incident;
        self.keep(closed)?;
        expect(
            ("障害の状態", "the incident's state"),
            &self.incident.state(),
            &IncidentState::Closed,
        )?;
        self.show(world, teller, "IncidentClosed", ("終結", "closed"))
            .await
    }

    async fn investigate(&mut self, world: &World) -> Result<(), Failure> {
        let request = RecordInvestigationRequest {
            incident_id: self.incident.incident_id.clone(),
            findings: Some(Investigation {
                what_happened: "職員がIDカードを電車に置き忘れた".to_owned(),
                cause: "カードホルダーを着用していなかった".to_owned(),
                damage_and_scope: "確認された被害はないが、市民相談クラウドに入られたおそれがある"
                    .to_owned(),
            }),
            grave_outside_harm: true,
        };
        let mut client = IncidentsClient::new(world.channel("manager_advice")?);
        self.keep(
            client
                .record_investigation(request)
                .await?
                .into_inner()
                .incident,
        )
    }

    async fn acknowledge(&mut self, channel: Line) -> Result<(), Failure> {
        let request = AcknowledgeReportRequest {
            incident_id: self.incident.incident_id.clone(),
        };
        let answer = IncidentsClient::new(channel)
            .acknowledge_report(request)
            .await?;
        self.keep(answer.into_inner().incident)
    }

    /// Acknowledges as somebody, if an open step of the chain waits for them.
    async fn acknowledge_if_addressed(&mut self, world: &World, who: &str) -> Result<(), Failure> {
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
            self.acknowledge(world.channel(who)?).await
        } else {
            Ok(())
        }
    }

    fn keep(&mut self, incident: Option<Incident>) -> Result<(), Failure> {
        self.incident =
            incident.ok_or_else(|| Failure::unexpected("the answer holds no incident"))?;
        Ok(())
    }

    async fn show(
        &self,
        world: &World,
        teller: &Teller,
        event: &str,
        (ja, en): (&str, &str),
    ) -> Result<(), Failure> {
        let id = &self.incident.incident_id;
        let index = world.index_of(&format!("incidents.v1.{event}"), id).await?;
        let clauses = world.clauses_at(index).await?;
        teller.show(&Shown {
            decision: format!("{} [{event}]", teller.lang().pick(ja, en)),
            clauses: &clauses,
            log_index: Some(index),
        });
        Ok(())
    }
}
