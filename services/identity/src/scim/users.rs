//! `/Users`: members of staff who have not left.

mod narrow;
mod read;
mod user;
mod wanted;
mod write;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{
        Path, State,
        rejection::{BytesRejection, PathRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{
    Server,
    admission::Asker,
    discovery::named,
    listing::{self, Listing, Parameters},
    patch::Patch,
    person,
    refused::{self, Refused},
    resource,
    schema::USER,
    selection::Selection,
    version::{self, Expected},
};
pub(super) use read::{MOST, belonging, one};
pub(super) use user::User;
pub(super) use wanted::Wanted;
use write::Change;
pub(super) use write::keep;

type Answer = Result<Response, Refused>;
type Id = Result<Path<String>, PathRejection>;
pub(super) type Body = Result<Bytes, BytesRejection>;

pub(super) async fn list(State(server): State<Server>, parameters: Parameters) -> Answer {
    let listing = Listing::of_query(&USER, parameters)?;
    server.users(&listing).await
}

pub(super) async fn search(State(server): State<Server>, body: Body) -> Answer {
    let listing = Listing::of_body(&USER, &refused::body(body)?)?;
    server.users(&listing).await
}

pub(super) async fn get(
    State(server): State<Server>,
    headers: HeaderMap,
    id: Id,
    parameters: Parameters,
) -> Answer {
    let selection = listing::selection(&USER, parameters)?;
    let id = person(&named(id)?)?;
    let identity = &server.identity;
    let found = one(server.read(), &id, identity.now()).await?;
    let user = found.ok_or_else(|| Refused::Unknown(id.to_string()))?;
    let shown = user.shown(&identity.scim_base());
    Ok(unless_known(&headers, shown, &selection))
}

pub(super) async fn create(
    State(server): State<Server>,
    Extension(asker): Extension<Asker>,
    parameters: Parameters,
    body: Body,
) -> Answer {
    let selection = listing::selection(&USER, parameters)?;
    let body = resource::read(&USER, &refused::body(body)?)?;
    let wanted = Wanted::read(&body)?;
    let change = Change::Create(wanted);
    let shown = server.write(&asker, &Expected::default(), &change).await?;
    let place = shown.pointer("/meta/location").and_then(Value::as_str);
    let place = place.and_then(|place| HeaderValue::from_str(place).ok());
    let mut created = answer(StatusCode::CREATED, shown, &selection);
    created
        .headers_mut()
        .extend(place.map(|place| (header::LOCATION, place)));
    Ok(created)
}

pub(super) async fn replace(
    State(server): State<Server>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    id: Id,
    parameters: Parameters,
    body: Body,
) -> Answer {
    let selection = listing::selection(&USER, parameters)?;
    let id = person(&named(id)?)?;
    let body = resource::read(&USER, &refused::body(body)?)?;
    let change = Change::Replace(id, Wanted::read(&body)?);
    let shown = server
        .write(&asker, &Expected::of(&headers), &change)
        .await?;
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
    let selection = listing::selection(&USER, parameters)?;
    let id = person(&named(id)?)?;
    let change = Change::Patch(id, Patch::read(&refused::body(body)?)?);
    let shown = server
        .write(&asker, &Expected::of(&headers), &change)
        .await?;
    Ok(answer(StatusCode::OK, shown, &selection))
}

pub(super) async fn delete(
    State(server): State<Server>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    id: Id,
) -> Result<StatusCode, Refused> {
    let change = Change::Leave(person(&named(id)?)?);
    server
        .write(&asker, &Expected::of(&headers), &change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Server {
    async fn users(&self, listing: &Listing) -> Answer {
        let found = read::page(self.read(), listing, self.identity.now()).await?;
        let base = self.identity.scim_base();
        let shown = found
            .users
            .iter()
            .map(|user| listing.selection.of(user.shown(&base)));
        Ok(Json(listing.answer(found.total, shown.collect())).into_response())
    }
}

/// A resource with its version.
pub(super) fn answer(status: StatusCode, shown: Value, selection: &Selection) -> Response {
    let tag = version::tag(&shown);
    let mut answer = (status, Json(selection.of(shown))).into_response();
    answer
        .headers_mut()
        .extend(tag.map(|tag| (header::ETAG, tag)));
    answer
}

/// A resource that was asked for, unless the caller has this version of it already.
pub(super) fn unless_known(headers: &HeaderMap, shown: Value, selection: &Selection) -> Response {
    if !version::has(headers, &version::version(&shown)) {
        return answer(StatusCode::OK, shown, selection);
    }
    let tag = version::tag(&shown).map(|tag| (header::ETAG, tag));
    let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
    unchanged.headers_mut().extend(tag);
    unchanged
}
