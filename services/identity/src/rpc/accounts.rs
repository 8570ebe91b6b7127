//! The service `Accounts`.

use identity_domain::{
    account::{self, By, Command, CredentialId, Sessions},
    organisation::Authority,
};
use kernel::{Actor, PersonId};
use prost::Message;
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields};
use tonic::{Request, Response, Status};
use wire::accounts_server::Accounts;

use super::convert;
use crate::{
    credentials::new_credential, facts, failure::AnyFailure, identity::Identity, refused::Refused,
    secrets::OneTimeCode, sign_in, sources::Source,
};

/// Longest reason, in characters.
const REASON: usize = 2_000;

#[tonic::async_trait]
impl Accounts for Identity {
    async fn get_account(
        &self,
        request: Request<wire::GetAccountRequest>,
    ) -> Result<Response<wire::GetAccountResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        fields.done()?;
        let state = self.visible_account(&caller, &person).await?;
        Ok(Response::new(wire::GetAccountResponse {
            account: Some(convert::account(&person, &state, self.now())),
        }))
    }

    async fn open_enrolment(
        &self,
        request: Request<wire::OpenEnrolmentRequest>,
    ) -> Result<Response<wire::OpenEnrolmentResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person: PersonId = fields.id("person_id", &message.person_id);
        fields.done()?;
        let code = OneTimeCode::draw();
        let command = Command::OpenEnrolment {
            code: code.digest(),
        };
        let done = self.account(&person, &command, &self.once(&caller)).await;
        let opened = done.map_err(AnyFailure::from)?.state.enrolment;
        Ok(Response::new(wire::OpenEnrolmentResponse {
            code: code.text(),
            ends_at: opened.map(|open| timestamp(open.ends_at)),
        }))
    }

    async fn bootstrap(
        &self,
        request: Request<wire::BootstrapRequest>,
    ) -> Result<Response<wire::BootstrapResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let secret = fields.text("secret", &message.secret, 1..=100);
        let person = fields.id("person_id", &message.person_id);
        fields.done()?;
        let code = Identity::bootstrap(self, &secret, &person, &self.once(&caller)).await?;
        Ok(Response::new(wire::BootstrapResponse {
            code: code.text,
            ends_at: Some(timestamp(code.ends_at)),
        }))
    }

    async fn enrol(
        &self,
        request: Request<wire::EnrolRequest>,
    ) -> Result<Response<wire::EnrolResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let code = fields.text("code", &message.code, 1..=100);
        let password = convert::password(&mut fields, "password", &message.password);
        fields.done()?;
        let code = OneTimeCode::typed(&code);
        let request = self.once(&caller);
        let enrolled = Identity::enrol(self, person, &code, &password, &request);
        self.tried(&source, enrolled).await?;
        Ok(Response::new(wire::EnrolResponse {}))
    }

    async fn change_password(
        &self,
        request: Request<wire::ChangePasswordRequest>,
    ) -> Result<Response<wire::ChangePasswordResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let password = convert::password(&mut fields, "password", &message.password);
        fields.done()?;
        let person = convert::new_handle(&caller)?.person;
        let command = Command::ChangePassword {
            credential: new_credential(),
            password: self.new_password(&person, &password).await?,
        };
        let done = self.account(&person, &command, &self.once(&caller)).await;
        done.map_err(AnyFailure::from)?;
        Ok(Response::new(wire::ChangePasswordResponse {}))
    }

    async fn enrol_totp(
        &self,
        request: Request<wire::EnrolTotpRequest>,
    ) -> Result<Response<wire::EnrolTotpResponse>, Status> {
        let caller = Caller::of(&request);
        let person = convert::new_handle(&caller)?.person;
        let request = self.once(&caller);
        let offered = self.offer_totp(&person, By::Session, &request).await?;
        Ok(Response::new(wire::EnrolTotpResponse {
            credential_id: offered.credential.to_string(),
            secret: offered.secret,
            otpauth_uri: offered.uri,
        }))
    }

    async fn confirm_totp(
        &self,
        request: Request<wire::ConfirmTotpRequest>,
    ) -> Result<Response<wire::ConfirmTotpResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let code = fields.text("code", &message.code, 1..=20);
        fields.done()?;
        let handle = convert::new_handle(&caller)?;
        let grant = Identity::confirm_totp(self, handle, &code, &self.once(&caller)).await?;
        Ok(Response::new(wire::ConfirmTotpResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn remove_factor(
        &self,
        request: Request<wire::RemoveFactorRequest>,
    ) -> Result<Response<wire::RemoveFactorResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        let credential = fields.text("credential_id", &message.credential_id, 1..=64);
        fields.done()?;
        let command = Command::RemoveFactor {
            credential: CredentialId::new(credential),
        };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::RemoveFactorResponse { account }))
    }

    async fn register_id_card(
        &self,
        request: Request<wire::RegisterIdCardRequest>,
    ) -> Result<Response<wire::RegisterIdCardResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let serial = fields.text("serial", &message.serial, 1..=64);
        let certificate = convert::certificate(&mut fields, &self.cards, &message);
        fields.done()?;
        let command = Command::RegisterCard {
            credential: new_credential(),
            serial,
            certificate,
        };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::RegisterIdCardResponse { account }))
    }

    async fn report_credential_lost(
        &self,
        request: Request<wire::ReportCredentialLostRequest>,
    ) -> Result<Response<wire::ReportCredentialLostResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        let credential = fields.text("credential_id", &message.credential_id, 1..=64);
        let circumstances = fields.long_text("circumstances", &message.circumstances, 0..=REASON);
        fields.done()?;
        let command = Command::ReportLost {
            credential: CredentialId::new(credential),
            circumstances,
        };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::ReportCredentialLostResponse {
            account,
        }))
    }

    async fn revoke_sessions(
        &self,
        request: Request<wire::RevokeSessionsRequest>,
    ) -> Result<Response<wire::RevokeSessionsResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = convert::person_or_caller(&mut fields, &caller, &message.person_id);
        let session = fields.optional_id("session_id", &message.session_id);
        let reason = fields.long_text("reason", &message.reason, 1..=REASON);
        fields.done()?;
        let command = Command::RevokeSessions {
            sessions: session.map_or(Sessions::All, Sessions::One),
            reason,
        };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::RevokeSessionsResponse { account }))
    }

    async fn disable_account(
        &self,
        request: Request<wire::DisableAccountRequest>,
    ) -> Result<Response<wire::DisableAccountResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let reason = fields.long_text("reason", &message.reason, 1..=REASON);
        fields.done()?;
        let command = Command::Disable { reason };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::DisableAccountResponse { account }))
    }

    async fn enable_account(
        &self,
        request: Request<wire::EnableAccountRequest>,
    ) -> Result<Response<wire::EnableAccountResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let reason = fields.long_text("reason", &message.reason, 1..=REASON);
        fields.done()?;
        let command = Command::Enable { reason };
        let account = Some(self.changed(&caller, &person, &command, &message).await?);
        Ok(Response::new(wire::EnableAccountResponse { account }))
    }
}

