//! The service `Federation`.

use proto::identity::v1 as wire;
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};
use wire::federation_server::Federation;

use crate::{identity::Identity, refused::Refused};

#[tonic::async_trait]
impl Federation for Identity {
    async fn list_providers(
        &self,
        _: Request<wire::ListProvidersRequest>,
    ) -> Result<Response<wire::ListProvidersResponse>, Status> {
        let all = self.federation.providers();
        Ok(Response::new(wire::ListProvidersResponse {
            providers: all.map(|one| one.described()).collect(),
        }))
    }

    async fn link_account(
        &self,
        request: Request<wire::LinkAccountRequest>,
    ) -> Result<Response<wire::LinkAccountResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let provider = fields.text("provider_id", &message.provider_id, 1..=32);
        let subject = fields.text("subject", &message.subject, 1..=255);
        fields.done()?;
        let request = self.once(&caller);
        let linked = self.link_for(&provider, &person, &subject, &request);
        Ok(Response::new(wire::LinkAccountResponse {
            credential_id: linked.await?.to_string(),
        }))
    }

    async fn link_own_account(
        &self,
        request: Request<wire::LinkOwnAccountRequest>,
    ) -> Result<Response<wire::LinkOwnAccountResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let provider = fields.text("provider_id", &message.provider_id, 1..=32);
        let token = fields.text("access_token", &message.access_token, 1..=12_288);
        fields.done()?;
        let person = caller.person().cloned();
        let person = person.ok_or_else(|| status::refused(Refused::NobodyIn))?;
        let request = self.once(&caller);
        let linked = self.link_own(&provider, &person, &token, &request);
        Ok(Response::new(wire::LinkOwnAccountResponse {
            credential_id: linked.await?.to_string(),
        }))
    }
}
