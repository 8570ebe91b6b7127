//! The committed files are what this program writes, and hold exactly the faults they declare.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

use sheet::{Blank, CellError, Column, Import, Layout, Reader, Reason, cell, read};

use super::*;

type Known = HashSet<String>;

fn committed(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/city")
        .join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_committed_files_are_what_this_program_writes() {
    let tables = tables();
    let readme = readme::text(&tables).into_bytes();
    assert!(committed("README.md") == readme, "README.md differs");
    for table in &tables {
        let bytes = table.bytes().expect("a file");
        assert!(
            bytes == table.bytes().expect("a file"),
            "{} is not stable",
            table.name
        );
        assert!(committed(table.name) == bytes, "{} differs", table.name);
    }
}

#[test]
fn the_city_is_as_large_as_its_readme_says() {
    let sizes: BTreeMap<_, _> = tables()
        .iter()
        .map(|table| (table.name, table.rows.len() - table.bad.len()))
        .collect();
    for (name, size) in [
        ("organisation.csv", 12 + 5 + 122 + 10),
        ("staff.csv", 2_000),
        ("systems.csv", 60),
        ("information.xlsx", 500),
        ("networks.csv", 8),
        ("connections.csv", 60),
        ("devices.csv", 300),
    ] {
        assert_eq!(sizes[name], size, "{name}");
    }
}

/// Reads a committed file and holds its bad cells against those the generator put in. Returns the
/// keys of the good rows.
fn checked(
    name: &str,
    columns: &'static [Column],
    row: impl FnMut(&mut Reader<'_>) -> Option<String>,
) -> Known {
    let table = read(&committed(name), &Layout::new(columns)).expect("a readable file");
    assert_eq!(table.warnings, [], "{name}");
    let key = columns[0].name();
    let Import { good, bad } = table.unique(table.import(row), key, String::clone);
    let tables = tables();
    let declared = tables
        .iter()
        .find(|table| table.name == name)
        .expect("a table of the city");
    let told = |error: &CellError| (error.row as usize, error.column.clone());
    let found: Vec<_> = bad.iter().map(told).collect();
    let expected = declared
        .bad
        .iter()
        .map(|bad| (bad.row, bad.column.to_owned()));
    assert_eq!(found, expected.collect::<Vec<_>>(), "{name}: {bad:#?}");
    assert_eq!(
        good.len(),
        declared.rows.len() - declared.bad.len(),
        "{name}"
    );
    good.into_iter().map(|good| good.value).collect()
}

/// A code that another table must have.
fn refers(cells: &mut Reader<'_>, column: &str, known: &Known) -> Option<String> {
    cells.parse(column, |text| {
        let code = cell::text(text, 1..=64)?;
        let unknown = || Reason::new("unknown", "台帳にない", "is not in the ledger");
        if known.contains(&code) {
            Ok(code)
        } else {
            Err(unknown())
        }
    })
}

fn choice(cells: &mut Reader<'_>, column: &str, words: &[&str]) -> Option<String> {
    let words: Vec<(&str, String)> = words.iter().map(|&word| (word, word.to_owned())).collect();
    cells.choice(column, &words)
}

const CLASSES: [&str; 4] = [
    "個人番号利用事務系",
    "LGWAN接続系",
    "インターネット接続系",
    "独立系",
];

fn organisation() -> Known {
    const COLUMNS: &[Column] = &[
        Column::required("コード", &[]),
        Column::required("区分", &[]),
        Column::required("名称", &[]),
        Column::required("上位コード", &[]),
        Column::optional("備考", &[]),
    ];
    let mut above = Known::new();
    checked("organisation.csv", COLUMNS, |cells| {
        let code = cells.text("コード", 1..=64);
        cells.text("名称", 1..=200);
        let kind = choice(cells, "区分", &["局", "区", "課公所", "三種公所"]);
        match kind.as_deref() {
            Some("課公所" | "三種公所") => {
                refers(cells, "上位コード", &above);
            }
            _ => assert_eq!(cells.raw("上位コード").is_empty(), kind.is_some()),
        }
        above.extend(code.clone());
        code
    })
}

fn staff(units: &Known) -> Known {
    const COLUMNS: &[Column] = &[
        Column::required("職員番号", &[]),
        Column::required("氏名", &[]),
        Column::required("所属コード", &[]),
        Column::required("雇用区分", &[]),
        Column::required("採用日", &[]),
        Column::optional("備考", &[]),
    ];
    checked("staff.csv", COLUMNS, |cells| {
        cells.text("氏名", 1..=64);
        refers(cells, "所属コード", units);
        choice(cells, "雇用区分", &["正規", "会計年度任用"]);
        cells.date("採用日");
        cells.text("職員番号", 1..=64)
    })
}

fn systems(units: &Known) -> Known {
    const COLUMNS: &[Column] = &[
        Column::required("システム番号", &[]),
        Column::required("名称", &[]),
        Column::required("所管課コード", &[]),
        Column::required("ネットワーク区分", &[]),
        Column::required("クラウド利用", &[]),
        Column::required("テレワーク利用", &[]),
        Column::required("個人情報", &[]),
        Column::required("利用課", &[]),
        Column::required("一週間停止影響", &[]),
        Column::required("停止影響理由", &[]),
        Column::required("裁量指定理由", &[]),
        Column::required("多要素認証検討", &[]),
        Column::required("検討記録日", &[]),
        Column::optional("備考", &[]),
    ];
    checked("systems.csv", COLUMNS, |cells| {
        cells.text("名称", 1..=200);
        refers(cells, "所管課コード", units);
        choice(cells, "ネットワーク区分", &CLASSES);
        for flag in ["クラウド利用", "テレワーク利用", "個人情報"] {
            cells.yes_no(flag, Blank::Refused);
        }
        let users = cells
            .list("利用課", 0..=200, 64)
            .expect("a list of sections");
        assert!(users.iter().all(|code| units.contains(code)), "{users:?}");
        let grave = cells.yes_no("一週間停止影響", Blank::Refused);
        let why = cells.raw("停止影響理由");
        assert_eq!(
            grave,
            Some(!why.is_empty()),
            "a grave outage has its reason"
        );
        let considered = choice(cells, "多要素認証検討", &["導入", "非導入", "未検討"]);
        if considered.is_some_and(|considered| considered != "未検討") {
            cells.date("検討記録日");
        }
        cells.text("システム番号", 1..=64)
    })
}

#[test]
fn organisation_and_staff_hold_only_the_declared_faults() {
    staff(&organisation());
}

#[test]
fn posts_hold_only_the_declared_faults_and_every_role_of_the_standard() {
    const COLUMNS: &[Column] = &[
        Column::required("職コード", &[]),
        Column::required("職名", &[]),
        Column::required("所属コード", &[]),
        Column::required("役割", &[]),
        Column::required("保有職員番号", &[]),
        Column::required("発令日", &[]),
    ];
    let owners: HashSet<String> = super::systems::systems(&super::organisation::units())
        .into_iter()
        .map(|system| system.owner)
        .collect();
    let roles_held: [(&str, usize); 10] = [
        ("最高情報セキュリティ責任者", 1),
        ("局(区)情報管理者", 17),
        ("情報管理者", 122),
        ("ネットワーク管理者", 1),
        ("副情報管理者", 122),
        ("システム担当者", owners.len()),
        ("CSIRT責任者", 1),
        ("CSIRT管理者", 17),
        ("CSIRT担当者", 3),
        ("監査を行う者", 3),
    ];
    let units = organisation();
    let staff = staff(&units);
    let mut counted = Known::new();
    let mut held: HashMap<String, usize> = HashMap::new();
    checked("posts.csv", COLUMNS, |cells| {
        cells.text("職名", 1..=200);
        let unit = refers(cells, "所属コード", &units);
        let date = cells.date("発令日");
        cells.optional("保有職員番号", |cells, column| {
            refers(cells, column, &staff)
        });
        let roles = cells.list("役割", 1..=10, 64).expect("a list of roles");
        let known = |role: &String| roles_held.iter().any(|(name, _)| name == role);
        if !roles.iter().all(known) {
            cells.refuse("役割", Reason::new("unknown_role", "ない", "unknown"));
            return None;
        }
        let code = cells.text("職コード", 1..=64)?;
        // The second use of a code is told from the first only after all rows are read.
        if unit.is_some() && date.is_some() && counted.insert(code.clone()) {
            for role in roles {
                *held.entry(role).or_default() += 1;
            }
        }
        Some(code)
    });
    let expected = roles_held.map(|(role, posts)| (role.to_owned(), posts));
    assert_eq!(held, HashMap::from(expected));
}

#[test]
fn systems_networks_connections_and_devices_hold_only_the_declared_faults() {
    const NETWORKS: &[Column] = &[
        Column::required("番号", &[]),
        Column::required("名称", &[]),
        Column::required("区分", &[]),
        Column::required("県セキュリティクラウド参加", &[]),
        Column::optional("備考", &[]),
    ];
    const CONNECTIONS: &[Column] = &[
        Column::required("接続番号", &[]),
        Column::required("システム番号", &[]),
        Column::required("ネットワーク番号", &[]),
    ];
    const DEVICES: &[Column] = &[
        Column::required("端末番号", &[]),
        Column::required("種別", &[]),
        Column::required("所管課コード", &[]),
        Column::required("所有", &[]),
        Column::required("ネットワーク番号", &[]),
        Column::required("インターネット接続モバイル", &[]),
        Column::required("利用者職員番号", &[]),
    ];
    let units = organisation();
    let staff = staff(&units);
    let systems = systems(&units);
    let mut class: HashMap<String, String> = HashMap::new();
    let networks = checked("networks.csv", NETWORKS, |cells| {
        cells.text("名称", 1..=200);
        cells.yes_no("県セキュリティクラウド参加", Blank::Refused);
        let number = cells.text("番号", 1..=64)?;
        let named = choice(cells, "区分", &CLASSES)?;
        class.entry(number.clone()).or_insert(named);
        Some(number)
    });
    let of_system: HashMap<&str, &str> = tables_systems().into_iter().collect();
    checked("connections.csv", CONNECTIONS, |cells| {
        let system = refers(cells, "システム番号", &systems);
        let network = refers(cells, "ネットワーク番号", &networks);
        let number = cells.text("接続番号", 1..=64);
        if of_system[system?.as_str()] != class[&network?] {
            cells.refuse(
                "ネットワーク番号",
                Reason::new("class", "区分が違う", "other class"),
            );
        }
        number
    });
    checked("devices.csv", DEVICES, |cells| {
        choice(
            cells,
            "種別",
            &["デスクトップ", "ノート", "タブレット", "スマートフォン"],
        );
        refers(cells, "所管課コード", &units);
        choice(cells, "所有", &["市"]);
        refers(cells, "ネットワーク番号", &networks);
        cells.yes_no("インターネット接続モバイル", Blank::Refused);
        cells.optional("利用者職員番号", |cells, column| {
            refers(cells, column, &staff)
        });
        cells.text("端末番号", 1..=64)
    });
}

#[test]
fn transfers_name_sections_and_people_of_the_city() {
    const COLUMNS: &[Column] = &[
        Column::required("職員番号", &[]),
        Column::required("氏名", &[]),
        Column::required("異動種別", &[]),
        Column::required("新所属コード", &[]),
        Column::required("新職コード", &[]),
        Column::required("発令日", &[]),
    ];
    let units = organisation();
    let staff = staff(&units);
    let ordered = checked("transfers.csv", COLUMNS, |cells| {
        let kinds = ["採用", "異動", "出向", "休職", "退職"];
        let kind = choice(cells, "異動種別", &kinds);
        cells.optional("新所属コード", |cells, column| {
            refers(cells, column, &units)
        });
        cells.date("発令日");
        let number = cells.text("職員番号", 1..=64)?;
        assert_eq!(kind? == "採用", !staff.contains(&number), "{number}");
        Some(number)
    });
    assert!(ordered.len() > 100, "{}", ordered.len());
}

fn tables_systems() -> Vec<(&'static str, &'static str)> {
    let systems = super::systems::systems(&super::organisation::units());
    systems
        .iter()
        .map(|system| (system.number, system.class))
        .collect()
}

#[test]
fn information_holds_only_the_declared_faults() {
    const COLUMNS: &[Column] = &[
        Column::required("台帳番号", &[]),
        Column::required("名称", &[]),
        Column::required("所管課コード", &[]),
        Column::required("分類", &["重要性分類分類"]),
        Column::required("根拠", &[]),
        Column::required("理由", &[]),
        Column::required("取扱システム番号", &[]),
        Column::required("保存期限", &[]),
        Column::required("個人情報", &[]),
    ];
    let units = organisation();
    let systems = systems(&units);
    checked("information.xlsx", COLUMNS, |cells| {
        cells.text("名称", 1..=200);
        refers(cells, "所管課コード", &units);
        let class = choice(cells, "分類", &["S", "Ⅰ", "Ⅱ", "Ⅲ"]);
        let ground = cells.text("根拠", 1..=64);
        let reasoned = ground.is_some_and(|ground| ground == "裁量" || ground == "復元困難");
        assert_eq!(
            reasoned,
            !cells.raw("理由").is_empty(),
            "row {}",
            cells.row()
        );
        assert!(class.is_none_or(|class| class != "S") || reasoned);
        cells.optional("取扱システム番号", |cells, column| {
            refers(cells, column, &systems)
        });
        cells.date("保存期限");
        cells.yes_no("個人情報", Blank::Refused);
        cells.text("台帳番号", 1..=64)
    });
}
