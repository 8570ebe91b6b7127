//! The table of systems (情報システム台帳).

use async_trait::async_trait;
use directory::Directory;
use jiff::{Timestamp, civil::Date};
use kernel::SystemId;
use ledger_domain::system::{Command, Entry, System};
use sheet::{Blank, Column, Reader, cell::Reason};
use standard::pack::{jst_date, jst_instant};
use store::{Outcome, Unit};

use super::{
    Tabled,
    read::{NAME, id, ids, reason},
    words::{MFA, NETWORKS, mark, word},
};
use crate::{
    store::Systems,
    work::{SystemWork, Work},
};

const NUMBER: &str = "システム番号";
const TITLE: &str = "名称";
const OWNER: &str = "所管課コード";
const NETWORK: &str = "ネットワーク区分";
const CLOUD: &str = "クラウド利用";
const TELEWORK: &str = "テレワーク利用";
const PERSONAL: &str = "個人情報";
const USED_BY: &str = "利用課";
const OUTAGE: &str = "一週間停止影響";
const OUTAGE_REASON: &str = "停止影響理由";
const DISCRETION: &str = "裁量指定理由";
const CONSIDERED: &str = "多要素認証検討";
const CONSIDERED_ON: &str = "検討記録日";
const CONSIDERED_REASON: &str = "検討理由";

/// What a row says of a system.
pub(crate) struct SystemRow {
    id: SystemId,
    entry: Entry,
    mfa: Option<Considered>,
}

struct Considered {
    introduced: bool,
    reason: String,
    on: Option<Date>,
}

#[async_trait]
impl Tabled for Systems {
    const SHEET: &'static str = "情報システム";

    const COLUMNS: &'static [Column] = &[
        Column::required(NUMBER, &["番号", "system_id"]),
        Column::required(TITLE, &["name"]),
        Column::required(OWNER, &["owner_section_id"]),
        Column::required(NETWORK, &["network_class"]),
        Column::required(CLOUD, &["cloud"]),
        Column::required(TELEWORK, &["telework"]),
        Column::required(PERSONAL, &["personal_information"]),
        Column::optional(USED_BY, &["used_by_section_ids"]),
        Column::optional(OUTAGE, &["outage_impact"]),
        Column::optional(OUTAGE_REASON, &["outage_impact_reason"]),
        Column::optional(DISCRETION, &["discretion_reason"]),
        Column::optional(CONSIDERED, &["mfa_consideration"]),
        Column::optional(CONSIDERED_ON, &["mfa_recorded_on"]),
        Column::optional(CONSIDERED_REASON, &["mfa_reason"]),
    ];

    const FIELDS: &'static [(&'static str, &'static str)] = &[
        ("system_id", NUMBER),
        ("owner_section_id", OWNER),
        ("used_by_section_ids", USED_BY),
        ("reason", CONSIDERED_REASON),
        ("recorded_at", CONSIDERED_ON),
    ];

    type Row = SystemRow;

    fn read(cells: &mut Reader<'_>) -> Option<SystemRow> {
        let id = id(cells, NUMBER);
        let name = cells.text(TITLE, 1..=NAME);
        let owner_section = super::read::id(cells, OWNER);
        let network_class = cells.choice(NETWORK, NETWORKS);
        let cloud = cells.yes_no(CLOUD, Blank::No);
        let telework = cells.yes_no(TELEWORK, Blank::No);
        let personal = cells.yes_no(PERSONAL, Blank::No);
        let used_by = ids(cells, USED_BY, 500);
        let outage_impact = outage_impact(cells);
        let discretion = reason(cells, DISCRETION);
        let mfa = considered(cells);
        Some(SystemRow {
            id: id?,
            entry: Entry {
                name: name?,
                owner_section: owner_section?,
                network_class: network_class?,
                cloud: cloud?,
                telework: telework?,
                personal_information: personal?,
                used_by: used_by?.into_iter().collect(),
                outage_impact: outage_impact?,
                discretion: discretion?,
            },
            mfa: mfa?,
        })
    }

    fn id(row: &SystemRow) -> &str {
        row.id.as_str()
    }

    async fn enter(row: &SystemRow, unit: &mut Unit, directory: &Directory) -> Outcome<Self> {
        let (known, _) = unit.load::<Self>(row.id.as_str()).await?;
        let entry = row.entry.clone();
        let id = row.id.clone();
        let mut commands = vec![match known.entry {
            None => Command::Register { id, entry },
            Some(_) => Command::Change { entry },
        }];
        commands.extend(row.mfa.as_ref().map(|mfa| Command::RecordMfaConsideration {
            introduced: mfa.introduced,
            reason: mfa.reason.clone(),
            recorded_at: mfa.on.and_then(jst_instant),
        }));
        let work = SystemWork {
            id: row.id.clone(),
            commands,
            existing_ledger: true,
        };
        work.run(unit, directory).await
    }

    fn cells(state: &System, _: Timestamp) -> Option<Vec<String>> {
        let entry = state.entry.as_ref().filter(|_| !state.retired)?;
        let used_by: Vec<&str> = entry
            .used_by
            .iter()
            .map(|section| section.as_str())
            .collect();
        let mfa = state.mfa.as_ref();
        Some(vec![
            state.id.to_string(),
            entry.name.clone(),
            entry.owner_section.to_string(),
            word(NETWORKS, &entry.network_class),
            mark(entry.cloud),
            mark(entry.telework),
            mark(entry.personal_information),
            used_by.join("、"),
            mark(entry.outage_impact.is_some()),
            entry.outage_impact.clone().unwrap_or_default(),
            entry.discretion.clone().unwrap_or_default(),
            word(MFA, &mfa.map(|mfa| mfa.introduced)),
            mfa.map(|mfa| jst_date(mfa.recorded_at).to_string())
                .unwrap_or_default(),
            mfa.map(|mfa| mfa.reason.clone()).unwrap_or_default(),
        ])
    }
}

/// ○ asks for its reason; a reason beside × is one against and is no judgement.
fn outage_impact(cells: &mut Reader<'_>) -> Option<Option<String>> {
    let grave = cells.yes_no(OUTAGE, Blank::No);
    let why = reason(cells, OUTAGE_REASON);
    match (grave?, why?) {
        (false, _) => Some(None),
        (true, Some(why)) => Some(Some(why)),
        (true, None) => {
            let ja = "一週間停止影響が○の場合は理由が必要です。";
            let en = "a reason is needed when a week's outage is judged grave";
            cells.refuse(OUTAGE_REASON, Reason::new("cell_required", ja, en));
            None
        }
    }
}

/// None inside: not considered yet.
fn considered(cells: &mut Reader<'_>) -> Option<Option<Considered>> {
    let introduced = cells.optional(CONSIDERED, |cells, column| cells.choice(column, MFA));
    let on = cells.optional(CONSIDERED_ON, Reader::date);
    let reason = cells.text(CONSIDERED_REASON, 0..=super::read::REASON);
    let (introduced, on, reason) = (introduced?, on?, reason?);
    Some(introduced.flatten().map(|introduced| Considered {
        introduced,
        reason,
        on,
    }))
}
