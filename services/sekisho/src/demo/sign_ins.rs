//! Ready sign-ins, one per role, with random secrets that stay on this machine.

use std::path::Path;

use runtime::files;
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
            let path = path.display();
            Failure::new(
                format!("{path}: {error}。見本市のサインインは、最初の sekisho up か sekisho demo で作られます。"),
                format!("{path}: {error}. The demo sign-ins are made by the first `sekisho up`, or by `sekisho demo`."),
            )
        })?;
        toml::from_str(&text).map_err(|error| {
            let path = path.display();
            Failure::new(
                format!("{path} を読み取れません: {error}"),
                format!("{path} cannot be read: {error}"),
            )
        })
    }

    /// Writes them, readable for their owner only.
    pub(crate) fn save(&self, data_dir: &Path) -> Result<(), Failure> {
        let path = data_dir.join(FILE);
        let text = toml::to_string_pretty(self).map_err(Failure::unexpected)?;
        files::replace(&path, &text, files::OWNER_ONLY)
            .map_err(|error| Failure::file(&path, &error))
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[DemoSignIn] {
        &self.sign_in
    }

    /// The one for a purpose.
    pub(crate) fn for_key(&self, key: &str) -> Result<&DemoSignIn, Failure> {
        let found = self.sign_in.iter().find(|one| one.key == key);
        found.ok_or_else(|| {
            Failure::new(
                format!("{key} の試用のサインインがありません。"),
                format!("there is no demo sign-in for {key}"),
            )
        })
    }

    /// The one of a staff number.
    pub(crate) fn of(&self, person: &str) -> Result<&DemoSignIn, Failure> {
        let found = self.sign_in.iter().find(|one| one.person == person);
        found.ok_or_else(|| {
            Failure::new(
                format!("{person} の試用のサインインはありません。--password-file でパスワードを渡せます。"),
                format!("{person} has no demo sign-in; use --password-file"),
            )
        })
    }
}
