//! The ledger of administrative information: 500 entries in a workbook as people draw them.

use anyhow::{Context, Result};
use jiff::civil::{Date, date};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Style, FormatAlign, FormatBorder, Workbook, Worksheet,
};

use crate::{
    file::{File, Format, cells, mark},
    organisation::{Unit, WARDS, code},
};

/// Sheet the ledger is on.
pub(crate) const SHEET: &str = "行政情報台帳";
const TITLE: &str = "見本市 行政情報台帳（令和7年4月1日現在）";
/// How a date cell is told from one of text until the workbook is written.
const DATE_CELL: &str = "date:";

/// Section, name, class, ground, reason, system, years kept, personal information.
struct Kind(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i16,
    bool,
);

const HARD: &str = "失われると復元が極めて困難で行政の運営に重大な支障があるため";

#[rustfmt::skip]
const OF_WARDS: [Kind; 12] = [
    Kind("戸籍住民課", "戸籍届書綴", "Ｓ", "復元困難", HARD, "SYS-002", 30, true),
    Kind("戸籍住民課", "住民異動届綴", "Ⅰ", "条例第7条第2号", "", "SYS-001", 5, true),
    Kind("戸籍住民課", "窓口受付件数集計表", "Ⅲ", "その他", "", "", 3, false),
    Kind("税務課", "市県民税申告書綴", "Ⅰ", "条例第7条第1号", "", "SYS-003", 7, true),
    Kind("保険年金課", "国保資格異動届綴", "Ｉ", "条例第7条第2号", "", "SYS-006", 5, true),
    Kind("保護課", "保護決定調書綴", "Ⅰ", "条例第7条第2号", "", "SYS-008", 10, true),
    Kind("家庭健康課", "乳幼児健診記録", "Ⅰ", "条例第7条第2号", "", "SYS-048", 10, true),
    Kind("障害高齢課", "介護認定調査票綴", "Ⅰ", "条例第7条第2号", "", "SYS-007", 5, true),
    Kind("区民生活課", "避難所開設記録", "Ⅱ", "裁量", "避難者の動静が分かるため", "SYS-021", 5, true),
    Kind("区民生活課", "町内会長名簿", "Ⅱ", "条例第7条第5号", "", "", 3, true),
    Kind("街並み形成課", "開発相談記録", "Ⅱ", "条例第7条第6号", "", "", 5, false),
    Kind("道路課", "道路補修台帳", "Ⅲ", "その他", "", "SYS-055", 10, false),
];

