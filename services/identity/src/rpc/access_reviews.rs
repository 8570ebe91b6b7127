//! The service `AccessReviews`.

use std::collections::BTreeSet;

use identity_domain::access_review::{Access, Command, Item, Refusal, Review, State, Verdict};
use kernel::{AccessReviewId, PersonId, SectionId, SystemId};
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use tonic::{Request, Response, Status};
use wire::access_reviews_server::AccessReviews as Service;

use super::{convert, organisation::token};
use crate::{
    access_reviews::{JudgeAccesses, REVIEW, StartReview},
    identity::Identity,
    publish,
    refused::Refused,
    restricted_items::in_charge_of,
    store::{
        AccessReviews, RestrictedItems, kept, last_reviews, open_reviews,
        query::{self, column, equals},
    },
    system_managers::system_managers,
    work::Work,
};

type Answer<T> = Result<Response<T>, Status>;

/// Most accesses judged in one request.
const MOST: usize = 500;

#[tonic::async_trait]
impl Service for Identity {
    async fn start_review(
        &self,
        request: Request<wire::StartReviewRequest>,
    ) -> Answer<wire::StartReviewResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let system = fields.id("system_id", &message.system_id);
        fields.done()?;
        let id = AccessReviewId::from(runtime::new_id());
        let work = StartReview { id, system };
        let review = self.reviewed(&caller, &message, &work).await?;
        Ok(Response::new(wire::StartReviewResponse { review }))
    }

    async fn list_reviews(
        &self,
        request: Request<wire::ListReviewsRequest>,
    ) -> Answer<wire::ListReviewsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let system = fields.optional_id::<SystemId>("system_id", &message.system_id);
        let reviewer = fields.optional_id::<PersonId>("reviewer_id", &message.reviewer_id);
        fields.done()?;
        let mut fits = equals(Condition::all(), "system_id", system);
        if message.open_only {
            fits = fits.add(open_reviews());
        }
        if let Some(reviewer) = reviewer {
            let managed = self.managed_by(&reviewer).await?;
            fits = fits.add(column("system_id").is_in(managed));
        }
        let listed = query::page::<AccessReviews, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        let reviews = listed.items.iter().filter_map(|one| one.started.as_ref());
        Ok(Response::new(wire::ListReviewsResponse {
            reviews: reviews.map(review).collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn get_review(
        &self,
        request: Request<wire::GetReviewRequest>,
    ) -> Answer<wire::GetReviewResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let id: AccessReviewId = fields.id("review_id", &message.review_id);
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let state = query::one::<AccessReviews, Refusal>(self.read(), id.as_str()).await;
        let found = state.map_err(status::failure)?.started;
        let found = found.ok_or_else(|| status::refused(Refusal::Unknown))?;
        // What is listed never changes, so that its place in the list is a good key.
        let listed = found.items.iter().enumerate();
        let fits = listed.filter(|(_, item)| !message.open_only || item.found.is_none());
        let keyed = fits.map(|(place, one)| (format!("{place:010}"), item(one)));
        let (items, next_page_token) = page.of(keyed);
        Ok(Response::new(wire::GetReviewResponse {
            review: Some(review(&found)),
            items,
            next_page_token,
        }))
    }

    async fn confirm_accesses(
        &self,
        request: Request<wire::ConfirmAccessesRequest>,
    ) -> Answer<wire::ConfirmAccessesResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("review_id", &message.review_id);
        let accesses = accesses(&mut fields, &message.accesses);
        fields.done()?;
        let command = Command::Confirm(accesses);
        let work = JudgeAccesses { id, command };
        let review = self.reviewed(&caller, &message, &work).await?;
        Ok(Response::new(wire::ConfirmAccessesResponse { review }))
    }

    async fn remove_accesses(
        &self,
        request: Request<wire::RemoveAccessesRequest>,
    ) -> Answer<wire::RemoveAccessesResponse> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("review_id", &message.review_id);
        let accesses = accesses(&mut fields, &message.accesses);
        let reason = fields.long_text("reason", &message.reason, 1..=2_000);
        fields.done()?;
        let command = Command::Remove { accesses, reason };
        let work = JudgeAccesses { id, command };
        let review = self.reviewed(&caller, &message, &work).await?;
        Ok(Response::new(wire::RemoveAccessesResponse { review }))
    }

    async fn list_unreviewed_systems(
        &self,
        request: Request<wire::ListUnreviewedSystemsRequest>,
    ) -> Answer<wire::ListUnreviewedSystemsResponse> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let found = self.unreviewed_systems().await;
        let found = found.map_err(status::unavailable)?;
        let keyed = found.into_iter().map(|one| (one.0.to_string(), one));
        let (here, next_page_token) = page.of(keyed);
        let (directory, now) = (self.directory.get(), self.now());
        let managers =
            |system| system_managers(&directory, &self.runtime.pack, REVIEW, system, None, now);
        Ok(Response::new(wire::ListUnreviewedSystemsResponse {
            next_page_token,
            systems: here
                .iter()
                .map(|(id, began)| wire::UnreviewedSystem {
                    system_id: id.to_string(),
                    last_started_at: began.map(timestamp),
                    manager_ids: managers(id).iter().map(ToString::to_string).collect(),
                })
                .collect(),
        }))
    }
}

