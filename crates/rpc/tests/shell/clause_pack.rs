//! `ClausePack`: the standard itself, readable by staff and machines.

use std::collections::BTreeSet;

use crate::support::{code, house};
use kernel::Actor;
use proto::sekisho::standard::v1::{
    GetClauseRequest, GetPackRequest, ListClausesRequest, ListPeriodsRequest,
    ListPermitKindsRequest, Strength, clause_pack_client::ClausePackClient,
};
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
async fn nobody_reads_it_without_a_token() {
    let house = house().await;
    let mut client = ClausePackClient::new(house.anonymous().0);
    let error = client
        .get_pack(GetPackRequest {})
        .await
        .expect_err("refused");
    assert_eq!(code(&error), "token_missing");
}
