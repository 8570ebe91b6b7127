//! 人事異動表: personnel orders in bulk, rehearsed first, entered whole or not at all (7-2-(9)-1).

use std::{fmt::Write as _, time::Instant};

use jiff::SignedDuration;
use proto::{
    common::v1::ImportMode,
    identity::v1::{self as wire, ConsequenceKind as Kind},
};
use testkit::{Engine, eventually, refused};

use crate::{
    delegations::nominate,
    journal::said,
    movers::{come, day, entitled, entitlements, held, section, staff},
    town::{Imported, PASSWORD, Town, in_both},
};

const HEADINGS: &str = "職員番号,氏名,異動種別,新所属コード,新職コード,発令日\n";

async fn orders(town: &Town, rows: &str, dry_run: bool) -> Imported {
    let table = format!("{HEADINGS}{rows}");
    // The mode does not matter: a list is entered whole or not at all.
    let mode = ImportMode::GoodRows;
    town.import_as(wire::TableKind::Transfers, table, mode, dry_run)
        .await
}

fn counts(report: &Imported) -> (u32, u32, u32, bool) {
    let entered = report.entered;
    (report.created, report.changed, report.unchanged, entered)
}

fn told(report: &Imported) -> Vec<(u32, &str, Kind, &str)> {
    let all = report.consequences.iter();
    all.map(|one| (one.row, &*one.person_id, one.kind(), &*one.subject))
        .collect()
}

async fn using(town: &Town, token: &str) -> (wire::AccessOutcome, Vec<String>) {
    let question = wire::AccessQuestion {
        system_id: "SYS-1".to_owned(),
        action: wire::AccessAction::Use.into(),
        ..wire::AccessQuestion::default()
    };
    town.decided("office", token, question).await
}