impl Identity {
    async fn reviewed(
        &self,
        caller: &Caller,
        message: &impl prost::Message,
        work: &impl Work<Of = AccessReviews>,
    ) -> Result<Option<wire::AccessReview>, Status> {
        let request = caller.request(self.clock(), message);
        let done = self.carry_out(work, &request).await;
        let state: State = done.map_err(status::failure)?.state;
        Ok(state.started.as_ref().map(review))
    }

    /// Systems that somebody manages, of those that were ever reviewed.
    async fn managed_by(&self, person: &PersonId) -> Result<Vec<String>, Status> {
        let reviewed = last_reviews(self.read()).await;
        let reviewed = reviewed.map_err(status::unavailable)?;
        let (directory, now) = (self.directory.get(), self.now());
        let with_items = self.systems_of_items(person).await?;
        let manages = |id: &String| {
            let system = id.parse::<SystemId>().ok();
            let managers = system.map(|system| {
                system_managers(&directory, &self.runtime.pack, REVIEW, &system, None, now)
            });
            managers.is_some_and(|managers| managers.contains(person))
        };
        let ids = reviewed.into_iter().map(|(id, _)| id);
        Ok(ids
            .filter(|id| with_items.contains(id) || manages(id))
            .collect())
    }

    /// Systems that keep an item somebody is in charge of.
    async fn systems_of_items(&self, person: &PersonId) -> Result<BTreeSet<String>, Status> {
        let items = query::all::<RestrictedItems, Refused>(self.read(), kept()).await;
        let items = items.map_err(status::failure)?.into_iter();
        let items: Vec<_> = items.filter_map(|state| state.registered).collect();
        let (directory, now) = (self.directory.get(), self.now());
        let sections: BTreeSet<&SectionId> = items.iter().map(|item| &item.section).collect();
        let in_charge = |section: &&SectionId| {
            in_charge_of(&directory, &self.runtime.pack, section, None, now).contains(person)
        };
        let theirs: BTreeSet<&SectionId> = sections.into_iter().filter(in_charge).collect();
        let theirs = items.iter().filter(|item| theirs.contains(&item.section));
        Ok(theirs.map(|item| item.system.to_string()).collect())
    }
}

fn accesses(fields: &mut Fields, named: &[wire::ReviewedAccess]) -> BTreeSet<Access> {
    let judged = fields.list("accesses", named, 1..=MOST, |fields, one| {
        let person = fields.id("person_id", &one.person_id);
        let kind = fields.choice("kind", one.kind, convert::grant_kind);
        let item = fields.optional_id("item_id", &one.item_id);
        let permit = fields.optional_id("permit_id", &one.permit_id);
        Some(Access {
            person,
            kind: kind?,
            item,
            permit,
        })
    });
    judged.into_iter().flatten().collect()
}

fn review(review: &Review) -> wire::AccessReview {
    let counted = |verdict| number(review.count(verdict));
    wire::AccessReview {
        review_id: review.id.to_string(),
        system_id: review.system.to_string(),
        started_by_id: review.started_by.to_string(),
        started_at: Some(timestamp(review.started_at)),
        due_at: Some(timestamp(review.due_at)),
        closed_at: review.closed_at.map(timestamp),
        open: number(review.open().count()),
        confirmed: counted(Verdict::Confirmed),
        removed: counted(Verdict::Removed),
        lapsed: counted(Verdict::Lapsed),
        gone: counted(Verdict::Gone),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn item(item: &Item) -> wire::ReviewItem {
    let found = item.found.as_ref();
    let by = found.and_then(|found| found.by.as_ref());
    wire::ReviewItem {
        access: Some(publish::reviewed_access(&item.access)),
        verdict: match found.map(|found| found.verdict) {
            None => wire::AccessVerdict::Open,
            Some(Verdict::Confirmed) => wire::AccessVerdict::Confirmed,
            Some(Verdict::Removed) => wire::AccessVerdict::Removed,
            Some(Verdict::Lapsed) => wire::AccessVerdict::Lapsed,
            Some(Verdict::Gone) => wire::AccessVerdict::Gone,
        }
        .into(),
        found_by_id: by.map_or(String::new(), ToString::to_string),
        found_at: found.map(|found| timestamp(found.at)),
    }
}
