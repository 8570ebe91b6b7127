//! Moves and leavings that meet something else: other tables, other days, what is granted meanwhile.

use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Context};
use proto::{approvals::v1 as approvals, identity::v1 as wire, timestamp};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use serde_json::json;
use standard::ServiceName;
use store::Store;
use testkit::{Engine, eventually, refused};

use crate::{
    journal::{open, said},
    movers::{come, day, entitled, entitlements, held, section, staff},
    town::{Imported, POSTS, Town, in_both},
};

/// Enters the table of posts as it was entered first, none of its holders having an end.
async fn posts(town: &Town) -> Imported {
    let report = town.import(wire::TableKind::Posts, POSTS).await;
    assert_eq!(report.errors, []);
    report
}

/// A permit for S1 to use SYS-1, from so many seconds from now on.
async fn permit(town: &Town, id: &str, from: i64) {
    let starts_at = town.now() + SignedDuration::from_secs(from);
    let event = approvals::PermitGranted {
        permit: Some(approvals::Permit {
            permit_id: id.to_owned(),
            applicant_id: "S1".to_owned(),
            subject: Some(approvals::PermitSubject {
                system_id: "SYS-1".to_owned(),
                ..approvals::PermitSubject::default()
            }),
            starts_at: Some(timestamp(starts_at)),
            effect: "entitlement".to_owned(),
            ..approvals::Permit::default()
        }),
    };
    let neighbours = &town.process.neighbours;
    let source = ServiceName::Approvals;
    neighbours.say(source, "permit", id, &event, &[]).await;
}

