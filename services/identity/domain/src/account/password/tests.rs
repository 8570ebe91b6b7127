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
fn common_and_personal_passwords_are_refused_whatever_surrounds_them() {
    let guessable = [
        "password",
        "Password123456789",
        "!!!!passwordpassword",
        "passwordpasswordpassword",
        "2026sendai2026!!",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "12121212121212121212",
        "1234567890123456",
        "qwertyuiop123456789",
        "zyxwvutsrqponmlk",
        "仙台市役所20260401!!!!",
        "aoba hanako 19990401",
        "S0001s0001S0001",
    ];
    for text in guessable {
        let measured = measure(text, &["S0001", "Aoba Hanako", "aobahanako"]).expect("measured");
        assert!(measured.guessable, "{text}");
    }
}

#[test]
fn there_are_no_composition_rules() {
    let fine = [
        "correct horse battery staple",
        "tsuki ga kirei desu ne",
        "広瀬川の流れは今日も静かだ",
        "mountain-goat-on-the-roof",
        "7392015846620194",
        "kettle orbit walnut",
    ];
    for text in fine {
        let measured = measure(text, &["S0001", "Aoba Hanako"]).expect("measured");
        assert!(!measured.guessable, "{text}");
    }
}