#[rustfmt::skip]
const OF_BUREAUS: [Kind; 40] = [
    Kind("戸籍管理課", "住民基本台帳", "S", "復元困難", HARD, "SYS-001", 30, true),
    Kind("市民税課", "個人市民税課税台帳", "S", "復元困難", HARD, "SYS-003", 10, true),
    Kind("資産税課", "固定資産課税台帳", "S", "復元困難", HARD, "SYS-004", 10, true),
    Kind("納税管理課", "収納消込データ", "Ⅰ", "条例第7条第1号", "", "SYS-005", 7, true),
    Kind("保護自立支援課", "医療扶助審査記録", "Ⅰ", "条例第7条第2号", "", "SYS-008", 5, true),
    Kind("介護保険課", "介護給付実績データ", "Ⅰ", "条例第7条第2号", "", "SYS-007", 5, true),
    Kind("児童相談所", "児童相談記録", "Ⅰ", "条例第7条第2号", "", "SYS-053", 25, true),
    Kind("情報システムセンター", "ネットワーク構成図", "Ⅰ", "運用管理の機密", "", "SYS-019", 5, false),
    Kind("情報システムセンター", "管理者用ID一覧", "Ⅰ", "運用管理の機密", "", "", 3, false),
    Kind("デジタル推進課", "セキュリティ事故対応記録", "Ⅰ", "裁量", "攻撃の手掛かりになるため", "", 5, false),
    Kind("監査担当課", "監査調書", "Ⅰ", "条例第7条第4号", "", "SYS-058", 10, false),
    Kind("広聴相談課", "市民相談記録", "Ⅰ", "条例第7条第2号", "", "SYS-020", 5, true),
    Kind("広聴相談課", "市政への提案一覧", "Ⅲ", "その他", "", "SYS-023", 3, false),
    Kind("災害対策課", "避難行動要支援者名簿", "Ⅱ", "裁量", "平時から地域に提供するため", "SYS-021", 5, true),
    Kind("災害対策課", "備蓄物資一覧", "Ⅲ", "その他", "", "", 3, false),
    Kind("危機管理課", "災害対策本部名簿", "Ⅱ", "条例第7条第6号", "", "SYS-026", 3, true),
    Kind("防災企画課", "防災訓練実施計画", "Ⅲ", "その他", "", "", 3, false),
    Kind("人事課", "人事記録", "Ⅰ", "条例第7条第2号", "", "SYS-012", 30, true),
    Kind("人事課", "出勤簿", "Ⅱ", "条例第7条第6号", "", "SYS-013", 5, true),
    Kind("文書法制課", "起案文書", "Ⅱ", "条例第7条第5号", "", "SYS-010", 10, false),
    Kind("契約課", "予定価格調書", "Ⅰ", "条例第7条第3号", "", "SYS-014", 5, false),
    Kind("契約課", "入札結果一覧", "Ⅲ", "その他", "", "SYS-014", 5, false),
    Kind("財政課", "予算要求資料", "Ⅱ", "条例第7条第5号", "", "SYS-011", 5, false),
    Kind("公有財産課", "公有財産台帳", "Ⅱ", "裁量", "用地交渉に影響するため", "SYS-015", 30, false),
    Kind("市民センター課", "施設利用状況", "ＩＩＩ", "その他", "", "SYS-030", 3, false),
    Kind("保育課", "保育所入所申込書", "Ⅰ", "条例第7条第2号", "", "SYS-027", 5, true),
    Kind("子育て支援課", "児童手当受給者台帳", "Ⅰ", "条例第7条第2号", "", "SYS-009", 5, true),
    Kind("健康政策課", "がん検診結果", "Ⅰ", "条例第7条第2号", "", "SYS-048", 5, true),
    Kind("感染症対策課", "感染症発生届", "Ⅰ", "条例第7条第2号", "", "SYS-028", 5, true),
    Kind("施設課", "焼却炉運転日報", "Ⅱ", "条例第7条第6号", "", "SYS-040", 5, false),
    Kind("下水道管理課", "処理場運転記録", "II", "条例第7条第6号", "", "SYS-042", 5, false),
    Kind("河川課", "河川水位記録", "Ⅲ", "その他", "", "SYS-043", 10, false),
    Kind("観光課", "観光客入込数統計", "Ⅲ", "その他", "", "SYS-031", 5, false),
    Kind("中小企業支援課", "融資相談記録", "Ⅰ", "条例第7条第3号", "", "SYS-036", 7, true),
    Kind("建築指導課", "建築確認申請書", "Ⅱ", "条例第7条第5号", "", "SYS-054", 15, true),
    Kind("住宅政策課", "市営住宅入居者台帳", "Ⅰ", "条例第7条第2号", "", "SYS-051", 10, true),
    Kind("学事課", "学齢簿", "Ⅰ", "条例第7条第2号", "", "SYS-057", 20, true),
    Kind("教育相談課", "教育相談記録", "Ⅰ", "条例第7条第2号", "", "", 10, true),
    Kind("図書館", "貸出記録", "Ⅱ", "裁量", "読書の秘密に関わるため", "SYS-041", 1, true),
    Kind("統計課", "統計年報", "Ⅲ", "その他", "", "SYS-033", 10, false),
];

