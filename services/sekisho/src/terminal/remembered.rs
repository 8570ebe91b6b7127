//! The file with the session: for its owner only, and for one process at a time.

use std::{
    fs,
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use crate::Failure;

/// What is remembered.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    /// Where it was let in.
    pub(super) address: String,
    /// What the next access token is got with.
    pub(super) refresh_token: String,
}

/// The file, locked as long as this is held.
pub(super) struct File {
    path: PathBuf,
    file: fs::File,
}

impl File {
    pub(super) fn open(path: PathBuf) -> Result<Self, Failure> {
        let opened = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut options = fs::File::options();
            let options = options.read(true).write(true).create(true).truncate(false);
            let file = options.mode(runtime::files::OWNER_ONLY).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        match opened() {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(Failure::file(&path, &error)),
        }
    }

    /// What is remembered, if it can be read.
    pub(super) fn read(&mut self) -> Result<Option<Session>, Failure> {
        let mut text = String::new();
        self.file
            .rewind()
            .and_then(|()| self.file.read_to_string(&mut text))
            .map_err(|error| self.failed(&error))?;
        Ok(serde_json::from_str(&text).ok())
    }

    pub(super) fn write(&mut self, session: &Session) -> Result<(), Failure> {
        let text = serde_json::to_string(session).map_err(Failure::unexpected)?;
        self.put(&text)
    }

    pub(super) fn forget(&mut self) -> Result<(), Failure> {
        self.put("")
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        let file = &mut self.file;
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::file(&self.path, error)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_newest_session_is_remembered_for_its_owner_only_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("new/session.json");
        let session = |token: &str| Session {
            address: "http://localhost:7080".to_owned(),
            refresh_token: token.to_owned(),
        };
        let mut file = File::open(path.clone()).expect("made");
        assert_eq!(file.read().expect("readable"), None);
        for token in ["a long one that is replaced", "short"] {
            file.write(&session(token)).expect("written");
            assert_eq!(file.read().expect("readable"), Some(session(token)));
        }
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        file.forget().expect("written");
        assert_eq!(file.read().expect("readable"), None);
    }
}
