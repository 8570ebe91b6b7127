//! The service `DeviceSignIn`.

use kernel::PersonId;
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};
use wire::device_sign_in_server::DeviceSignIn;

use crate::{identity::Identity, refused::Refused};

#[tonic::async_trait]
impl DeviceSignIn for Identity {
    async fn get_device_sign_in(
        &self,
        request: Request<wire::GetDeviceSignInRequest>,
    ) -> Result<Response<wire::GetDeviceSignInResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (person, code) = asked(&caller, &message.user_code)?;
        let asked = self.waiting_device(&person, &code).await?;
        let client = self.client(asked.client().as_str());
        Ok(Response::new(wire::GetDeviceSignInResponse {
            client_id: asked.client().to_string(),
            client_name_ja: client.map_or(String::new(), |known| known.name_ja.clone()),
            client_name_en: client.map_or(String::new(), |known| known.name_en.clone()),
            ends_at: Some(timestamp(asked.ends_at)),
        }))
    }

    async fn approve_device_sign_in(
        &self,
        request: Request<wire::ApproveDeviceSignInRequest>,
    ) -> Result<Response<wire::ApproveDeviceSignInResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (person, code) = asked(&caller, &message.user_code)?;
        let session = self
            .approve_device(&person, &code, &self.once(&caller))
            .await?;
        Ok(Response::new(wire::ApproveDeviceSignInResponse {
            session_id: session.to_string(),
        }))
    }

    async fn deny_device_sign_in(
        &self,
        request: Request<wire::DenyDeviceSignInRequest>,
    ) -> Result<Response<wire::DenyDeviceSignInResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let (person, code) = asked(&caller, &message.user_code)?;
        self.deny_device(&person, &code, &self.once(&caller))
            .await?;
        Ok(Response::new(wire::DenyDeviceSignInResponse {}))
    }
}

/// Who asks, and the code as it was typed.
fn asked(caller: &Caller, code: &str) -> Result<(PersonId, String), Status> {
    let mut fields = Fields::new();
    let code = fields.text("user_code", code, 1..=40);
    fields.done()?;
    let person = caller.person().cloned();
    let person = person.ok_or_else(|| status::refused(Refused::NobodyIn))?;
    Ok((person, code))
}
