//! The service `Organisation`.

use identity_domain::organisation::{person, post::Assignment};
use kernel::{BureauId, PersonId, PostId, SectionId};
use proto::identity::v1 as wire;
use rpc::{Caller, Fields, next_page_token, status};
use sea_orm::sea_query::Condition;
use standard::Role;
use store::Failure;
use tonic::{Request, Response, Status};
use wire::organisation_server::Organisation;

use super::convert;
use crate::{
    facts,
    identity::Identity,
    organisation::{AssignPost, VacatePost},
    refused::Refused,
    store::{
        Bureaus, People, Posts, Sections, in_section,
        query::{self, contains, equals},
        search_key, with_holder, with_role,
    },
};

#[tonic::async_trait]
impl Organisation for Identity {
    async fn list_bureaus(
        &self,
        request: Request<wire::ListBureausRequest>,
    ) -> Result<Response<wire::ListBureausResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        fields.done()?;
        let listed = query::page::<Bureaus, Refused>(self.read(), Condition::all(), &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListBureausResponse {
            bureaus: listed
                .items
                .into_iter()
                .filter_map(convert::bureau)
                .collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn get_section(
        &self,
        request: Request<wire::GetSectionRequest>,
    ) -> Result<Response<wire::GetSectionResponse>, Status> {
        let mut fields = Fields::new();
        let id: SectionId = fields.id("section_id", &request.get_ref().section_id);
        fields.done()?;
        let state = query::one::<Sections, Refused>(self.read(), id.as_str()).await;
        let section = convert::section(state.map_err(status::failure)?);
        let unknown = || status::refused(Refused::SectionUnknown(id.to_string()));
        Ok(Response::new(wire::GetSectionResponse {
            section: Some(section.ok_or_else(unknown)?),
        }))
    }

    async fn list_sections(
        &self,
        request: Request<wire::ListSectionsRequest>,
    ) -> Result<Response<wire::ListSectionsResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let bureau = fields.optional_id::<BureauId>("bureau_id", &message.bureau_id);
        let parent =
            fields.optional_id::<SectionId>("parent_section_id", &message.parent_section_id);
        fields.done()?;
        let fits = equals(Condition::all(), "bureau_id", bureau);
        let fits = equals(fits, "parent_id", parent);
        let listed = query::page::<Sections, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(wire::ListSectionsResponse {
            sections: listed
                .items
                .into_iter()
                .filter_map(convert::section)
                .collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn list_posts(
        &self,
        request: Request<wire::ListPostsRequest>,
    ) -> Result<Response<wire::ListPostsResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let section = fields.optional_id::<SectionId>("section_id", &message.section_id);
        let holder = fields.optional_id::<PersonId>("holder_id", &message.holder_id);
        let role = match message.role.as_str() {
            "" => None,
            role => fields.word::<Role>("role", role),
        };
        fields.done()?;
        let fits = equals(Condition::all(), "section_id", section)
            .add_option(holder.as_ref().map(with_holder))
            .add_option(role.map(with_role));
        let listed = query::page::<Posts, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        let now = self.now();
        let mut posts = listed.items;
        posts.retain(|post| holder.as_ref().is_none_or(|one| post.is_held_by(one, now)));
        Ok(Response::new(wire::ListPostsResponse {
            posts: posts
                .into_iter()
                .filter_map(|post| convert::post(post, now))
                .collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn get_person(
        &self,
        request: Request<wire::GetPersonRequest>,
    ) -> Result<Response<wire::GetPersonResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        fields.done()?;
        let person = self.person(&id).await.map_err(status::failure)?;
        Ok(Response::new(wire::GetPersonResponse {
            person: Some(person),
        }))
    }

    async fn list_people(
        &self,
        request: Request<wire::ListPeopleRequest>,
    ) -> Result<Response<wire::ListPeopleResponse>, Status> {
        let message = request.into_inner();
        let mut fields = Fields::new();
        let page = fields.page(message.page_size, &message.page_token);
        let search = fields.optional_text("search", &message.search, 200);
        let section = fields.optional_id::<SectionId>("section_id", &message.section_id);
        fields.done()?;
        let named = search.map(|part| contains("search", &search_key(&part)));
        let fits = Condition::all()
            .add_option(section.as_ref().map(in_section))
            .add_option(named);
        let listed = query::page::<People, Refused>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        let now = self.now();
        let there = |person: &person::State| {
            let here = person.registered.as_ref().and_then(|one| one.section(now));
            section.as_ref().is_none_or(|section| here == Some(section))
        };
        let people = listed.items.into_iter().filter(there);
        Ok(Response::new(wire::ListPeopleResponse {
            people: people
                .filter_map(|one| convert::person(one, Vec::new(), now))
                .collect(),
            next_page_token: token(listed.next),
        }))
    }

    async fn assign_post(
        &self,
        request: Request<wire::AssignPostRequest>,
    ) -> Result<Response<wire::AssignPostResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let post: PostId = fields.id("post_id", &message.post_id);
        let holder = Assignment {
            person: fields.id("person_id", &message.person_id),
            since: fields.optional_timestamp("since", message.since.as_ref()),
            until: fields.optional_timestamp("until", message.until.as_ref()),
        };
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let work = AssignPost { post, holder };
        let done = self
            .carry_out(&work, &request)
            .await
            .map_err(status::failure)?;
        Ok(Response::new(wire::AssignPostResponse {
            post: convert::post(done.state, self.now()),
        }))
    }

    async fn vacate_post(
        &self,
        request: Request<wire::VacatePostRequest>,
    ) -> Result<Response<wire::VacatePostResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let post: PostId = fields.id("post_id", &message.post_id);
        let from = fields.optional_timestamp("from", message.from.as_ref());
        fields.done()?;
        let request = caller.request(self.clock(), &message);
        let work = VacatePost { post, from };
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(wire::VacatePostResponse {
            post: convert::post(done.state, self.now()),
        }))
    }
}

impl Identity {
    async fn person(&self, id: &PersonId) -> Result<wire::Person, Failure<Refused>> {
        let state = query::one::<People, _>(self.read(), id.as_str()).await?;
        let now = self.now();
        let posts = facts::posts_of(self.read(), id, now).await?;
        let unknown = || Failure::Refused(Refused::PersonUnknown(id.to_string()));
        convert::person(state, posts, now).ok_or_else(unknown)
    }
}

pub(super) fn token(next: Option<String>) -> String {
    next.map_or(String::new(), |key| next_page_token(&key))
}
