//! `/Groups`: sections and third-class offices, with those who belong to them now.
//!
//! Whoever is added to a group is transferred there, as by a table of staff. Nobody is only taken
//! out, since everybody belongs somewhere; groups come and go with the organisation's own table.

mod group;
mod read;
mod write;

use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use kernel::SectionId;

use super::{
    Server,
    admission::Asker,
    discovery::named,
    listing::{self, Listing, Parameters},
    patch::Patch,
    refused::{self, Refused},
    resource,
    schema::GROUP,
    users::{Body, answer, unless_known},
    version::Expected,
};
use write::Change;

type Answer = Result<Response, Refused>;
type Id = Result<Path<String>, PathRejection>;

pub(super) async fn list(State(server): State<Server>, parameters: Parameters) -> Answer {
    let listing = Listing::of_query(&GROUP, parameters)?;
    server.groups(&listing).await
}

pub(super) async fn search(State(server): State<Server>, body: Body) -> Answer {
    let listing = Listing::of_body(&GROUP, &refused::body(body)?)?;
    server.groups(&listing).await
}

pub(super) async fn get(
    State(server): State<Server>,
    headers: HeaderMap,
    id: Id,
    parameters: Parameters,
) -> Answer {
    let selection = listing::selection(&GROUP, parameters)?;
    let id = section(id)?;
    let identity = &server.identity;
    let found = read::one(server.read(), &id, identity.now()).await?;
    let group = found.ok_or_else(|| Refused::Unknown(id.to_string()))?;
    let shown = group.shown(&identity.scim_base());
    Ok(unless_known(&headers, shown, &selection))
}

pub(super) async fn replace(
    State(server): State<Server>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    id: Id,
    parameters: Parameters,
    body: Body,
) -> Answer {
    let selection = listing::selection(&GROUP, parameters)?;
    let change = Change::Replace(resource::read(&GROUP, &refused::body(body)?)?);
    let (id, expected) = (section(id)?, Expected::of(&headers));
    let shown = server.write_group(&asker, &id, &expected, &change).await?;
    Ok(answer(StatusCode::OK, shown, &selection))
}

pub(super) async fn patch(
    State(server): State<Server>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    id: Id,
    parameters: Parameters,
    body: Body,
) -> Answer {
    let selection = listing::selection(&GROUP, parameters)?;
    let change = Change::Patch(Patch::read(&refused::body(body)?)?);
    let (id, expected) = (section(id)?, Expected::of(&headers));
    let shown = server.write_group(&asker, &id, &expected, &change).await?;
    Ok(answer(StatusCode::OK, shown, &selection))
}

fn section(id: Id) -> Result<SectionId, Refused> {
    let id = named(id)?;
    SectionId::try_new(id.as_str()).map_err(|_| Refused::Unknown(id))
}

impl Server {
    async fn groups(&self, listing: &Listing) -> Answer {
        let found = read::page(self.read(), listing, self.identity.now()).await?;
        let base = self.identity.scim_base();
        let shown = found
            .groups
            .iter()
            .map(|group| listing.selection.of(group.shown(&base)));
        Ok(Json(listing.answer(found.total, shown.collect())).into_response())
    }
}
