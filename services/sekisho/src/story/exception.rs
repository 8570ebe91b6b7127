//! Scene 3: an emergency exception in a disaster, and its end by itself.

use std::time::Duration;

use jiff::SignedDuration;
use kernel::Clock as _;
use proto::{
    approvals::v1::{
        EndorseExceptionRequest, Exception, ExceptionState, ExceptionTerms,
        InvokeEmergencyExceptionRequest, ListExceptionsRequest, ReportEmergencyExceptionRequest,
        RevokeExceptionRequest, exceptions_client::ExceptionsClient,
    },
    common::v1::InformationClass,
    identity::v1::{AccessOutcome, relaxation::By},
    instant, timestamp,
};
use standard::jst_words;

use super::{
    factors::register_user,
    shown,
    teller::{Teller, expect},
    world::World,
};
use crate::{Failure, sign_in};

/// 避難所運営支援クラウド.
const SHELTER: &str = "SYS-021";
/// 災害対策課.
const SHELTER_SECTION: &str = "1202";
/// What the exception relaxes: two factors for cloud and telework systems.
const CLAUSES: [&str; 2] = ["7-2-(2)-2ア", "7-2-(2)-2イ"];

/// Where an emergency exception in force can stand.
const LIVE: [ExceptionState; 3] = [
    ExceptionState::Invoked,
    ExceptionState::Reported,
    ExceptionState::Endorsed,
];
/// Why it cannot wait. The story's exceptions are known by it.
const GROUND: &str = "地震により職員がスマートフォンを持たずに参集した";

pub(super) async fn play(world: &World, teller: &mut Teller, seconds: u32) -> Result<(), Failure> {
    teller.scene(
        "災害時、局長が多要素認証の緊急例外を発動する",
        "In a disaster a bureau manager invokes an emergency exception for multi-factor authentication",
    );
    let (person, password) = world.newcomer("manager_shelter", SHELTER_SECTION).await?;
    let grant = sign_in::password_only(&world.connection, &person, &password).await?;
    teller.step(
        &format!("{person} が利用者登録を申請し、災害対策課長が許可します。"),
        &format!("{person} applies for registration as a user; the head of the section permits."),
    );
    let permit = register_user(world, &grant, "manager_shelter", &person, SHELTER).await?;
    shown::permit(world, teller, &permit).await?;
    teller.step(
        &format!("避難所の {person} は、パスワードしか使えません。"),
        &format!("{person}, at a shelter, has nothing but a password."),
    );
    let answer = world
        .evaluate_until(&grant, SHELTER, AccessOutcome::StepUp)
        .await?;
    shown::access(world, teller, &answer).await?;

    teller.step(
        &format!("危機管理局長が、{seconds} 秒だけの緊急例外を発動します。"),
        &format!("The head of the crisis bureau invokes an exception for {seconds} seconds."),
    );
    let exception = invoke(world, seconds).await?;
    // Asked before anything is shown: the exception is short.
    let answer = world
        .evaluate_until(&grant, SHELTER, AccessOutcome::AllowByException)
        .await?;
    tell(world, teller, &exception).await?;
    shown::access(world, teller, &answer).await?;
    let by = answer.relaxed_by.iter().filter_map(|one| one.by.as_ref());
    let named = by
        .clone()
        .any(|by| *by == By::ExceptionId(exception.exception_id.clone()));
    expect(
        ("例外措置が判断に示される", "the answer names the exception"),
        &named,
        &true,
    )?;
    teller.note(
        format!("例外措置 {}", exception.exception_id),
        format!("exception {}", exception.exception_id),
    );

    let show = async |event: &str, words: (&str, &str)| {
        let kind = format!("approvals.v1.{event}");
        shown::record(world, teller, &kind, &exception.exception_id, words).await
    };
    teller.step(
        "局長がCISOに報告し、CISOが追認します。",
        "The bureau manager reports; the CISO endorses.",
    );
    report(world, &exception).await?;
    show("ExceptionReported", ("事後の報告", "reported afterwards")).await?;
    endorse(world, &exception).await?;
    show("ExceptionEndorsed", ("追認", "endorsed")).await?;

    teller.step(
        "誰も何もせずに、終わりの時刻を待ちます。",
        "Nobody does anything; its end comes.",
    );
    wait_until_end(&exception).await;
    let answer = world.evaluate(&grant, SHELTER).await?;
    expect(
        ("例外措置が終わった後の判断", "the decision after its end"),
        &answer.outcome(),
        &AccessOutcome::StepUp,
    )?;
    shown::access(world, teller, &answer).await?;
    show("ExceptionExpired", ("自ら終わる", "ended by itself")).await
}

