//! The key on another machine: `sekisho signer` is asked over HTTP, with audit's own token, and says
//! what it has signed. What it answers is believed only once it verifies.

use async_trait::async_trait;
use audit_domain::{Checkpoint, Continuation, HandOver, KeyError, VerifierKey};
use reqwest::{Client, RequestBuilder, StatusCode};
use rpc::client::Credentials;

use super::{
    answer,
    log_key::{LogKey, Unsigned},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    key: VerifierKey,
    address: String,
    credentials: Credentials,
    client: Client,
}

/// A signer that cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// Not `name+id+base64` of a log.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no client to ask with.
    #[error("it cannot be asked: {0}")]
    Client(#[from] reqwest::Error),
}

impl Elsewhere {
    /// One that signs with this key, asked below this address.
    pub(crate) fn at(key: &str, address: &str, credentials: Credentials) -> Result<Self, Unusable> {
        Ok(Self {
            key: key.parse()?,
            address: address.trim_end_matches('/').to_owned(),
            credentials,
            client: answer::client()?,
        })
    }

    /// The key it says it signs with.
    pub(crate) async fn shown(&self) -> Result<String, Unsigned> {
        let request = self.client.get(format!("{}/key", self.address));
        let key = self.answered(request).await?;
        Ok(key.trim().to_owned())
    }

    async fn ask(&self, what: &str, asked: &Continuation) -> Result<String, Unsigned> {
        let token = self.credentials.token().map_err(Unsigned::Token)?;
        let mut request = self.client.post(format!("{}/{what}", self.address));
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        let body = asked.text().map_err(Unsigned::unfit)?;
        self.answered(request.body(body)).await
    }

    async fn answered(&self, request: RequestBuilder) -> Result<String, Unsigned> {
        let answer = request.send().await.map_err(Unsigned::Away)?;
        let status = answer.status();
        let text = answer::text(answer).await.map_err(Unsigned::Away)?;
        let text = text.ok_or_else(|| self.no_signature())?;
        match status {
            StatusCode::OK => Ok(text),
            StatusCode::CONFLICT => {
                let size = text.trim_end().parse();
                Err(size.map_or(Unsigned::Answered(status), Unsigned::HasSigned))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Err(Unsigned::Forked),
            StatusCode::NO_CONTENT => Err(Unsigned::NoKeyBefore),
            other => Err(Unsigned::Answered(other)),
        }
    }

    fn no_signature(&self) -> Unsigned {
        Unsigned::NoSignature(self.key.to_string())
    }
}

#[async_trait]
impl LogKey for Elsewhere {
    fn verifier(&self) -> VerifierKey {
        self.key.clone()
    }

    async fn sign(&self, asked: &Continuation) -> Result<String, Unsigned> {
        let note = self.ask("sign-checkpoint", asked).await?;
        match Checkpoint::open(&note, &self.key) {
            Ok(signed) if signed == asked.checkpoint => Ok(note),
            _ => Err(self.no_signature()),
        }
    }

    async fn hand_over(&self, asked: &Continuation) -> Result<String, Unsigned> {
        let note = self.ask("hand-over", asked).await?;
        match HandOver::open(&note, &self.key) {
            Ok(signed) if signed.root == asked.checkpoint.root => Ok(note),
            _ => Err(self.no_signature()),
        }
    }
}

#[cfg(test)]
mod tests;
