//! The tables of the demo city, as the office keeps them.

use std::time::Duration;

use crate::client::Line;
use proto::{
    common::v1::AccessPath,
    identity::v1::{
        RegisterEnforcementPointRequest, enforcement_points_client::EnforcementPointsClient,
    },
};

use crate::{
    Failure,
    import::{Manner, Table, enter},
};

/// In the order in which they refer to each other.
pub(super) const TABLES: &[(Table, &[u8])] = &[
    (
        Table::Organisation,
        include_bytes!("../../../../examples/city/organisation.csv"),
    ),
    (
        Table::Staff,
        include_bytes!("../../../../examples/city/staff.csv"),
    ),
    (
        Table::Posts,
        include_bytes!("../../../../examples/city/posts.csv"),
    ),
    (
        Table::Networks,
        include_bytes!("../../../../examples/city/networks.csv"),
    ),
    (
        Table::Systems,
        include_bytes!("../../../../examples/city/systems.csv"),
    ),
    (
        Table::Information,
        include_bytes!("../../../../examples/city/information.xlsx"),
    ),
    (
        Table::Connections,
        include_bytes!("../../../../examples/city/connections.csv"),
    ),
    (
        Table::Devices,
        include_bytes!("../../../../examples/city/devices.csv"),
    ),
];

/// The gateways that ask for decisions: workload, name, path.
const POINTS: &[(&str, &str, AccessPath)] = &[
    ("office-proxy", "庁内プロキシ", AccessPath::Office),
    (
        "vdi-gateway",
        "テレワーク用VDIゲートウェイ",
        AccessPath::Telework,
    ),
    (
        "public-line-gateway",
        "公衆回線ゲートウェイ",
        AccessPath::PublicLine,
    ),
];

/// Registers the enforcement points; what is registered already stays.
pub(super) async fn register_enforcement_points(channel: &Line) -> Result<(), Failure> {
    let mut client = EnforcementPointsClient::new(channel.clone());
    for (workload, name, path) in POINTS {
        client
            .register_enforcement_point(RegisterEnforcementPointRequest {
                enforcement_point_id: (*workload).to_owned(),
                name: (*name).to_owned(),
                workload: (*workload).to_owned(),
                path: (*path).into(),
            })
            .await?;
    }
    Ok(())
}

/// Waits until the ledger has heard of the organisation: its tables name sections.
pub(super) async fn wait_for_organisation(channel: &Line) -> Result<(), Failure> {
    let organisation = TABLES
        .iter()
        .find(|(table, _)| *table == Table::Organisation);
    let text = organisation.map_or_else(String::new, |(_, file)| {
        String::from_utf8_lossy(file).into_owned()
    });
    let last = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("課公所,")?.split(',').next())
        .unwrap_or_default();
    let probe = format!(
        "システム番号,名称,所管課コード,ネットワーク区分,クラウド利用,テレワーク利用,個人情報,利用課,一週間停止影響,停止影響理由,裁量指定理由,多要素認証検討,検討記録日,備考\nSYS-PROBE,確認,{last},独立系,×,×,無,,×,,,未検討,,\n"
    );
    let manner = Manner {
        dry_run: true,
        ..Manner::default()
    };
    for _ in 0..600 {
        let outcome = enter(
            channel.clone(),
            Table::Systems,
            probe.clone().into_bytes(),
            manner,
        )
        .await?;
        if outcome.report.errors.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Failure::new(
        "30秒待っても、組織表が台帳サービスに届きません。",
        "the ledger has not heard of the organisation within 30 seconds",
    ))
}
