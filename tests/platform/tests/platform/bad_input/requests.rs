//! Requests that several cases spoil.

use kernel::Actor;
use proto::{
    common::v1::ImportMode,
    common::v1::InformationClass,
    identity::v1::{ImportTableRequest, TableKind, import_client::ImportClient},
    ledger::v1::{
        ClassifyInformationRequest, ClassifyInformationResponse,
        information_entries_client::InformationEntriesClient,
    },
};
use rpc::client::Channel;
use standard::ServiceName;
use tonic::{Request, Response, Status};

use super::{answer, manager};
use crate::{city::SECTION, harness::Platform};

/// A good request, to be spoilt.
pub(super) fn request() -> ClassifyInformationRequest {
    ClassifyInformationRequest {
        information_id: "J-1".to_owned(),
        name: "相談記録".to_owned(),
        section_id: SECTION.to_owned(),
        information_class: InformationClass::Iii.into(),
        ground: "none_of_these".to_owned(),
        ..ClassifyInformationRequest::default()
    }
}

pub(super) async fn classify_on(
    line: Channel,
    message: ClassifyInformationRequest,
    key: Option<&str>,
) -> Result<Response<ClassifyInformationResponse>, Status> {
    let mut request = Request::new(message);
    if let Some(key) = key {
        let key = key.parse().expect("metadata");
        request.metadata_mut().insert("idempotency-key", key);
    }
    let mut client = InformationEntriesClient::new(line);
    client.classify_information(request).await
}

pub(super) async fn classify(
    platform: &Platform,
    key: Option<&str>,
    spoil: fn(&mut ClassifyInformationRequest),
) -> Status {
    let mut message = request();
    spoil(&mut message);
    let line = manager(platform, ServiceName::Ledger);
    answer(classify_on(line, message, key).await)
}

/// Enters a table of staff as the platform's own.
pub(super) async fn import(platform: &Platform, content: Vec<u8>) -> Status {
    let service = Actor::Service("tests".to_owned());
    let line = platform.machine(ServiceName::Identity, service);
    let request = ImportTableRequest {
        kind: TableKind::Staff.into(),
        content,
        mode: ImportMode::GoodRows.into(),
        dry_run: false,
    };
    answer(ImportClient::new(line).import_table(request).await)
}
