//! Japanese first, English on request.

/// The language of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Language {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// One of two wordings.
    pub(crate) fn pick<T>(self, ja: T, en: T) -> T {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }

    /// What the environment asks for: English where the locale is English. A locale that names no
    /// language (C, POSIX, none) leaves it at Japanese.
    pub(crate) fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
        match set.and_then(|value| value.into_string().ok()) {
            Some(locale) => Self::of_locale(&locale),
            None => Self::default(),
        }
    }

    fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@']).next();
        if language == Some("en") {
            Self::En
        } else {
            Self::Ja
        }
    }

    /// What a command line asks for that may be wrong in other places.
    pub(crate) fn of_words(words: impl Iterator<Item = String>) -> Self {
        let mut asked = std::env::var_os("SEKISHO_LANG").and_then(|value| value.into_string().ok());
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            match word.strip_prefix("--lang") {
                Some("") => asked = words.peek().cloned().or(asked),
                Some(rest) => asked = rest.strip_prefix('=').map(str::to_owned).or(asked),
                None => {}
            }
        }
        match asked.as_deref() {
            Some("ja") => Self::Ja,
            Some("en") => Self::En,
            _ => Self::of_environment(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Ja};

    #[test]
    fn an_english_locale_asks_for_english_and_every_other_leaves_japanese() {
        let table = [
            ("en_US.UTF-8", En),
            ("en", En),
            ("ja_JP.UTF-8", Ja),
            ("C.UTF-8", Ja),
            ("POSIX", Ja),
        ];
        for (locale, language) in table {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn the_flag_is_found_in_a_command_line_that_is_wrong_elsewhere() {
        for (line, language) in [
            ("sekisho up --grpc nonsense --lang en", En),
            ("sekisho --lang=en up --what", En),
            ("sekisho --lang en up --lang ja", Ja),
        ] {
            let words = line.split(' ').map(str::to_owned);
            assert_eq!(Language::of_words(words), language, "{line}");
        }
    }
}
