//! Sixty information systems on all four classes of network.

use crate::{
    file::{File, Format, cells, dated, mark},
    organisation::{Unit, WARDS, code},
};

const MY_NUMBER: &str = "個人番号利用事務系";
const LGWAN: &str = "LGWAN接続系";
const INTERNET: &str = "インターネット接続系";
const ALONE: &str = "独立系";

/// What one line of the list says. `flags`: c cloud, t telework, p personal information.
/// `users`: sections beside the owner, `区` + name for that section of every ward.
struct Entry(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const SYSTEMS: [Entry; 60] = [
    // number, name, owner, class, flags, other users
    Entry("SYS-001", "住民記録システム", "戸籍管理課", MY_NUMBER, "p", "区戸籍住民課"),
    Entry("SYS-002", "戸籍情報システム", "戸籍管理課", MY_NUMBER, "p", "区戸籍住民課"),
    Entry("SYS-003", "市民税システム", "市民税課", MY_NUMBER, "p", "区税務課"),
    Entry("SYS-004", "固定資産税システム", "資産税課", MY_NUMBER, "p", "区税務課"),
    Entry("SYS-005", "収納管理システム", "納税管理課", MY_NUMBER, "p", "市民税課 資産税課"),
    Entry("SYS-006", "国民健康保険システム", "保険年金課", MY_NUMBER, "p", "区保険年金課"),
    Entry("SYS-007", "介護保険システム", "介護保険課", MY_NUMBER, "p", "区障害高齢課"),
    Entry("SYS-008", "生活保護システム", "保護自立支援課", MY_NUMBER, "p", "区保護課"),
    Entry("SYS-009", "児童手当システム", "子育て支援課", MY_NUMBER, "p", "区家庭健康課"),
    Entry("SYS-010", "文書管理システム", "文書法制課", LGWAN, "tp", "総務課 人事課 財政課 教育総務課"),
    Entry("SYS-011", "財務会計システム", "財政課", LGWAN, "", "会計課 契約課"),
    Entry("SYS-012", "人事給与システム", "人事課", LGWAN, "p", "教職員課"),
    Entry("SYS-013", "庶務事務システム", "人事課", LGWAN, "tp", "総務課 業務改革課"),
    Entry("SYS-014", "電子入札システム", "契約課", LGWAN, "", ""),
    Entry("SYS-015", "公有財産台帳システム", "公有財産課", LGWAN, "", ""),
    Entry("SYS-016", "例規検索システム", "文書法制課", LGWAN, "c", "総務課"),
    Entry("SYS-017", "統合型地理情報システム", "都市計画課", LGWAN, "", "道路管理課 河川課 開発調整課"),
    Entry("SYS-018", "議事録作成支援システム", "業務改革課", LGWAN, "c", ""),
    Entry("SYS-019", "庁内グループウェア", "情報システムセンター", LGWAN, "tp", "総務課 危機管理課 市民生活課"),
    Entry("SYS-020", "市民相談クラウド", "広聴相談課", INTERNET, "cp", "区区民生活課"),
    Entry("SYS-021", "避難所運営支援クラウド", "災害対策課", INTERNET, "ctp", "危機管理課 防災企画課 区区民生活課 区総務課"),
    Entry("SYS-022", "電子申請受付サービス", "業務改革課", INTERNET, "cp", "区戸籍住民課 保育課"),
    Entry("SYS-023", "市公式ウェブサイト", "広聴相談課", INTERNET, "c", ""),
    Entry("SYS-024", "職員メール(インターネット)", "情報システムセンター", INTERNET, "tp", "総務課"),
    Entry("SYS-025", "ウェブ会議サービス", "情報システムセンター", INTERNET, "ct", "業務改革課"),
    Entry("SYS-026", "災害情報メール配信", "危機管理課", INTERNET, "c", "災害対策課"),
    Entry("SYS-027", "保育所入所相談クラウド", "保育課", INTERNET, "cp", "区家庭健康課"),
    Entry("SYS-028", "感染症発生動向クラウド", "感染症対策課", INTERNET, "ctp", "健康政策課"),
    Entry("SYS-029", "職員研修eラーニング", "職員研修所", INTERNET, "ct", "教育指導課"),
    Entry("SYS-030", "施設予約システム", "市民センター課", INTERNET, "c", "スポーツ振興課 文化振興課"),
    Entry("SYS-031", "観光情報サイト", "観光課", INTERNET, "c", ""),
    Entry("SYS-032", "図書館蔵書検索", "図書館", INTERNET, "", ""),
    Entry("SYS-033", "オープンデータ公開サイト", "統計課", INTERNET, "c", ""),
    Entry("SYS-034", "ごみ分別検索アプリ", "廃棄物管理課", INTERNET, "c", ""),
    Entry("SYS-035", "道路損傷通報アプリ", "道路管理課", INTERNET, "cp", "区道路課"),
    Entry("SYS-036", "中小企業融資相談受付", "中小企業支援課", INTERNET, "cp", ""),
    Entry("SYS-037", "就労支援情報サイト", "雇用労政課", INTERNET, "c", ""),
    Entry("SYS-038", "学校連絡網サービス", "学事課", INTERNET, "ctp", "教育指導課"),
    Entry("SYS-039", "生涯学習講座申込", "生涯学習課", INTERNET, "cp", ""),
    Entry("SYS-040", "清掃工場運転監視システム", "施設課", ALONE, "", ""),
    Entry("SYS-041", "図書館貸出管理システム", "図書館", ALONE, "p", ""),
    Entry("SYS-042", "下水処理監視システム", "下水道管理課", ALONE, "", ""),
    Entry("SYS-043", "河川水位監視システム", "河川課", ALONE, "", "災害対策課"),
    Entry("SYS-044", "庁舎入退室管理システム", "庁舎管理課", ALONE, "p", ""),
    Entry("SYS-045", "防犯カメラ録画システム", "庁舎管理課", ALONE, "p", ""),
    Entry("SYS-046", "障害福祉システム", "障害企画課", MY_NUMBER, "p", "区障害高齢課"),
    Entry("SYS-047", "後期高齢者医療システム", "高齢企画課", MY_NUMBER, "p", "区保険年金課"),
    Entry("SYS-048", "健康管理システム", "健康政策課", MY_NUMBER, "p", "区家庭健康課"),
    Entry("SYS-049", "予防接種台帳システム", "感染症対策課", MY_NUMBER, "p", "区家庭健康課"),
    Entry("SYS-050", "児童扶養手当システム", "子育て支援課", MY_NUMBER, "p", "区家庭健康課"),
    Entry("SYS-051", "市営住宅管理システム", "住宅政策課", MY_NUMBER, "p", ""),
    Entry("SYS-052", "団体内統合宛名システム", "情報システムセンター", MY_NUMBER, "p", "戸籍管理課 市民税課"),
    Entry("SYS-053", "児童相談システム", "児童相談所", LGWAN, "p", "区家庭健康課"),
    Entry("SYS-054", "建築確認台帳システム", "建築指導課", LGWAN, "p", ""),
    Entry("SYS-055", "道路台帳システム", "道路管理課", LGWAN, "", "道路計画課 用地課"),
    Entry("SYS-056", "農地台帳システム", "農政課", LGWAN, "p", ""),
    Entry("SYS-057", "就学事務システム", "学事課", LGWAN, "p", "学校保健課"),
    Entry("SYS-058", "監査証跡保管システム", "監査担当課", LGWAN, "", ""),
    Entry("SYS-059", "公害苦情管理システム", "環境対策課", LGWAN, "p", ""),
    Entry("SYS-060", "統計調査集計システム", "統計課", LGWAN, "", ""),
];

/// Systems whose outage of a week would gravely harm administration, and why.
const OUTAGE: [(&str, &str); 10] = [
    ("SYS-001", "住民異動・証明発行が全区で止まるため"),
    ("SYS-002", "戸籍届の受理ができなくなるため"),
    ("SYS-005", "収納消込みが滞り督促を誤るおそれがあるため"),
    ("SYS-008", "保護費の支給が遅れるため"),
    ("SYS-011", "支払いが止まるため"),
    ("SYS-021", "災害時に避難所の状況を把握できなくなるため"),
    ("SYS-026", "避難情報を市民に届けられなくなるため"),
    ("SYS-040", "ごみ焼却が止まるため"),
    ("SYS-042", "下水処理の異常に気付けなくなるため"),
    ("SYS-043", "河川の増水を把握できなくなるため"),
];

/// Systems important at the manager's discretion, and why.
const DISCRETION: [(&str, &str); 3] = [
    ("SYS-044", "機器室の入退室記録が調査に欠かせないため"),
    ("SYS-058", "監査証跡の改ざんを防ぐ必要があるため"),
    ("SYS-023", "市の公式発表の窓口であるため"),
];

#[derive(Debug, Clone)]
pub(crate) struct System {
    pub(crate) number: &'static str,
    pub(crate) class: &'static str,
    /// Section code.
    pub(crate) owner: String,
    name: &'static str,
    flags: &'static str,
    users: Vec<String>,
}

pub(crate) fn systems(units: &[Unit]) -> Vec<System> {
    SYSTEMS
        .iter()
        .map(|Entry(number, name, owner, class, flags, users)| System {
            number,
            class,
            owner: code(units, owner).to_owned(),
            name,
            flags,
            users: users
                .split_whitespace()
                .flat_map(|user| codes(units, user))
                .collect(),
        })
        .collect()
}

fn codes(units: &[Unit], user: &str) -> Vec<String> {
    match user.strip_prefix('区') {
        Some(section) => WARDS
            .iter()
            .map(|ward| code(units, &format!("{ward}{section}")).to_owned())
            .collect(),
        None => vec![code(units, user).to_owned()],
    }
}

fn reason(list: &[(&str, &'static str)], number: &str) -> &'static str {
    list.iter()
        .find(|(of, _)| *of == number)
        .map_or("", |(_, reason)| reason)
}

/// Whether MFA was considered, and when: what is required by rule is in use, a few elsewhere were
/// considered and left, and some were never considered.
fn mfa(i: usize, system: &System) -> (&'static str, String) {
    let has = |flag| system.flags.contains(flag);
    let on = || dated(i, 2024, 10, 1);
    if system.class == MY_NUMBER || (system.class == INTERNET && has('p')) {
        return ("導入", on());
    }
    match i % 3 {
        0 => ("非導入", on()),
        1 => ("未検討", String::new()),
        _ => ("導入", on()),
    }
}

/// Section codes as different people separate them.
fn joined(i: usize, users: &[String]) -> String {
    users.join(["、", ",", "／", "\n", "；"][i % 5])
}

pub(crate) fn file(systems: &[System]) -> File {
    let rows = systems.iter().enumerate().map(|(i, system)| {
        let has = |flag| system.flags.contains(flag);
        let personal = if has('p') { "有" } else { "無" };
        let outage = reason(&OUTAGE, system.number);
        let (considered, on) = mfa(i, system);
        let note = if has('c') {
            "クラウドサービス利用"
        } else {
            ""
        };
        cells([
            system.number,
            system.name,
            &system.owner,
            system.class,
            mark(has('c')),
            mark(has('t')),
            personal,
            &joined(i, &system.users),
            mark(!outage.is_empty()),
            outage,
            reason(&DISCRETION, system.number),
            considered,
            &on,
            note,
        ])
    });
    let headings = &[
        "システム番号",
        "名称",
        "所管課コード",
        "ネットワーク区分",
        "クラウド利用",
        "テレワーク利用",
        "個人情報",
        "利用課",
        "一週間停止影響",
        "停止影響理由",
        "裁量指定理由",
        "多要素認証検討",
        "検討記録日",
        "備考",
    ];
    let long = "新".repeat(260);
    File::new("systems.csv", Format::Cp932Csv, headings, rows.collect())
        .spoil(
            15,
            "SYS-901",
            &[("所管課コード", "9999")],
            ("所管の課公所がない", "no section has this code"),
        )
        .spoil(
            30,
            "SYS-902",
            &[("名称", &long)],
            (
                "名称が長すぎる(200文字まで)",
                "the name is longer than 200 characters",
            ),
        )
        .spoil(
            45,
            "SYS-903",
            &[("検討記録日", "令和7年2月30日"), ("多要素認証検討", "導入")],
            ("暦にない日付", "is not a day of the calendar"),
        )
        .spoil(
            55,
            "SYS-010",
            &[],
            ("システム番号が2つ目", "the system number is used twice"),
        )
}
