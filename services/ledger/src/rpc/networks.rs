//! The service `Networks`.

use kernel::NetworkId;
use ledger_domain::network::{Command, Refusal};
use proto::ledger::v1::{
    GetNetworkRequest, GetNetworkResponse, ListNetworksRequest, ListNetworksResponse,
    RegisterNetworkRequest, RegisterNetworkResponse, networks_server,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status, async_trait};

use super::convert;
use crate::{
    Ledger,
    store::{Networks, query},
    wire,
    work::NetworkWork,
};

#[async_trait]
impl networks_server::Networks for Ledger {
    async fn register_network(
        &self,
        request: Request<RegisterNetworkRequest>,
    ) -> Result<Response<RegisterNetworkResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: NetworkId = fields.id("network_id", &message.network_id);
        let entry = convert::network_entry(&mut fields, &message);
        fields.done()?;
        let work = NetworkWork {
            id: id.clone(),
            command: Command::Register {
                id,
                entry: convert::judged(entry)?,
            },
        };
        let request = caller.request(&*self.clock, &message);
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(RegisterNetworkResponse {
            network: Some(wire::network(&done.state)),
        }))
    }

    async fn get_network(
        &self,
        request: Request<GetNetworkRequest>,
    ) -> Result<Response<GetNetworkResponse>, Status> {
        let mut fields = Fields::new();
        let id: NetworkId = fields.id("network_id", &request.get_ref().network_id);
        fields.done()?;
        let found = query::one::<Networks>(self.read(), id.as_str()).await;
        let found = found.map_err(status::failure)?;
        let network = found.ok_or_else(|| status::refused(Refusal::NotFound))?;
        Ok(Response::new(GetNetworkResponse {
            network: Some(wire::network(&network)),
        }))
    }

    async fn list_networks(
        &self,
        request: Request<ListNetworksRequest>,
    ) -> Result<Response<ListNetworksResponse>, Status> {
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::networks_that_fit(&mut fields, request.get_ref());
        fields.done()?;
        let listed = query::page::<Networks>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(ListNetworksResponse {
            networks: listed.items.iter().map(wire::network).collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }
}
