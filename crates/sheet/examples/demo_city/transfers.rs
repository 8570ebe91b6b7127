//! The yearly list of personnel orders (人事異動), each from the first of April 2027 on. It has no row
//! wrong on purpose: a list is entered whole or not at all.

use crate::{
    file::{File, Format, cells, dated},
    organisation::{Unit, sections},
    people::{Person, Post},
};

const YEAR: i16 = 2027;
/// The ward whose heads of section change places.
const WARD: &str = "32";
/// People with lower numbers stay: those who hold posts are among them.
const FROM: usize = 400;

pub(crate) fn file(units: &[Unit], posts: &[Post], staff: &[Person]) -> File {
    let mut rows = Vec::new();
    let mut order = |person: &str, name: &str, kind: &str, section: &str, post: &str| {
        let day = match kind {
            "退職" => dated(rows.len(), YEAR, 3, 31),
            _ => dated(rows.len(), YEAR, 4, 1),
        };
        rows.push(cells([person, name, kind, section, post, &day]));
    };
    let heads: Vec<&Post> = posts
        .iter()
        .filter(|post| post.unit.starts_with(WARD) && post.unit == post.section)
        .filter(|post| post.code.ends_with("-01") && !post.holder.is_empty())
        .collect();
    for (at, head) in heads.iter().enumerate() {
        let next = heads[(at + 1) % heads.len()];
        order(&head.holder, "", "異動", &next.section, &next.code);
    }
    let sections: Vec<&Unit> = sections(units).collect();
    let others = staff.iter().enumerate().skip(FROM);
    for (n, person) in others.filter(|(_, person)| person.holds_none(posts)) {
        let next = &sections[(n + 7) % sections.len()].code;
        match n % 100 {
            51 => order(&person.number, "", "退職", "", ""),
            53 if n % 3 == 0 => order(&person.number, "", "出向", "", ""),
            57 if n % 3 == 0 => order(&person.number, "", "休職", "", ""),
            10 | 30 | 50 | 70 | 90 if *next != person.section => {
                order(&person.number, "", "異動", next, "");
            }
            _ => {}
        }
    }
    for n in 1..=30 {
        let section = &sections[(n * 4) % sections.len()].code;
        let number = format!("S{:04}", 2_100 + n);
        let name = format!("職員{:04}", 2_100 + n);
        order(&number, &name, "採用", section, "");
    }
    let headings = &[
        "職員番号",
        "氏名",
        "異動種別",
        "新所属コード",
        "新職コード",
        "発令日",
    ];
    File::new("transfers.csv", Format::Cp932Csv, headings, rows)
}
