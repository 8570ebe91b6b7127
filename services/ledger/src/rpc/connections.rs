//! The service `Connections`.

use kernel::ConnectionId;
use ledger_domain::connection::{Command, Life, Refusal};
use proto::ledger::v1::{
    GetConnectionRequest, GetConnectionResponse, ListConnectionsRequest, ListConnectionsResponse,
    RegisterConnectionRequest, RegisterConnectionResponse, RemoveConnectionRequest,
    RemoveConnectionResponse, connections_server,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status, async_trait};

use super::convert::{self, REASON};
use crate::{
    Ledger,
    store::{Connections, query},
    wire,
    work::ConnectionWork,
};

#[async_trait]
impl connections_server::Connections for Ledger {
    async fn register_connection(
        &self,
        request: Request<RegisterConnectionRequest>,
    ) -> Result<Response<RegisterConnectionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: ConnectionId = fields.id("connection_id", &message.connection_id);
        let work = ConnectionWork {
            id: id.clone(),
            command: Command::Register {
                id,
                system: fields.id("system_id", &message.system_id),
                network: fields.id("network_id", &message.network_id),
            },
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let now = request.context.now;
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(RegisterConnectionResponse {
            connection: Some(wire::connection_at(&done.state, now)),
        }))
    }

    async fn remove_connection(
        &self,
        request: Request<RemoveConnectionRequest>,
    ) -> Result<Response<RemoveConnectionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = ConnectionWork {
            id: fields.id("connection_id", &message.connection_id),
            command: Command::Remove {
                reason: fields.long_text("reason", &message.reason, 1..=REASON),
            },
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let done = self.carry_out(&work, &request).await;
        done.map_err(status::failure)?;
        Ok(Response::new(RemoveConnectionResponse {}))
    }

    async fn get_connection(
        &self,
        request: Request<GetConnectionRequest>,
    ) -> Result<Response<GetConnectionResponse>, Status> {
        let mut fields = Fields::new();
        let id: ConnectionId = fields.id("connection_id", &request.get_ref().connection_id);
        fields.done()?;
        let found = query::one::<Connections>(self.read(), id.as_str()).await;
        let found = found.map_err(status::failure)?;
        let found = found.filter(|connection| connection.life == Life::Live);
        let connection = found.ok_or_else(|| status::refused(Refusal::NotFound))?;
        Ok(Response::new(GetConnectionResponse {
            connection: Some(wire::connection_at(&connection, self.clock.now())),
        }))
    }

    async fn list_connections(
        &self,
        request: Request<ListConnectionsRequest>,
    ) -> Result<Response<ListConnectionsResponse>, Status> {
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::connections_that_fit(&mut fields, request.get_ref());
        fields.done()?;
        let listed = query::page::<Connections>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        let now = self.clock.now();
        Ok(Response::new(ListConnectionsResponse {
            connections: listed
                .items
                .iter()
                .map(|c| wire::connection_at(c, now))
                .collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }
}