impl Identity {
    async fn changed(
        &self,
        caller: &Caller,
        person: &PersonId,
        command: &Command,
        message: &impl Message,
    ) -> Result<wire::Account, Status> {
        let request = caller.request(self.clock(), message);
        let done = self.account(person, command, &request).await;
        let state = done.map_err(AnyFailure::from)?.state;
        Ok(convert::account(person, &state, self.now()))
    }

    /// An account for its owner, for who has authority over it, and for the platform.
    async fn visible_account(
        &self,
        caller: &Caller,
        person: &PersonId,
    ) -> Result<account::State, AnyFailure> {
        let actor = caller.actor();
        let own = actor.person() == Some(person);
        let now = self.now();
        let home = facts::home::<Refused>(self.read(), person, now).await?;
        if !own && !matches!(actor, Actor::Service(_)) {
            let (actor, home) = (actor.person(), home.as_ref());
            let authority = facts::authority::<Refused>(self.read(), actor, home, now).await?;
            if authority < Authority::Stop {
                return Err(store::Failure::Refused(Refused::NotYours).into());
            }
        }
        if home.is_none() {
            let unknown = Refused::PersonUnknown(person.to_string());
            return Err(store::Failure::Refused(unknown).into());
        }
        Ok(self.read_account::<Refused>(person).await?)
    }

    /// Sets a password with an enrolment's one-time code.
    pub(crate) async fn enrol(
        &self,
        person: PersonId,
        code: &OneTimeCode,
        password: &str,
        request: &store::Request,
    ) -> Result<(), AnyFailure> {
        let command = Command::Enrol {
            code: code.digest(),
            credential: new_credential(),
            password: self.new_password(&person, password).await?,
        };
        let done = self.account(&person, &command, request).await;
        sign_in::enrolled(self, done, request).await
    }
}
