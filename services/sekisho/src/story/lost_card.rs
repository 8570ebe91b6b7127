//! Scene 4: a lost ID card, and the incident that opens itself.

use proto::{
    identity::v1::{
        AccessOutcome, FactorState, RegisterIdCardRequest, ReportCredentialLostRequest,
        accounts_client::AccountsClient,
    },
    incidents::v1::IncidentState,
};

use super::{
    case::{ADDRESSEES, CIRCUMSTANCES, Case, ESCALATIONS, TAKEN_OVER_BY},
    factors::{ADVICE, ADVICE_SECTION, register_user},
    second_factor::SecondFactor,
    shown,
    teller::{Teller, expect},
    world::World,
};
use crate::{Failure, sign_in};

pub(super) async fn play(world: &World, teller: &mut Teller) -> Result<(), Failure> {
    teller.scene("IDカードを紛失する", "An ID card is lost");
    let (person, password) = world.newcomer("manager_advice", ADVICE_SECTION).await?;
    let session = sign_in::password_only(&world.connection, &person, &password).await?;
    teller.step(
        &format!("{person} がパスワードを決め、課長がIDカードを登録します。"),
        &format!("{person} chooses a password; the head of the section registers an ID card."),
    );
    let words = ("パスワードを登録", "password enrolled");
    shown::record(world, teller, shown::FACTOR_ENROLLED, &person, words).await?;
    let card = register_card(world, &person).await?;
    let words = ("IDカードを登録", "ID card registered");
    shown::record(world, teller, shown::FACTOR_ENROLLED, &person, words).await?;

    teller.step(
        &format!("{person} がカードの紛失を届け出ます。"),
        &format!("{person} reports the card lost."),
    );
    AccountsClient::new(world.connection.bearer(&session.access_token)?)
        .report_credential_lost(ReportCredentialLostRequest {
            person_id: String::new(),
            credential_id: card,
            circumstances: CIRCUMSTANCES.to_owned(),
        })
        .await?;
    let lost = "identity.v1.CredentialReportedLost";
    let words = ("カードとセッションを停止", "card and sessions are dead");
    shown::record(world, teller, lost, &person, words).await?;
    let answer = world.evaluate(&session, ADVICE).await?;
    let refused_for = answer.reasons.iter().map(|one| one.code.as_str());
    expect(
        ("紛失した者のセッション", "the session of who lost the card"),
        &(answer.outcome(), refused_for.collect()),
        &(AccessOutcome::Deny, vec!["token_revoked_by_loss"]),
    )?;
    shown::access(world, teller, &answer).await?;

    let mut case = Case::opened_by_itself(world, &person).await?;
    teller.step(
        "障害が自動的に起票されました。",
        "An incident has opened itself.",
    );
    show(&case, world, teller, "IncidentReported", ("起票", "opened")).await?;
    work(&mut case, world, teller).await?;
    suspend_and_resume(&mut case, world, teller, &password).await?;
    finish(&mut case, world, teller).await
}

/// What was done is reported, recurrence is prevented, and the case is closed.
async fn finish(case: &mut Case, world: &World, teller: &Teller) -> Result<(), Failure> {
    teller.step(
        "復旧の措置を報告し、再発防止策を決めます。",
        "What was done to recover is reported; recurrence is prevented.",
    );
    case.recover(world).await?;
    let words = ("復旧の報告", "recovery reported");
    show(case, world, teller, "IncidentRecovered", words).await?;
    case.prevent(world).await?;
    let words = ("再発防止", "recurrence prevented");
    show(case, world, teller, "PreventionRecorded", words).await?;
    for who in ADDRESSEES {
        if case.acknowledge_if_addressed(world, who).await? {
            received(case, world, teller).await?;
        }
    }
    teller.step("終結します。", "The incident is closed.");
    case.close(world).await?;
    expect(
        ("障害の状態", "the incident's state"),
        &case.incident.state(),
        &IncidentState::Closed,
    )?;
    show(case, world, teller, "IncidentClosed", ("終結", "closed")).await
}

