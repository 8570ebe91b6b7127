//! Posts, the roles that belong to them, and the staff who hold them. People are numbers.

use std::collections::BTreeSet;

use crate::{
    file::{File, Format, cells, dated},
    organisation::{Kind, Unit, code, sections},
    systems::System,
};

const STAFF: usize = 2_000;
const CISO_BUREAU: &str = "デジタル推進局";
/// Two posts held by one person, by post code of the section and place.
const JOINT: (&str, &str) = ("業務改革課", "統計課");
const VACANT: &str = "雇用労政課";

#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    /// The section its holder belongs to: a bureau's lead section for the bureau's own posts.
    pub(crate) section: String,
    pub(crate) roles: String,
    /// Blank if vacant.
    pub(crate) holder: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: String,
    pub(crate) section: String,
    regular: bool,
}

impl Person {
    /// Whether none of the posts is theirs.
    pub(crate) fn holds_none(&self, posts: &[Post]) -> bool {
        posts.iter().all(|post| post.holder != self.number)
    }
}

fn number(n: usize) -> String {
    format!("S{n:04}")
}

/// Head of a section: 課長, 所長 or 館長.
fn head(section: &str) -> String {
    match section {
        "情報システムセンター" => format!("{section}所長"),
        _ => format!("{section}長"),
    }
}

pub(crate) fn posts(units: &[Unit], systems: &[System]) -> Vec<Post> {
    let owners: BTreeSet<&str> = systems.iter().map(|system| system.owner.as_str()).collect();
    let mut posts: Vec<Post> = Vec::new();
    let mut holders = 0;
    let mut add = |unit: &str, place: u8, section: &str, name: String, roles: &str| {
        holders += 1;
        posts.push(Post {
            code: format!("{unit}-{place:02}"),
            name,
            unit: unit.to_owned(),
            section: section.to_owned(),
            roles: roles.to_owned(),
            holder: number(holders),
        });
    };
    let is_bureau = |unit: &&Unit| matches!(unit.kind, Kind::Bureau | Kind::Ward);
    for bureau in units.iter().filter(is_bureau) {
        let own: Vec<&Unit> = sections(units).filter(|s| s.above == bureau.code).collect();
        let lead = &own[0].code;
        if bureau.name == CISO_BUREAU {
            let both = "最高情報セキュリティ責任者、局(区)情報管理者";
            add(
                &bureau.code,
                1,
                lead,
                format!("副市長({CISO_BUREAU}担当)"),
                both,
            );
        } else {
            add(
                &bureau.code,
                1,
                lead,
                format!("{}長", bureau.name),
                "局(区)情報管理者",
            );
        }
        for section in own {
            let roles = match section.name.as_str() {
                "情報システムセンター" => "情報管理者、ネットワーク管理者",
                "監査担当課" => "情報管理者、監査を行う者",
                _ if section.code == *lead => "情報管理者、CSIRT管理者",
                _ => "情報管理者",
            };
            let code = &section.code;
            add(code, 1, code, head(&section.name), roles);
            add(
                code,
                2,
                code,
                format!("{}補佐", head(&section.name)),
                "副情報管理者",
            );
            if owners.contains(code.as_str()) {
                add(
                    code,
                    3,
                    code,
                    format!("{}システム主査", section.name),
                    "システム担当者",
                );
            }
        }
    }
    let digital = code(units, "デジタル推進課");
    add(
        digital,
        11,
        digital,
        "情報セキュリティ統括監".to_owned(),
        "CSIRT責任者",
    );
    for place in 12..=14 {
        let name = format!("CSIRT担当主査({})", place - 11);
        add(digital, place, digital, name, "CSIRT担当者");
    }
    let audit = code(units, "監査担当課");
    for place in 11..=12 {
        let name = format!("監査主幹({})", place - 10);
        add(audit, place, audit, name, "監査を行う者");
    }
    joint_and_vacant(units, &mut posts);
    posts
}

