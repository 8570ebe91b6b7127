//! `ClausePack`: the standard itself, readable by staff and machines.

use std::collections::BTreeSet;

use crate::support::{code, house};
use kernel::Actor;
use proto::sekisho::standard::v1::{
    Clause, GetChecklistRequest, GetClauseRequest, GetMatricesRequest, GetPackRequest,
    ListChecklistsRequest, ListClassesRequest, ListClausesRequest, ListPeriodsRequest,
    ListPermitKindsRequest, ListRolesRequest, MatrixRow, ServingMode, Strength,
    clause_pack_client::ClausePackClient,
};
use standard::{Channel, InformationClass, MatrixCell, Mode, Role, ServiceType};
use tonic::Code;

#[tokio::test]
async fn a_walk_through_the_pages_meets_every_clause_once_in_order() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.staff().0);
    let pack = client
        .get_pack(GetPackRequest {})
        .await
        .expect("a pack")
        .into_inner();
    assert_eq!(pack.version, house.runtime.pack.version());

    let mut walked = Vec::new();
    let mut request = ListClausesRequest {
        page_size: 100,
        ..ListClausesRequest::default()
    };
    loop {
        let page = client
            .list_clauses(request.clone())
            .await
            .expect("a page")
            .into_inner();
        assert!(page.clauses.len() <= 100);
        walked.extend(page.clauses.into_iter().map(|clause| clause.id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let all = house.runtime.pack.clauses().iter();
    let all: Vec<String> = all.map(|clause| clause.id.to_string()).collect();
    assert_eq!(walked, all);
    assert_eq!(all.len(), pack.clauses as usize);
}

#[tokio::test]
async fn a_list_holds_only_what_was_asked_for() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.machine(Actor::Workload("portal".into())).0);
    let request = ListClausesRequest {
        service: "identity".into(),
        strength: Strength::Must.into(),
        page_size: 500,
        ..ListClausesRequest::default()
    };
    let page = client
        .list_clauses(request)
        .await
        .expect("a page")
        .into_inner();
    assert!(!page.clauses.is_empty());
    let kinds = page
        .clauses
        .iter()
        .map(|one| (one.service.as_str(), one.strength()));
    let kinds: BTreeSet<_> = kinds.map(|(service, s)| (service, s as i32)).collect();
    assert_eq!(kinds, [("identity", Strength::Must as i32)].into());

    let request = ListClausesRequest {
        mode: ServingMode::Record.into(),
        page_size: 500,
        ..ListClausesRequest::default()
    };
    let page = client.list_clauses(request).await.expect("a page");
    let asking = page.into_inner().clauses;
    let asks = |one: &Clause| one.mode() == ServingMode::Record || one.also().any(record);
    assert!(asking.iter().all(asks), "first or also");
    assert!(asking.iter().any(|one| one.mode() != ServingMode::Record));
    let all = house.runtime.pack.clauses().iter();
    let of_pack = all.filter(|one| one.modes().any(|mode| mode == Mode::Record));
    assert_eq!(asking.len(), of_pack.count());

    let wrong = ListClausesRequest {
        service: "kitchen".into(),
        mode: 99,
        page_size: 501,
        page_token: "?".into(),
        ..ListClausesRequest::default()
    };
    let error = client.list_clauses(wrong).await.expect_err("refused");
    assert_eq!(error.code(), Code::InvalidArgument);
    for field in ["service", "mode", "page_size", "page_token"] {
        assert!(error.message().contains(field), "{field} in {error:?}");
    }
}

fn record(mode: ServingMode) -> bool {
    mode == ServingMode::Record
}

/// G4. Nothing in this house serves anything.
#[tokio::test]
async fn a_clause_says_of_each_kind_of_work_it_asks_for_why_it_is_not_done() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.staff().0);
    let pack = &house.runtime.pack;
    let listed = &pack.not_yet_served()[0];
    let request = GetClauseRequest {
        id: listed.clause.to_string(),
    };
    let found = client.get_clause(request).await.expect("found");
    let clause = found.into_inner().clause.expect("a clause");
    let told: Vec<_> = (clause.not_yet_served.iter())
        .map(|one| (one.reason_ja.as_str(), one.reason_en.as_str()))
        .collect();
    let of_pack = pack.not_yet_served().iter();
    let of_pack: Vec<_> = of_pack
        .filter(|one| one.clause == listed.clause)
        .map(|one| (one.reason_ja.as_str(), one.reason_en.as_str()))
        .collect();
    assert_eq!(told, of_pack);
    let pack = client.get_pack(GetPackRequest {}).await.expect("a pack");
    let pack = pack.into_inner();
    assert_eq!((pack.unserved, pack.partly_served), (pack.clauses, 0));
}

