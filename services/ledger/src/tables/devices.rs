//! The table of devices (端末台帳).

use async_trait::async_trait;
use directory::Directory;
use jiff::Timestamp;
use kernel::{DeviceId, NetworkId};
use ledger_domain::device::{Command, Device, Entry, Ownership};
use sheet::{Blank, Column, Reader};
use store::{Outcome, Unit};

use super::{
    Tabled,
    read::{id, optional_id},
    words::{KINDS, OWNERSHIPS, mark, word},
};
use crate::{
    store::Devices,
    work::{DeviceWork, Work},
};

const NUMBER: &str = "端末番号";
const KIND: &str = "種別";
const SECTION: &str = "所管課コード";
const OWNERSHIP: &str = "所有";
const NETWORK: &str = "ネットワーク番号";
const INTERNET_MOBILE: &str = "インターネット接続モバイル";
const PERSON: &str = "利用者職員番号";

/// What a row says of a device.
pub(crate) struct DeviceRow {
    id: DeviceId,
    entry: Entry,
    ownership: Ownership,
    network: Option<NetworkId>,
}

#[async_trait]
impl Tabled for Devices {
    const SHEET: &'static str = "端末";

    const COLUMNS: &'static [Column] = &[
        Column::required(NUMBER, &["番号", "device_id"]),
        Column::required(KIND, &["kind"]),
        Column::required(SECTION, &["section_id"]),
        Column::required(OWNERSHIP, &["ownership"]),
        Column::optional(NETWORK, &["network_id"]),
        Column::optional(INTERNET_MOBILE, &["internet_mobile"]),
        Column::optional(PERSON, &["person_id"]),
    ];

    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("device_id", NUMBER),
        ("section_id", SECTION),
        ("ownership", OWNERSHIP),
        ("network_id", NETWORK),
    ];

    type Row = DeviceRow;

    fn read(cells: &mut Reader<'_>) -> Option<DeviceRow> {
        let number = id(cells, NUMBER);
        let kind = cells.choice(KIND, KINDS);
        let section = id(cells, SECTION);
        let ownership = cells.choice(OWNERSHIP, OWNERSHIPS);
        let network = optional_id(cells, NETWORK);
        let internet_mobile = cells.yes_no(INTERNET_MOBILE, Blank::No);
        let person = optional_id(cells, PERSON);
        Some(DeviceRow {
            id: number?,
            entry: Entry {
                kind: kind?,
                section: section?,
                internet_mobile: internet_mobile?,
                person: person?,
            },
            ownership: ownership?,
            network: network?,
        })
    }

    fn id(row: &DeviceRow) -> &str {
        row.id.as_str()
    }

    async fn enter(row: &DeviceRow, unit: &mut Unit, directory: &Directory) -> Outcome<Self> {
        let mut commands = vec![Command::Register {
            id: row.id.clone(),
            entry: row.entry.clone(),
            ownership: row.ownership,
        }];
        let network = row.network.clone();
        commands.extend(network.map(|network| Command::BindAtImport { network }));
        let work = DeviceWork {
            id: row.id.clone(),
            commands,
        };
        work.run(unit, directory).await
    }

    fn cells(state: &Device, now: Timestamp) -> Option<Vec<String>> {
        let entry = state.entry.as_ref().filter(|_| !state.retired)?;
        let network = state
            .binding_at(now)
            .map(|binding| binding.network.to_string());
        Some(vec![
            state.id.to_string(),
            word(KINDS, &entry.kind),
            entry.section.to_string(),
            word(OWNERSHIPS, &Ownership::City),
            network.unwrap_or_default(),
            mark(entry.internet_mobile),
            entry
                .person
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ])
    }
}
