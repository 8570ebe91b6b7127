//! The words that stand in cells. The first spelling of each value is the one written; width and
//! case do not matter when reading.

use ledger_domain::device::{Kind, Ownership};
use standard::{ClassificationGround as Ground, InformationClass as Class, NetworkClass};

pub(super) const NETWORKS: &[(&str, NetworkClass)] = &[
    ("個人番号利用事務系", NetworkClass::MyNumber),
    ("LGWAN接続系", NetworkClass::Lgwan),
    ("インターネット接続系", NetworkClass::Internet),
    ("独立系", NetworkClass::Independent),
    ("my_number", NetworkClass::MyNumber),
    ("lgwan", NetworkClass::Lgwan),
    ("internet", NetworkClass::Internet),
    ("independent", NetworkClass::Independent),
];

pub(super) const CLASSES: &[(&str, Class)] = &[
    ("S", Class::S),
    ("Ⅰ", Class::I),
    ("Ⅱ", Class::II),
    ("Ⅲ", Class::III),
];

pub(super) const GROUNDS: &[(&str, Ground)] = &[
    ("条例第7条第1号〜第4号", Ground::Ordinance1To4),
    ("運用管理の機密", Ground::OperationalSecret),
    ("裁量", Ground::Discretion),
    ("復元困難", Ground::Irrecoverable),
    ("条例第7条第5号・第6号", Ground::Ordinance5To6),
    ("その他", Ground::NoneOfThese),
    ("条例第7条第1号", Ground::Ordinance1To4),
    ("条例第7条第2号", Ground::Ordinance1To4),
    ("条例第7条第3号", Ground::Ordinance1To4),
    ("条例第7条第4号", Ground::Ordinance1To4),
    ("条例第7条第5号", Ground::Ordinance5To6),
    ("条例第7条第6号", Ground::Ordinance5To6),
    ("ordinance_1_to_4", Ground::Ordinance1To4),
    ("operational_secret", Ground::OperationalSecret),
    ("discretion", Ground::Discretion),
    ("irrecoverable", Ground::Irrecoverable),
    ("ordinance_5_to_6", Ground::Ordinance5To6),
    ("none_of_these", Ground::NoneOfThese),
];

pub(super) const KINDS: &[(&str, Kind)] = &[
    ("デスクトップ", Kind::Desktop),
    ("ノート", Kind::Laptop),
    ("タブレット", Kind::Tablet),
    ("スマートフォン", Kind::Smartphone),
    ("desktop", Kind::Desktop),
    ("laptop", Kind::Laptop),
    ("tablet", Kind::Tablet),
    ("smartphone", Kind::Smartphone),
];

pub(super) const OWNERSHIPS: &[(&str, Ownership)] = &[
    ("市", Ownership::City),
    ("私物", Ownership::Personal),
    ("city", Ownership::City),
    ("personal", Ownership::Personal),
];

/// Introduced, not introduced, or not considered yet.
pub(super) const MFA: &[(&str, Option<bool>)] = &[
    ("導入", Some(true)),
    ("非導入", Some(false)),
    ("未検討", None),
    ("introduced", Some(true)),
    ("not introduced", Some(false)),
    ("not considered", None),
];

/// The word written for a value.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> String {
    words
        .iter()
        .find(|(_, known)| known == value)
        .map(|(word, _)| (*word).to_owned())
        .unwrap_or_default()
}

/// ○ or ×.
pub(super) fn mark(yes: bool) -> String {
    if yes { "○" } else { "×" }.to_owned()
}

#[cfg(test)]
mod tests {
    use sheet::cell::choice;
    use standard::pack::jst_date;

    use super::*;

    #[test]
    fn every_value_has_a_word_that_reads_back_as_it() {
        for class in Class::ALL {
            assert_eq!(choice(&word(CLASSES, class), CLASSES).as_ref(), Ok(class));
        }
        for ground in Ground::ALL {
            assert_eq!(choice(&word(GROUNDS, ground), GROUNDS).as_ref(), Ok(ground));
        }
        for network in NetworkClass::ALL {
            assert_eq!(
                choice(&word(NETWORKS, network), NETWORKS).as_ref(),
                Ok(network)
            );
        }
        for kind in Kind::ALL {
            assert_eq!(choice(&word(KINDS, kind), KINDS).as_ref(), Ok(kind));
        }
        let day = jst_date("2026-03-31T15:00:00Z".parse().expect("an instant"));
        assert_eq!(sheet::cell::date(&day.to_string()), Ok(day));
    }
}
