//! The list of passwords and words that guessers begin with: `passwords/README.md` says where it is from.

use std::sync::LazyLock;

const TEXT: &str = include_str!("../../../../passwords/common.txt");
/// Most bytes of a word.
pub(super) const LONGEST: usize = 20;

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| TEXT.lines().collect());

/// Whether it has this word, in small letters.
pub(super) fn has(word: &str) -> bool {
    WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_large_in_order_and_in_small_ascii_letters() {
        assert!(WORDS.len() > 70_000, "{}", WORDS.len());
        assert!(WORDS.is_sorted_by(|a, b| a < b));
        for word in WORDS.iter() {
            assert!((4..=LONGEST).contains(&word.len()), "{word}");
            let plain = |c: char| c.is_ascii_graphic() && !c.is_ascii_uppercase();
            assert!(word.chars().all(plain), "{word}");
        }
        let first_and_last = [WORDS[0], WORDS[WORDS.len() - 1]];
        assert!(first_and_last.into_iter().all(has));
    }
}