/// What was invoked: the clauses it deviates from, and its clocks.
async fn tell(world: &World, teller: &Teller, exception: &Exception) -> Result<(), Failure> {
    let (id, words) = (&exception.exception_id, ("発動", "invoked"));
    shown::record(world, teller, "approvals.v1.ExceptionInvoked", id, words).await?;
    teller.note(
        format!("逸脱する条項: {}", exception.clauses.join("、")),
        format!("deviates from: {}", exception.clauses.join(", ")),
    );
    let end = in_japan(exception.ends_at.as_ref());
    teller.note(format!("終期: {end}"), format!("ends at {end}"));
    let due = in_japan(exception.report_due_at.as_ref());
    teller.note(
        format!("CISOへの報告期限: {due}"),
        format!("report to the CISO is due at {due}"),
    );
    Ok(())
}

fn in_japan(at: Option<&prost_types::Timestamp>) -> String {
    at.and_then(instant).map_or_else(String::new, jst_words)
}

async fn invoke(world: &World, seconds: u32) -> Result<Exception, Failure> {
    let ends_at = runtime::SystemClock.now() + SignedDuration::from_secs(seconds.into());
    let terms = ExceptionTerms {
        clauses: CLAUSES.map(str::to_owned).to_vec(),
        section_ids: vec![SHELTER_SECTION.to_owned()],
        system_ids: vec![SHELTER.to_owned()],
        class_ceiling: InformationClass::I.into(),
        ground: GROUND.to_owned(),
        substitute_measure: "避難所ごとに二人で操作し、画面を記録する".to_owned(),
        ends_at: Some(timestamp(ends_at)),
        ..ExceptionTerms::default()
    };
    let exception = ExceptionsClient::new(world.channel("bureau_manager_crisis")?)
        .invoke_emergency_exception(InvokeEmergencyExceptionRequest { terms: Some(terms) })
        .await?
        .into_inner()
        .exception
        .unwrap_or_default();
    expect(
        ("例外措置の状態", "the exception's state"),
        &exception.state(),
        &ExceptionState::Invoked,
    )?;
    Ok(exception)
}

async fn report(world: &World, exception: &Exception) -> Result<(), Failure> {
    ExceptionsClient::new(world.channel("bureau_manager_crisis")?)
        .report_emergency_exception(ReportEmergencyExceptionRequest {
            exception_id: exception.exception_id.clone(),
            report: "避難所の開設状況の入力のため、多要素認証を求めずに利用させた".to_owned(),
        })
        .await?;
    Ok(())
}

async fn endorse(world: &World, exception: &Exception) -> Result<Exception, Failure> {
    let endorsed = ExceptionsClient::new(world.channel("ciso")?)
        .endorse_exception(EndorseExceptionRequest {
            exception_id: exception.exception_id.clone(),
            reason: "やむを得ない".to_owned(),
            witness_id: String::new(),
        })
        .await?
        .into_inner()
        .exception
        .unwrap_or_default();
    Ok(endorsed)
}

/// The exceptions of earlier playings that are in force, not reported or not judged.
pub(super) async fn left(world: &World) -> Result<Vec<Exception>, Failure> {
    let mut client = ExceptionsClient::new(world.channel("ciso")?);
    let states = LIVE.into_iter().chain([ExceptionState::Expired]);
    let mut request = ListExceptionsRequest {
        system_id: SHELTER.to_owned(),
        states: states.map(i32::from).collect(),
        page_size: 500,
        ..ListExceptionsRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let page = client.list_exceptions(request.clone()).await?.into_inner();
        let left = |one: &Exception| {
            let owed = one.reported_at.is_none() || one.decided_by.is_empty();
            one.emergency && one.ground == GROUND && (owed || LIVE.contains(&one.state()))
        };
        found.extend(page.exceptions.into_iter().filter(left));
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        request.page_token = page.next_page_token;
    }
}

/// Reports it, has it judged, and ends it if it has not ended.
pub(super) async fn settle(world: &World, mut exception: Exception) -> Result<(), Failure> {
    if exception.reported_at.is_none() {
        report(world, &exception).await?;
    }
    if exception.decided_by.is_empty() {
        exception = endorse(world, &exception).await?;
    }
    if LIVE.contains(&exception.state()) {
        ExceptionsClient::new(world.channel("ciso")?)
            .revoke_exception(RevokeExceptionRequest {
                exception_id: exception.exception_id,
                reason: "全員が多要素認証を使えるようになった".to_owned(),
            })
            .await?;
    }
    Ok(())
}

async fn wait_until_end(exception: &Exception) {
    let Some(end) = exception.ends_at.as_ref().and_then(instant) else {
        return;
    };
    let left = end.duration_since(runtime::SystemClock.now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
}
