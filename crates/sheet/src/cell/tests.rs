#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use super::*;

fn code<T: std::fmt::Debug>(result: Result<T, Reason>) -> &'static str {
    result.unwrap_err().code
}

#[test]
fn dates_are_read_in_both_calendars() {
    for (cell, iso) in [
        ("2025-04-01", "2025-04-01"),
        ("2025/4/1", "2025-04-01"),
        ("2025.4.1", "2025-04-01"),
        ("2025年4月1日", "2025-04-01"),
        ("20250401", "2025-04-01"),
        ("令和7年4月1日", "2025-04-01"),
        ("令和　７年　４月　１日", "2025-04-01"),
        ("R7.4.1", "2025-04-01"),
        ("r07/04/01", "2025-04-01"),
        ("Ｒ７．４．１", "2025-04-01"),
        ("令7.4.1", "2025-04-01"),
        ("㋿元年5月1日", "2019-05-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成31年4月30日", "2019-04-30"),
        ("H31.4.30", "2019-04-30"),
        ("平成元年1月8日", "1989-01-08"),
        ("昭和64年1月7日", "1989-01-07"),
        ("S元.12.25", "1926-12-25"),
        ("大正元年7月30日", "1912-07-30"),
        ("明治6年1月1日", "1873-01-01"),
        ("2024-02-29", "2024-02-29"),
        ("9999-12-31", "9999-12-31"),
    ] {
        assert_eq!(date(cell).map(|d| d.to_string()), Ok(iso.into()), "{cell}");
    }
}

#[test]
fn dates_that_are_none_are_refused_with_the_reason() {
    for (cell, expected) in [
        ("", "cell_required"),
        ("\u{3000}", "cell_required"),
        ("令和7年2月30日", "cell_no_such_date"),
        ("2025-02-29", "cell_no_such_date"),
        ("2025/13/1", "cell_no_such_date"),
        ("令和0年5月1日", "cell_no_such_date"),
        ("0000-01-01", "cell_no_such_date"),
        ("平成31年5月1日", "cell_outside_era"),
        ("平成35年3月31日", "cell_outside_era"),
        ("令和元年4月30日", "cell_outside_era"),
        ("平成元年1月7日", "cell_outside_era"),
        ("昭和64年1月8日", "cell_outside_era"),
        ("明治5年1月1日", "cell_outside_era"),
        ("7.4.1", "cell_not_a_date"),
        ("25/4/1", "cell_not_a_date"),
        ("元年5月1日", "cell_not_a_date"),
        ("令和7年4月", "cell_not_a_date"),
        ("R7", "cell_not_a_date"),
        ("R70401", "cell_not_a_date"),
        ("2025/4-1", "cell_not_a_date"),
        ("2025-04-01T00:00:00", "cell_not_a_date"),
        ("未定", "cell_not_a_date"),
        ("令和-7年4月1日", "cell_not_a_date"),
    ] {
        assert_eq!(code(date(cell)), expected, "{cell}");
    }
}

#[test]
fn yes_and_no_are_read_however_they_are_written() {
    for word in ["○", "◯", "〇", " 有 ", "はい", "YES", "Ｔｒｕｅ", "１"] {
        assert_eq!(yes_no(word, Blank::Refused), Ok(true), "{word}");
    }
    for word in ["×", "✕", "無", "いいえ", "No", "FALSE", "０"] {
        assert_eq!(yes_no(word, Blank::Refused), Ok(false), "{word}");
    }
    assert_eq!(yes_no("\u{3000}", Blank::No), Ok(false));
    assert_eq!(code(yes_no("", Blank::Refused)), "cell_required");
    assert_eq!(code(yes_no("△", Blank::No)), "cell_not_yes_no");
}

#[test]
fn lists_are_split_at_every_mark_in_use_but_not_inside_codes() {
    let items = |cell| list(cell, 0..=9, 20).unwrap();
    let expected = ["1101", "1102"];
    for cell in [
        "1101、1102",
        "1101,1102",
        "1101；１１０２",
        "1101／1102",
        "1101\n 1102\r\n",
        "、1101､､1102，",
    ] {
        assert_eq!(items(cell), expected, "{cell:?}");
    }
    assert_eq!(items("A/B"), ["A/B"]);
    assert!(items("、 \n").is_empty());
    assert_eq!(code(list(" ", 1..=9, 20)), "cell_required");
    assert_eq!(code(list("a", 2..=9, 20)), "cell_too_few");
    assert_eq!(code(list("a,b,c", 1..=2, 20)), "cell_too_many");
    assert_eq!(code(list("a,bbb", 1..=2, 2)), "cell_too_long");
}

#[test]
fn text_is_counted_in_characters_and_refuses_what_cannot_be_seen() {
    assert_eq!(text("　見本　市　", 1..=4), Ok("見本 市".to_owned()));
    assert_eq!(text("", 0..=4), Ok(String::new()));
    assert_eq!(code(text(" ", 1..=4)), "cell_required");
    assert_eq!(code(text("\u{200B}\u{3000}", 1..=4)), "cell_required");
    assert_eq!(text("\u{200B}", 0..=4), Ok(String::new()));
    assert_eq!(code(text("見", 2..=4)), "cell_too_short");
    assert_eq!(code(text("見本市役所", 1..=4)), "cell_too_long");
    assert_eq!(code(text("a\u{7}b", 1..=4)), "cell_control_character");
    assert_eq!(code(text("a\u{202E}b", 1..=4)), "cell_control_character");
}

#[test]
fn integers_are_whole_and_within_range() {
    for (cell, number) in [("３００", 300), ("1,234", 1234), ("-5", -5), ("0", 0)] {
        assert_eq!(integer(cell, -10..=2000), Ok(number), "{cell}");
    }
    for (cell, expected) in [
        ("", "cell_required"),
        ("1.5", "cell_not_an_integer"),
        ("1,23", "cell_not_an_integer"),
        ("三", "cell_not_an_integer"),
        ("99999999999999999999", "cell_not_an_integer"),
        ("2001", "cell_out_of_range"),
    ] {
        assert_eq!(code(integer(cell, 0..=2000)), expected, "{cell}");
    }
}

#[test]
fn a_choice_ignores_width_and_case() {
    let classes = [("S", 0), ("Ⅰ", 1), ("Ⅱ", 2), ("Ⅲ", 3)];
    for (cell, class) in [("ｓ", 0), ("I", 1), ("Ⅰ", 1), ("ＩＩ", 2), (" Ⅲ ", 3)] {
        assert_eq!(choice(cell, &classes), Ok(class), "{cell}");
    }
    assert_eq!(code(choice("Ⅳ", &classes)), "cell_not_a_choice");
    assert_eq!(code(choice("", &classes)), "cell_required");
    let reason = choice("Ⅳ", &classes).unwrap_err();
    assert!(reason.ja.contains("S、Ⅰ、Ⅱ、Ⅲ"), "{reason:?}");
}