#[tokio::test]
async fn the_usual_table_of_posts_does_not_give_a_post_back_to_who_moves_or_leaves_7_2_9_1() {
    in_both(async |town| {
        let (last, gone) = (day(town, 10), day(town, 11));
        for row in [
            format!("M1,泉 課長,roads,{gone},"),
            format!("N1,太白 所長,centre,,{last}"),
        ] {
            staff(town, &row).await;
        }
        let again = posts(town).await;
        assert_eq!((again.changed, again.unchanged), (0, 2));
        // To somebody who moves or leaves a post is given for as long as they are there.
        let table = "職コード,職名,課公所コード,役割,在職者\ntax-second,係長,tax,,M1\nciso,最高情報セキュリティ責任者,,CISO,N1\n";
        let given = town.import(wire::TableKind::Posts, table).await;
        assert_eq!((given.created, &given.errors[..]), (2, &[][..]));
        assert_eq!(held(town, "M1").await, ["tax-head", "tax-second"]);
        assert_eq!(held(town, "N1").await, ["centre-head", "ciso"]);
        come(town, &gone);
        for person in ["M1", "N1"] {
            assert_eq!(held(town, person).await, Vec::<String>::new(), "{person}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_transfer_dated_before_the_person_was_known_takes_posts_and_entitlements_7_2_9_1() {
    in_both(async |town| {
        town.system("SYS-1").await;
        entitled(town, "職員番号,システム番号\nM1,SYS-1\n").await;
        town.later(1);
        staff(town, "M1,泉 課長,roads,2026-03-01,").await;
        assert_eq!(section(town, "M1").await, "roads");
        assert_eq!(held(town, "M1").await, Vec::<String>::new());
        assert_eq!(entitlements(town, "M1").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_new_day_in_the_same_section_ends_nothing_7_2_9_1() {
    in_both(async |town| {
        town.system("SYS-1").await;
        let moves = day(town, 10);
        staff(town, &format!("M1,泉 課長,tax,{moves},")).await;
        posts(town).await;
        entitled(town, "職員番号,システム番号\nM1,SYS-1\n").await;
        come(town, &moves);
        assert_eq!(held(town, "M1").await, ["tax-head"]);
        assert_eq!(entitlements(town, "M1").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_moves_leaves_on_the_day_that_was_recorded_all_the_same_7_2_9_1() {
    in_both(async |town| {
        let (last, gone) = (day(town, 20), day(town, 21));
        staff(town, &format!("S1,青葉 花子,tax,,{last}")).await;
        let moves = day(town, 10);
        staff(town, &format!("S1,青葉 花子,roads,{moves},")).await;
        let person = town.with_password("S1").await;
        come(town, &gone);
        let refreshed = town.refresh(&person.grant.session_handle).await;
        refreshed.expect_err("gone");
        let signed_in = town.sign_in("S1", crate::town::PASSWORD).await;
        signed_in.expect_err("gone");
        let reasons = said::<wire::SignInRefused>(town).await;
        let reasons = reasons.iter().map(|one| one.code.as_str());
        assert_eq!(reasons.collect::<Vec<_>>(), ["not_in_service"]);
    })
    .await;
}

/// What the clock has ended is over before it is on record: here it never gets there.
#[tokio::test]
async fn a_token_from_before_the_leaving_was_entered_ends_with_the_last_day_7_2_9_1() {
    in_both(async |town| {
        let (today, gone) = (day(town, 0), day(town, 1));
        let evening = format!("{today}T23:58:00+09:00");
        let evening: Timestamp = evening.parse().expect("an instant");
        town.later(evening.duration_since(town.now()).as_secs());
        let person = town.with_password("S1").await;
        staff(town, &format!("S1,青葉 花子,tax,,{today}")).await;
        let database = open(town).await;
        let hidden = "UPDATE account SET sessions_end = NULL WHERE id = 'S1'";
        let hidden = database.migrations().execute_unprepared(hidden).await;
        assert_eq!(hidden.expect("a database").rows_affected(), 1);
        database.close().await.expect("closed");

        let token = &person.grant.access_token;
        assert_eq!(town.active(token).await["active"], true, "the last day");
        come(town, &gone);
        assert_eq!(town.active(token).await, json!({ "active": false }));
        let mut accounts = town.accounts(town.as_person(&person.grant));
        let offered = accounts.enrol_totp(wire::EnrolTotpRequest {}).await;
        assert_eq!(refused(&offered.expect_err("gone")).code, "session_over");
        assert_eq!(said::<wire::SessionsRevoked>(town).await, []);
    })
    .await;
}

#[tokio::test]
async fn of_a_leaving_that_is_put_off_the_report_says_what_still_ends() {
    in_both(async |town| {
        let (first, later) = (day(town, 10), day(town, 20));
        let planned = staff(town, &format!("M1,泉 課長,tax,,{first}")).await;
        let told = |report: &Imported| {
            let all = report.warnings_en.join("");
            all.contains("later than was recorded before, or not at all (M1)")
        };
        assert!(!told(&planned), "{planned:?}");
        let put_off = staff(town, &format!("M1,泉 課長,tax,,{later}")).await;
        assert!(told(&put_off), "{put_off:?}");
        let again = staff(town, &format!("M1,泉 課長,tax,,{later}")).await;
        assert!(!told(&again), "{again:?}");
        // As the report says: the same table of posts again.
        assert_eq!(posts(town).await.changed, 1);
        come(town, &later);
        assert_eq!(held(town, "M1").await, ["tax-head"], "the last day");
        // Called off: back on the day of leaving, before it comes.
        let gone = day(town, 1);
        let called_off = staff(town, &format!("M1,泉 課長,tax,{gone},")).await;
        assert!(told(&called_off), "{called_off:?}");
        posts(town).await;
        come(town, &gone);
        assert_eq!(held(town, "M1").await, ["tax-head"]);
    })
    .await;
}

#[tokio::test]
async fn a_permit_that_began_before_the_person_was_known_is_judged_by_the_present_7_2_1_1() {
    in_both(async |town| {
        permit(town, "p1", -24 * 3600).await;
        eventually("the grant", async || {
            (entitlements(town, "S1").await == 1).then_some(())
        })
        .await;
        let told = said::<wire::PermitNotCarriedOut>(town).await;
        assert_eq!(told, []);
    })
    .await;
}

/// A grant made beside a transfer would not be seen by it, nor see it. SQLite has one writer, so there
/// the two cannot meet.
#[tokio::test]
async fn a_grant_waits_for_a_change_of_the_organisation_that_is_being_entered_7_2_9_1() {
    let town = Town::start(Engine::Postgres).await;
    let database = open(&town).await;
    let context = Context::new(Actor::Anonymous, town.now(), "change");
    let store = Store::new(database.clone(), "identity");
    let change = store.unit(context).await.expect("a unit");
    let turn = "UPDATE turn SET name = name WHERE name = 'organisation'";
    let taken = change.tx().execute_unprepared(turn).await;
    assert_eq!(taken.expect("its turn").rows_affected(), 1);
    let sql = "SELECT pg_backend_pid() AS pid";
    let row = answer(change.tx(), sql).await.expect("a row");
    let pid: i32 = row.try_get("", "pid").expect("a number");
    let behind = format!("SELECT 1 FROM pg_stat_activity WHERE {pid} = ANY(pg_blocking_pids(pid))");

    permit(&town, "p1", 0).await;
    let seen = eventually("the grant, or that it waits", async || {
        if entitlements(&town, "S1").await > 0 {
            return Some("granted");
        }
        let waits = answer(database.read(), &behind).await;
        waits.map(|_| "waits")
    })
    .await;
    assert_eq!(seen, "waits");
    change.commit().await.expect("committed");
    eventually("the grant", async || {
        (entitlements(&town, "S1").await == 1).then_some(())
    })
    .await;
    database.close().await.expect("closed");
    town.process.stop().await;
}

async fn answer(db: &impl ConnectionTrait, sql: &str) -> Option<QueryResult> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    db.query_one_raw(statement).await.expect("an answer")
}
