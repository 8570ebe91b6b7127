//! Who is calling: bearer tokens from a few trusted issuers become a [`Principal`].
//!
//! People and machines come by the same door. A person's token is an `at+jwt` (RFC 9068) that the
//! identity service mints; a workload's is a short-lived token of this platform's own key or of a
//! configured issuer such as a Kubernetes cluster. Clauses 7-2-(1)-1 and 7-2-(2): nobody acts
//! without being identified.

mod claims;
mod issuer;
mod jwks;
mod key;
mod principal;
mod refused;
mod revocations;
mod ring;
mod source;
mod steady;
mod verifier;
mod workload;

pub use claims::{ACCESS_TOKEN_TYPE, AUDIENCE, ENFORCEMENT_POINTS, PersonClaims};
pub use issuer::{Issuer, IssuerError};
pub use jwks::{JwksError, KeySet};
pub use key::{KeyError, SigningKey};
pub use principal::{Principal, TWO_CATEGORIES};
pub use refused::{Refused, Withdrawn};
pub use revocations::Revocations;
pub use ring::{KeyRing, RingKey, Rotation, load as load_ring, rotate};
pub use verifier::Verifier;
pub use workload::{WORKLOAD_ISSUER, WorkloadKey};