pub(crate) fn file(units: &[Unit]) -> File {
    let of_wards = OF_WARDS.iter().flat_map(|kind| {
        let section = move |ward: &&str| format!("{ward}{}", kind.0);
        WARDS.iter().map(move |ward| (kind, section(ward)))
    });
    let of_bureaus = OF_BUREAUS.iter().map(|kind| (kind, kind.0.to_owned()));
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (kind, section) in of_wards.chain(of_bureaus) {
        let Kind(_, name, class, ground, reason, system, years, personal) = kind;
        for reiwa in 3..=7 {
            let i = rows.len();
            rows.push(cells([
                &format!("J-{:04}", i + 1),
                &format!("{name}(令和{reiwa}年度)"),
                code(units, &section),
                class,
                ground,
                reason,
                system,
                &kept_until(i, reiwa + years),
                mark(*personal),
            ]));
        }
    }
    let headings = &[
        "台帳番号",
        "名称",
        "所管課コード",
        "分類",
        "根拠",
        "理由",
        "取扱システム番号",
        "保存期限",
        "個人情報",
    ];
    let long = "簿".repeat(260);
    File::new("information.xlsx", Format::Workbook, headings, rows)
        .spoil(
            100,
            "J-9001",
            &[("分類", "Ⅳ")],
            (
                "分類がS・Ⅰ・Ⅱ・Ⅲのいずれでもない",
                "is none of S, I, II and III",
            ),
        )
        .spoil(
            200,
            "J-9002",
            &[("根拠", "")],
            ("根拠が空欄", "the ground is missing"),
        )
        .spoil(
            300,
            "J-9003",
            &[("名称", &long)],
            (
                "名称が長すぎる(200文字まで)",
                "the name is longer than 200 characters",
            ),
        )
        .spoil(
            400,
            "J-9004",
            &[("保存期限", "令和7年2月30日")],
            ("暦にない日付", "is not a day of the calendar"),
        )
}

/// The end of the fiscal year `reiwa`, as text in three ways or as a date cell.
fn kept_until(i: usize, reiwa: i16) -> String {
    // A fiscal year ends in March of the year after.
    let (reiwa, year) = (reiwa + 1, reiwa + 2019);
    match i % 4 {
        0 => format!("令和{reiwa}年3月31日"),
        1 => format!("{year}-03-31"),
        2 => format!("R{reiwa}.3.31"),
        _ => format!("{DATE_CELL}{year}-03-31"),
    }
}

/// The workbook: a title, headings two rows high with a merged group, section codes as numbers,
/// some dates as dates, and ruled blank rows at the end.
pub(crate) fn workbook(file: &File) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2025, 4, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let page = book.add_worksheet();
    page.set_name(SHEET)?;
    let ruled = Style::new().set_border(FormatBorder::Thin);
    headings(page, file.headings, &ruled)?;
    let wareki = ruled
        .clone()
        .set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
    let first = u32::try_from(file.above())?;
    for (row, cells) in (first..).zip(&file.rows) {
        for (column, cell) in (0..).zip(cells) {
            if let Some(day) = cell.strip_prefix(DATE_CELL) {
                let day: Date = day.parse().context("a date of our own")?;
                page.write_datetime_with_format(row, column, excel(day)?, &wareki)?;
            } else if let Ok(number) = cell.parse::<u32>() {
                page.write_number_with_format(row, column, number, &ruled)?;
            } else {
                page.write_string_with_format(row, column, cell, &ruled)?;
            }
        }
    }
    let end = first + u32::try_from(file.rows.len())?;
    for row in end..end + 20 {
        for column in 0..u16::try_from(file.headings.len())? {
            page.write_blank(row, column, &ruled)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn headings(page: &mut Worksheet, names: &[&str], ruled: &Style) -> Result<()> {
    /// Columns of the group 重要性分類.
    const GROUP: std::ops::RangeInclusive<u16> = 3..=5;
    let bold = ruled.clone().set_bold().set_align(FormatAlign::Center);
    let last = u16::try_from(names.len())? - 1;
    page.merge_range(0, 0, 0, last, TITLE, &Style::new().set_bold())?;
    page.merge_range(1, *GROUP.start(), 1, *GROUP.end(), "重要性分類", &bold)?;
    for (column, name) in (0..).zip(names) {
        if GROUP.contains(&column) {
            page.write_string_with_format(2, column, *name, &bold)?;
        } else {
            page.merge_range(1, column, 2, column, name, &bold)?;
        }
    }
    page.set_column_width(1, 40)?.set_column_width(5, 40)?;
    Ok(())
}

fn excel(day: Date) -> Result<ExcelDateTime> {
    debug_assert!(day >= date(1900, 3, 1), "Excel counts days wrongly before");
    let (year, month, dom) = (day.year(), day.month(), day.day());
    Ok(ExcelDateTime::from_ymd(
        year.try_into()?,
        month.try_into()?,
        dom.try_into()?,
    )?)
}
