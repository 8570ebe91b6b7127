//! A post of every role gets a sign-in, and somebody who holds none, the way a new installation does
//! it: the bootstrap secret enrols the CISO, who opens the enrolment of the others.

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

/// Purpose of each sign-in and whose it is; the CISO comes first.
const SIGN_INS: &[(&str, Whose)] = &[
    ("ciso", Whose::Post("1300-01")),
    ("auditor", Whose::Post("1106-11")),
    ("network_manager", Whose::Post("1302-01")),
    ("csirt_chief", Whose::Post("1301-11")),
    ("csirt_staff", Whose::Post("1301-12")),
    ("bureau_manager_citizens", Whose::Post("1500-01")),
    ("csirt_manager_citizens", Whose::Post("1501-01")),
    ("manager_advice", Whose::Post("1504-01")),
    ("deputy_advice", Whose::Post("1504-02")),
    ("system_staff_advice", Whose::Post("1504-03")),
    ("staff_advice", Whose::Staff("S0513", "広聴相談課 職員")),
    ("bureau_manager_crisis", Whose::Post("1200-01")),
    ("manager_shelter", Whose::Post("1202-01")),
];

/// Whose a sign-in is.
#[derive(Clone, Copy)]
enum Whose {
    /// Of whoever holds the post with this number.
    Post(&'static str),
    /// Of plain staff without post or role: staff number and what is shown.
    Staff(&'static str, &'static str),
}

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
    for (key, whose) in SIGN_INS {
        let known = sign_ins.for_key(key).ok().cloned();
        let grant = match known {
            Some(ready) if !ready.unfinished && ciso.is_some() => continue,
            Some(ready) if !ready.unfinished => {
                sign_in::both_factors(connection, &ready, lang).await?
            }
            begun => {
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
                    None => enrolment.begin(new_sign_in(key, *whose, &posts)?).await?,
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
fn new_sign_in(key: &str, whose: Whose, posts: &[Post]) -> Result<DemoSignIn, Failure> {
    let (person, title) = match whose {
        Whose::Post(id) => {
            let post = posts.iter().find(|one| one.post_id == id);
            let post =
                post.ok_or_else(|| Failure::unexpected(format!("the city has no post {id}")))?;
            (post.holder_id.as_str(), post.title.as_str())
        }
        Whose::Staff(person, title) => (person, title),
    };
    Ok(DemoSignIn {
        key: key.to_owned(),
        person: person.to_owned(),
        title: title.to_owned(),
        password: format!("sekisho-{}", runtime::new_id().simple()),
        totp_secret: None,
        unfinished: true,
    })
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
