//! Ready sign-ins, one per role, with random secrets that stay on this machine.

use std::path::{Path, PathBuf};

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
    /// The platform may not know all of it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unfinished: bool,
}

impl SignIns {
    /// Where they are in a data directory.
    pub(crate) fn path(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// Notes one, in place of what was known for its purpose.
    pub(super) fn note(&mut self, one: &DemoSignIn) {
        match self.sign_in.iter_mut().find(|known| known.key == one.key) {
            Some(known) => known.clone_from(one),
            None => self.sign_in.push(one.clone()),
        }
    }

    /// Reads them from a data directory.
    pub(crate) fn load(data_dir: &Path) -> Result<Self, Failure> {
        let none = |path: &Path| {
            let path = path.display();
            Err(Failure::new(
                format!(
                    "{path} がありません。見本市のサインインは、最初の sekisho up か sekisho demo で作られます。"
                ),
                format!(
                    "{path} is not there. The demo sign-ins are made by the first `sekisho up`, or by `sekisho demo`."
                ),
            ))
        };
        Self::load_or(data_dir, none)
    }

    /// The same where there may be none yet.
    pub(super) fn so_far(data_dir: &Path) -> Result<Self, Failure> {
        Self::load_or(data_dir, |_| Ok(Self::default()))
    }

    fn load_or(
        data_dir: &Path,
        none: impl FnOnce(&Path) -> Result<Self, Failure>,
    ) -> Result<Self, Failure> {
        let path = Self::path(data_dir);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return none(&path),
            Err(error) => return Err(Failure::file(&path, &error)),
        };
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
        let path = Self::path(data_dir);
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
