//! Judging a request's fields: all of them, so that the caller learns everything at once (G10).
//!
//! ```
//! # fn convert(name: &str, tags: &[String]) -> Result<(String, Vec<String>), tonic::Status> {
//! let mut fields = rpc::Fields::new();
//! let name = fields.text("name", name, 1..=200);
//! let tags = fields.list("tags", tags, 0..=10, |fields, tag| fields.text("", tag, 1..=50));
//! fields.done()?;
//! # Ok((name, tags))
//! # }
//! ```
//! What a method returns for a field at fault is a placeholder; `done` keeps it from being used.

mod nested;
mod scalars;

use tonic::Status;

use crate::status;

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path in proto spelling: `steps[2].role`.
    pub field: String,
    /// Stable code: `text_too_long`.
    pub code: &'static str,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Japanese.
    pub ja: String,
}

/// Collects what is wrong with a request.
#[derive(Debug, Default)]
#[must_use = "without `done` nothing is refused"]
pub struct Fields {
    path: String,
    violations: Vec<Violation>,
}

impl Fields {
    /// Nothing judged yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that a field is at fault.
    pub fn fail(
        &mut self,
        field: &str,
        code: &'static str,
        en: impl Into<String>,
        ja: impl Into<String>,
    ) {
        let field = match (self.path.is_empty(), field.is_empty()) {
            (true, _) => field.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{field}", self.path),
        };
        self.violations.push(Violation {
            field,
            code,
            en: en.into(),
            ja: ja.into(),
        });
    }

    /// Whether nothing was wrong so far.
    pub fn is_good(&self) -> bool {
        self.violations.is_empty()
    }

    /// Everything that was wrong, for an answer that is no gRPC status.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// Goes on only if nothing was wrong.
    ///
    /// # Errors
    /// INVALID_ARGUMENT with every field at fault.
    pub fn done(self) -> Result<(), Status> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(status::invalid(self.violations))
        }
    }
}

#[cfg(test)]
mod tests;
