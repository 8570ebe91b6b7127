//! Scene 1: a cloud system that holds class I asks for two factors, also from the office.

use proto::{
    approvals::v1::{
        Application, ApplyPermitRequest, DecideStepRequest, Permit, PermitState, PermitSubject,
        StepVerdict, permits_client::PermitsClient,
    },
    common::v1::InformationClass,
    identity::v1::{AccessOutcome, SessionGrant},
};

use super::{
    second_factor::SecondFactor,
    shown,
    teller::{Teller, expect},
    world::World,
};
use crate::{Failure, sign_in};

/// 市民相談クラウド.
pub(super) const ADVICE: &str = "SYS-020";
/// What grants a permit on record.
pub(super) const PERMIT_GRANTED: &str = "approvals.v1.PermitGranted";
/// 広聴相談課.
pub(super) const ADVICE_SECTION: &str = "1504";

pub(super) async fn play(world: &World, teller: &mut Teller) -> Result<(), Failure> {
    teller.scene(
        "クラウドのⅠ分類システムに、パスワードだけで入ろうとする",
        "Trying to reach a cloud system that holds class I with a password alone",
    );
    let (person, password) = world.newcomer("manager_advice", ADVICE_SECTION).await?;
    teller.step(
        &format!("{person} が、課長から受け取った一回限りのコードでパスワードを決めます。"),
        &format!("{person} chooses a password, with a one-time code handed over by the head of the section."),
    );
    let words = ("パスワードを登録", "password enrolled");
    shown::record(world, teller, shown::FACTOR_ENROLLED, &person, words).await?;
    teller.step(
        &format!("{person} が利用者登録を申請し、広聴相談課長が許可します。"),
        &format!("{person} applies for registration as a user; the head of the section permits."),
    );
    let grant = sign_in::password_only(&world.connection, &person, &password).await?;
    let permit = register_user(world, &grant, "manager_advice", &person, ADVICE).await?;
    shown::permit(world, teller, &permit).await?;

    teller.step(
        "パスワードだけでサインインして、庁内から市民相談クラウドを使おうとします。",
        "Signed in with the password alone, from the office, towards the advice cloud.",
    );
    let answer = world
        .evaluate_until(&grant, ADVICE, AccessOutcome::StepUp)
        .await?;
    shown::access(world, teller, &answer).await?;
    let asked = answer.clauses.iter().any(|clause| clause == "7-2-(2)-2ア");
    expect(
        (
            "クラウドの条項が示される",
            "the clause of the cloud rule is named",
        ),
        &asked,
        &true,
    )?;
    let required = answer.required.clone().unwrap_or_default();
    let titles: Vec<_> = required
        .missing_categories
        .iter()
        .map(|id| factor_ja(id))
        .collect();
    let level = required.acr_values.join(" ");
    teller.note(
        format!("足りない要素: {}(必要な水準 {level})", titles.join("又は")),
        format!(
            "missing factor: {} (level asked for: {level})",
            required.missing_categories.join(" or ")
        ),
    );

    teller.step(
        "ワンタイムパスワードを登録し、確認します。",
        "Adds a one-time password and proves it.",
    );
    let raised = SecondFactor::add(world, &grant).await?;
    let words = ("ワンタイムパスワードを登録", "one-time password enrolled");
    shown::record(world, teller, shown::FACTOR_ENROLLED, &person, words).await?;
    let words = ("二要素のセッションになる", "the session has two factors");
    let stepped_up = "identity.v1.SessionSteppedUp";
    shown::record(world, teller, stepped_up, &person, words).await?;
    teller.step(
        "もう一度、市民相談クラウドを使おうとします。",
        "Towards the advice cloud once more.",
    );
    let answer = world
        .evaluate_until(raised.grant(), ADVICE, AccessOutcome::Allow)
        .await?;
    shown::access(world, teller, &answer).await?;
    raised.remove(world).await
}

fn factor_ja(category: &str) -> &str {
    match category {
        "knowledge" => "知識",
        "possession" => "所持",
        "inherence" => "存在",
        other => other,
    }
}

/// Registers somebody as a user of a system, by application and permit.
pub(super) async fn register_user(
    world: &World,
    applicant: &SessionGrant,
    approver: &str,
    person: &str,
    system: &str,
) -> Result<Permit, Failure> {
    let content = [("need", "窓口業務のため"), ("usage", "照会と入力")];
    let application = Application {
        kind: "user.registration".to_owned(),
        subject: Some(PermitSubject {
            person_id: person.to_owned(),
            system_id: system.to_owned(),
            ..PermitSubject::default()
        }),
        information_class: InformationClass::I.into(),
        content: content
            .iter()
            .map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
            .collect(),
        ..Application::default()
    };
    let permit = apply_and_permit(world, applicant, approver, application).await?;
    world.touched(system, PERMIT_GRANTED, &permit.permit_id);
    Ok(permit)
}

/// Applies, and has the one step of the route permit it.
pub(super) async fn apply_and_permit(
    world: &World,
    applicant: &SessionGrant,
    approver: &str,
    application: Application,
) -> Result<Permit, Failure> {
    let request = ApplyPermitRequest {
        application: Some(application),
    };
    let applied = PermitsClient::new(world.connection.bearer(&applicant.access_token)?)
        .apply_permit(request)
        .await?
        .into_inner()
        .permit
        .unwrap_or_default();
    let decided = PermitsClient::new(world.channel(approver)?)
        .decide_step(DecideStepRequest {
            permit_id: applied.permit_id,
            step_index: 0,
            verdict: StepVerdict::Permitted.into(),
            reason: "業務に必要".to_owned(),
            witness_id: String::new(),
        })
        .await?
        .into_inner()
        .permit
        .unwrap_or_default();
    expect(
        ("許可の状態", "the permit's state"),
        &decided.state(),
        &PermitState::Granted,
    )?;
    Ok(decided)
}
