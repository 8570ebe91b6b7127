//! Pages and searches, whatever the database thinks of the order and likeness of letters.

use kernel::{Actor, Context, NetworkId};
use ledger_domain::network;
use sea_orm::{ConnectionTrait as _, sea_query::Condition};
use standard::NetworkClass;
use store::{Database, Options, Store};
use testkit::{postgres_options, sqlite_database};

use super::{named, page};
use crate::store::{Migrator, Networks};

/// Numbers that sort otherwise by bytes than in any dictionary, and some that dictionaries take for
/// nearly the same.
const IDS: [&str; 12] = [
    "A-1", "a-1", "A1", "a2", "A_1", "B", "b", "é", "e", "ア", "あ", "亜",
];

/// A database whose letters are in Japanese dictionary order.
async fn japanese_database() -> Database {
    let options = postgres_options();
    let (server, _) = options.url.rsplit_once('/').expect("a database in the url");
    let name = format!("ja_{}", options.schema.as_deref().unwrap_or_default());
    let bare = Database::open(&options).await.expect("the server");
    let sql = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' \
         LOCALE_PROVIDER icu ICU_LOCALE 'ja'"
    );
    let created = bare.migrations().execute_unprepared(&sql).await;
    created.expect("a Japanese database");
    let japanese = Options {
        url: format!("{server}/{name}"),
        ..options
    };
    let database = Database::open(&japanese).await.expect("a database");
    database.migrate::<Migrator>().await.expect("its tables");
    database
}

/// Enters a network by each of these numbers, called by it.
async fn enter(database: &Database, ids: &[&str]) {
    let store = Store::new(database.clone(), "ledger");
    let now = "2026-06-01T00:00:00Z".parse().expect("an instant");
    let context = Context::new(Actor::Service("ledger".to_owned()), now, "request-1");
    let mut unit = store.unit(context).await.expect("a transaction");
    for id in ids {
        let command = network::Command::Register {
            id: NetworkId::try_new(*id).expect("an id"),
            entry: network::Entry {
                name: (*id).to_owned(),
                class: NetworkClass::Independent,
                prefectural_security_cloud: false,
                external: false,
            },
        };
        unit.execute::<Networks>(id, &command, &network::Facts::default())
            .await
            .expect("a network");
    }
    unit.commit().await.expect("committed");
}

async fn found(database: &Database, fits: Condition, size: u32) -> Vec<String> {
    let mut found = Vec::new();
    let mut wanted = rpc::Page { size, after: None };
    loop {
        let listed = page::<Networks>(database.read(), fits.clone(), &wanted).await;
        let listed = listed.expect("a page");
        assert!(listed.items.len() <= size as usize);
        found.extend(listed.items.iter().map(|network| network.id.to_string()));
        match listed.next {
            Some(last) => wanted.after = Some(last),
            None => return found,
        }
    }
}

#[tokio::test]
async fn pages_hold_every_entry_once_in_whatever_order_the_database_puts_letters() {
    let sqlite = sqlite_database::<Migrator>().await;
    for database in [sqlite.database.clone(), japanese_database().await] {
        enter(&database, &IDS).await;
        let whole = found(&database, Condition::all(), 500).await;
        for size in [1, 2, 5] {
            assert_eq!(found(&database, Condition::all(), size).await, whole);
        }
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        let all = IDS.map(str::to_owned).to_vec();
        assert_eq!(sorted(whole), sorted(all));
    }
}

#[tokio::test]
async fn what_is_a_pattern_to_the_database_is_a_letter_to_those_who_search() {
    let sqlite = sqlite_database::<Migrator>().await;
    for database in [sqlite.database.clone(), japanese_database().await] {
        enter(&database, &["100%", "1000", "a_b", "axb", "c\\d", "cd"]).await;
        for (part, expected) in [("0%", "100%"), ("a_", "a_b"), ("\\", "c\\d")] {
            let fits = named(Condition::all(), Some(part));
            assert_eq!(found(&database, fits, 50).await, [expected], "{part}");
        }
    }
}
