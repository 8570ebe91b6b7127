//! What a personnel order leads to, in one line each.

use proto::identity::v1::{self as identity, ConsequenceKind as Kind};
use standard::jst_date;

use crate::language::Language;

/// `2 行 S0002 2027-04-01: 異動 1102`.
pub(super) fn line(one: &identity::Consequence, lang: Language) -> String {
    let day = one.at.as_ref().and_then(proto::instant);
    let day = day.map_or(String::new(), |at| jst_date(at).to_string());
    let what = match one.kind() {
        Kind::Unspecified => lang.pick("ほか", "other"),
        Kind::Joins => lang.pick("在職", "in service in"),
        Kind::Moves => lang.pick("異動", "moves to"),
        Kind::Leaves => lang.pick("在職しなくなる", "in service no longer, was in"),
        Kind::PostBegins => lang.pick("職に就く", "holds post"),
        Kind::PostEnds => lang.pick("職を離れる", "holds no longer post"),
        Kind::EntitlementEnds => lang.pick("利用登録が終わる", "registered no longer for"),
        Kind::PrivilegeEnds => lang.pick("特権が終わる", "no privilege any more on"),
        Kind::NominationEnds => lang.pick("副情報管理者等の指名が終わる", "named no longer in"),
        Kind::AbsencePlanEnds => {
            lang.pick("不在時の計画が使われなくなる", "absence plan unused in")
        }
    };
    let row = lang.pick(format!("{} 行", one.row), format!("row {}", one.row));
    format!("{row} {} {day}: {what} {}", one.person_id, one.subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_row_person_day_and_what_in_either_language() {
        let midnight = "2027-04-01T00:00:00+09:00".parse().expect("an instant");
        let mut one = identity::Consequence {
            row: 2,
            person_id: "S0002".to_owned(),
            subject: "1102".to_owned(),
            at: Some(proto::timestamp(midnight)),
            ..identity::Consequence::default()
        };
        one.set_kind(Kind::Moves);
        let line = |lang| line(&one, lang);
        assert_eq!(line(Language::Ja), "2 行 S0002 2027-04-01: 異動 1102");
        assert_eq!(line(Language::En), "row 2 S0002 2027-04-01: moves to 1102");
    }
}
