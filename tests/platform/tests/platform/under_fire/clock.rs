//! A process whose clock is wrong: what has ended stays ended, and all is well again when the clock is.

use std::path::{Path, PathBuf};

use proto::audit::v1::{ListSourcesRequest, audit_log_client::AuditLogClient};
use standard::{Role, ServiceName};
use tonic::Code;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{
    city::{AUDITOR, SECTION},
    harness::Platform,
};

const SHIFTS: [&str; 4] = ["-1h", "+1h", "-1d", "+1d"];

/// Where Debian puts the library that shifts a process's clock.
fn library() -> Option<PathBuf> {
    let places = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let paths = places.map(|place| {
        Path::new("/usr/lib")
            .join(place)
            .join("faketime/libfaketime.so.1")
    });
    paths.into_iter().find(|path| path.exists())
}

/// Audit's clock goes wrong in every direction while records come in.
pub(super) async fn wrong(wishes: &Wishes) -> Row {
    let Some(library) = library() else {
        return Row::left_out("libfaketime is not installed (apt-get install libfaketime)");
    };
    let preload = format!("LD_PRELOAD={}", library.display());
    let service = ServiceName::Audit;
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    for shift in SHIFTS {
        let shifted = format!("FAKETIME={shift}");
        // Waiting goes by the monotonic clock, which nobody sets.
        let means = ["env", &preload, &shifted, "FAKETIME_DONT_FAKE_MONOTONIC=1"];
        ordeal.platform.kill(service);
        ordeal.platform.start_under(service, &means);
        ordeal.platform.ready(service).await;
        ordeal.writers.progress(200).await;
        let ended = ordeal
            .platform
            .ended_token(AUDITOR, SECTION, &[Role::Auditor]);
        let code = ask(&ordeal.platform, &ended).await;
        assert_eq!(code, Code::Unauthenticated, "{shift}: a token lives again");
        ordeal.strike(service).await;
        let good = ordeal.platform.token(AUDITOR, SECTION, &[Role::Auditor]);
        assert_eq!(ask(&ordeal.platform, &good).await, Code::Ok);
        ordeal.drain().await;
    }
    ordeal.end().await
}

async fn ask(platform: &Platform, token: &str) -> Code {
    let line = platform.bearer(ServiceName::Audit, token);
    let answer = AuditLogClient::new(line)
        .list_sources(ListSourcesRequest {})
        .await;
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}
