//! Files that must be there whole or not at all: keys, secrets, settings for a child process.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Permission bits of a file that only its owner may read.
pub const OWNER_ONLY: u32 = 0o600;

/// Puts a file in place, durable, and never over another.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is one, which then stays as it is; otherwise what the
/// system says.
pub fn publish(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let draft = Draft::write(path, text, mode)?;
    fs::hard_link(&draft.0, path)?;
    drop(draft);
    sync(folder(path))
}

/// Puts a file in place, durable, and in the place of another; its permissions go with it.
///
/// # Errors
/// What the system says.
pub fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let draft = Draft::write(path, text, mode)?;
    fs::rename(&draft.0, path)?;
    sync(folder(path))
}

/// Takes a file, made when missing, for whoever holds what this returns and nobody else: it is free again
/// when that is dropped, at the latest when the process ends, however it does.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] if another has it; otherwise what the system says.
pub fn hold(path: &Path) -> io::Result<fs::File> {
    make(folder(path))?;
    let file = fs::File::create(path)?;
    file.try_lock()?;
    Ok(file)
}

/// The whole file beside its place. Dropped it is removed, if it is still there.
struct Draft(PathBuf);

impl Draft {
    fn write(path: &Path, text: &str, mode: u32) -> io::Result<Self> {
        make(folder(path))?;
        let name = path.with_extension(format!("{}.tmp", crate::new_id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&name)?;
        let draft = Self(name);
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(file = %self.0.display(), %error, "a draft was not removed");
            }
            _ => {}
        }
    }
}

/// Makes a folder, durable, with all above it.
fn make(path: &Path) -> io::Result<()> {
    let above = path.ancestors().take_while(|path| !path.is_dir());
    let missing: Vec<_> = above.collect();
    fs::create_dir_all(path)?;
    missing.into_iter().map(folder).try_for_each(sync)
}

/// A file's name is as durable as the folder it stands in.
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(path);
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn what_is_published_is_never_put_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.key");
        publish(&path, "first", OWNER_ONLY).unwrap();
        assert_eq!(mode(&path), OWNER_ONLY);
        let again = publish(&path, "second", OWNER_ONLY).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(path.parent().unwrap()), ["a.key"], "no draft is left");
    }

    #[test]
    fn what_is_replaced_keeps_neither_text_nor_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "a longer text than the next one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace(&path, "short", OWNER_ONLY).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "short");
        assert_eq!(mode(&path), OWNER_ONLY);
        assert_eq!(names(folder.path()), ["secret"], "no draft is left");
    }

    #[test]
    fn a_draft_that_does_not_come_to_its_place_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        replace(&path, "text", OWNER_ONLY).unwrap_err();
        publish(&path, "text", OWNER_ONLY).unwrap_err();
        drop(Draft::write(&path, "text", OWNER_ONLY).unwrap());
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn what_is_held_is_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.lock");
        let held = hold(&path).unwrap();
        for _ in 0..2 {
            assert_eq!(hold(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
        drop(held);
        hold(&path).unwrap();
    }

    #[test]
    fn a_file_lies_in_the_folder_that_must_be_synced() {
        for (path, expected) in [("/a/b", "/a"), ("/a", "/"), ("a/b", "a"), ("a", ".")] {
            assert_eq!(folder(Path::new(path)), Path::new(expected));
        }
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        make(&deep).unwrap();
        make(&deep).unwrap();
        assert!(deep.is_dir());
    }
}
