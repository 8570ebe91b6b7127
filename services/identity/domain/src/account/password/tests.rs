use super::*;

#[test]
fn a_password_alone_needs_fifteen_characters_beside_a_second_factor_eight() {
    let of = |chars| Measure {
        chars,
        guessable: false,
    };
    assert_eq!(of(14).check(true), Err(Weakness::TooShort { least: 15 }));
    assert_eq!(of(15).check(true), Ok(()));
    assert_eq!(of(7).check(false), Err(Weakness::TooShort { least: 8 }));
    assert_eq!(of(8).check(false), Ok(()));
}

#[test]
fn length_is_counted_in_characters_and_bounded_in_bytes() {
    let phrase = "青葉山の桜は四月に咲きます。";
    assert_eq!(measure(phrase, &[]).map(|m| m.chars), Ok(14));
    let longest = "あ".repeat(MOST_BYTES / 3);
    assert!(measure(&longest, &[]).is_ok());
    assert_eq!(
        measure(&"x".repeat(MOST_BYTES + 1), &[]),
        Err(Weakness::TooLong)
    );
}

#[test]
fn what_is_typed_in_another_unicode_form_is_the_same_password() {
    let [composed, apart] = ["ガガガ橋を渡る", "カ\u{3099}カ\u{3099}カ\u{3099}橋を渡る"]
        .map(|text| measure(text, &[]).expect("measured"));
    assert_eq!((composed.chars, composed), (7, apart));
    assert!(is_refused("ｐａｓｓｗｏｒｄ２０２６"), "full width");
}

/// What is known of somebody in the City of Sendai.
const KNOWN: [&str; 5] = ["S0001", "青葉 花子", "Aoba Hanako", "sendai", "仙台市"];

fn is_refused(text: &str) -> bool {
    measure(text, &KNOWN).expect("measured").guessable
}

#[test]
fn the_passwords_tried_first_are_refused_from_the_list_s_first_to_its_last() {
    let leaked = [
        "password",
        "12345678",
        "iloveyou",
        "trustno1",
        "1q2w3e4r5t",
        "letmein",
    ];
    let leaked_least = [
        "bhrh0h2oof6xbqjeh",
        "193570356033",
        "87654321vv",
        "voxstrange",
    ];
    let words = ["shiyakusho", "daigaku", "satou", "kyosoku", "takahashi"];
    for text in leaked.into_iter().chain(leaked_least).chain(words) {
        assert!(is_refused(text), "{text}");
        assert!(is_refused(&text.to_uppercase()), "{text} in capitals");
        assert!(is_refused(&format!("{text}{text}{text}")), "{text} thrice");
    }
}

#[test]
fn digits_and_signs_around_a_word_make_it_no_better() {
    let guessable = [
        "Password123456789",
        "!!!!passwordpassword",
        "Letmein!2026-2027",
        "2026.04.01-takahashi",
        "1qaz2wsx!!!!!!!!!!!!",
        "##trustno1 2026##",
        "パスワード20260401!!",
    ];
    for text in guessable {
        assert!(is_refused(text), "{text}");
    }
}

#[test]
fn what_repeats_or_runs_along_a_row_is_refused() {
    let guessable = [
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "12121212121212121212",
        "1234567890123456",
        "qwertyuiop123456789",
        "zyxwvutsrqponmlk",
    ];
    for text in guessable {
        assert!(is_refused(text), "{text}");
    }
}

#[test]
fn what_is_known_of_the_person_the_city_and_the_house_is_refused_alone_and_together() {
    let guessable = [
        "2026sendai2026!!",
        "仙台市役所20260401!!!!",
        "仙台2026-仙台2027-仙台2028",
        "aoba hanako 19990401",
        "Hanako.Aoba@sendai-2026",
        "青葉花子2026-2027",
        "S0001s0001S0001",
        "s0001-sekisho-2026",
        "sendai-password-2026",
    ];
    for text in guessable {
        assert!(is_refused(text), "{text}");
    }
    let of_nobody = measure("aoba hanako 19990401", &[]).expect("measured");
    assert!(!of_nobody.guessable, "somebody else's name");
}

#[test]
fn there_are_no_composition_rules() {
    let fine = [
        "correct horse battery staple",
        "tsuki ga kirei desu ne",
        "広瀬川の流れは今日も静かだ",
        "仙台駅から市役所まで歩く朝",
        "mountain-goat-on-the-roof",
        "7392015846620194",
        "kettle orbit walnut",
        "sekisho-0f3a91c27be84d55a6e1",
    ];
    for text in fine {
        assert!(!is_refused(text), "{text}");
    }
}
