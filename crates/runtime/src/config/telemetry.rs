//! What the process tells of itself.

use serde::{Deserialize, Serialize};

use super::is_http_uri;

/// The telemetry section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// Where traces and metrics go by OTLP over gRPC, `http://collector:4317`; none = nowhere.
    /// `/metrics` is served in any case.
    pub otlp_endpoint: Option<String>,
    /// The form of log lines.
    pub log: LogFormat,
    /// Which log lines: `info`, or by module: `info,bus=debug`.
    pub filter: String,
}

/// The form of log lines, on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for collectors.
    Json,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            log: LogFormat::Text,
            filter: "info".into(),
        }
    }
}

impl Telemetry {
    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        if let Some(uri) = &self.otlp_endpoint
            && !is_http_uri(uri)
        {
            problem(
                "telemetry.otlp_endpoint",
                format!("{uri:?} must begin with http:// or https:// and name a host"),
            );
        }
        if let Err(error) = self.filter.parse::<tracing_subscriber::EnvFilter>() {
            problem("telemetry.filter", error.to_string());
        }
    }
}
