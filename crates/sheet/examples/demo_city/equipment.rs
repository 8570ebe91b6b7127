//! Networks, which systems are connected to them, and terminals.

use crate::{
    file::{File, Format, cells, mark},
    people::Person,
    systems::System,
};

struct Network {
    number: &'static str,
    name: &'static str,
    class: &'static str,
    prefecture: bool,
    note: &'static str,
}

const fn network(
    number: &'static str,
    name: &'static str,
    class: &'static str,
    prefecture: bool,
    note: &'static str,
) -> Network {
    Network {
        number,
        name,
        class,
        prefecture,
        note,
    }
}

const NETWORKS: [Network; 8] = [
    network(
        "NW-01",
        "住民情報ネットワーク",
        "個人番号利用事務系",
        false,
        "",
    ),
    network(
        "NW-02",
        "税・福祉ネットワーク",
        "個人番号利用事務系",
        false,
        "",
    ),
    network(
        "NW-03",
        "庁内業務ネットワーク",
        "LGWAN接続系",
        false,
        "LGWAN接続ルータ配下",
    ),
    network(
        "NW-04",
        "行政情報ネットワーク",
        "ＬＧＷＡＮ接続系",
        false,
        "区役所・公所",
    ),
    network(
        "NW-05",
        "インターネット業務ネットワーク",
        "インターネット接続系",
        true,
        "",
    ),
    network(
        "NW-06",
        "公開サーバーネットワーク",
        "インターネット接続系",
        true,
        "",
    ),
    network(
        "NW-07",
        "清掃工場制御ネットワーク",
        "独立系",
        false,
        "外部接続なし",
    ),
    network("NW-08", "図書館業務ネットワーク", "独立系", false, ""),
];

pub(crate) fn networks_file() -> File {
    let rows = NETWORKS
        .iter()
        .map(|n| cells([n.number, n.name, n.class, mark(n.prefecture), n.note]));
    let headings = &["番号", "名称", "区分", "県セキュリティクラウド参加", "備考"];
    File::new("networks.csv", Format::Utf8Csv, headings, rows.collect())
        .spoil(
            5,
            "NW-98",
            &[("区分", "無線系"), ("名称", "来庁者用無線LAN")],
            ("区分が4つのいずれでもない", "is none of the four classes"),
        )
        .spoil(
            7,
            "NW-01",
            &[("番号", "NW-01"), ("名称", "旧住民情報ネットワーク")],
            ("番号が2つ目", "the number is used twice"),
        )
}

/// The networks of a system's class, spread over its systems.
fn network_of(system: &System, nth: usize) -> &'static str {
    let same: Vec<&Network> = NETWORKS
        .iter()
        .filter(|n| plain(n.class) == system.class)
        .collect();
    same[nth % same.len()].number
}

fn plain(class: &str) -> String {
    sheet::line(class)
}

pub(crate) fn connections_file(systems: &[System]) -> File {
    let rows = systems.iter().enumerate().map(|(i, system)| {
        cells([
            &format!("C-{:03}", i + 1),
            system.number,
            network_of(system, i),
        ])
    });
    let headings = &["接続番号", "システム番号", "ネットワーク番号"];
    File::new("connections.csv", Format::Utf8Csv, headings, rows.collect())
        .spoil(
            20,
            "C-901",
            &[("ネットワーク番号", "NW-05"), ("システム番号", "SYS-001")],
            (
                "個人番号利用事務系のシステムはインターネット接続系につなげない",
                "a My Number system cannot be connected to an Internet network",
            ),
        )
        .spoil(
            40,
            "C-902",
            &[("ネットワーク番号", "NW-03"), ("システム番号", "SYS-020")],
            (
                "インターネット接続系のシステムはLGWAN接続系につなげない",
                "an Internet system cannot be connected to an LGWAN network",
            ),
        )
        .spoil(
            50,
            "C-903",
            &[("システム番号", "SYS-999")],
            ("システムが台帳にない", "the ledger has no such system"),
        )
}

pub(crate) fn devices_file(staff: &[Person]) -> File {
    let rows = (0..300).map(|i| {
        // Steps through all staff, and so through all sections.
        let person = &staff[(i * 7) % staff.len()];
        let (prefix, kind, networks): (_, _, &[&str]) = match i % 10 {
            0..=2 => ("PC", "デスクトップ", &["NW-01", "NW-02", "NW-03"]),
            3..=6 => ("PC", "ノート", &["NW-03", "NW-04", "NW-05"]),
            7 => ("PC", "ﾉｰﾄ", &["NW-04"]),
            8 => ("TB", "タブレット", &["NW-05"]),
            _ => ("SP", "スマートフォン", &["NW-05"]),
        };
        let network = networks[(i / 10) % networks.len()];
        let mobile = prefix != "PC";
        let user = if i % 6 == 0 {
            ""
        } else {
            person.number.as_str()
        };
        let number = format!("{prefix}-{:04}", i + 1);
        cells([
            &number,
            kind,
            &person.section,
            "市",
            network,
            mark(mobile),
            user,
        ])
    });
    let headings = &[
        "端末番号",
        "種別",
        "所管課コード",
        "所有",
        "ネットワーク番号",
        "インターネット接続モバイル",
        "利用者職員番号",
    ];
    File::new("devices.csv", Format::Cp932Csv, headings, rows.collect())
        .spoil(
            60,
            "PC-9001",
            &[("所有", "私物")],
            (
                "私物の端末は登録できない",
                "a personal device cannot be registered",
            ),
        )
        .spoil(
            120,
            "SP-9002",
            &[("所有", "私物"), ("種別", "スマートフォン")],
            (
                "私物の端末は登録できない",
                "a personal device cannot be registered",
            ),
        )
        .spoil(
            180,
            "PC-9003",
            &[("所管課コード", "9999")],
            ("所管の課公所がない", "no section has this code"),
        )
        .spoil(
            240,
            "PC-9004",
            &[("インターネット接続モバイル", "△")],
            ("○でも×でもない", "is neither ○ nor ×"),
        )
}
