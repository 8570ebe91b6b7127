//! Networks: shown, found by name and class, paged.

use proto::{
    common::v1::NetworkClass,
    ledger::v1::{GetNetworkRequest, ListNetworksRequest, Network},
};
use testkit::refused;
use tonic::Code;

use crate::city::{City, on_both};

/// Three beside the one that every city of the tests has.
async fn networks(city: &City) {
    for (id, class, external) in [
        ("NW-1", NetworkClass::Internet, true),
        ("NW-2", NetworkClass::Lgwan, false),
        ("NW-3", NetworkClass::Internet, false),
    ] {
        let entered = city.network(id, class.into(), external).await;
        entered.expect("a network");
    }
}

async fn listed(city: &City, request: ListNetworksRequest) -> (Vec<String>, String) {
    let answer = city.networks(city.staff()).list_networks(request).await;
    let answer = answer.expect("a page").into_inner();
    let ids = answer.networks.into_iter().map(|one| one.network_id);
    (ids.collect(), answer.next_page_token)
}

#[tokio::test]
async fn a_network_is_shown_as_entered_and_one_that_is_not_there_is_told_so() {
    on_both(async |city| {
        networks(city).await;
        let mut staff = city.networks(city.staff());
        let mut show = async |id: &str| {
            let network_id = id.to_owned();
            staff.get_network(GetNetworkRequest { network_id }).await
        };
        let shown = show("NW-1").await.expect("a network").into_inner();
        let expected = Network {
            network_id: "NW-1".to_owned(),
            name: "網NW-1".to_owned(),
            network_class: NetworkClass::Internet.into(),
            external: true,
            ..Network::default()
        };
        assert_eq!(shown.network, Some(expected));
        let told = refused(&show("NW-9").await.expect_err("none"));
        let expected = (Code::NotFound, "network_not_found");
        assert_eq!((told.status, told.code.as_str()), expected);
    })
    .await;
}

#[tokio::test]
async fn networks_are_found_by_name_and_class_and_paged() {
    on_both(async |city| {
        networks(city).await;
        let of_class = ListNetworksRequest {
            network_class: NetworkClass::Internet.into(),
            ..ListNetworksRequest::default()
        };
        let (internet, _) = listed(city, of_class).await;
        assert_eq!(internet, ["NW-1", "NW-3"]);
        let named = ListNetworksRequest {
            name: "nw-2".to_owned(),
            ..ListNetworksRequest::default()
        };
        let (second, _) = listed(city, named).await;
        assert_eq!(second, ["NW-2"], "upper and lower case alike");

        let mut one = ListNetworksRequest {
            page_size: 1,
            ..ListNetworksRequest::default()
        };
        let mut all = Vec::new();
        loop {
            let (page, next) = listed(city, one.clone()).await;
            assert_eq!(page.len(), 1, "{next}");
            all.extend(page);
            if next.is_empty() {
                break;
            }
            one.page_token = next;
        }
        assert_eq!(all, ["NW-1", "NW-2", "NW-3", "NW-KNOWN"], "by number");
    })
    .await;
}
