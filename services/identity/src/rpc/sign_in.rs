//! The service `SignIn`.

use identity_domain::account::Command;
use kernel::Clock;
use proto::{
    identity::v1::{
        GetSessionRequest, GetSessionResponse, RefreshTokenRequest, RefreshTokenResponse,
        SignInWithPasswordRequest, SignInWithPasswordResponse, SignOutRequest, SignOutResponse,
        VerifyPasswordRequest, VerifyPasswordResponse, VerifyTotpRequest, VerifyTotpResponse,
        VerifyTotpWithHandleRequest, VerifyTotpWithHandleResponse, sign_in_server::SignIn,
    },
    timestamp,
};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};

use super::convert;
use crate::{
    failure::AnyFailure, identity::Identity, refused::Refused, sources::Source, tokens::Audience,
};

#[tonic::async_trait]
impl SignIn for Identity {
    async fn sign_in_with_password(
        &self,
        request: Request<SignInWithPasswordRequest>,
    ) -> Result<Response<SignInWithPasswordResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let password = convert::password(&mut fields, "password", &message.password);
        fields.done()?;
        let request = self.once(&caller);
        let signed_in = self.sign_in(person, &password, &request);
        let grant = self.tried(&source, signed_in).await?;
        Ok(Response::new(SignInWithPasswordResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn verify_totp(
        &self,
        request: Request<VerifyTotpRequest>,
    ) -> Result<Response<VerifyTotpResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let code = fields.text("code", &message.code, 1..=20);
        fields.done()?;
        let handle = convert::new_handle(&caller)?;
        let request = self.once(&caller);
        let verified = Identity::verify_totp(self, handle, &code, &request);
        let grant = self.tried(&source, verified).await?;
        Ok(Response::new(VerifyTotpResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn verify_totp_with_handle(
        &self,
        request: Request<VerifyTotpWithHandleRequest>,
    ) -> Result<Response<VerifyTotpWithHandleResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let code = fields.text("code", &message.code, 1..=20);
        fields.done()?;
        let context = caller.context(self.clock());
        let verified =
            Identity::verify_totp_with_handle(self, &message.session_handle, &code, context);
        let grant = self.tried(&source, verified).await?;
        Ok(Response::new(VerifyTotpWithHandleResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn verify_password(
        &self,
        request: Request<VerifyPasswordRequest>,
    ) -> Result<Response<VerifyPasswordResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let password = convert::password(&mut fields, "password", &message.password);
        fields.done()?;
        let handle = convert::new_handle(&caller)?;
        let request = self.once(&caller);
        let verified = Identity::verify_password(self, handle, &password, &request);
        let grant = self.tried(&source, verified).await?;
        Ok(Response::new(VerifyPasswordResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn refresh_token(
        &self,
        request: Request<RefreshTokenRequest>,
    ) -> Result<Response<RefreshTokenResponse>, Status> {
        let message = request.get_ref();
        let audience = match message.for_enforcement_points {
            true => Audience::EnforcementPoints,
            false => Audience::Platform,
        };
        let token = self.refresh(&message.session_handle, audience).await;
        let token = token.map_err(status::failure)?;
        Ok(Response::new(RefreshTokenResponse {
            access_token: token.text,
            access_token_ends_at: Some(timestamp(token.ends_at)),
        }))
    }

    async fn sign_out(
        &self,
        request: Request<SignOutRequest>,
    ) -> Result<Response<SignOutResponse>, Status> {
        let caller = Caller::of(&request);
        let handle = convert::new_handle(&caller)?;
        let done = self
            .account(&handle.person, &Command::SignOut, &self.once(&caller))
            .await;
        done.map_err(AnyFailure::from)?;
        Ok(Response::new(SignOutResponse {}))
    }

    async fn get_session(
        &self,
        request: Request<GetSessionRequest>,
    ) -> Result<Response<GetSessionResponse>, Status> {
        let handle = convert::new_handle(&Caller::of(&request))?;
        let state = self.read_account::<Refused>(&handle.person).await;
        let state = state.map_err(status::failure)?;
        let session = state.live_session(&handle.session, self.now());
        let session = session.ok_or_else(|| status::refused(Refused::SessionOver))?;
        Ok(Response::new(GetSessionResponse {
            session: Some(convert::session(&handle.person, &handle.session, session)),
        }))
    }
}

impl Identity {
    /// A request whose answer holds a secret: it is never answered again under its key.
    pub(super) fn once(&self, caller: &Caller) -> store::Request {
        caller.context(self.clock()).into()
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.runtime.clock.as_ref()
    }
}
