//! The sealing keys at start: those the database's secrets need, or none is served.

use std::path::Path;

use shell::StartError;
use store::{Request, Store};

use crate::{
    secrets::{self, Sealing, SealingKeyError},
    store::{keep_sealing_key, sealing_keys, take_turn},
};

/// The keys of the file, held against the names in the database; a first key, where neither file nor
/// database knows of one. A lost file is not replaced: what it sealed would be lost unnoticed.
///
/// # Errors
/// When the file cannot be used, or lacks a key that secrets in the database need.
pub(crate) async fn prepare(
    store: &Store,
    path: &Path,
    request: Request,
) -> Result<Sealing, StartError> {
    let unit = store.unit(request).await?;
    // Two replicas that start at once must not begin with a key each.
    take_turn(&unit).await?;
    let known = sealing_keys(&unit).await?;
    let sealing = held(path, &known).map_err(|error| StartError::Other(error.to_string()))?;
    if !known.iter().any(|key| key == sealing.newest()) {
        keep_sealing_key(&unit, sealing.newest()).await?;
    }
    unit.commit().await?;
    Ok(sealing)
}

fn held(path: &Path, known: &[String]) -> Result<Sealing, SealingKeyError> {
    let Some(sealing) = secrets::load(path)? else {
        return match known.first() {
            None => secrets::create(path),
            Some(key) => Err(SealingKeyError::Missing {
                path: path.to_owned(),
                key: key.clone(),
            }),
        };
    };
    match known.iter().find(|key| !sealing.holds(key)) {
        None => Ok(sealing),
        Some(key) => Err(SealingKeyError::Other {
            path: path.to_owned(),
            key: key.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    fn error(path: &Path, known: &[String]) -> String {
        held(path, known).err().expect("not usable").to_string()
    }

    #[test]
    fn the_first_key_is_made_for_its_owner_only_and_then_always_the_same() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("sealing.key");
        let made = held(&path, &[]).expect("made").newest().to_owned();
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = held(&path, std::slice::from_ref(&made)).expect("loaded");
        assert_eq!(again.newest(), made);
        let files = fs::read_dir(dir.path()).expect("readable").count();
        assert_eq!(files, 1, "no draft stays behind");
    }

    #[test]
    fn a_missing_or_another_key_is_told_by_file_and_name_and_never_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("sealing.key");
        let known = ["k1".to_owned()];
        let missing = error(&path, &known);
        for part in ["sealing.key", "missing", "k1", "identity.sealing_key_file"] {
            assert!(missing.contains(part), "{missing}");
        }
        assert!(!path.exists(), "a lost key is not replaced by another");
        held(&path, &[]).expect("made");
        let other = error(&path, &known);
        assert!(other.contains("does not hold key k1"), "{other}");
    }

    #[test]
    fn a_file_that_is_open_to_others_or_holds_no_key_is_told_by_line() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("sealing.key");
        let newest = held(&path, &[]).expect("made").newest().to_owned();
        let key = fs::read_to_string(&path).expect("readable");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        let open = error(&path, &[]);
        assert!(open.contains("mode 640"), "{open}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");

        for (text, line) in [
            (String::new(), "line 1"),
            (format!("{key}nonsense\n"), "line 2"),
            (format!("{key}{}\n", &key[4..]), "line 2"),
        ] {
            fs::write(&path, text).expect("written");
            let form = error(&path, &[]);
            assert!(form.contains(line), "{form}");
        }
        // A newer key above it seals; it still opens.
        let above = dir.path().join("newer.key");
        let newer = held(&above, &[]).expect("made").newest().to_owned();
        let both = fs::read_to_string(&above).expect("readable") + &key;
        fs::write(&path, both).expect("written");
        let both = held(&path, std::slice::from_ref(&newest)).expect("both");
        assert!(both.newest() == newer && both.holds(&newest));
    }
}
