//! Who sees what, filters and pages.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proto::incidents::v1 as wire;
use testkit::refused;
use tonic::Code;

use super::city::{City, findings, on_both, report};

async fn listed(city: &City, who: &str, request: wire::ListIncidentsRequest) -> Vec<String> {
    let answer = city.client(who).list_incidents(request).await;
    let incidents = answer.expect("the list").into_inner().incidents;
    incidents
        .into_iter()
        .map(|incident| incident.title)
        .collect()
}

async fn say(city: &City, title: &str, who: &str, section: &str, system: &str) -> String {
    let mut request = report(title);
    section.clone_into(&mut request.section_id);
    system.clone_into(&mut request.system_id);
    let answer = city.client(who).report_incident(request).await;
    let incident = answer.expect("a report").into_inner().incident;
    incident.expect("the incident").incident_id
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_part_and_no_more() {
    on_both(async |city| {
        say(city, "A", "clerk", "s1", "").await;
        say(city, "B", "clerk3", "s1-1", "").await;
        say(city, "C", "clerk3", "s3", "sys-1").await;
        let hidden = say(city, "D", "im3", "s3", "").await;
        for (who, sees) in [
            ("clerk", "A"),
            ("clerk3", "BC"),
            // The section with its third-class office.
            ("im1", "AB"),
            // The manager of the system concerned.
            ("im2", "C"),
            ("im3", "CD"),
            ("bm", "ABC"),
            ("cm", "ABC"),
            ("bm2", "CD"),
            ("chief", "ABCD"),
            ("ciso", "ABCD"),
            ("auditor", "ABCD"),
        ] {
            let seen = listed(city, who, wire::ListIncidentsRequest::default()).await;
            let seen: BTreeSet<_> = seen.into_iter().filter(|title| title.len() == 1).collect();
            let wanted = sees.chars().map(String::from).collect();
            assert_eq!(seen, wanted, "{who}");
        }
        // What lies outside is not found, neither by asking for it.
        let request = wire::GetIncidentRequest {
            incident_id: hidden,
        };
        let answer = city.client("im1").get_incident(request.clone()).await;
        let refusal = refused(&answer.expect_err("not theirs to see"));
        assert_eq!(
            (refusal.code.as_str(), refusal.status),
            ("incident_not_found", Code::NotFound)
        );
        city.client("auditor")
            .get_incident(request)
            .await
            .expect("all");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_filtered_and_read_page_by_page_newest_first() {
    on_both(async |city| {
        for (n, section) in ["s3", "s3", "s1", "s3", "s3"].iter().enumerate() {
            // Two of them share an instant.
            if n != 1 {
                city.clock().advance(SignedDuration::from_secs(1));
            }
            say(city, &n.to_string(), "clerk3", section, "").await;
        }
        let mut request = wire::ListIncidentsRequest {
            section_id: "s3".to_owned(),
            page_size: 3,
            ..wire::ListIncidentsRequest::default()
        };
        let mut client = city.client("ciso");
        let mut pages = Vec::new();
        loop {
            let page = client
                .list_incidents(request.clone())
                .await
                .expect("a page")
                .into_inner();
            let titles: Vec<_> = page.incidents.into_iter().map(|one| one.title).collect();
            pages.push(titles);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(pages.len(), 2);
        assert_eq!(pages[0][..2], ["4", "3"]);
        let tail: BTreeSet<_> = [pages[0][2].as_str(), pages[1][0].as_str()].into();
        assert_eq!(tail, BTreeSet::from(["0", "1"]));
        assert_eq!(pages[1].len(), 1);

        let id = say(city, "調査済み", "clerk", "s1", "").await;
        city.client("im1")
            .record_investigation(findings(&id, false))
            .await
            .expect("findings");
        let request = wire::ListIncidentsRequest {
            state: wire::IncidentState::Investigated.into(),
            ..wire::ListIncidentsRequest::default()
        };
        assert_eq!(listed(city, "ciso", request).await, ["調査済み"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_is_refused() {
    on_both(async |city| {
        let mut client = city.client("ciso");
        for (page_size, page_token, field) in [
            (501, String::new(), "page_size"),
            (1, "not a token".to_owned(), "page_token"),
            (1, rpc::next_page_token("nonsense"), "page_token"),
        ] {
            let request = wire::ListIncidentsRequest {
                page_size,
                page_token,
                ..wire::ListIncidentsRequest::default()
            };
            let refusal = refused(
                &client
                    .list_incidents(request)
                    .await
                    .expect_err("no such page"),
            );
            assert_eq!(refusal.fields, [field]);
        }
        let request = wire::ListIncidentsRequest {
            state: 99,
            ..wire::ListIncidentsRequest::default()
        };
        let refusal = refused(
            &client
                .list_incidents(request)
                .await
                .expect_err("no such state"),
        );
        assert_eq!(refusal.fields, ["state"]);
    })
    .await;
}