#[tokio::test]
async fn a_clause_the_pack_does_not_have_is_not_found() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.staff().0);
    let first = house.runtime.pack.clauses()[0].id.to_string();
    let request = GetClauseRequest { id: first.clone() };
    let found = client
        .get_clause(request)
        .await
        .expect("found")
        .into_inner();
    assert_eq!(found.clause.map(|clause| clause.id), Some(first));

    let request = GetClauseRequest { id: "99-9".into() };
    let error = client.get_clause(request).await.expect_err("not found");
    assert_eq!(
        (error.code(), code(&error).as_str()),
        (Code::NotFound, "clause_not_found")
    );
    let request = ListPermitKindsRequest {
        id: "no.such".into(),
    };
    let error = client
        .list_permit_kinds(request)
        .await
        .expect_err("not found");
    assert_eq!(code(&error), "permit_kind_not_found");
}

#[tokio::test]
async fn permit_kinds_and_periods_are_those_of_the_pack() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.staff().0);
    let pack = &house.runtime.pack;
    let request = ListPermitKindsRequest::default();
    let kinds = client
        .list_permit_kinds(request)
        .await
        .expect("kinds")
        .into_inner();
    let ids: Vec<&str> = kinds
        .permit_kinds
        .iter()
        .map(|kind| kind.id.as_str())
        .collect();
    let expected: Vec<&str> = pack
        .permit_kinds()
        .iter()
        .map(|kind| kind.id.as_str())
        .collect();
    assert_eq!(ids, expected);
    for kind in &kinds.permit_kinds {
        assert!(!kind.clauses.is_empty(), "{}", kind.id);
        assert!(
            kind.guards.iter().all(|guard| guard.rule.is_some()),
            "{}",
            kind.id
        );
    }
    let disposal = kinds
        .permit_kinds
        .iter()
        .find(|kind| kind.id == "medium.disposal")
        .expect("the pack's");
    assert_eq!(disposal.completion_clause, "3-4-(4)-3b");
    let emergency = kinds.permit_kinds.last().expect("the pack's");
    assert_eq!(
        (emergency.report_to.as_str(), emergency.report_due.as_str()),
        ("ciso", "emergency_exception_report_due")
    );
    let periods = client
        .list_periods(ListPeriodsRequest {})
        .await
        .expect("periods");
    let periods = periods.into_inner().periods;
    assert_eq!(periods.len(), standard::Period::ALL.len());
    let at_once = periods
        .iter()
        .find(|period| period.id == "at_once")
        .expect("at once");
    assert_eq!((at_once.count, at_once.unit.as_str()), (1, "hours"));
}

#[tokio::test]
async fn roles_say_who_stands_above_and_classes_which_clauses_define_them() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.staff().0);
    let roles = client.list_roles(ListRolesRequest {}).await;
    let roles = roles.expect("roles").into_inner().roles;
    let ids: Vec<&str> = roles.iter().map(|role| role.id.as_str()).collect();
    assert_eq!(ids, Role::CODES);
    let told = |id: &str| {
        let role = roles.iter().find(|role| role.id == id).expect("a role");
        let [clause, seat, up, witness] = [&role.clause, &role.seat, &role.up, &role.witness];
        [clause, seat, up, witness].map(String::as_str)
    };
    assert_eq!(told("ciso"), ["1-1-1", "city", "", "auditor"]);
    assert_eq!(
        told("information_manager"),
        ["1-3-1", "section", "bureau_manager", ""]
    );
    assert_eq!(told("staff")[0], "", "nothing sets up plain staff");

    let classes = client.list_classes(ListClassesRequest {}).await;
    let classes = classes.expect("classes").into_inner().classes;
    let told: Vec<(&str, &[String])> = classes
        .iter()
        .map(|class| (class.id.as_str(), class.clauses.as_slice()))
        .collect();
    assert_eq!(told[0], ("S", &["3-1-(2)-1".to_owned()][..]));
    let ids: Vec<&str> = told.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, InformationClass::CODES);
}

