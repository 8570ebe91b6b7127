//! Connections: what the rules forbid, and what approvals lets stand.

use jiff::{SignedDuration, Timestamp};
use kernel::Clock as _;
use proto::{
    approvals::v1::{self as approvals, Permit, PermitSubject},
    common::v1::{InformationClass, NetworkClass},
    ledger::v1::{
        ClassifyInformationRequest, Connection, ConnectionRejudged, GetConnectionRequest,
        ListConnectionsRequest, RegisterConnectionRequest, RegisterNetworkRequest,
        RemoveConnectionRequest,
    },
};
use standard::ServiceName;
use testkit::{eventually, eventually_ok, refused};
use tonic::{Code, Status};

use crate::city::{City, on_both};

const EXTERNAL: &str = "7-2-(6)-2c";

async fn connect(city: &City, id: &str, system: &str, network: &str) -> Result<Connection, Status> {
    let request = RegisterConnectionRequest {
        connection_id: id.to_owned(),
        system_id: system.to_owned(),
        network_id: network.to_owned(),
    };
    let mut connections = city.connections(city.manager());
    let answer = connections.register_connection(request).await?;
    Ok(answer.into_inner().connection.expect("the connection"))
}

async fn get(city: &City, id: &str) -> Connection {
    let request = GetConnectionRequest {
        connection_id: id.to_owned(),
    };
    let mut connections = city.connections(city.staff());
    let answer = connections
        .get_connection(request)
        .await
        .expect("a connection");
    answer.into_inner().connection.expect("the connection")
}

/// The CISO's permit to connect SYS-1 to NW-OUT.
fn external_permit(city: &City, id: &str, ends_at: Option<Timestamp>) -> Permit {
    Permit {
        subject: Some(PermitSubject {
            system_id: "SYS-1".to_owned(),
            network_id: "NW-OUT".to_owned(),
            ..PermitSubject::default()
        }),
        clauses: vec![EXTERNAL.to_owned()],
        ..city.permit(id, "network.external_connection", ends_at)
    }
}

async fn system_and_external_network(city: &City) {
    city.system("SYS-1", |_| ()).await;
    city.network("NW-OUT", NetworkClass::Internet.into(), true)
        .await
        .expect("a network");
}

