//! The service `EnforcementPoints`.

use async_trait::async_trait;
use identity_domain::enforcement_point::{Command, Facts, Record};
use proto::{common::v1::AccessPath, identity::v1 as wire};
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use standard::AccessPath as Path;
use store::{Outcome, Unit};
use tonic::{Request, Response, Status};
use wire::enforcement_points_server::EnforcementPoints;

use super::{convert, organisation::token};
use crate::{
    identity::Identity,
    refused::Refused,
    store::{
        EnforcementPoints as Points,
        query::{self, column},
    },
    work::Work,
};

#[tonic::async_trait]
impl EnforcementPoints for Identity {
    async fn register_enforcement_point(
        &self,
        request: Request<wire::RegisterEnforcementPointRequest>,
    ) -> Result<Response<wire::RegisterEnforcementPointResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let path = fields.choice("path", message.path, AccessPath::word_of);
        let record = Record {
            id: fields.id("enforcement_point_id", &message.enforcement_point_id),
            name: fields.text("name", &message.name, 1..=200),
            workload: fields.text("workload", &message.workload, 1..=200),
            // A placeholder where none was given: `done` keeps it from being used.
            path: path.unwrap_or(Path::PublicLine),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let work = RegisterPoint(record);
        let done = self
            .carry_out(&work, &request)
            .await
            .map_err(status::failure)?;
        Ok(Response::new(wire::RegisterEnforcementPointResponse {
            enforcement_point: convert::enforcement_point(done.state),
        }))
    }

    async fn list_enforcement_points(
        &self,
        request: Request<wire::ListEnforcementPointsRequest>,
    ) -> Result<Response<wire::ListEnforcementPointsResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let listed = query::page::<Points, Refused>(self.read(), Condition::all(), &page).await;
        let listed = listed.map_err(status::failure)?;
        let points = listed.items.into_iter();
        Ok(Response::new(wire::ListEnforcementPointsResponse {
            enforcement_points: points.filter_map(convert::enforcement_point).collect(),
            next_page_token: token(listed.next),
        }))
    }
}

struct RegisterPoint(Record);

#[async_trait]
impl Work for RegisterPoint {
    type Of = Points;

    async fn run(&self, unit: &mut Unit, _: &Identity) -> Outcome<Points> {
        let Self(record) = self;
        let others = Condition::all()
            .add(column("workload").eq(record.workload.as_str()))
            .add(column("id").ne(record.id.as_str()));
        let others = query::all::<Points, _>(unit.tx(), others).await?;
        let rival = others.into_iter().find_map(|point| point.registered);
        let facts = Facts {
            rival: rival.map(|record| record.id),
        };
        let command = Command::Register(record.clone());
        unit.execute::<Points>(record.id.as_str(), &command, &facts)
            .await
    }
}
