//! Ready sign-ins, one per role, with random secrets that stay on this machine.

use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use kernel::Clock as _;
use serde::{Deserialize, Serialize};

use crate::Failure;

const FILE: &str = "demo-sign-ins.toml";

/// The demo's sign-ins, in a file that only its owner can read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SignIns {
    sign_in: Vec<DemoSignIn>,
}

/// One ready account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DemoSignIn {
    /// What the account is for: `ciso`, `auditor` ...
    pub(crate) key: String,
    /// Staff number.
    pub(crate) person: String,
    /// Post and role, as shown.
    pub(crate) title: String,
    /// Password.
    pub(crate) password: String,
    /// Shared secret of the one-time password, base32; absent = password only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) totp_secret: Option<String>,
}

impl SignIns {
    /// One more.
    pub(super) fn add(&mut self, one: DemoSignIn) {
        self.sign_in.push(one);
    }

    /// Reads them from a data directory.
    pub(crate) fn load(data_dir: &Path) -> Result<Self, Failure> {
        let path = data_dir.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::new(format!(
                "{}: {error}. The demo sign-ins are made by the first `make run`.",
                path.display()
            ))
        })?;
        toml::from_str(&text).map_err(Failure::new)
    }

    /// Writes them, readable for their owner only.
    pub(crate) fn save(&self, data_dir: &Path) -> Result<(), Failure> {
        let text = toml::to_string_pretty(self).map_err(Failure::new)?;
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(data_dir.join(FILE))?;
        file.write_all(text.as_bytes())?;
        Ok(())
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[DemoSignIn] {
        &self.sign_in
    }

    /// The one for a purpose.
    pub(crate) fn for_key(&self, key: &str) -> Result<&DemoSignIn, Failure> {
        let found = self.sign_in.iter().find(|one| one.key == key);
        found.ok_or_else(|| Failure::new(format!("there is no demo sign-in for {key}")))
    }

    /// The one of a staff number.
    pub(crate) fn of(&self, person: &str) -> Result<&DemoSignIn, Failure> {
        let found = self.sign_in.iter().find(|one| one.person == person);
        found.ok_or_else(|| {
            Failure::new(format!("{person} has no demo sign-in; use --password-file"))
        })
    }
}

/// The one-time password of this moment, or of so many 30-second steps before or after it.
pub(crate) fn totp_code(secret_base32: &str, steps: i64) -> Result<String, Failure> {
    let secret = totp_rs::Secret::try_from_base32(secret_base32)
        .map_err(|_| Failure::new("the shared secret is not base32"))?;
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .with_account_name("sekisho")
        .build()
        .map_err(|error| Failure::new(error.to_string()))?;
    let at = runtime::SystemClock.now().as_second() + 30 * steps;
    Ok(totp.generate(at.unsigned_abs()).to_string())
}
