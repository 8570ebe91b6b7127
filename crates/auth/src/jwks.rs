//! Public keys, each bound to one algorithm (RFC 8725, 3.1).

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};

/// 2,048 bits: anything shorter is not accepted.
const MIN_RSA_BYTES: usize = 256;

/// A verification key and the only algorithm it may be used with.
#[derive(Debug, Clone)]
pub(crate) struct VerificationKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

/// The keys of one issuer; replaced as a whole, shared by its clones.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Arc<ArcSwap<HashMap<String, VerificationKey>>>);

/// Not a JWK set.
#[derive(Debug, thiserror::Error)]
#[error("not a JWK set")]
pub struct JwksError(#[from] serde_json::Error);

impl KeySet {
    /// The usable keys of a JWK set. Others in it (encryption keys, other curves, keys without a
    /// `kid`) are passed over.
    ///
    /// # Errors
    /// When the text is not a JWK set.
    pub fn parse(jwks: &str) -> Result<Self, JwksError> {
        let set = Self::default();
        set.replace(jwks)?;
        Ok(set)
    }

    /// Puts the keys of another JWK set in the place of all present ones.
    ///
    /// # Errors
    /// When the text is not a JWK set; the present keys then stay.
    pub fn replace(&self, jwks: &str) -> Result<(), JwksError> {
        // Key by key, so that one of an unknown form does not cost all the others.
        #[derive(serde::Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let set: Set = serde_json::from_str(jwks)?;
        let keys: Vec<Jwk> = set
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value(key).ok())
            .collect();
        self.0.store(Arc::new(usable(&keys)));
        Ok(())
    }

    pub(crate) fn of(keys: &[Jwk]) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(usable(keys))))
    }

    pub(crate) fn find(&self, kid: &str) -> Option<VerificationKey> {
        self.0.load().get(kid).cloned()
    }
}

fn usable(keys: &[Jwk]) -> HashMap<String, VerificationKey> {
    keys.iter()
        .filter_map(|jwk| Some((jwk.common.key_id.clone()?, verification_key(jwk)?)))
        .collect()
}

fn verification_key(jwk: &Jwk) -> Option<VerificationKey> {
    if jwk
        .common
        .public_key_use
        .as_ref()
        .is_some_and(|purpose| *purpose != PublicKeyUse::Signature)
    {
        return None;
    }
    let (algorithm, stated) = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::RSA(rsa)
            if URL_SAFE_NO_PAD.decode(&rsa.n).ok()?.len() >= MIN_RSA_BYTES =>
        {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|own| own != stated) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some(VerificationKey { algorithm, key })
}
