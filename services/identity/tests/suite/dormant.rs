//! Accounts that nobody uses (7-2-(9)-3) and registrations that nobody needs (7-2-(9)-2).

use proto::identity::v1::{self as wire, people_client::PeopleClient};
use rpc::client::Channel;
use standard::Role;
use testkit::{eventually, refused};
use tonic::Code;

use crate::{
    journal::{learned, said},
    movers::{entitled, entitlements},
    town::{PASSWORD, Town, in_both},
};

const DAY: i64 = 24 * 3600;

async fn listed(channel: Channel) -> Vec<(String, bool)> {
    let request = wire::ListDormantAccountsRequest::default();
    let page = PeopleClient::new(channel)
        .list_dormant_accounts(request)
        .await;
    let accounts = page.expect("a page").into_inner().accounts.into_iter();
    accounts.map(|one| (one.person_id, one.stopped)).collect()
}

async fn signs_in(town: &Town, person: &str) -> bool {
    match town.sign_in(person, PASSWORD).await {
        Ok(_) => true,
        Err(status) => {
            assert_eq!(refused(&status).code, "sign_in_refused");
            false
        }
    }
}

fn one(person: &str, stopped: bool) -> (String, bool) {
    (person.to_owned(), stopped)
}

#[tokio::test]
async fn an_account_is_flagged_after_90_days_and_stopped_after_120_by_the_clock_and_on_record() {
    in_both(async |town| {
        for person in ["S1", "S3"] {
            town.with_password(person).await;
        }
        town.later(90 * DAY);
        let heads = [
            ("M1", "tax", Role::InformationManager),
            ("N1", "centre", Role::NetworkManager),
        ];
        let [head, centre] =
            heads.map(|(id, section, role)| move || town.process.person(id, section, &[role]));
        // By the clock, whether or not it was put on record.
        assert_eq!(
            listed(head()).await,
            [one("S1", false)],
            "of one's own section"
        );
        let all = [one("S1", false), one("S3", false)];
        assert_eq!(listed(centre()).await, all);
        assert_eq!(listed(town.platform()).await, all);
        let flagged = eventually("both are flagged", async || {
            let flagged = said::<wire::AccountFoundUnused>(town).await;
            (flagged.len() == 2).then_some(flagged)
        })
        .await;
        let days = |from: &Option<prost_types::Timestamp>| from.as_ref().expect("a time").seconds;
        let apart = days(&flagged[0].stops_at) - days(&flagged[0].used_at);
        assert_eq!(apart, 120 * DAY);

        assert!(signs_in(town, "S3").await, "a use begins the time anew");
        assert_eq!(listed(centre()).await, [one("S1", false)]);
        town.later(30 * DAY);
        assert!(!signs_in(town, "S1").await, "at once");
        assert_eq!(listed(head()).await, [one("S1", true)]);
        let stopped = eventually("it is stopped on record", async || {
            said::<wire::AccountDisabled>(town).await.into_iter().next()
        })
        .await;
        assert_eq!(stopped.person_id, "S1");
        assert!(stopped.reason.starts_with("not used since"), "{stopped:?}");
        assert_eq!(
            said::<wire::AccountFoundUnused>(town).await.len(),
            2,
            "once"
        );
        // What decisions know of it.
        assert!(learned(town, "access.disabled", "S1").await.body.is_some());
        let tries = said::<wire::SignInRefused>(town).await;
        assert_eq!(tries[0].code, "account_dormant");
    })
    .await;
}

#[tokio::test]
async fn who_manages_it_lets_it_go_on_or_opens_an_enrolment_and_nobody_else() {
    in_both(async |town| {
        for person in ["S1", "S2"] {
            town.with_password(person).await;
        }
        town.later(121 * DAY);
        eventually("both are stopped", async || {
            let stopped = said::<wire::AccountDisabled>(town).await;
            (stopped.len() == 2).then_some(())
        })
        .await;
        let enable = || wire::EnableAccountRequest {
            person_id: "S1".to_owned(),
            reason: "back from leave".to_owned(),
        };
        let stranger = town.process.person("S3", "roads", &[]);
        let status = town.accounts(stranger).enable_account(enable()).await;
        let status = status.expect_err("not theirs");
        assert_eq!(refused(&status).code, "account_no_authority");
        let manager = town.with_two_factors("M1").await;
        let head = || town.as_person(&manager.grant);
        let enabled = town.accounts(head()).enable_account(enable()).await;
        enabled.expect("enabled");
        assert!(signs_in(town, "S1").await);

        let open = wire::OpenEnrolmentRequest {
            person_id: "S2".to_owned(),
        };
        let opened = town.accounts(head()).open_enrolment(open).await;
        let code = opened.expect("opened").into_inner().code;
        assert!(!signs_in(town, "S2").await, "not yet");
        town.enrol("S2", &code, PASSWORD).await.expect("enrolled");
        assert!(signs_in(town, "S2").await);
        assert_eq!(said::<wire::AccountEnabled>(town).await.len(), 2);
        assert_eq!(listed(head()).await, []);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_unused_accounts_is_for_those_who_oversee() {
    in_both(async |town| {
        let staff = town.process.person("S1", "tax", &[]);
        let request = wire::ListDormantAccountsRequest::default();
        let refusal = PeopleClient::new(staff)
            .list_dormant_accounts(request)
            .await;
        assert_eq!(refusal.expect_err("staff").code(), Code::PermissionDenied);
    })
    .await;
}

#[tokio::test]
async fn notice_that_a_registration_is_needed_no_longer_ends_it_7_2_9_2() {
    in_both(async |town| {
        for system in ["SYS-1", "SYS-2"] {
            town.system(system).await;
        }
        entitled(
            town,
            "職員番号,システム番号\nS1,SYS-1\nS1,SYS-2\nS3,SYS-1\n",
        )
        .await;
        let own = town.process.person("S1", "tax", &[]);
        let mut people = PeopleClient::new(own);
        for _ in 0..2 {
            let notice = wire::GiveUpEntitlementRequest {
                system_id: "SYS-1".to_owned(),
                reason: "担当替え".to_owned(),
            };
            people.give_up_entitlement(notice).await.expect("ended");
        }
        assert_eq!(entitlements(town, "S1").await, 1, "the other one stays");
        assert_eq!(entitlements(town, "S3").await, 1, "and everybody else's");
        let ended = said::<wire::EntitlementEnded>(town).await;
        assert_eq!((ended.len(), &*ended[0].reason), (1, "担当替え"));
    })
    .await;
}
