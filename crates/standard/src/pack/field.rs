//! The content fields of permits, defined once.

/// A field of an application's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Lower snake case.
    pub id: String,
    /// Label, Japanese.
    pub label_ja: String,
    /// Label, English.
    pub label_en: String,
    /// Longest content, in characters.
    pub max_length: usize,
    /// How the content is written.
    pub format: FieldFormat,
}

crate::vocabulary::words! {
    /// How a field's content is written.
    FieldFormat, "field format" {
        Text = "text", "文章", "Text";
        /// ISO 8601 or 和暦, a day in JST.
        Date = "date", "日付", "Date";
        /// ISO 8601 with offset.
        Time = "time", "日時", "Date and time";
        /// An absolute https address.
        Url = "url", "URL", "URL";
    }
}
