//! The language of a page: Japanese, and English for whoever asks for it.

use axum::http::{HeaderMap, header};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Ja,
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

    /// Its code in HTML and in addresses.
    pub(crate) fn tag(self) -> &'static str {
        self.pick("ja", "en")
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        self.pick(Self::En, Self::Ja)
    }

    /// The one of that code.
    pub(super) fn read(code: &str) -> Option<Self> {
        match code {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// What the browser prefers, if it is one of the two; Japanese otherwise.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let value = headers.get(header::ACCEPT_LANGUAGE);
        let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (0.0, Self::Ja);
        for one in value.split(',') {
            let (tag, weight) = one.split_once(";q=").unwrap_or((one, "1"));
            let primary = tag.trim().split('-').next().unwrap_or("");
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::read(&primary.to_ascii_lowercase())
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_preference_counts_and_japanese_where_it_names_neither() {
        for (value, expected) in [
            ("", Language::Ja),
            ("fr-FR,fr;q=0.9", Language::Ja),
            ("en-GB,en;q=0.9,ja;q=0.8", Language::En),
            ("ja,en-US;q=0.9", Language::Ja),
            ("fr, EN;q=0.5, ja;q=0.7", Language::Ja),
            ("en;q=nonsense", Language::Ja),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().expect("a value"));
            assert_eq!(Language::accepted(&headers), expected, "{value}");
        }
    }
}
