//! Who is let in at the HTTP port is let in as at the gRPC port: by the same tokens and permissions,
//! and a refusal to a known caller is on record before it is answered.

use std::sync::Arc;

use auth::{Principal, Verifier};
use http::HeaderMap;
use kernel::{Clock, Context};
use proto::common::v1::RequestRefused;
use runtime::metrics;
use tonic::Status;

use crate::{Permission, RefusalRecorder, access::code_of, bearer, call::Call, status};

/// The gate of one service; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    /// Reads tokens.
    pub verifier: Verifier,
    /// Puts refusals on record.
    pub recorder: Arc<dyn RefusalRecorder>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Name of the service in metrics.
    pub service: &'static str,
    /// `<pack id>/<version>` for the record of a refusal.
    pub pack_version: String,
}

/// A caller who was let in.
#[derive(Debug)]
pub struct Admitted {
    /// Whom the token speaks for.
    pub principal: Arc<Principal>,
    /// For what the caller does.
    pub context: Context,
}

impl Gate {
    /// Lets in whom the permission admits; `method` is how the record names what was asked.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a good token, `PERMISSION_DENIED` for whom it does not admit,
    /// `UNAVAILABLE` when tokens cannot be judged or the refusal not be recorded.
    pub async fn admit(
        &self,
        method: &str,
        headers: &HeaderMap,
        permission: Permission,
    ) -> Result<Admitted, Status> {
        let token = bearer(headers).map_err(status::refused)?;
        let token = token.ok_or_else(|| status::refused(auth::Refused::Missing))?;
        let verified = self.verifier.verify(token).await;
        let principal = verified.map_err(|refused| match refused {
            // The token may be as good as any: nobody should sign in again for that.
            auth::Refused::KeysAway => status::unavailable(refused),
            refused => status::refused(refused),
        })?;
        let request_id = Call::read(method, headers).request_id;
        let context = Context::new(principal.actor.clone(), self.clock.now(), request_id);
        match permission.judge(Some(&principal)) {
            Ok(()) => Ok(Admitted { principal, context }),
            Err(refused) => Err(self.recorded(method, &context, refused).await),
        }
    }

    async fn recorded(&self, method: &str, context: &Context, refused: Status) -> Status {
        let (code, clauses) = code_of(&refused).unwrap_or_default();
        metrics::decisions().refused(self.service, &code);
        let record = RequestRefused {
            method: method.to_owned(),
            code,
            clauses,
            pack_version: self.pack_version.clone(),
            ..RequestRefused::default()
        };
        match self.recorder.record(context, record).await {
            Ok(()) => refused,
            Err(error) => {
                tracing::error!(error, "a refusal could not be recorded");
                status::refusal_not_recorded()
            }
        }
    }
}
