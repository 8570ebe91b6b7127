//! The table of connections (接続台帳).

use async_trait::async_trait;
use directory::Directory;
use jiff::Timestamp;
use kernel::{ConnectionId, NetworkId, SystemId};
use ledger_domain::connection::{Command, Connection, Life};
use sheet::{Column, Reader};
use store::{Outcome, Unit};

use super::{Tabled, read::id};
use crate::{
    store::Connections,
    work::{ConnectionWork, Work},
};

const NUMBER: &str = "接続番号";
const SYSTEM: &str = "システム番号";
const NETWORK: &str = "ネットワーク番号";

/// What a row says of a connection.
pub(crate) struct ConnectionRow {
    id: ConnectionId,
    system: SystemId,
    network: NetworkId,
}

#[async_trait]
impl Tabled for Connections {
    const SHEET: &'static str = "接続";

    const COLUMNS: &'static [Column] = &[
        Column::required(NUMBER, &["番号", "connection_id"]),
        Column::required(SYSTEM, &["system_id"]),
        Column::required(NETWORK, &["network_id"]),
    ];

    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("connection_id", NUMBER),
        ("system_id", SYSTEM),
        ("network_id", NETWORK),
    ];

    type Row = ConnectionRow;

    fn read(cells: &mut Reader<'_>) -> Option<ConnectionRow> {
        let number = id(cells, NUMBER);
        let system = id(cells, SYSTEM);
        let network = id(cells, NETWORK);
        Some(ConnectionRow {
            id: number?,
            system: system?,
            network: network?,
        })
    }

    fn id(row: &ConnectionRow) -> &str {
        row.id.as_str()
    }

    async fn enter(row: &ConnectionRow, unit: &mut Unit, directory: &Directory) -> Outcome<Self> {
        let work = ConnectionWork {
            id: row.id.clone(),
            command: Command::Register {
                id: row.id.clone(),
                system: row.system.clone(),
                network: row.network.clone(),
            },
        };
        work.run(unit, directory).await
    }

    fn cells(state: &Connection, _: Timestamp) -> Option<Vec<String>> {
        (state.life == Life::Live).then(|| {
            vec![
                state.id.to_string(),
                state.system.to_string(),
                state.network.to_string(),
            ]
        })
    }
}
