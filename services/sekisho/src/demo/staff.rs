//! A dozen posts get a sign-in, the way a new installation does it: the bootstrap secret enrols the
//! CISO, who opens the enrolment of the others.

use std::path::Path;

use proto::identity::v1::{
    BootstrapRequest, ConfirmTotpRequest, EnrolRequest, EnrolTotpRequest, ListPostsRequest,
    OpenEnrolmentRequest, Post, SessionGrant, accounts_client::AccountsClient,
    organisation_client::OrganisationClient,
};

use super::{DemoSignIn, SignIns, totp_code};
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

/// Prepares those that are not yet, and writes each down as soon as it is good: cut off here, the
/// next start goes on where this one stopped.
pub(super) async fn prepare(
    connection: &Connection,
    platform: &Line,
    secret: &Path,
    lang: Language,
) -> Result<(), Failure> {
    let posts = posts(platform).await?;
    let mut ready = SignIns::load(&connection.here.data).unwrap_or_default();
    let mut ciso: Option<Line> = None;
    for (key, post) in POSTS {
        if ready.for_key(key).is_err() {
            let post = posts.iter().find(|one| one.post_id == *post);
            let post =
                post.ok_or_else(|| Failure::unexpected(format!("the city has no post for {key}")))?;
            let code = match &ciso {
                None => bootstrap(connection, secret, &post.holder_id).await?,
                Some(ciso) => open_enrolment(ciso, &post.holder_id).await?,
            };
            let (new, grant) = enrol(connection, key, post, code).await?;
            ready.add(new);
            ready.save(&connection.here.data)?;
            if ciso.is_none() {
                ciso = Some(connection.bearer(&grant.access_token)?);
            }
        } else if ciso.is_none() {
            let grant = sign_in::both_factors(connection, ready.for_key("ciso")?, lang).await?;
            ciso = Some(connection.bearer(&grant.access_token)?);
        }
    }
    Ok(())
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

async fn bootstrap(
    connection: &Connection,
    secret: &Path,
    person: &str,
) -> Result<String, Failure> {
    let text = std::fs::read_to_string(secret).map_err(|error| {
        let path = secret.display();
        Failure::new(
            format!("{path}: {error}。この秘密は最初の登録で使い終わります。"),
            format!("{path}: {error}. It is spent by the first enrolment."),
        )
    })?;
    let request = BootstrapRequest {
        secret: text.trim().to_owned(),
        person_id: person.to_owned(),
    };
    let answer = AccountsClient::new(connection.anonymous()?)
        .bootstrap(request)
        .await?;
    Ok(answer.into_inner().code)
}

async fn open_enrolment(ciso: &Line, person: &str) -> Result<String, Failure> {
    let request = OpenEnrolmentRequest {
        person_id: person.to_owned(),
    };
    let answer = AccountsClient::new(ciso.clone())
        .open_enrolment(request)
        .await?;
    Ok(answer.into_inner().code)
}

/// Password and one-time password, both random.
async fn enrol(
    connection: &Connection,
    key: &str,
    post: &Post,
    code: String,
) -> Result<(DemoSignIn, SessionGrant), Failure> {
    let password = format!("sekisho-{}", runtime::new_id().simple());
    let person = post.holder_id.clone();
    AccountsClient::new(connection.anonymous()?)
        .enrol(EnrolRequest {
            person_id: person.clone(),
            code,
            password: password.clone(),
        })
        .await?;
    let grant = sign_in::password_only(connection, &person, &password).await?;
    let mut accounts = AccountsClient::new(connection.bearer(&grant.access_token)?);
    let offered = accounts.enrol_totp(EnrolTotpRequest {}).await?.into_inner();
    // A code counts once: the one before the present one leaves that to the first sign-in.
    let code = totp_code(&offered.secret, -1)?;
    let raised = accounts
        .confirm_totp(ConfirmTotpRequest { code })
        .await?
        .into_inner()
        .grant;
    let sign_in = DemoSignIn {
        key: key.to_owned(),
        person,
        title: post.title.clone(),
        password,
        totp_secret: Some(offered.secret),
    };
    Ok((sign_in, raised.unwrap_or(grant)))
}
