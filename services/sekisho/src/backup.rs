//! `sekisho backup`: the whole platform on this machine, copied while it runs.

mod heard;
mod manifest;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kernel::Clock as _;
use runtime::{Config, SystemClock, files};
use standard::ServiceName;
use store::{Database, Options, backup::Copy};

use crate::{Failure, client::Here, language::Language, output::say};

pub(crate) use heard::{Beyond, beyond};
pub(crate) use manifest::{Kept, Manifest};

/// The newest signed checkpoint, beside the databases.
const CHECKPOINT: &str = "checkpoint";
/// The key it is verified with.
const VERIFIER_KEY: &str = "audit-log.pub";

/// Copies the SQLite databases of a data directory, all as they are at one moment, while the platform
/// runs or not. With PostgreSQL, use its own tools (docs/operating.md).
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// Directory to write, new or empty.
    to: PathBuf,
    /// Directory for copies of the secret keys, which are kept apart from the databases.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    here: Here,
}

impl Backup {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(self.make(lang))
    }

    async fn make(self, lang: Language) -> Result<(), Failure> {
        let data = &self.here.data;
        let services = services_in(data);
        if services.is_empty() {
            let data = data.display();
            return Err(Failure::new(
                format!("{data} に、写すデータベースがありません。"),
                format!("there is no database to copy in {data}"),
            ));
        }
        check_empty(&self.to)?;
        if let Some(keys) = &self.keys {
            copy_keys(data, keys)?;
        }
        // It bears its name when it is whole, and not before.
        let draft = tempdir_beside(&self.to)?;
        let made = copy_into(&draft, data, &services).await;
        let placed = made.and_then(|made| {
            let failed = |error: io::Error| Failure::file(&self.to, &error);
            if self.to.exists() {
                fs::remove_dir(&self.to).map_err(failed)?;
            }
            fs::rename(&draft, &self.to).map_err(failed)?;
            Ok(made)
        });
        let (manifest, beyond) = placed.inspect_err(|_| {
            // What is there of it is of no use; that it cannot be removed is no second failure.
            let _ = fs::remove_dir_all(&draft);
        })?;
        tell(&self.to, &manifest, &beyond, lang);
        Ok(())
    }
}

/// Makes the copies and judges them.
async fn copy_into(
    to: &Path,
    data: &Path,
    services: &[ServiceName],
) -> Result<(Manifest, Vec<Beyond>), Failure> {
    let copies: Vec<Copy> = services
        .iter()
        .map(|service| Copy {
            from: database_file(data, *service),
            to: database_file(to, *service),
        })
        .collect();
    store::backup::copy(&copies).await.map_err(|error| {
        Failure::new(
            format!("データベースを写せません: {error}"),
            format!("the databases cannot be copied: {error}"),
        )
    })?;
    let mut manifest = Manifest::new(SystemClock.now());
    for service in services {
        let file = database_file(to, *service);
        let database = open_whole(&file).await?;
        let position = database.head().await.map_err(Failure::unexpected)?.position;
        if *service == ServiceName::Audit {
            keep_checkpoint(&database, data, to).await?;
        }
        database.close().await.map_err(Failure::unexpected)?;
        let kept = Kept::of(&file, position).map_err(|error| Failure::file(&file, &error))?;
        manifest.databases.insert(service.to_string(), kept);
    }
    let beyond = beyond(to, services).await?;
    manifest.write(to)?;
    Ok((manifest, beyond))
}

/// What the log was signed for, for holding what is restored against.
async fn keep_checkpoint(audit: &Database, data: &Path, to: &Path) -> Result<(), Failure> {
    let note = audit::newest_checkpoint(audit).await;
    if let Some(note) = note.map_err(Failure::unexpected)? {
        let path = to.join(CHECKPOINT);
        fs::write(&path, note).map_err(|error| Failure::file(&path, &error))?;
    }
    let key = data.join(VERIFIER_KEY);
    if key.exists() {
        fs::copy(&key, to.join(VERIFIER_KEY)).map_err(|error| Failure::file(&key, &error))?;
    }
    Ok(())
}

/// Opens a copy and has SQLite look through all of it.
pub(crate) async fn open_whole(file: &Path) -> Result<Database, Failure> {
    let damaged = |what: String| {
        let file = file.display();
        Failure::new(
            format!("{file} は壊れています: {what}"),
            format!("{file} is damaged: {what}"),
        )
    };
    let opened = Database::open(&Options::sqlite(file)).await;
    let database = opened.map_err(|error| damaged(error.to_string()))?;
    match database.damage().await {
        Ok(None) => Ok(database),
        Ok(Some(what)) => Err(damaged(what)),
        Err(error) => Err(damaged(error.to_string())),
    }
}

/// A service's database in a directory.
pub(crate) fn database_file(directory: &Path, service: ServiceName) -> PathBuf {
    directory.join(format!("{service}.db"))
}

/// The services whose databases are there.
pub(crate) fn services_in(directory: &Path) -> Vec<ServiceName> {
    let all = ServiceName::ALL.iter().copied();
    all.filter(|service| database_file(directory, *service).exists())
        .collect()
}

/// The secret keys of a data directory, where they are when no setting says otherwise.
pub(crate) fn key_files(data: &Path) -> Vec<PathBuf> {
    let config = Config::defaults_for_embedded(data);
    vec![
        config.workload_key_path(),
        config.identity.signing_key_path(data),
        config.identity.sealing_key_path(data),
        config.audit.log_key_path(data),
    ]
}

/// Copies what keys there are from one directory to another, for their owner only. One that is there
/// already must be the same.
pub(crate) fn copy_keys(from: &Path, to: &Path) -> Result<(), Failure> {
    for source in key_files(from).iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(source).map_err(|error| Failure::file(source, &error))?;
        let name = source.file_name().unwrap_or_default();
        let place = to.join(name);
        match files::publish(&place, &text, files::OWNER_ONLY) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::read_to_string(&place).ok().as_deref() != Some(&text) {
                    let place = place.display();
                    return Err(Failure::new(
                        format!("{place} に別の鍵があります。上書きしません。"),
                        format!("{place} is another key; it is not overwritten"),
                    ));
                }
            }
            Err(error) => return Err(Failure::file(&place, &error)),
        }
    }
    Ok(())
}

fn check_empty(to: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| Failure::file(to, &error))?,
    };
    match entries.count() {
        0 => Ok(()),
        _ => {
            let to = to.display();
            Err(Failure::new(
                format!("{to} は空ではありません。新しいディレクトリを指定してください。"),
                format!("{to} is not empty: name a new directory"),
            ))
        }
    }
}

fn tempdir_beside(to: &Path) -> Result<PathBuf, Failure> {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.part", runtime::new_id()));
    let draft = PathBuf::from(name);
    shell::private_dir(&draft).map_err(|error| Failure::file(&draft, &error))?;
    Ok(draft)
}

fn tell(to: &Path, manifest: &Manifest, beyond: &[Beyond], lang: Language) {
    for (service, kept) in &manifest.databases {
        let (position, bytes) = (kept.position, kept.bytes);
        say!(
            "{service:<10} {}",
            lang.pick(
                format!("記録 {position} 件まで、{bytes} バイト"),
                format!("up to record {position}, {bytes} bytes"),
            )
        );
    }
    for one in beyond {
        say!("! {}", one.words(lang));
    }
    let to = to.display();
    say!(
        "{}",
        lang.pick(
            format!("{to} に写しました。checkpoint は別の場所にも控えてください。"),
            format!("copied to {to}. Keep its file checkpoint in another place as well."),
        )
    );
}
