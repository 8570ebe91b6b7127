//! What surrounds every page.

use super::{assets, language::Language};

/// See the module.
pub(super) struct Frame {
    /// Its language.
    pub(super) language: Language,
    /// This page in the other language; empty where there is no such address.
    pub(super) switch: String,
    /// The name of whoever is signed in.
    pub(super) name: Option<String>,
    /// The token that every form of it carries.
    pub(super) token: String,
}

impl Frame {
    /// Around a page that nobody in particular sees and that has no form.
    pub(super) fn bare(language: Language) -> Self {
        Self {
            language,
            switch: String::new(),
            name: None,
            token: String::new(),
        }
    }

    pub(super) fn is_japanese(&self) -> bool {
        self.language == Language::Ja
    }

    pub(super) fn say<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        self.language.pick(ja, en)
    }

    pub(super) fn style(&self) -> &'static str {
        assets::STYLE.path()
    }

    pub(super) fn passkey_script(&self) -> &'static str {
        assets::PASSKEY.path()
    }

    pub(super) fn icon(&self) -> &'static str {
        assets::ICON.path()
    }
}