/// Gives the person a card, through the manager.
async fn register_card(world: &World, person: &str) -> Result<String, Failure> {
    let account = AccountsClient::new(world.channel("manager_advice")?)
        .register_id_card(RegisterIdCardRequest {
            person_id: person.to_owned(),
            serial: format!("C-{}", runtime::new_id().simple()),
            certificate_serial: String::new(),
            certificate_issuer: String::new(),
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

/// Report, investigation, escalation.
async fn work(case: &mut Case, world: &World, teller: &Teller) -> Result<(), Failure> {
    teller.step(
        "広聴相談課長が受け、調査します。",
        "The head of the section takes it and investigates.",
    );
    case.acknowledge(world, "manager_advice").await?;
    received(case, world, teller).await?;
    case.investigate(world).await?;
    let words = ("調査結果", "investigated");
    show(case, world, teller, "IncidentInvestigated", words).await?;

    teller.step(
        "市民局長とCSIRT管理者が受け、CSIRT責任者とCISOへ上げます。",
        "Bureau manager and CSIRT manager take it and pass it on to the CSIRT chief and the CISO.",
    );
    for who in TAKEN_OVER_BY {
        case.acknowledge(world, who).await?;
        received(case, world, teller).await?;
    }
    for (who, target) in ESCALATIONS {
        case.escalate(world, who, target).await?;
        let words = ("報告", "passed on");
        show(case, world, teller, "IncidentEscalated", words).await?;
    }
    if case.acknowledge_if_addressed(world, "csirt_chief").await? {
        received(case, world, teller).await?;
    }
    Ok(())
}

/// Containment and recovery.
async fn suspend_and_resume(
    case: &mut Case,
    world: &World,
    teller: &Teller,
    password: &str,
) -> Result<(), Failure> {
    let id = case.incident.incident_id.clone();
    let person = case.incident.person_id.clone();
    let session = sign_in::password_only(&world.connection, &person, password).await?;
    let raised = SecondFactor::add(world, &session).await?;
    let grant = raised.grant();
    teller.step(
        &format!("{person} が二要素でサインインし直し、利用者登録を受けます。"),
        &format!("{person} signs in again with two factors and is registered as a user."),
    );
    let permit = register_user(world, grant, "manager_advice", &person, ADVICE).await?;
    shown::permit(world, teller, &permit).await?;
    let answer = world
        .evaluate_until(grant, ADVICE, AccessOutcome::Allow)
        .await?;
    shown::access(world, teller, &answer).await?;

    teller.step(
        "市民相談クラウドを止めます。",
        "The advice cloud is suspended.",
    );
    case.suspend(world).await?;
    world.touched(ADVICE, "incidents.v1.SystemSuspended", &id);
    show(
        case,
        world,
        teller,
        "SystemSuspended",
        ("停止", "suspended"),
    )
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
    shown::access(world, teller, &answer).await?;
    case.report_containment(world).await?;
    let words = (
        "停止をCSIRT責任者に報告",
        "suspension reported to the CSIRT chief",
    );
    show(case, world, teller, "ContainmentReported", words).await?;

    teller.step(
        "復旧し、また使えるようになります。",
        "It is restored and can be used again.",
    );
    case.resume(world).await?;
    world.touched(ADVICE, "incidents.v1.SystemResumed", &id);
    show(case, world, teller, "SystemResumed", ("再開", "resumed")).await?;
    let answer = world
        .evaluate_until(grant, ADVICE, AccessOutcome::Allow)
        .await?;
    shown::access(world, teller, &answer).await?;
    raised.remove(world).await
}

async fn show(
    case: &Case,
    world: &World,
    teller: &Teller,
    event: &str,
    words: (&str, &str),
) -> Result<(), Failure> {
    let kind = format!("incidents.v1.{event}");
    shown::record(world, teller, &kind, &case.incident.incident_id, words).await
}

/// Somebody has taken a report.
async fn received(case: &Case, world: &World, teller: &Teller) -> Result<(), Failure> {
    let words = ("報告を受領", "report received");
    show(case, world, teller, "ReportAcknowledged", words).await
}
