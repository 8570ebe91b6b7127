//! The service `Factors`.

use identity_domain::account::By;
use kernel::PersonId;
use proto::{identity::v1 as wire, timestamp};
use rpc::{Caller, Fields};
use tonic::{Request, Response, Status};
use wire::factors_server::Factors;

use super::convert;
use crate::{
    failure::AnyFailure,
    identity::Identity,
    passkeys::{Answered, Ceremony},
    secrets::OneTimeCode,
    sources::Source,
};

/// Most bytes of what a browser answers, and of a certificate.
const ANSWER: usize = 16 << 10;

#[tonic::async_trait]
impl Factors for Identity {
    async fn begin_passkey_enrolment(
        &self,
        request: Request<wire::BeginPasskeyEnrolmentRequest>,
    ) -> Result<Response<wire::BeginPasskeyEnrolmentResponse>, Status> {
        let caller = Caller::of(&request);
        let person = convert::new_handle(&caller)?.person;
        let request = self.once(&caller);
        let asked = self.offer_passkey(&person, &By::Session, &request).await?;
        Ok(Response::new(wire::BeginPasskeyEnrolmentResponse {
            ceremony: Some(ceremony(asked)),
        }))
    }

    async fn finish_passkey_enrolment(
        &self,
        request: Request<wire::FinishPasskeyEnrolmentRequest>,
    ) -> Result<Response<wire::FinishPasskeyEnrolmentResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let answered = answered(&mut fields, &message.challenge_id, &message.credential_json);
        let name = fields.text("name", &message.name, 1..=100);
        fields.done()?;
        let person = convert::new_handle(&caller)?.person;
        let request = self.once(&caller);
        let enrolled = self.enrol_passkey(&person, By::Session, answered, &name, &request);
        Ok(Response::new(wire::FinishPasskeyEnrolmentResponse {
            credential_id: enrolled.await?.to_string(),
        }))
    }

    async fn begin_passkey_enrolment_with_code(
        &self,
        request: Request<wire::BeginPasskeyEnrolmentWithCodeRequest>,
    ) -> Result<Response<wire::BeginPasskeyEnrolmentWithCodeResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let (person, by) = with_code(&mut fields, &message.person_id, &message.code);
        fields.done()?;
        let request = self.once(&caller);
        let asked = self.offer_passkey(&person, &by, &request);
        Ok(Response::new(wire::BeginPasskeyEnrolmentWithCodeResponse {
            ceremony: Some(ceremony(self.tried(&source, asked).await?)),
        }))
    }

    async fn finish_passkey_enrolment_with_code(
        &self,
        request: Request<wire::FinishPasskeyEnrolmentWithCodeRequest>,
    ) -> Result<Response<wire::FinishPasskeyEnrolmentWithCodeResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let (person, by) = with_code(&mut fields, &message.person_id, &message.code);
        let answered = answered(&mut fields, &message.challenge_id, &message.credential_json);
        let name = fields.text("name", &message.name, 1..=100);
        fields.done()?;
        let request = self.once(&caller);
        let enrolled = self.enrol_passkey(&person, by, answered, &name, &request);
        let credential = self.tried(&source, enrolled).await?;
        Ok(Response::new(
            wire::FinishPasskeyEnrolmentWithCodeResponse {
                credential_id: credential.to_string(),
            },
        ))
    }

    async fn enrol_totp_with_code(
        &self,
        request: Request<wire::EnrolTotpWithCodeRequest>,
    ) -> Result<Response<wire::EnrolTotpWithCodeResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let (person, by) = with_code(&mut fields, &message.person_id, &message.code);
        fields.done()?;
        let request = self.once(&caller);
        let offered = self.offer_totp(&person, by, &request);
        let offered = self.tried(&source, offered).await?;
        Ok(Response::new(wire::EnrolTotpWithCodeResponse {
            credential_id: offered.credential.to_string(),
            secret: offered.secret,
            otpauth_uri: offered.uri,
        }))
    }

    async fn confirm_totp_with_code(
        &self,
        request: Request<wire::ConfirmTotpWithCodeRequest>,
    ) -> Result<Response<wire::ConfirmTotpWithCodeResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person = fields.id("person_id", &message.person_id);
        let code = fields.text("code", &message.code, 1..=100);
        let totp = fields.text("totp", &message.totp, 1..=20);
        fields.done()?;
        let (request, code) = (self.once(&caller), OneTimeCode::typed(&code));
        let confirmed = Identity::confirm_totp_with_code(self, person, &code, &totp, &request);
        self.tried(&source, confirmed).await?;
        Ok(Response::new(wire::ConfirmTotpWithCodeResponse {}))
    }

    async fn begin_passkey_sign_in(
        &self,
        request: Request<wire::BeginPasskeySignInRequest>,
    ) -> Result<Response<wire::BeginPasskeySignInResponse>, Status> {
        let source = Source::of(&request);
        let request = self.once(&Caller::of(&request));
        let asked = self.ask_anybody_for_passkey(&source, &request);
        Ok(Response::new(wire::BeginPasskeySignInResponse {
            ceremony: Some(ceremony(self.tried(&source, asked).await?)),
        }))
    }

    async fn sign_in_with_passkey(
        &self,
        request: Request<wire::SignInWithPasskeyRequest>,
    ) -> Result<Response<wire::SignInWithPasskeyResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let answered = answered(&mut fields, &message.challenge_id, &message.credential_json);
        fields.done()?;
        let request = self.once(&caller);
        let signed_in = Identity::sign_in_with_passkey(self, answered, &request);
        let grant = self.tried(&source, signed_in).await?;
        Ok(Response::new(wire::SignInWithPasskeyResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn begin_passkey_verification(
        &self,
        request: Request<wire::BeginPasskeyVerificationRequest>,
    ) -> Result<Response<wire::BeginPasskeyVerificationResponse>, Status> {
        let caller = Caller::of(&request);
        let handle = convert::new_handle(&caller)?;
        let request = self.once(&caller);
        let asked = self
            .ask_for_passkey(&handle.person, &handle.session, &request)
            .await;
        Ok(Response::new(wire::BeginPasskeyVerificationResponse {
            ceremony: Some(ceremony(asked.map_err(AnyFailure::from)?)),
        }))
    }

    async fn verify_passkey(
        &self,
        request: Request<wire::VerifyPasskeyRequest>,
    ) -> Result<Response<wire::VerifyPasskeyResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let answered = answered(&mut fields, &message.challenge_id, &message.credential_json);
        fields.done()?;
        let handle = convert::new_handle(&caller)?;
        let request = self.once(&caller);
        let verified = Identity::verify_passkey(self, handle, answered, &request);
        let grant = self.tried(&source, verified).await?;
        Ok(Response::new(wire::VerifyPasskeyResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn sign_in_with_certificate(
        &self,
        request: Request<wire::SignInWithCertificateRequest>,
    ) -> Result<Response<wire::SignInWithCertificateResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        fields.bytes("certificate", &message.certificate, 1..=ANSWER);
        fields.done()?;
        // Its terminator vouches for many people: one of them must not make the others wait.
        let request = self.once(&caller);
        let signed_in = Identity::sign_in_with_certificate(self, &message.certificate, &request);
        let grant = signed_in.await.map_err(AnyFailure::from)?;
        Ok(Response::new(wire::SignInWithCertificateResponse {
            grant: Some(convert::grant(grant)),
        }))
    }

    async fn make_recovery_codes(
        &self,
        request: Request<wire::MakeRecoveryCodesRequest>,
    ) -> Result<Response<wire::MakeRecoveryCodesResponse>, Status> {
        let caller = Caller::of(&request);
        let person = convert::new_handle(&caller)?.person;
        let request = self.once(&caller);
        let codes = Identity::make_recovery_codes(self, &person, &request).await?;
        Ok(Response::new(wire::MakeRecoveryCodesResponse { codes }))
    }

    async fn use_recovery_code(
        &self,
        request: Request<wire::UseRecoveryCodeRequest>,
    ) -> Result<Response<wire::UseRecoveryCodeResponse>, Status> {
        let source = Source::of(&request);
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let person: PersonId = fields.id("person_id", &message.person_id);
        let code = fields.text("recovery_code", &message.recovery_code, 1..=100);
        fields.done()?;
        let (request, code) = (self.once(&caller), OneTimeCode::typed(&code));
        let opened = Identity::use_recovery_code(self, &person, &code, &request);
        let opened = self.tried(&source, opened).await?;
        Ok(Response::new(wire::UseRecoveryCodeResponse {
            code: opened.text,
            ends_at: Some(timestamp(opened.ends_at)),
        }))
    }
}

fn ceremony(asked: Ceremony) -> wire::PasskeyCeremony {
    wire::PasskeyCeremony {
        challenge_id: asked.challenge,
        options_json: asked.options,
    }
}

fn answered<'a>(fields: &mut Fields, challenge: &'a str, json: &'a str) -> Answered<'a> {
    fields.text("challenge_id", challenge, 1..=64);
    fields.bytes("credential_json", json.as_bytes(), 1..=ANSWER);
    Answered { challenge, json }
}

fn with_code(fields: &mut Fields, person: &str, code: &str) -> (PersonId, By) {
    let person = fields.id("person_id", person);
    let code = fields.text("code", code, 1..=100);
    (person, By::Code(OneTimeCode::typed(&code).digest()))
}
