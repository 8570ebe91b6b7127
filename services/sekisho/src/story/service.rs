//! Scene 2: an external service used on its terms alone.

use proto::{
    approvals::v1::{
        Application, ApplyPermitRequest, ChecklistAnswer, PermitSubject,
        permits_client::PermitsClient,
    },
    common::v1::{InformationClass, ServiceType},
    sekisho::standard::v1::{Checklist, GetChecklistRequest, clause_pack_client::ClausePackClient},
};

use super::{
    factors::{ADVICE_SECTION, apply_and_permit},
    shown,
    teller::{Teller, expect, expect_refusal},
    world::World,
};
use crate::{Failure, client::Line, sign_in};

pub(super) async fn play(world: &World, teller: &mut Teller) -> Result<(), Failure> {
    teller.scene(
        "約款だけの外部サービスの利用を申請する",
        "Applying for an external service on its terms alone",
    );
    let (person, password) = world.newcomer("manager_advice", ADVICE_SECTION).await?;
    let grant = sign_in::password_only(&world.connection, &person, &password).await?;

    let line = world.connection.bearer(&grant.access_token)?;
    let risks = terms_risk(line.clone()).await?;
    let (questions, version) = (risks.items.len(), &risks.version);
    teller.step(
        &format!(
            "確認票「{}」（{version} 版、{questions} 問）に答え、Ⅱ分類の情報で申請します。",
            risks.title_ja
        ),
        &format!(
            "The checklist \"{}\" ({version}, {questions} questions) is answered; an application for class II.",
            risks.title_en
        ),
    );
    let request = ApplyPermitRequest {
        application: Some(application(InformationClass::Ii, &risks)),
    };
    let outcome = PermitsClient::new(line).apply_permit(request).await;
    let answer = expect_refusal(
        ("約款だけのサービスでⅡ分類", "class II on terms alone"),
        outcome,
        "permit_rules_not_met",
    )?;
    let named = answer.clauses.iter().any(|clause| clause == "3-4-(6)-1");
    expect(
        (
            "分類の表の条項が示される",
            "the clause of the matrix is named",
        ),
        &named,
        &true,
    )?;
    let index = world.refusal_of(&person).await?;
    teller.refused(&answer, Some(index));

    teller.step(
        "Ⅲ分類の情報で申請し、課長が許可します。",
        "For class III; the head of the section permits.",
    );
    let application = application(InformationClass::Iii, &risks);
    let permit = apply_and_permit(world, &grant, "manager_advice", application).await?;
    shown::permit(world, teller, &permit).await
}

/// The questions about terms of use, as the platform asks them now.
async fn terms_risk(line: Line) -> Result<Checklist, Failure> {
    let request = GetChecklistRequest {
        id: "terms_risk".to_owned(),
    };
    let answer = ClausePackClient::new(line).get_checklist(request).await?;
    let checklist = answer.into_inner().checklist;
    checklist.ok_or_else(|| Failure::unexpected("the answer holds no checklist"))
}

fn application(class: InformationClass, risks: &Checklist) -> Application {
    let content = [
        ("need", "市民向け講座の日程調整"),
        ("protection", "公開済みの情報だけを扱う"),
        ("terms_url", "https://service.example.jp/terms"),
    ];
    Application {
        kind: "service.terms_only".to_owned(),
        subject: Some(PermitSubject {
            service_name: "日程調整サービス".to_owned(),
            service_type: ServiceType::TermsOnly.into(),
            ..PermitSubject::default()
        }),
        information_class: class.into(),
        content: content
            .iter()
            .map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
            .collect(),
        checklists: vec![ChecklistAnswer {
            checklist_id: risks.id.clone(),
            version: risks.version.clone(),
            confirmed_item_ids: risks.items.iter().map(|item| item.id.clone()).collect(),
        }],
        ..Application::default()
    }
}
