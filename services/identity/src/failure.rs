//! A failure of an operation that several kinds of rules may refuse.

use identity_domain::{account, bootstrap, device_sign_in};
use store::Failure;
use tonic::Status;

use crate::refused::Refused;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnyFailure {
    #[error(transparent)]
    Account(#[from] Failure<account::Refusal>),
    #[error(transparent)]
    Bootstrap(#[from] Failure<bootstrap::Refusal>),
    #[error(transparent)]
    Device(#[from] Failure<device_sign_in::Refusal>),
    #[error(transparent)]
    Shell(#[from] Failure<Refused>),
}

impl From<AnyFailure> for Status {
    fn from(failure: AnyFailure) -> Self {
        match failure {
            AnyFailure::Account(failure) => rpc::status::failure(failure),
            AnyFailure::Bootstrap(failure) => rpc::status::failure(failure),
            AnyFailure::Device(failure) => rpc::status::failure(failure),
            AnyFailure::Shell(failure) => rpc::status::failure(failure),
        }
    }
}
