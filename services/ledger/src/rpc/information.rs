//! The service `InformationEntries`.

use kernel::InformationId;
use ledger_domain::information::{Command, Event, Refusal};
use proto::{
    common::v1::InformationClass,
    ledger::v1::{
        ClassifyInformationRequest, ClassifyInformationResponse, GetInformationRequest,
        GetInformationResponse, ListInformationRequest, ListInformationResponse,
        RemoveInformationRequest, RemoveInformationResponse, information_entries_server,
    },
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status, async_trait};

use super::convert::{self, REASON};
use crate::{
    Ledger,
    store::{InformationEntries, query},
    wire,
    work::InformationWork,
};

#[async_trait]
impl information_entries_server::InformationEntries for Ledger {
    async fn classify_information(
        &self,
        request: Request<ClassifyInformationRequest>,
    ) -> Result<Response<ClassifyInformationResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: InformationId = fields.id("information_id", &message.information_id);
        let entry = convert::information_entry(&mut fields, &message);
        fields.done()?;
        let work = InformationWork {
            id: id.clone(),
            command: Command::Classify {
                id,
                entry: convert::judged(entry)?,
            },
            existing_ledger: false,
        };
        let request = caller.request(&*self.clock, &message);
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        let previous = done.events.iter().find_map(|event| match event {
            Event::Classified { previous_class, .. } => *previous_class,
            Event::Removed { .. } => None,
        });
        Ok(Response::new(ClassifyInformationResponse {
            information: Some(wire::information(&done.state)),
            previous_class: previous
                .map(|class| InformationClass::from(class).into())
                .unwrap_or_default(),
        }))
    }

    async fn remove_information(
        &self,
        request: Request<RemoveInformationRequest>,
    ) -> Result<Response<RemoveInformationResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = InformationWork {
            id: fields.id("information_id", &message.information_id),
            command: Command::Remove {
                reason: fields.long_text("reason", &message.reason, 1..=REASON),
            },
            existing_ledger: false,
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let done = self.carry_out(&work, &request).await;
        done.map_err(status::failure)?;
        Ok(Response::new(RemoveInformationResponse {}))
    }

    async fn get_information(
        &self,
        request: Request<GetInformationRequest>,
    ) -> Result<Response<GetInformationResponse>, Status> {
        let mut fields = Fields::new();
        let id: InformationId = fields.id("information_id", &request.get_ref().information_id);
        fields.done()?;
        let found = query::one::<InformationEntries>(self.read(), id.as_str()).await;
        let found = found
            .map_err(status::failure)?
            .filter(|entry| !entry.removed);
        let information = found.ok_or_else(|| status::refused(Refusal::NotFound))?;
        Ok(Response::new(GetInformationResponse {
            information: Some(wire::information(&information)),
        }))
    }

    async fn list_information(
        &self,
        request: Request<ListInformationRequest>,
    ) -> Result<Response<ListInformationResponse>, Status> {
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::information_that_fits(&mut fields, request.get_ref());
        fields.done()?;
        let listed = query::page::<InformationEntries>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(ListInformationResponse {
            information: listed.items.iter().map(wire::information).collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }
}
