//! One demo sign-in, from the first code to the second factor.
//!
//! What it is to be is written down before the platform hears of it, so that whatever was cut off,
//! and wherever, can go on.

use std::path::Path;

use proto::identity::v1::{
    BootstrapRequest, ConfirmTotpRequest, EnrolRequest, EnrolTotpRequest, OpenEnrolmentRequest,
    SessionGrant, accounts_client::AccountsClient,
};

use super::{DemoSignIn, SignIns, totp_code};
use crate::{
    Failure,
    client::{Connection, Line},
    language::Language,
    sign_in,
};

/// Who opens an enrolment.
#[derive(Clone, Copy)]
pub(super) enum Opener<'a> {
    /// The file of the bootstrap secret: nobody is there yet who could.
    Secret {
        file: &'a Path,
        /// Opens it again when the secret has ended and the answer was lost.
        platform: &'a Line,
    },
    /// The CISO.
    Ciso(&'a Line),
}

/// See the module.
pub(super) struct Enrolment<'a> {
    pub(super) connection: &'a Connection,
    pub(super) opener: Opener<'a>,
    pub(super) sign_ins: &'a mut SignIns,
}

impl Enrolment<'_> {
    /// From the beginning; returns a session with both factors.
    pub(super) async fn begin(mut self, new: DemoSignIn) -> Result<SessionGrant, Failure> {
        let code = match self.opener {
            Opener::Secret { file, .. } => {
                let secret = read(file)?;
                self.note(&new)?;
                bootstrap(self.connection, secret, &new.person).await?
            }
            Opener::Ciso(ciso) => {
                self.note(&new)?;
                open(ciso, &new.person).await?
            }
        };
        self.enrol(new, code).await
    }

    /// From wherever it was cut off.
    pub(super) async fn go_on(
        mut self,
        begun: DemoSignIn,
        lang: Language,
    ) -> Result<SessionGrant, Failure> {
        if begun.totp_secret.is_some()
            && let Ok(grant) = sign_in::both_factors(self.connection, &begun, lang).await
        {
            self.finish(begun)?;
            return Ok(grant);
        }
        let person = &begun.person;
        let code = match self.opener {
            Opener::Secret { file, platform } => {
                let opened = async { bootstrap(self.connection, read(file)?, person).await };
                match opened.await {
                    Ok(code) => code,
                    Err(_) => open(platform, person).await?,
                }
            }
            Opener::Ciso(ciso) => open(ciso, person).await?,
        };
        self.enrol(begun, code).await
    }

    async fn enrol(&mut self, mut one: DemoSignIn, code: String) -> Result<SessionGrant, Failure> {
        AccountsClient::new(self.connection.anonymous()?)
            .enrol(EnrolRequest {
                person_id: one.person.clone(),
                code,
                password: one.password.clone(),
            })
            .await?;
        let grant = sign_in::password_only(self.connection, &one.person, &one.password).await?;
        let mut accounts = AccountsClient::new(self.connection.bearer(&grant.access_token)?);
        let offered = accounts.enrol_totp(EnrolTotpRequest {}).await?.into_inner();
        // A code counts once: the one before the present one leaves that to the first sign-in.
        let code = totp_code(&offered.secret, -1)?;
        one.totp_secret = Some(offered.secret);
        self.note(&one)?;
        let raised = accounts
            .confirm_totp(ConfirmTotpRequest { code })
            .await?
            .into_inner()
            .grant;
        self.finish(one)?;
        Ok(raised.unwrap_or(grant))
    }

    fn finish(&mut self, one: DemoSignIn) -> Result<(), Failure> {
        self.note(&DemoSignIn {
            unfinished: false,
            ..one
        })
    }

    fn note(&mut self, one: &DemoSignIn) -> Result<(), Failure> {
        self.sign_ins.note(one);
        self.sign_ins.save(&self.connection.here.data)
    }
}

fn read(secret: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(secret).map_err(|error| {
        let path = secret.display();
        Failure::new(
            format!("{path}: {error}。この秘密は最初の一人が二要素を登録すると使えなくなります。"),
            format!("{path}: {error}. It ends when the first person has two factors."),
        )
    })?;
    Ok(text.trim().to_owned())
}

async fn bootstrap(
    connection: &Connection,
    secret: String,
    person: &str,
) -> Result<String, Failure> {
    let request = BootstrapRequest {
        secret,
        person_id: person.to_owned(),
    };
    let answer = AccountsClient::new(connection.anonymous()?)
        .bootstrap(request)
        .await?;
    Ok(answer.into_inner().code)
}

async fn open(by: &Line, person: &str) -> Result<String, Failure> {
    let request = OpenEnrolmentRequest {
        person_id: person.to_owned(),
    };
    let answer = AccountsClient::new(by.clone())
        .open_enrolment(request)
        .await?;
    Ok(answer.into_inner().code)
}
