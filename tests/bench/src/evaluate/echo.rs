//! A bare tonic server with the same contract: it answers the same bytes and does nothing else.

use std::net::SocketAddr;

use proto::identity::v1::{
    EvaluateManyRequest, EvaluateManyResponse, EvaluateRequest, EvaluateResponse,
    GetDecisionRequest, GetDecisionResponse,
    access_decision_client::AccessDecisionClient,
    access_decision_server::{AccessDecision, AccessDecisionServer},
};
use rpc::client::{Channel, Credentials, channel};
use tokio::{net::TcpListener, task::JoinSet};
use tonic::{Request, Response, Status, transport::server::TcpIncoming};

/// The server; dropped, it is gone.
pub(super) struct Echo {
    address: SocketAddr,
    _server: JoinSet<()>,
}

struct Canned(EvaluateResponse);

impl Echo {
    pub(super) async fn start(answer: EvaluateResponse) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let mut server = JoinSet::new();
        server.spawn(async move {
            tonic::transport::Server::builder()
                .add_service(AccessDecisionServer::new(Canned(answer)))
                .serve_with_incoming(incoming)
                .await
                .expect("it serves");
        });
        Self {
            address,
            _server: server,
        }
    }

    /// Asks with the same headers.
    pub(super) fn client(&self, token: String) -> AccessDecisionClient<Channel> {
        let uri = format!("http://{}", self.address);
        let channel = channel(&uri, Credentials::bearer(token)).expect("an address");
        AccessDecisionClient::new(channel)
    }
}

#[tonic::async_trait]
impl AccessDecision for Canned {
    async fn evaluate(
        &self,
        _: Request<EvaluateRequest>,
    ) -> Result<Response<EvaluateResponse>, Status> {
        Ok(Response::new(self.0.clone()))
    }

    async fn evaluate_many(
        &self,
        _: Request<EvaluateManyRequest>,
    ) -> Result<Response<EvaluateManyResponse>, Status> {
        Ok(Response::new(EvaluateManyResponse::default()))
    }

    async fn get_decision(
        &self,
        _: Request<GetDecisionRequest>,
    ) -> Result<Response<GetDecisionResponse>, Status> {
        Ok(Response::new(GetDecisionResponse::default()))
    }
}
