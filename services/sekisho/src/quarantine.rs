//! `sekisho quarantine`: what a service could not handle, and another try at it.

use clap::Subcommand;
use proto::{
    instant,
    journal::v1::{
        ListQuarantinedRequest, QuarantinedRecord, RetryQuarantinedRequest,
        quarantine_client::QuarantineClient,
    },
};
use standard::ServiceName;

use crate::{
    Failure,
    client::{Acting, Connection, Line},
    language::Language,
    output::say,
};

/// Largest page of records, in bytes: one record may be as long as a message.
const LARGEST_ANSWER: usize = 64 << 20;

/// Shows the records that services have put in quarantine, and tries one again after its cause was
/// mended (docs/operating.md). For the network manager and the CISO.
#[derive(Debug, clap::Args)]
pub(crate) struct Quarantine {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 一覧 / The records a service has put aside: source, position, time, type, reason.
    List {
        /// The service that could not handle them.
        service: ServiceName,
        /// Only records of this source.
        #[arg(long, value_name = "SERVICE")]
        source: Option<ServiceName>,
        /// Their bytes as well, in hexadecimal.
        #[arg(long)]
        bytes: bool,
    },
    /// もう一度扱う / Handle one record again; it leaves quarantine when that works.
    Retry {
        /// The service that could not handle it.
        service: ServiceName,
        /// The service it came from.
        source: ServiceName,
        /// Its position there.
        position: u64,
    },
}

impl Quarantine {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let (What::List { service, .. } | What::Retry { service, .. }) = &self.what;
            // Signing in is identity's; the quarantine is where its service runs.
            let acting = self.acting.token(&self.connection, lang).await?;
            let line = self.connection.bearer(&acting)?.to(*service);
            match self.what {
                What::List {
                    service,
                    source,
                    bytes,
                } => list(line, service, source, bytes, lang).await,
                What::Retry {
                    service,
                    source,
                    position,
                } => retry(line, service, source, position, lang).await,
            }
        })
    }
}

async fn list(
    line: Line,
    service: ServiceName,
    source: Option<ServiceName>,
    bytes: bool,
    lang: Language,
) -> Result<(), Failure> {
    let mut client = QuarantineClient::new(line).max_decoding_message_size(LARGEST_ANSWER);
    let mut request = ListQuarantinedRequest {
        service: service.to_string(),
        source: source.map_or_else(String::new, |source| source.to_string()),
        ..ListQuarantinedRequest::default()
    };
    let mut count = 0;
    loop {
        let page = client.list_quarantined(request.clone()).await?.into_inner();
        count += page.records.len();
        for record in &page.records {
            show(record, bytes);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if count == 0 {
        say!(
            "{}",
            lang.pick("隔離された記録はありません。", "Nothing is in quarantine.")
        );
    }
    Ok(())
}

fn show(record: &QuarantinedRecord, bytes: bool) {
    let at = record.quarantined_at.as_ref().and_then(instant);
    let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let kind = match record.event_type.as_str() {
        "" => "-",
        kind => kind,
    };
    say!("{:<10} {:>8}  {at}  {kind}", record.source, record.position);
    say!("    {}", record.reason);
    if bytes {
        say!("    {}", hex::encode(&record.record));
    }
}

async fn retry(
    line: Line,
    service: ServiceName,
    source: ServiceName,
    position: u64,
    lang: Language,
) -> Result<(), Failure> {
    let request = RetryQuarantinedRequest {
        service: service.to_string(),
        source: source.to_string(),
        position,
    };
    QuarantineClient::new(line)
        .retry_quarantined(request)
        .await?;
    say!(
        "{}",
        lang.pick(
            format!("{service} は {source} の記録 {position} を扱いました。"),
            format!("{service} has handled record {position} of {source}."),
        )
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Here;

    #[tokio::test]
    async fn a_service_that_does_not_answer_is_told_with_the_flag_that_named_it() {
        let nobody = format!("http://127.0.0.1:{}", testkit::free_port());
        let connection = Connection {
            address: "http://127.0.0.1:7070".to_owned(),
            at: vec![(ServiceName::Ledger, nobody.clone())],
            here: Here {
                data: "data".into(),
            },
        };
        let line = connection.bearer("token").expect("an address");
        let line = line.to(ServiceName::Ledger);
        let listed = list(line, ServiceName::Ledger, None, false, Language::En).await;
        let told = format!("{:?}", listed.expect_err("nobody is there"));
        assert!(told.contains(&nobody) && told.contains("--at"), "{told}");
        assert!(!told.contains("--address"), "{told}");
    }
}