/// One person who holds two posts, and one post nobody holds.
fn joint_and_vacant(units: &[Unit], posts: &mut [Post]) {
    let deputy = |section| format!("{}-02", code(units, section));
    let (held, also) = (deputy(JOINT.0), deputy(JOINT.1));
    let holder = posts.iter().find(|post| post.code == held);
    let holder = holder.map(|post| post.holder.clone()).unwrap_or_default();
    for post in posts {
        if post.code == also {
            post.holder.clone_from(&holder);
        } else if post.code == deputy(VACANT) {
            post.holder.clear();
        }
    }
}

/// The holders of the posts first, then everyone else, spread over the sections.
pub(crate) fn staff(units: &[Unit], posts: &[Post]) -> Vec<Person> {
    let sections: Vec<&Unit> = sections(units).collect();
    (1..=STAFF)
        .map(|n| {
            let number = number(n);
            let post = posts.iter().find(|post| post.holder == number);
            Person {
                section: post.map_or(sections[n % sections.len()].code.clone(), |post| {
                    post.section.clone()
                }),
                regular: post.is_some() || n % 4 != 3,
                number,
            }
        })
        .collect()
}

pub(crate) fn posts_file(posts: &[Post]) -> File {
    let rows = posts
        .iter()
        .enumerate()
        .map(|(i, post)| {
            let year = 2025 - i16::try_from(i % 4).unwrap_or(0);
            let from = match i % 13 {
                0 => dated(i, 2019, 7, 1),
                _ => dated(i, year, 4, 1),
            };
            cells([
                &post.code,
                &post.name,
                &post.unit,
                &post.roles,
                &post.holder,
                &from,
            ])
        })
        .collect();
    let headings = &[
        "職コード",
        "職名",
        "所属コード",
        "役割",
        "保有職員番号",
        "発令日",
    ];
    File::new("posts.csv", Format::Utf8Csv, headings, rows)
        .spoil(
            20,
            "1199-01",
            &[("所属コード", "9999")],
            ("所属の課公所がない", "no section has this code"),
        )
        .spoil(
            75,
            "1699-01",
            &[("発令日", "令和7年2月30日")],
            ("暦にない日付", "is not a day of the calendar"),
        )
        .spoil(
            140,
            "3199-01",
            &[("役割", "情報管理人")],
            ("役割の名称が基準にない", "the standard has no such role"),
        )
        .spoil(
            200,
            "1101-01",
            &[],
            ("職コードが2つ目", "the post code is used twice"),
        )
}

pub(crate) fn staff_file(staff: &[Person]) -> File {
    let rows = staff
        .iter()
        .enumerate()
        .map(|(i, person)| {
            let name = format!("職員{}", &person.number[1..]);
            let kind = if person.regular {
                "正規"
            } else {
                "会計年度任用"
            };
            let years = i16::try_from(if person.regular { i % 33 } else { i % 3 }).unwrap_or(0);
            let hired = match i % 61 {
                60 => "昭和63年4月1日".to_owned(),
                way => dated(way, 2025 - years, 4, 1),
            };
            let note = match i % 97 {
                50 => "育児休業中",
                51 => "短時間勤務",
                52 => "派遣",
                _ => "",
            };
            cells([&person.number, &name, &person.section, kind, &hired, note])
        })
        .collect();
    let headings = &[
        "職員番号",
        "氏名",
        "所属コード",
        "雇用区分",
        "採用日",
        "備考",
    ];
    File::new("staff.csv", Format::Cp932Csv, headings, rows)
        .spoil(
            400,
            "S2001",
            &[("所属コード", "9999"), ("氏名", "職員2001")],
            ("所属の課公所がない", "no section has this code"),
        )
        .spoil(
            800,
            "S2002",
            &[("採用日", "令和7年2月30日"), ("氏名", "職員2002")],
            ("暦にない日付", "is not a day of the calendar"),
        )
        .spoil(
            1200,
            "S2003",
            &[("採用日", "平成32年4月1日"), ("氏名", "職員2003")],
            ("元号の期間にない日付", "is not a day of that era"),
        )
        .spoil(
            1600,
            "S0100",
            &[],
            ("職員番号が2つ目", "the staff number is used twice"),
        )
}
