//! The service `Systems`.

use kernel::SystemId;
use ledger_domain::system::{Command, Refusal, System};
use proto::ledger::v1::{
    ChangeSystemRequest, ChangeSystemResponse, GetSystemRequest, GetSystemResponse,
    ListSystemsRequest, ListSystemsResponse, RecordMfaConsiderationRequest,
    RecordMfaConsiderationResponse, RegisterSystemRequest, RegisterSystemResponse,
    RetireSystemRequest, RetireSystemResponse, systems_server,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status, async_trait};

use super::convert::{self, REASON};
use crate::{
    Ledger,
    store::{Systems, query},
    wire,
    work::SystemWork,
};

impl Ledger {
    async fn ask_system(
        &self,
        id: SystemId,
        command: Command,
        request: &store::Request,
    ) -> Result<System, Status> {
        let work = SystemWork::new(id, command);
        let done = self.carry_out(&work, request).await;
        Ok(done.map_err(status::failure)?.state)
    }
}

#[async_trait]
impl systems_server::Systems for Ledger {
    async fn register_system(
        &self,
        request: Request<RegisterSystemRequest>,
    ) -> Result<Response<RegisterSystemResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: SystemId = fields.id("system_id", &message.system_id);
        let entry = fields.message("entry", message.entry.as_ref(), convert::system_entry);
        fields.done()?;
        let command = Command::Register {
            id: id.clone(),
            entry: convert::judged(entry.flatten())?,
        };
        let request = caller.request(&*self.clock, &message);
        let system = self.ask_system(id, command, &request).await?;
        Ok(Response::new(RegisterSystemResponse {
            system: Some(wire::system(&system)),
        }))
    }

    async fn change_system(
        &self,
        request: Request<ChangeSystemRequest>,
    ) -> Result<Response<ChangeSystemResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("system_id", &message.system_id);
        let entry = fields.message("entry", message.entry.as_ref(), convert::system_entry);
        fields.done()?;
        let command = Command::Change {
            entry: convert::judged(entry.flatten())?,
        };
        let request = caller.request(&*self.clock, &message);
        let system = self.ask_system(id, command, &request).await?;
        Ok(Response::new(ChangeSystemResponse {
            system: Some(wire::system(&system)),
        }))
    }

    async fn record_mfa_consideration(
        &self,
        request: Request<RecordMfaConsiderationRequest>,
    ) -> Result<Response<RecordMfaConsiderationResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("system_id", &message.system_id);
        let command = Command::RecordMfaConsideration {
            introduced: message.introduced,
            reason: fields.long_text("reason", &message.reason, 0..=REASON),
            recorded_at: None,
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let system = self.ask_system(id, command, &request).await?;
        Ok(Response::new(RecordMfaConsiderationResponse {
            system: Some(wire::system(&system)),
        }))
    }

    async fn retire_system(
        &self,
        request: Request<RetireSystemRequest>,
    ) -> Result<Response<RetireSystemResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("system_id", &message.system_id);
        let command = Command::Retire {
            reason: fields.long_text("reason", &message.reason, 1..=REASON),
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let system = self.ask_system(id, command, &request).await?;
        Ok(Response::new(RetireSystemResponse {
            system: Some(wire::system(&system)),
        }))
    }

    async fn get_system(
        &self,
        request: Request<GetSystemRequest>,
    ) -> Result<Response<GetSystemResponse>, Status> {
        let mut fields = Fields::new();
        let id: SystemId = fields.id("system_id", &request.get_ref().system_id);
        fields.done()?;
        let found = query::one::<Systems>(self.read(), id.as_str()).await;
        let system = found.map_err(status::failure)?;
        let system = system.ok_or_else(|| status::refused(Refusal::NotFound))?;
        Ok(Response::new(GetSystemResponse {
            system: Some(wire::system(&system)),
        }))
    }

    async fn list_systems(
        &self,
        request: Request<ListSystemsRequest>,
    ) -> Result<Response<ListSystemsResponse>, Status> {
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::systems_that_fit(&mut fields, request.get_ref());
        fields.done()?;
        let listed = query::page::<Systems>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(ListSystemsResponse {
            systems: listed.items.iter().map(wire::system).collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }
}
