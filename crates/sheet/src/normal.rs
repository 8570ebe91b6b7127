//! One spelling for what people type in many: full-width digits, half-width katakana, odd spaces.

use unicode_normalization::UnicodeNormalization;

/// A cell as one line: NFKC (so ＡＢＣ１２３ becomes ABC123 and ｶﾅ becomes カナ), trimmed, and every
/// inner run of white space, line breaks included, a single space.
pub fn line(text: &str) -> String {
    let text: String = text.nfkc().collect();
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A heading as it is compared: NFKC, no white space at all, lower case.
pub fn heading(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Two spellings of one word: compared as headings are.
pub(crate) fn same(a: &str, b: &str) -> bool {
    heading(a) == heading(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_nfkc_trimmed_and_single_spaced() {
        for (typed, expected) in [
            ("\u{3000}ＳＹＳ－００１\u{3000}", "SYS-001"),
            ("ｶﾞｲﾌﾞ ｻｰﾋﾞｽ", "ガイブ サービス"),
            ("戸籍\u{3000}\u{3000} 住民課", "戸籍 住民課"),
            ("一行目\r\n二行目", "一行目 二行目"),
            ("Ⅲ", "III"),
            ("\u{3000}", ""),
        ] {
            assert_eq!(line(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn headings_compare_without_spaces_width_or_case() {
        assert!(same("所 管 課\nコード", "所管課ｺｰﾄﾞ"));
        assert!(same("System ID", "ｓｙｓｔｅｍｉｄ"));
        assert!(!same("番号", "番地"));
    }
}
