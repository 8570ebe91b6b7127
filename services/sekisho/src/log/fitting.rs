//! Which records: the flags that searches, exports and tails have in common.

use jiff::{Timestamp, civil::Date};
use proto::{
    audit::v1::{LogEntry, SearchRecordsRequest, audit_log_client::AuditLogClient},
    timestamp,
};
use standard::{ServiceName, jst_instant};

use crate::{Failure, client::Line};

/// Largest page the platform gives.
const PAGE: i32 = 500;

/// Which records; a flag left out does not limit.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Fitting {
    /// Who did it: person/S0001, workload/vdi-gateway, service/approvals or anonymous.
    #[arg(long)]
    actor: Option<String>,
    /// Person concerned (staff number): who did it, whom it is about, who asked for it.
    #[arg(long)]
    person: Option<String>,
    /// System it names.
    #[arg(long)]
    system: Option<String>,
    /// Event, or the beginning of its full name: sekisho.identity.v1.
    #[arg(long = "type", value_name = "EVENT")]
    kind: Option<String>,
    /// Clause it serves.
    #[arg(long)]
    clause: Option<String>,
    /// Incident it names.
    #[arg(long)]
    incident: Option<String>,
    /// What it is about.
    #[arg(long)]
    subject: Option<String>,
    /// Service it came from.
    #[arg(long)]
    source: Option<ServiceName>,
    /// Happened then or later: an instant, or a day in Japan.
    #[arg(long, value_parser = instant)]
    from: Option<Timestamp>,
    /// Happened before: an instant, or a day in Japan.
    #[arg(long, value_parser = instant)]
    to: Option<Timestamp>,
}

/// `2026-04-01T09:00:00+09:00`, or `2026-04-01` for the beginning of that day in Japan.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let day = text.parse::<Date>().ok().and_then(jst_instant);
    day.ok_or_else(|| "2026-04-01 / 2026-04-01T09:00:00+09:00".to_owned())
}

impl Fitting {
    /// The question as it is put to the platform.
    pub(crate) fn request(&self) -> SearchRecordsRequest {
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        SearchRecordsRequest {
            page_size: PAGE,
            actor: text(&self.actor),
            person_id: text(&self.person),
            system_id: text(&self.system),
            type_prefix: text(&self.kind),
            clause: text(&self.clause),
            incident_id: text(&self.incident),
            subject: text(&self.subject),
            source: self.source.map_or_else(String::new, |one| one.to_string()),
            from_time: self.from.map(timestamp),
            to_time: self.to.map(timestamp),
            ..SearchRecordsRequest::default()
        }
    }
}

/// Page after page, handed over as they come, until there are no more or `take` says that it has
/// enough.
pub(crate) async fn pages(
    line: Line,
    mut request: SearchRecordsRequest,
    mut take: impl FnMut(Vec<LogEntry>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut client = AuditLogClient::new(line);
    loop {
        let page = client.search_records(request.clone()).await?.into_inner();
        if !take(page.entries)? || page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        let day = instant("2026-04-01").expect("a day");
        assert_eq!(day.to_string(), "2026-03-31T15:00:00Z");
        let at = instant("2026-04-01T09:00:00+09:00").expect("an instant");
        assert_eq!(at.to_string(), "2026-04-01T00:00:00Z");
        assert!(instant("yesterday").is_err());
    }
}
