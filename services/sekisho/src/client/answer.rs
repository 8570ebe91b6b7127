//! A refusal by the platform, as a person reads it.

use tonic::Status;
use tonic_types::{ErrorDetail, StatusExt as _};

use crate::language::Language;

/// Its code, its clauses, and in both languages its words and fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) code: String,
    pub(crate) clauses: Vec<String>,
    ja: String,
    en: String,
    fields: Vec<Field>,
    /// How many more there was no room for.
    fields_left_out: u64,
    /// When to come back, as the platform says.
    pub(crate) retry_after: Option<std::time::Duration>,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    path: String,
    ja: String,
    en: String,
}

impl From<&Status> for Answer {
    fn from(status: &Status) -> Self {
        let mut answer = Self {
            en: status.message().to_owned(),
            ..Self::default()
        };
        for detail in status.get_error_details_vec() {
            match detail {
                ErrorDetail::ErrorInfo(info) => {
                    let clauses = info.metadata.get("clauses").cloned().unwrap_or_default();
                    let ids = clauses.split(',').filter(|id| !id.is_empty());
                    answer.clauses = ids.map(str::to_owned).collect();
                    let left_out = info.metadata.get("fields_left_out");
                    answer.fields_left_out = left_out.and_then(|n| n.parse().ok()).unwrap_or(0);
                    answer.code = info.reason;
                }
                ErrorDetail::BadRequest(bad) => {
                    let fields = bad.field_violations.into_iter();
                    answer.fields.extend(fields.map(|one| {
                        Field {
                            ja: one
                                .localized_message
                                .map_or_else(|| one.description.clone(), |words| words.message),
                            path: one.field,
                            en: one.description,
                        }
                    }));
                }
                ErrorDetail::LocalizedMessage(words) if words.locale == "ja" => {
                    answer.ja = words.message;
                }
                ErrorDetail::RetryInfo(retry) => answer.retry_after = retry.retry_delay,
                _ => {}
            }
        }
        if answer.ja.is_empty() {
            // Not an answer of the platform: whatever stands between has no Japanese.
            answer.ja = format!("{:?}: {}", status.code(), answer.en);
        }
        answer
    }
}

impl Answer {
    /// What is wrong, in one language.
    pub(crate) fn message(&self, lang: Language) -> &str {
        lang.pick(&self.ja, &self.en)
    }

    /// The fields at fault with what is wrong with each, in one language.
    pub(crate) fn fields(&self, lang: Language) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(move |one| (one.path.as_str(), lang.pick(&*one.ja, &*one.en)))
    }

    /// All of it.
    pub(crate) fn words(&self, lang: Language) -> String {
        let mut words = self.message(lang).to_owned();
        if !self.code.is_empty() {
            words.push_str(&format!(" [{}]", self.code));
        }
        if !self.clauses.is_empty() {
            words.push_str(&format!(" ({})", self.clauses.join(", ")));
        }
        for (path, fault) in self.fields(lang) {
            words.push_str(&format!("\n  {path}: {fault}"));
        }
        if self.fields_left_out > 0 {
            let more = self.fields_left_out;
            words.push_str("\n  ");
            words.push_str(&lang.pick(format!("ほか {more} 項目"), format!("and {more} more")));
        }
        words
    }
}
