//! Texts that say nothing.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Whether nobody could read anything there: no character, or only such as show nothing — white space,
/// control and format characters (a zero-width space), marks without a letter to be on, fillers. A
/// reason, a ground or a report of that kind is none, whoever has to give one.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(shows_nothing)
}

fn shows_nothing(c: char) -> bool {
    match c.general_category_group() {
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Mark => true,
        // Characters of private use are names' own (外字), and unassigned ones may be next year's.
        GeneralCategoryGroup::Other => c.is_control() || is_format(c),
        // Letters and a symbol by their category, and blanks by what they look like.
        _ => matches!(
            c,
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}'
        ),
    }
}

fn is_format(c: char) -> bool {
    c.general_category() == unicode_properties::GeneralCategory::Format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_see_is_blank() {
        for text in [
            "",
            " \t\r\n",
            "\u{3000}",         // ideographic space
            "\u{200B}",         // zero-width space
            "\u{200C}\u{200D}", // joiners
            "\u{FEFF}",         // byte order mark
            "\u{2060}\u{00AD}", // word joiner, soft hyphen
            "\u{202E}\u{2066}", // directions
            "\u{E0020}",        // a tag
            "\u{FE0F}\u{034F}", // a variation selector, a joiner of graphemes
            "\u{3099}",         // a voicing mark without its letter
            "\u{3164}\u{FFA0}", // Hangul fillers
            "\u{2800}",         // Braille without a dot
            "\u{2028}\u{85}",   // line ends
            " \u{200B}\u{3000}\u{200B} ",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn what_somebody_can_see_is_not() {
        for text in [
            "災害のため",
            "\u{200B}a",
            "か\u{3099}",
            "・",
            "〇",
            "-",
            "\u{E000}",  // a character of the city's own
            "\u{20000}", // a rare ideograph
            "\u{3127}",
            "👩\u{200D}🚒",
        ] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