#[tokio::test]
async fn a_forbidden_connection_is_refused_with_its_clauses() {
    on_both(async |city| {
        city.system("SYS-1", |entry| {
            entry.network_class = NetworkClass::MyNumber.into();
            entry.personal_information = true;
        })
        .await;
        city.network("NW-OUT", NetworkClass::Internet.into(), true)
            .await
            .expect("a network");
        city.network("NW-IN", NetworkClass::MyNumber.into(), false)
            .await
            .expect("a network");
        let refusal = refused(
            &connect(city, "C-1", "SYS-1", "NW-OUT")
                .await
                .expect_err("forbidden"),
        );
        assert_eq!(refusal.status, Code::FailedPrecondition);
        assert_eq!(refusal.code, "connection_forbidden");
        assert_eq!(refusal.clauses, ["3-6-(1)-ア-1", "7-2-(6)-1a", EXTERNAL]);
        let plain = connect(city, "C-1", "SYS-1", "NW-IN")
            .await
            .expect("plainly lawful");
        assert_eq!(
            (plain.allowed_by.as_str(), plain.relaxed_clauses.len()),
            ("", 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_permit_lets_a_connection_stand_until_it_ends_and_nobody_need_be_told() {
    on_both(async |city| {
        system_and_external_network(city).await;
        let end = city.process.clock.now() + SignedDuration::from_hours(1);
        city.granted(&external_permit(city, "PER-1", Some(end)))
            .await;
        let connection = eventually_ok("the permit is known", async || {
            connect(city, "C-1", "SYS-1", "NW-OUT").await
        })
        .await;
        assert_eq!(connection.allowed_by, "PER-1");
        assert_eq!(connection.relaxed_clauses, [EXTERNAL]);
        assert_eq!(get(city, "C-1").await.forbidden_clauses, [""; 0]);

        city.process.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(get(city, "C-1").await.forbidden_clauses, [EXTERNAL]);
        let refusal = refused(
            &connect(city, "C-2", "SYS-1", "NW-OUT")
                .await
                .expect_err("ended"),
        );
        assert_eq!(refusal.code, "connection_forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_permit_leaves_the_connection_on_record_as_forbidden_and_says_so() {
    on_both(async |city| {
        system_and_external_network(city).await;
        let permit = external_permit(city, "PER-1", None);
        city.granted(&permit).await;
        eventually_ok("the permit is known", async || {
            connect(city, "C-1", "SYS-1", "NW-OUT").await
        })
        .await;
        city.revoked(&permit).await;
        let told = city.has_published::<ConnectionRejudged>("C-1", 1).await;
        let connection = told[0].connection.as_ref().expect("the connection");
        assert_eq!(connection.forbidden_clauses, [EXTERNAL]);
        assert_eq!(get(city, "C-1").await.forbidden_clauses, [EXTERNAL]);

        // Another permit makes it lawful again, until it is carried out to the end.
        let other = external_permit(city, "PER-2", None);
        city.granted(&other).await;
        let told = city.has_published::<ConnectionRejudged>("C-1", 2).await;
        let connection = told[1].connection.as_ref().expect("the connection");
        assert_eq!(connection.allowed_by, "PER-2");
        assert_eq!(connection.forbidden_clauses, [""; 0]);
        city.completed(&other).await;
        let told = city.has_published::<ConnectionRejudged>("C-1", 3).await;
        let connection = told[2].connection.as_ref().expect("the connection");
        assert_eq!(connection.forbidden_clauses, [EXTERNAL]);
    })
    .await;
}

#[tokio::test]
async fn personal_information_that_comes_to_a_connected_system_forbids_the_connection_7_2_6_1a() {
    on_both(async |city| {
        system_and_external_network(city).await;
        city.granted(&external_permit(city, "PER-1", None)).await;
        eventually_ok("the permit is known", async || {
            connect(city, "C-1", "SYS-1", "NW-OUT").await
        })
        .await;
        let request = ClassifyInformationRequest {
            information_id: "J-1".to_owned(),
            name: "相談記録".to_owned(),
            section_id: "1301".to_owned(),
            information_class: InformationClass::I.into(),
            ground: "ordinance_1_to_4".to_owned(),
            system_id: "SYS-1".to_owned(),
            personal_information: true,
            ..ClassifyInformationRequest::default()
        };
        let mut information = city.information(city.manager());
        information
            .classify_information(request)
            .await
            .expect("what is so is recorded");
        let connection = get(city, "C-1").await;
        assert_eq!(connection.forbidden_clauses, ["7-2-(6)-1a"]);
        assert_eq!(
            connection.relaxed_clauses,
            [EXTERNAL],
            "the permit still serves its own clause"
        );
        city.has_published::<ConnectionRejudged>("C-1", 1).await;
    })
    .await;
}

#[tokio::test]
async fn an_exception_covers_its_systems_until_it_is_revoked() {
    on_both(async |city| {
        city.system("SYS-1", |entry| {
            entry.network_class = NetworkClass::Lgwan.into()
        })
        .await;
        city.system("SYS-2", |entry| {
            entry.network_class = NetworkClass::Lgwan.into()
        })
        .await;
        city.network("NW-NET", NetworkClass::Internet.into(), false)
            .await
            .expect("a network");
        let exception = approvals::Exception {
            exception_id: "EXC-1".to_owned(),
            clauses: vec!["3-6-(2)-ア-1".to_owned()],
            system_ids: vec!["SYS-1".to_owned()],
            class_ceiling: InformationClass::Ii.into(),
            starts_at: Some(proto::timestamp(city.process.clock.now())),
            ..approvals::Exception::default()
        };
        // One for somebody, said first, does not cover the system's connection.
        let somebodys = approvals::Exception {
            exception_id: "EXC-0".to_owned(),
            person_ids: vec!["S0001".to_owned()],
            ..exception.clone()
        };
        for exception in [somebodys, exception.clone()] {
            let id = exception.exception_id.clone();
            let invoked = approvals::ExceptionInvoked {
                exception: Some(exception),
            };
            city.say(ServiceName::Approvals, "exception", &id, &invoked)
                .await;
        }
        let connection = eventually_ok("the exception is known", async || {
            connect(city, "C-1", "SYS-1", "NW-NET").await
        })
        .await;
        assert_eq!(connection.allowed_by, "EXC-1");
        let other = connect(city, "C-2", "SYS-2", "NW-NET")
            .await
            .expect_err("not covered");
        assert_eq!(refused(&other).clauses, ["3-6-(2)-ア-1"]);

        let revoked = approvals::ExceptionRevoked {
            exception: Some(exception),
        };
        city.say(ServiceName::Approvals, "exception", "EXC-1", &revoked)
            .await;
        eventually("the connection is forbidden", async || {
            (get(city, "C-1").await.forbidden_clauses == ["3-6-(2)-ア-1"]).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_class_of_a_network_stays_while_something_is_connected_3_3_0() {
    on_both(async |city| {
        city.system("SYS-1", |_| ()).await;
        let internet = NetworkClass::Internet.into();
        city.network("NW-1", internet, false)
            .await
            .expect("a network");
        connect(city, "C-1", "SYS-1", "NW-1").await.expect("lawful");
        let status = city
            .network("NW-1", internet, true)
            .await
            .expect_err("in use");
        let refusal = refused(&status);
        assert_eq!(
            (refusal.code.as_str(), refusal.clauses.concat()),
            ("network_in_use", "3-3-0".to_owned())
        );
        let renamed = RegisterNetworkRequest {
            network_id: "NW-1".to_owned(),
            name: "改称".to_owned(),
            network_class: internet,
            ..RegisterNetworkRequest::default()
        };
        let mut networks = city.networks(city.network_manager());
        networks
            .register_network(renamed)
            .await
            .expect("a name is no rule");

        let remove = RemoveConnectionRequest {
            connection_id: "C-1".to_owned(),
            reason: "撤去".to_owned(),
        };
        let mut connections = city.connections(city.manager());
        connections
            .remove_connection(remove)
            .await
            .expect("removed");
        city.network("NW-1", internet, true)
            .await
            .expect("free again");
        let listed = connections
            .list_connections(ListConnectionsRequest::default())
            .await
            .expect("a list");
        assert!(listed.into_inner().connections.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_connection_entered_while_its_permit_is_revoked_does_not_slip_through() {
    on_both(async |city| {
        system_and_external_network(city).await;
        for round in 0..8 {
            let permit = external_permit(city, &format!("PER-{round}"), None);
            city.granted(&permit).await;
            let before = format!("C-{round}-before");
            eventually_ok("the permit is known", async || {
                connect(city, &before, "SYS-1", "NW-OUT").await
            })
            .await;
            let id = format!("C-{round}");
            let (_, entered) =
                futures::join!(city.revoked(&permit), connect(city, &id, "SYS-1", "NW-OUT"));
            if let Err(status) = &entered {
                assert_eq!(refused(status).code, "connection_forbidden");
            }
            let mut expected = vec![before];
            expected.extend(entered.is_ok().then_some(id));
            eventually("what rested on the permit is forbidden", async || {
                let mut forbidden = true;
                for id in &expected {
                    forbidden &= get(city, id).await.forbidden_clauses == [EXTERNAL];
                }
                forbidden.then_some(())
            })
            .await;
        }
    })
    .await;
}
