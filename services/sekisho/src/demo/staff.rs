//! A dozen posts get a sign-in, the way a new installation does it: the bootstrap secret enrols the
//! CISO, who opens the enrolment of the others.

use std::path::Path;

use proto::identity::v1::{ListPostsRequest, Post, organisation_client::OrganisationClient};

use super::{
    DemoSignIn, SignIns,
    enrolment::{Enrolment, Opener},
};
use crate::{
    Failure,
    client::{Connection, Line},
    language::Language,
    sign_in,
};

/// Purpose and post of each sign-in; the CISO comes first.
const POSTS: &[(&str, &str)] = &[
    ("ciso", "1300-01"),
    ("auditor", "1106-11"),
    ("network_manager", "1302-01"),
    ("csirt_chief", "1301-11"),
    ("csirt_staff", "1301-12"),
    ("bureau_manager_citizens", "1500-01"),
    ("csirt_manager_citizens", "1501-01"),
    ("manager_advice", "1504-01"),
    ("deputy_advice", "1504-02"),
    ("system_staff_advice", "1504-03"),
    ("bureau_manager_crisis", "1200-01"),
    ("manager_shelter", "1202-01"),
];

/// Prepares those that are not yet; cut off here, the next start goes on where this one stopped.
pub(super) async fn prepare(
    connection: &Connection,
    platform: &Line,
    secret: &Path,
    lang: Language,
) -> Result<(), Failure> {
    let posts = posts(platform).await?;
    let mut sign_ins = SignIns::so_far(&connection.here.data)?;
    let mut ciso: Option<Line> = None;
    for (key, post) in POSTS {
        let known = sign_ins.for_key(key).ok().cloned();
        let grant = match known {
            Some(ready) if !ready.unfinished && ciso.is_some() => continue,
            Some(ready) if !ready.unfinished => {
                sign_in::both_factors(connection, &ready, lang).await?
            }
            begun => {
                let post = posts.iter().find(|one| one.post_id == *post);
                let post = post.ok_or_else(|| {
                    Failure::unexpected(format!("the city has no post for {key}"))
                })?;
                let opener = match &ciso {
                    Some(ciso) => Opener::Ciso(ciso),
                    None => Opener::Secret {
                        file: secret,
                        platform,
                    },
                };
                let enrolment = Enrolment {
                    connection,
                    opener,
                    sign_ins: &mut sign_ins,
                };
                match begun {
                    Some(begun) => enrolment.go_on(begun, lang).await?,
                    None => enrolment.begin(new_sign_in(key, post)).await?,
                }
            }
        };
        if ciso.is_none() {
            ciso = Some(connection.bearer(&grant.access_token)?);
        }
    }
    Ok(())
}

/// Password and one-time password, both random.
fn new_sign_in(key: &str, post: &Post) -> DemoSignIn {
    DemoSignIn {
        key: key.to_owned(),
        person: post.holder_id.clone(),
        title: post.title.clone(),
        password: format!("sekisho-{}", runtime::new_id().simple()),
        totp_secret: None,
        unfinished: true,
    }
}

async fn posts(platform: &Line) -> Result<Vec<Post>, Failure> {
    let mut client = OrganisationClient::new(platform.clone());
    let mut posts = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListPostsRequest {
            page_size: 500,
            page_token,
            ..ListPostsRequest::default()
        };
        let page = client.list_posts(request).await?.into_inner();
        posts.extend(page.posts);
        if page.next_page_token.is_empty() {
            return Ok(posts);
        }
        page_token = page.next_page_token;
    }
}
