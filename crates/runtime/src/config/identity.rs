//! Settings of the identity service.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// The identity section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitySection {
    /// The `iss` of the tokens issued to people: a URL, or a URN when nothing looks it up.
    pub issuer: String,
    /// The key that signs people's access tokens (PEM, mode 0600), shared by identity's replicas;
    /// none = `identity-signing-key.pem` in the data directory, made at first start.
    pub signing_key_file: Option<PathBuf>,
    /// The keys that seal the secrets identity must read again (one-time password generators), one
    /// a line in base64, the first for new secrets (mode 0600), shared by identity's replicas; none =
    /// `identity-sealing.key` in the data directory, made at first start.
    pub sealing_key_file: Option<PathBuf>,
    /// How long an access token is good, in seconds, 60 to 900.
    pub access_token_seconds: u32,
    /// How long a session may last, in hours, 1 to 24.
    pub session_hours: u32,
    /// Cost of password hashing.
    pub password_hashing: PasswordHashing,
    /// Applications that people may let in.
    pub clients: Vec<super::ClientSection>,
    /// The pages in the browser.
    pub pages: super::PagesSection,
    /// Signing in with the certificate of an ID card.
    pub ic_card: super::IcCardSection,
    /// Provisioning by an outside directory.
    pub scim: super::ScimSection,
    /// Providers that people may sign in with.
    pub federation: Vec<super::FederationSection>,
}

/// Argon2id parameters and the bound on concurrent work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordHashing {
    /// Memory per hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashes computed at once; more wait, and beyond that are refused.
    pub max_concurrent: usize,
}

impl Default for IdentitySection {
    fn default() -> Self {
        Self {
            issuer: "urn:sekisho:identity".into(),
            signing_key_file: None,
            sealing_key_file: None,
            access_token_seconds: 300,
            session_hours: 12,
            password_hashing: PasswordHashing::default(),
            clients: vec![super::ClientSection::command_line()],
            pages: super::PagesSection::default(),
            ic_card: super::IcCardSection::default(),
            scim: super::ScimSection::default(),
            federation: Vec::new(),
        }
    }
}

impl Default for PasswordHashing {
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            iterations: 3,
            parallelism: 1,
            max_concurrent: 4,
        }
    }
}

impl IdentitySection {
    /// Where the signing key is.
    pub fn signing_key_path(&self, data_dir: &Path) -> PathBuf {
        self.signing_key_file
            .clone()
            .unwrap_or_else(|| data_dir.join("identity-signing-key.pem"))
    }

    /// Where the sealing keys are.
    pub fn sealing_key_path(&self, data_dir: &Path) -> PathBuf {
        self.sealing_key_file
            .clone()
            .unwrap_or_else(|| data_dir.join("identity-sealing.key"))
    }

    /// How long an access token is good.
    pub const fn access_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds as u64)
    }

    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        if !(self.issuer.starts_with("urn:") || super::is_http_uri(&self.issuer)) {
            problem(
                "identity.issuer",
                format!("{:?} is neither a URL nor a URN", self.issuer),
            );
        }
        super::clients::check(&self.clients, problem);
        super::federation::check(&self.federation, problem);
        self.pages.check(problem);
        self.ic_card.check(&self.pages, problem);
        self.scim.check(problem);
        let hashing = &self.password_hashing;
        let bounds: [(&str, u64, u64, u64); 6] = [
            (
                "access_token_seconds",
                self.access_token_seconds.into(),
                60,
                900,
            ),
            ("session_hours", self.session_hours.into(), 1, 24),
            (
                "password_hashing.memory_kib",
                hashing.memory_kib.into(),
                8 * u64::from(hashing.parallelism.max(1)),
                4 * 1024 * 1024,
            ),
            (
                "password_hashing.iterations",
                hashing.iterations.into(),
                1,
                100,
            ),
            (
                "password_hashing.parallelism",
                hashing.parallelism.into(),
                1,
                64,
            ),
            (
                "password_hashing.max_concurrent",
                hashing.max_concurrent as u64,
                1,
                1024,
            ),
        ];
        for (key, value, low, high) in bounds {
            if !(low..=high).contains(&value) {
                problem(
                    &format!("identity.{key}"),
                    format!("{value} is not within {low} to {high}"),
                );
            }
        }
    }
}
