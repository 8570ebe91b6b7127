use std::{collections::BTreeSet, fmt, str::FromStr};

use kernel::ClauseId;
use serde::{Serialize, de::DeserializeOwned};

use super::*;
use crate::Action;
use crate::pack::{Effect, FieldFormat, Period, Reference, Seat, Verdict};

/// Every word reads back from its code and from its JSON, and no two share a code or a title.
fn spelled_once<W>(all: &[W], codes: &[&str], title: impl Fn(W) -> [&'static str; 2])
where
    W: Copy + PartialEq + fmt::Debug + fmt::Display + FromStr + Serialize + DeserializeOwned,
    W::Err: fmt::Debug,
{
    let mut titles = BTreeSet::new();
    assert_eq!(all.len(), codes.len());
    for (word, code) in all.iter().zip(codes) {
        assert_eq!(word.to_string(), *code);
        assert_eq!(code.parse::<W>().expect("own code"), *word);
        let json = serde_json::to_string(word).expect("serialises");
        assert_eq!(json, format!("\"{code}\""));
        assert_eq!(serde_json::from_str::<W>(&json).expect("own json"), *word);
        assert!(serde_json::from_str::<W>("\"no such word\"").is_err());
        for (language, title) in ["ja", "en"].into_iter().zip(title(*word)) {
            assert!(!title.is_empty(), "{word}");
            assert!(titles.insert((language, title)), "{title} twice");
        }
    }
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
}

macro_rules! each_vocabulary {
    ($($name:ident),+ $(,)?) => {
        $(spelled_once($name::ALL, $name::CODES, |w| [w.title_ja(), w.title_en()]);)+
    };
}

#[test]
fn every_word_has_one_spelling_and_its_own_titles() {
    each_vocabulary!(
        AccessPath,
        Action,
        Channel,
        ClassificationGround,
        Effect,
        FactorCategory,
        FactorKind,
        FieldFormat,
        InformationClass,
        Mode,
        NetworkClass,
        Period,
        Reference,
        Role,
        Seat,
        ServiceName,
        ServiceType,
        StepRole,
        Strength,
        Verdict,
    );
}

#[test]
fn an_unknown_word_is_told_with_the_known_ones() {
    let error = "mayor".parse::<Strength>().expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "unknown strength \"mayor\", expected one of: must, in_principle, should, endeavour, may"
    );
    for near in ["", "Ciso", "CISO", " ciso", "最高情報セキュリティ責任者"] {
        assert!(near.parse::<Role>().is_err(), "{near:?}");
    }
}

#[test]
fn the_order_of_classes_is_strictness() {
    use InformationClass::{I, II, III, S};
    assert!(S > I && I > II && II > III);
    assert_eq!([III, S, II, I].into_iter().max(), Some(S));
    assert_eq!(InformationClass::ALL, [S, I, II, III]);
}

#[test]
fn sensitive_is_anything_but_class_iii() {
    for class in InformationClass::ALL {
        assert_eq!(class.is_sensitive(), *class != InformationClass::III);
    }
}

#[test]
fn a_class_is_read_in_the_spellings_of_documents() {
    use InformationClass::{I, II, III, S};
    for (class, spellings) in [
        (S, ["S", "Ｓ"].as_slice()),
        (I, &["I", "Ⅰ", "Ｉ"]),
        (II, &["II", "Ⅱ", "ＩＩ"]),
        (III, &["III", "Ⅲ", "ＩＩＩ"]),
    ] {
        for spelling in spellings {
            assert_eq!(spelling.parse(), Ok(class), "{spelling}");
        }
    }
    for wrong in ["s", "i", "1", "IIII", "Ⅳ", "", "I ", "l"] {
        assert!(wrong.parse::<InformationClass>().is_err(), "{wrong:?}");
    }
}

#[test]
fn a_ground_gives_only_the_classes_its_clause_names() {
    use ClassificationGround as Ground;
    use InformationClass::{I, II, III, S};
    let expected = [
        (Ground::Ordinance1To4, vec![(I, "3-1-(1)-1")]),
        (Ground::OperationalSecret, vec![(I, "3-1-(1)-2")]),
        (
            Ground::Discretion,
            vec![(I, "3-1-(1)-3"), (II, "3-1-(3)-2")],
        ),
        (Ground::Irrecoverable, vec![(S, "3-1-(2)-1")]),
        (Ground::Ordinance5To6, vec![(II, "3-1-(3)-1")]),
        (Ground::NoneOfThese, vec![(III, "3-1-(4)-1")]),
    ];
    assert_eq!(expected.len(), Ground::ALL.len());
    for (ground, classes) in expected {
        for class in InformationClass::ALL {
            let clause = classes.iter().find(|(given, _)| given == class);
            let clause = clause.map(|(_, id)| ClauseId::known(id));
            assert_eq!(ground.allows(*class), clause.is_some());
            assert_eq!(ground.clause(*class), clause, "{ground} {class}");
        }
    }
}

#[test]
fn two_categories_come_from_a_passkey_or_a_card_but_never_from_password_and_recovery_code() {
    let proven = |kinds: &[FactorKind]| {
        let categories = kinds.iter().flat_map(|kind| kind.categories());
        categories.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(proven(&[FactorKind::Passkey]), 2);
    assert_eq!(proven(&[FactorKind::IcCard]), 2);
    assert_eq!(proven(&[FactorKind::Password]), 1);
    assert_eq!(proven(&[FactorKind::Totp]), 1);
    assert_eq!(proven(&[FactorKind::Password, FactorKind::Totp]), 2);
    assert_eq!(proven(&[FactorKind::Password, FactorKind::RecoveryCode]), 1);
    assert_eq!(proven(&[FactorKind::RecoveryCode]), 0);
}

#[test]
fn only_factors_bound_to_the_verifier_resist_phishing() {
    let resistant: Vec<_> = FactorKind::ALL
        .iter()
        .filter(|kind| kind.phishing_resistant())
        .collect();
    assert_eq!(resistant, [&FactorKind::Passkey, &FactorKind::IcCard]);
}

#[test]
fn an_upstream_amr_value_proves_at_most_one_category_and_mfa_proves_none() {
    for none in [
        "mfa",
        "mca",
        "rba",
        "user",
        "geo",
        "wia",
        "",
        "PWD",
        "recovery_code",
    ] {
        assert_eq!(amr_category(none), None, "{none}");
    }
    for (value, category) in [
        ("pwd", FactorCategory::Knowledge),
        ("pin", FactorCategory::Knowledge),
        ("otp", FactorCategory::Possession),
        ("hwk", FactorCategory::Possession),
        ("sc", FactorCategory::Possession),
        ("fpt", FactorCategory::Inherence),
        ("face", FactorCategory::Inherence),
    ] {
        assert_eq!(amr_category(value), Some(category), "{value}");
    }
    for kind in FactorKind::ALL {
        let said = amr_category(kind.amr());
        assert!(said.is_none_or(|category| kind.categories().contains(&category)));
    }
}