#[tokio::test]
async fn a_list_is_rehearsed_entered_and_takes_effect_on_its_day_7_2_9_1() {
    in_both(async |town| {
        town.system("SYS-1").await;
        entitled(town, "職員番号,システム番号\nM1,SYS-1\nS3,SYS-1\n").await;
        let head = town.process.person("M1", "tax", &[]);
        let mut authority = wire::authority_client::AuthorityClient::new(head);
        authority
            .nominate_deputy(nominate("S1"))
            .await
            .expect("nominated");

        let (begins, last) = (day(town, 10), day(town, 9));
        let rows = format!(
            "M1,,異動,roads,,{begins}\n\
             S1,,昇任,tax,tax-head,{begins}\n\
             S2,,配置換,roads,,{begins}\n\
             S3,,退職,,,{last}\n\
             N9,新任 職員,採用,tax,,{begins}\n\
             N1,,兼務,,tax-second,{begins}\n"
        );
        let second = "職コード,職名,課公所コード,役割\ntax-second,税制課参事,tax,\n";
        town.import(wire::TableKind::Posts, second).await;
        let expected = [
            (2, "M1", Kind::Moves, "roads"),
            (2, "M1", Kind::PostEnds, "tax-head"),
            (2, "M1", Kind::EntitlementEnds, "SYS-1"),
            (3, "S1", Kind::PostBegins, "tax-head"),
            (4, "S2", Kind::Moves, "roads"),
            (5, "S3", Kind::Leaves, "roads"),
            (5, "S3", Kind::EntitlementEnds, "SYS-1"),
            (6, "N9", Kind::Joins, "tax"),
            (7, "N1", Kind::PostBegins, "tax-second"),
        ];
        for _ in 0..2 {
            let dry = orders(town, &rows, true).await;
            assert_eq!((&dry.errors[..], counts(&dry)), (&[][..], (1, 5, 0, false)));
            assert_eq!(told(&dry), expected);
        }
        let entered = orders(town, &rows, false).await;
        assert_eq!(counts(&entered), (1, 5, 0, true));
        assert_eq!(told(&entered), expected);
        let again = orders(town, &rows, false).await;
        assert_eq!(counts(&again), (0, 0, 6, true), "the same list again");
        assert_eq!(told(&again), []);

        assert_eq!(held(town, "M1").await, ["tax-head"], "until the day");
        assert_eq!(entitlements(town, "M1").await, 1);
        come(town, &begins);
        assert_eq!(section(town, "M1").await, "roads");
        assert_eq!(held(town, "M1").await, Vec::<String>::new());
        assert_eq!(entitlements(town, "M1").await, 0);
        assert_eq!(held(town, "S1").await, ["tax-head"]);
        assert_eq!(held(town, "N1").await, ["centre-head", "tax-second"]);
        assert_eq!(section(town, "N9").await, "tax");
        assert_eq!(entitlements(town, "S3").await, 0);
        let after = orders(town, &rows, false).await;
        assert_eq!(counts(&after), (0, 0, 6, true), "the same list later");
        assert_eq!(said::<wire::PersonTransferred>(town).await.len(), 2);
        assert_eq!(said::<wire::PersonLeft>(town).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_moves_is_deputy_no_longer_and_not_again_after_coming_back_7_2_9_1() {
    in_both(async |town| {
        let head = town.process.person("M1", "tax", &[]);
        let mut authority = wire::authority_client::AuthorityClient::new(head);
        authority
            .nominate_deputy(nominate("S1"))
            .await
            .expect("nominated");
        let (moves, back) = (day(town, 10), day(town, 20));
        let report = orders(town, &format!("S1,,異動,roads,,{moves}\n"), false).await;
        assert_eq!(
            told(&report),
            [
                (2, "S1", Kind::Moves, "roads"),
                (2, "S1", Kind::NominationEnds, "tax")
            ]
        );
        let ended = said::<wire::DeputyNominationEnded>(town).await;
        assert_eq!(ended[0].ends_at, report.consequences[0].at);
        come(town, &moves);
        orders(town, &format!("S1,,異動,tax,,{back}\n"), false).await;
        come(town, &back);
        let asked = wire::GetDelegationRequest {
            section_id: "tax".to_owned(),
        };
        let mut authority = wire::authority_client::AuthorityClient::new(town.platform());
        let found = authority.get_delegation(asked).await.expect("found");
        let found = found.into_inner().delegation.expect("a delegation");
        assert_eq!(found.nominations[0].until, ended[0].ends_at);
    })
    .await;
}

#[tokio::test]
async fn a_movers_access_ends_by_the_decisions_own_clock_before_the_new_begins_7_2_9_1() {
    in_both(async |town| {
        town.points().await;
        town.system("SYS-1").await;
        entitled(town, "職員番号,システム番号\nS1,SYS-1\n").await;
        let moves = day(town, 1);
        orders(town, &format!("S1,,異動,roads,,{moves}\n"), false).await;
        let midnight: jiff::Timestamp = format!("{moves}T00:00:00+09:00").parse().expect("a time");
        let before = midnight - SignedDuration::from_mins(2);
        town.later(before.duration_since(town.now()).as_secs());
        let person = town.with_password("S1").await;
        eventually("let in until the day", async || {
            let (outcome, _) = using(town, &person.grant.access_token).await;
            (outcome == wire::AccessOutcome::Allow).then_some(())
        })
        .await;
        // Nobody does anything: the clock alone.
        town.later(121);
        let token = town.refresh(&person.grant.session_handle).await;
        let token = token.expect("still in service").access_token;
        let (outcome, codes) = using(town, &token).await;
        assert_eq!(
            (outcome, codes),
            (
                wire::AccessOutcome::Deny,
                vec!["entitlement_missing".to_owned()]
            )
        );
        entitled(town, "職員番号,システム番号\nS1,SYS-1\n").await;
        eventually("let in by what the new section gives", async || {
            let (outcome, _) = using(town, &token).await;
            (outcome == wire::AccessOutcome::Allow).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn sessions_of_who_left_yesterday_are_over_with_the_answer_7_2_9_1() {
    in_both(async |town| {
        let person = town.with_password("S1").await;
        let token = &person.grant.access_token;
        town.session(token).await.expect("signed in");
        town.later(24 * 3600 + 60);
        let grant = town.sign_in("S1", PASSWORD).await.expect("signed in");
        let yesterday = day(town, -1);
        staff(town, "S9,職員,tax,,").await;
        let report = orders(town, &format!("S9,,退職,,,{yesterday}\n"), false).await;
        let errors = report.errors.iter().map(|error| error.code.as_str());
        assert_eq!(errors.collect::<Vec<_>>(), ["transfer_outdated"]);
        let report = orders(town, &format!("S1,,退職,,,{yesterday}\n"), false).await;
        assert_eq!(counts(&report), (0, 1, 0, true), "{:?}", report.errors);
        let dead = town.session(&grant.access_token).await;
        assert_eq!(refused(&dead.expect_err("over")).code, "token_revoked");
        let refreshed = town.refresh(&grant.session_handle).await;
        refreshed.expect_err("over");
        let revoked = said::<wire::SessionsRevoked>(town).await;
        assert_eq!(revoked.len(), 1);
        assert_eq!(revoked[0].reason, "the person is not in service");
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_service_is_put_on_record_although_nobody_does_anything_7_2_9_1() {
    in_both(async |town| {
        let last = day(town, 0);
        orders(town, &format!("S1,,退職,,,{last}\n"), false).await;
        let midnight: jiff::Timestamp = format!("{last}T23:59:00+09:00").parse().expect("a time");
        town.later(midnight.duration_since(town.now()).as_secs());
        town.with_password("S1").await;
        town.later(61);
        let revoked = eventually("the sessions are revoked", async || {
            let revoked = said::<wire::SessionsRevoked>(town).await;
            (!revoked.is_empty()).then_some(revoked)
        })
        .await;
        assert_eq!(revoked[0].person_id, "S1");
    })
    .await;
}

#[tokio::test]
async fn one_bad_row_spoils_the_list_and_is_told_with_its_cell_and_clause() {
    in_both(async |town| {
        let (moves, later) = (day(town, 10), day(town, 20));
        let table = format!(
            "M1,,異動,roads,,{moves}\n\
             S1,,異動,nowhere,,{moves}\n\
             X1,,異動,roads,,{moves}\n\
             S2,,復帰,roads,,{moves}\n\
             S3,,採用,roads,,{moves}\n\
             N1,,異動,,no-post,{moves}\n\
             S1,,退職,roads,,{later}\n\
             S1,,兼務,,,{moves}\n\
             S1,,異動,,,{moves}\n\
             S1,,栄転,roads,,令和7年2月30日\n"
        );
        let report = orders(town, &table, false).await;
        assert_eq!(counts(&report), (0, 1, 0, false));
        let errors = report.errors.iter();
        let errors: Vec<_> = errors
            .map(|error| (error.row, &*error.code, &*error.column))
            .collect();
        assert_eq!(
            errors,
            [
                (3, "person_section_unknown", "新所属コード"),
                (4, "transfer_person_unknown", "職員番号"),
                (5, "transfer_person_not_away", "異動種別"),
                (6, "cell_required", "氏名"),
                (7, "post_unknown", "新職コード"),
                (8, "transfer_goes_nowhere", "新所属コード"),
                (9, "transfer_needs_post", "新職コード"),
                (10, "transfer_says_nothing", "新所属コード"),
                (11, "cell_not_a_choice", "異動種別"),
                (11, "cell_no_such_date", "発令日"),
            ]
        );
        let rules = report.errors.iter().filter(|error| error.row <= 5);
        for error in rules {
            assert_eq!(error.clauses, ["7-2-(9)-1"], "{}", error.code);
            assert!(!error.message_ja.is_empty() && !error.message_en.is_empty());
        }
        come(town, &moves);
        assert_eq!(section(town, "M1").await, "tax", "nothing was entered");
    })
    .await;
}

#[tokio::test]
async fn thousands_of_orders_are_read_and_written_together() {
    const PEOPLE: usize = 3_000;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let town = Town::start(engine).await;
        town.system("SYS-1").await;
        let (mut people, mut users) = (
            String::from("職員番号,氏名,所属コード\n"),
            String::from("職員番号,システム番号\n"),
        );
        let (mut rows, begins) = (String::new(), day(&town, 10));
        for n in 0..PEOPLE {
            writeln!(people, "T{n:05},職員{n},tax").expect("memory");
            writeln!(users, "T{n:05},SYS-1").expect("memory");
            writeln!(rows, "T{n:05},,異動,roads,,{begins}").expect("memory");
        }
        town.import(wire::TableKind::Staff, &people).await;
        entitled(&town, &users).await;
        for (dry_run, changed, what) in [
            (true, 3_000, "rehearsed"),
            (false, 3_000, "entered"),
            (false, 0, "entered again"),
        ] {
            let start = Instant::now();
            let report = orders(&town, &rows, dry_run).await;
            let took = start.elapsed();
            println!("{engine:?}: {PEOPLE} orders {what} in {took:?}");
            assert_eq!((report.changed, &report.errors[..]), (changed, &[][..]));
            assert_eq!(report.consequences.len(), 2 * changed as usize);
        }
        come(&town, &begins);
        assert_eq!(section(&town, "T02999").await, "roads");
        assert_eq!(entitlements(&town, "T02999").await, 0);
        town.process.stop().await;
    }
}
