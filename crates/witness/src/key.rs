//! The witness's key on disk, for its owner only.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path};

use runtime::files;
use verifier::Cosigner;

use crate::WitnessError;

pub(crate) fn load_or_create(path: &Path, name: &str) -> Result<Cosigner, WitnessError> {
    let failed = |error| WitnessError::File(path.to_owned(), error);
    let form = |failure| WitnessError::Form(path.to_owned(), Box::new(failure));
    if !path.exists() {
        let made = Cosigner::from_seed(name, &runtime::random_bytes()).map_err(form)?;
        match files::publish(path, &made.reveal(), files::OWNER_ONLY) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(WitnessError::Open { path, mode });
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    text.parse().map_err(form)
}
