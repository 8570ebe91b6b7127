//! Bureaus, wards, their sections and third-class offices.

use crate::file::{File, Format, cells};

const BUREAUS: [(&str, &[&str]); 12] = [
    (
        "総務局",
        &[
            "総務課",
            "人事課",
            "職員研修所",
            "文書法制課",
            "契約課",
            "監査担当課",
            "庁舎管理課",
        ],
    ),
    (
        "危機管理局",
        &["危機管理課", "災害対策課", "防災企画課", "消防連携課"],
    ),
    (
        "デジタル推進局",
        &[
            "デジタル推進課",
            "情報システムセンター",
            "業務改革課",
            "統計課",
        ],
    ),
    (
        "財政局",
        &[
            "財政課",
            "税制課",
            "市民税課",
            "資産税課",
            "納税管理課",
            "会計課",
            "公有財産課",
        ],
    ),
    (
        "市民局",
        &[
            "市民生活課",
            "戸籍管理課",
            "地域振興課",
            "広聴相談課",
            "文化振興課",
            "スポーツ振興課",
            "市民センター課",
        ],
    ),
    (
        "健康福祉局",
        &[
            "社会課",
            "保護自立支援課",
            "障害企画課",
            "高齢企画課",
            "介護保険課",
            "保険年金課",
            "健康政策課",
            "感染症対策課",
        ],
    ),
    (
        "こども若者局",
        &[
            "こども企画課",
            "子育て支援課",
            "保育課",
            "児童相談所",
            "青少年課",
        ],
    ),
    (
        "環境局",
        &[
            "環境企画課",
            "廃棄物管理課",
            "施設課",
            "環境対策課",
            "公園課",
        ],
    ),
    (
        "経済局",
        &[
            "産業政策課",
            "観光課",
            "農政課",
            "雇用労政課",
            "中小企業支援課",
        ],
    ),
    (
        "都市整備局",
        &[
            "都市計画課",
            "開発調整課",
            "建築指導課",
            "住宅政策課",
            "市街地整備課",
            "公共建築課",
        ],
    ),
    (
        "建設局",
        &[
            "道路管理課",
            "道路計画課",
            "河川課",
            "下水道計画課",
            "下水道管理課",
            "用地課",
        ],
    ),
    (
        "教育局",
        &[
            "教育総務課",
            "学事課",
            "教職員課",
            "教育指導課",
            "教育相談課",
            "学校保健課",
            "生涯学習課",
            "図書館",
        ],
    ),
];

pub(crate) const WARDS: [&str; 5] = ["中央区", "東区", "西区", "南区", "北区"];
const WARD_SECTIONS: [&str; 10] = [
    "総務課",
    "区民生活課",
    "戸籍住民課",
    "税務課",
    "保険年金課",
    "保護課",
    "家庭健康課",
    "障害高齢課",
    "街並み形成課",
    "道路課",
];

/// Third-class offices by the section they belong to.
const OFFICES: [(&str, &str); 10] = [
    ("中央区戸籍住民課", "中央駅前証明発行センター"),
    ("東区戸籍住民課", "東区証明発行センター"),
    ("西区戸籍住民課", "西区証明発行センター"),
    ("南区戸籍住民課", "南区証明発行センター"),
    ("北区戸籍住民課", "北区証明発行センター"),
    ("市民センター課", "中央市民センター"),
    ("市民センター課", "北部市民センター"),
    ("施設課", "南清掃工場"),
    ("学校保健課", "第一学校給食センター"),
    ("学校保健課", "第二学校給食センター"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bureau,
    Ward,
    Section,
    ThirdClass,
}

#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) kind: Kind,
    pub(crate) code: String,
    pub(crate) name: String,
    /// Code of the unit above; blank for a bureau or ward.
    pub(crate) above: String,
}

/// All units, each after the one above it. Codes begin with no zero, so that Excel keeps them.
pub(crate) fn units() -> Vec<Unit> {
    let bureaus = BUREAUS.iter().zip(0..).map(|((name, sections), i)| {
        let sections = sections.iter().map(|&name| name.to_owned()).collect();
        (Kind::Bureau, 1100 + i * 100, (*name).to_owned(), sections)
    });
    let wards = WARDS.iter().zip(0..).map(|(ward, i)| {
        let sections: Vec<String> = WARD_SECTIONS.map(|name| format!("{ward}{name}")).to_vec();
        (Kind::Ward, 3100 + i * 100, (*ward).to_owned(), sections)
    });
    let mut units = Vec::new();
    for (kind, code, name, sections) in bureaus.chain(wards) {
        let above = code.to_string();
        units.push(unit(kind, above.clone(), name, String::new()));
        for (section, n) in sections.into_iter().zip(1..) {
            let code = (code + n).to_string();
            let offices = OFFICES.iter().filter(|(of, _)| *of == section).zip(1..);
            let offices: Vec<Unit> = offices
                .map(|((_, name), n)| {
                    let own = format!("{code}-{n}");
                    unit(Kind::ThirdClass, own, (*name).to_owned(), code.clone())
                })
                .collect();
            units.push(unit(Kind::Section, code, section, above.clone()));
            units.extend(offices);
        }
    }
    units
}

fn unit(kind: Kind, code: String, name: String, above: String) -> Unit {
    Unit {
        kind,
        code,
        name,
        above,
    }
}

/// The code of the unit of this name.
pub(crate) fn code<'a>(units: &'a [Unit], name: &str) -> &'a str {
    let unit = units.iter().find(|unit| unit.name == name);
    &unit
        .unwrap_or_else(|| panic!("no unit is named {name}"))
        .code
}

pub(crate) fn sections(units: &[Unit]) -> impl Iterator<Item = &Unit> {
    units.iter().filter(|unit| unit.kind == Kind::Section)
}

pub(crate) fn file(units: &[Unit]) -> File {
    let rows = units
        .iter()
        .map(|unit| {
            let kind = match unit.kind {
                Kind::Bureau => "局",
                Kind::Ward => "区",
                Kind::Section => "課公所",
                Kind::ThirdClass => "三種公所",
            };
            let note = match unit.name.as_str() {
                "デジタル推進課" => "CSIRT事務局",
                "情報システムセンター" => "庁内ネットワーク所管",
                "監査担当課" => "情報セキュリティ監査",
                "災害対策課" => "避難所運営所管",
                _ => "",
            };
            cells([kind, &unit.code, &unit.name, &unit.above, note])
        })
        .collect();
    let headings = &["区分", "コード", "名称", "上位コード", "備考"];
    File::new("organisation.csv", Format::Utf8Csv, headings, rows)
        .spoil(
            30,
            "課公所",
            &[
                ("上位コード", "9900"),
                ("コード", "1499"),
                ("名称", "臨時給付金課"),
            ],
            (
                "上位コードの局(区)がない",
                "no bureau or ward has this code",
            ),
        )
        .spoil(
            60,
            "係",
            &[("区分", "係"), ("コード", "1799"), ("名称", "青少年係")],
            (
                "区分が局・区・課公所・三種公所のいずれでもない",
                "is none of the kinds of unit",
            ),
        )
        .spoil(
            90,
            "課公所",
            &[("コード", "1101"), ("名称", "総務課(重複)")],
            ("コードが2つ目", "the code is used twice"),
        )
}
