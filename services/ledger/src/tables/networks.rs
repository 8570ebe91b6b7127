//! The table of networks (ネットワーク台帳).

use async_trait::async_trait;
use directory::Directory;
use jiff::Timestamp;
use kernel::NetworkId;
use ledger_domain::network::{Command, Entry, Network};
use sheet::{Blank, Column, Reader};
use store::{Outcome, Unit};

use super::{
    Tabled,
    read::{NAME, id},
    words::{NETWORKS, mark, word},
};
use crate::{
    store::Networks,
    work::{NetworkWork, Work},
};

const NUMBER: &str = "番号";
const TITLE: &str = "名称";
const CLASS: &str = "区分";
const CLOUD: &str = "県セキュリティクラウド参加";
const EXTERNAL: &str = "庁外";

/// What a row says of a network.
pub(crate) struct NetworkRow {
    id: NetworkId,
    entry: Entry,
}

#[async_trait]
impl Tabled for Networks {
    const SHEET: &'static str = "ネットワーク";

    const COLUMNS: &'static [Column] = &[
        Column::required(NUMBER, &["ネットワーク番号", "network_id"]),
        Column::required(TITLE, &["name"]),
        Column::required(CLASS, &["ネットワーク区分", "network_class"]),
        Column::optional(CLOUD, &["prefectural_security_cloud"]),
        Column::optional(EXTERNAL, &["外部ネットワーク", "external"]),
    ];

    const FIELDS: &'static [(&'static str, &'static str)] =
        &[("network_id", NUMBER), ("network_class", CLASS)];

    type Row = NetworkRow;

    fn read(cells: &mut Reader<'_>) -> Option<NetworkRow> {
        let id = id(cells, NUMBER);
        let name = cells.text(TITLE, 1..=NAME);
        let class = cells.choice(CLASS, NETWORKS);
        let cloud = cells.yes_no(CLOUD, Blank::No);
        let external = cells.yes_no(EXTERNAL, Blank::No);
        Some(NetworkRow {
            id: id?,
            entry: Entry {
                name: name?,
                class: class?,
                prefectural_security_cloud: cloud?,
                external: external?,
            },
        })
    }

    fn id(row: &NetworkRow) -> &str {
        row.id.as_str()
    }

    async fn enter(row: &NetworkRow, unit: &mut Unit, directory: &Directory) -> Outcome<Self> {
        let work = NetworkWork {
            id: row.id.clone(),
            command: Command::Register {
                id: row.id.clone(),
                entry: row.entry.clone(),
            },
        };
        work.run(unit, directory).await
    }

    fn cells(state: &Network, _: Timestamp) -> Option<Vec<String>> {
        let entry = state.entry.as_ref()?;
        Some(vec![
            state.id.to_string(),
            entry.name.clone(),
            word(NETWORKS, &entry.class),
            mark(entry.prefectural_security_cloud),
            mark(entry.external),
        ])
    }
}