#[tokio::test]
async fn the_matrices_tell_for_every_class_where_it_may_go_and_with_what() {
    let house = house().await;
    let pack = &house.runtime.pack;
    let mut client = ClausePackClient::new(house.staff().0);
    let matrices = client.get_matrices(GetMatricesRequest {}).await;
    let matrices = matrices.expect("matrices").into_inner();

    let services = ServiceType::ALL.iter();
    let services: Vec<_> = services
        .map(|one| (one.as_str(), row(|class| pack.matrix(*one, class))))
        .collect();
    assert_eq!(told(&matrices.services), services);
    let channels = Channel::ALL.iter();
    let channels: Vec<_> = channels
        .map(|one| (one.as_str(), row(|class| pack.channel(*one, class))))
        .collect();
    assert_eq!(told(&matrices.channels), channels);
    let terms_only = services.iter().find(|(id, _)| *id == "terms_only");
    assert_eq!(
        terms_only.expect("a row").1,
        [
            "S refused 3-4-(6)-1 []",
            "I refused 3-4-(6)-1 []",
            "II refused 3-4-(6)-1 []",
            "III allowed 3-4-(6)-2b []"
        ]
    );
}

/// A row of the pack, as `class verdict clause fields`.
fn row<'a>(of: impl Fn(InformationClass) -> &'a MatrixCell) -> Vec<String> {
    let cell = |class: &InformationClass| {
        let MatrixCell {
            verdict,
            clause,
            fields,
        } = of(*class);
        format!("{class} {verdict} {clause} {fields:?}")
    };
    InformationClass::ALL.iter().map(cell).collect()
}

/// The same of what was answered.
fn told(rows: &[MatrixRow]) -> Vec<(&str, Vec<String>)> {
    let cells = |row: &MatrixRow| {
        let cells = row.cells.iter();
        let cells = cells.map(|c| format!("{} {} {} {:?}", c.class, c.verdict, c.clause, c.fields));
        cells.collect()
    };
    rows.iter()
        .map(|row| (row.id.as_str(), cells(row)))
        .collect()
}

#[tokio::test]
async fn a_checklist_tells_its_version_and_every_question_in_both_languages() {
    let house = house().await;
    let pack = &house.runtime.pack;
    let mut client = ClausePackClient::new(house.staff().0);
    let lists = client.list_checklists(ListChecklistsRequest {}).await;
    let lists = lists.expect("checklists").into_inner().checklists;
    let ids: Vec<&str> = lists.iter().map(|list| list.id.as_str()).collect();
    let expected: Vec<&str> = pack.checklists().map(|list| list.id.as_str()).collect();
    assert_eq!(ids, expected);
    for list in lists {
        let known = pack.checklist(&list.id).expect("the pack's");
        assert_eq!(list.version, known.version);
        assert_eq!(list.clause, known.clause.as_str());
        let items = list.items.iter();
        let items: Vec<_> = items
            .map(|item| [&item.id, &item.text_ja, &item.text_en])
            .collect();
        let questions = known.items.iter();
        let questions: Vec<_> = questions
            .map(|item| [&item.id, &item.text_ja, &item.text_en])
            .collect();
        assert_eq!(items, questions, "{}", list.id);

        let request = GetChecklistRequest {
            id: list.id.clone(),
        };
        let one = client.get_checklist(request).await.expect("found");
        assert_eq!(one.into_inner().checklist, Some(list));
    }
    let request = GetChecklistRequest {
        id: "no_such".into(),
    };
    let error = client.get_checklist(request).await.expect_err("not found");
    assert_eq!(
        (error.code(), code(&error).as_str()),
        (Code::NotFound, "checklist_not_found")
    );
}

#[tokio::test]
async fn nobody_reads_it_without_a_token() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.anonymous().0);
    let error = client
        .get_pack(GetPackRequest {})
        .await
        .expect_err("refused");
    assert_eq!(code(&error), "token_missing");
}
