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
    let draft = draft(path, text, mode)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked
}

/// Puts a file in place, durable, and in the place of another; its permissions go with it.
///
/// # Errors
/// What the system says.
pub fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let draft = draft(path, text, mode)?;
    fs::rename(&draft, path).inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}

fn draft(path: &Path, text: &str, mode: u32) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("{}.tmp", crate::new_id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(draft)
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
}
