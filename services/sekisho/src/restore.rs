//! `sekisho restore`: a backup back in a data directory that is not in use.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use runtime::Config;
use standard::ServiceName;

use crate::{
    Failure,
    backup::{self, Beyond, Kept, Manifest},
    client::Here,
    language::Language,
    output::say,
};

/// Puts the databases of a backup into a data directory that has none of them, and says what other
/// services know beyond them.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// Directory that `sekisho backup` has written.
    from: PathBuf,
    /// Directory with the copies of the secret keys.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Only these services' databases; the others stay as they are.
    #[arg(long, value_delimiter = ',', value_name = "SERVICE,...")]
    services: Option<Vec<ServiceName>>,
    #[command(flatten)]
    here: Here,
}

impl Restore {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(self.put_back(lang))
    }

    async fn put_back(self, lang: Language) -> Result<(), Failure> {
        let data = &self.here.data;
        let manifest = Manifest::read(&self.from)?;
        let services = self.services.unwrap_or_else(|| {
            let all = ServiceName::ALL.iter().copied();
            all.filter(|service| manifest.databases.contains_key(service.as_str()))
                .collect()
        });
        // No platform may start there meanwhile.
        let _locks = shell::take_data_dir(&Config::defaults_for_embedded(data))?;
        // Everything is looked at before anything is written.
        for service in &services {
            check(&self.from, *service, &manifest)?;
            check_free(data, *service)?;
        }
        if let Some(keys) = &self.keys {
            backup::copy_keys(keys, data)?;
        }
        for service in &services {
            let place = backup::database_file(data, *service);
            put(&backup::database_file(&self.from, *service), &place)?;
            let database = backup::open_whole(&place).await?;
            database.close().await.map_err(Failure::unexpected)?;
        }
        let all = backup::services_in(data);
        let beyond = backup::beyond(data, &all).await?;
        tell(data, &services, &manifest, &beyond, lang);
        Ok(())
    }
}

/// Whether a copy is what the backup says it is.
fn check(from: &Path, service: ServiceName, manifest: &Manifest) -> Result<(), Failure> {
    let file = backup::database_file(from, service);
    let Some(kept) = manifest.databases.get(service.as_str()) else {
        let from = from.display();
        return Err(Failure::new(
            format!("{from} に {service} のデータベースはありません。"),
            format!("{from} holds no database of {service}"),
        ));
    };
    let found = Kept::of(&file, kept.position).map_err(|error| Failure::file(&file, &error))?;
    if found != *kept {
        let file = file.display();
        return Err(Failure::new(
            format!("{file} は、写したときのものではありません（SHA-256 が違います）。"),
            format!("{file} is not what was copied: its SHA-256 is another"),
        ));
    }
    Ok(())
}

/// Nothing is ever overwritten: what is there may be all that is left of something.
fn check_free(data: &Path, service: ServiceName) -> Result<(), Failure> {
    let place = backup::database_file(data, service);
    let beside = ["-wal", "-shm"].map(|end| data.join(format!("{service}.db{end}")));
    let taken = std::iter::once(place)
        .chain(beside)
        .find(|file| file.exists());
    match taken {
        None => Ok(()),
        Some(file) => {
            let file = file.display();
            Err(Failure::new(
                format!("{file} があります。先に別の場所へ移してください。上書きはしません。"),
                format!("{file} is there: move it away first; nothing is overwritten"),
            ))
        }
    }
}

/// Copies a database into its place; half of it never bears its name.
fn put(from: &Path, place: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::file(place, &error);
    let draft = place.with_extension("db.part");
    fs::copy(from, &draft).map_err(failed)?;
    let file = File::open(&draft).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&draft, place).map_err(failed)
}

fn tell(
    data: &Path,
    services: &[ServiceName],
    manifest: &Manifest,
    beyond: &[Beyond],
    lang: Language,
) {
    let at = manifest.at;
    for service in services {
        let service = service.as_str();
        let position = manifest.databases[service].position;
        say!(
            "{service:<10} {}",
            lang.pick(
                format!("{at} の写し、記録 {position} 件まで"),
                format!("as of {at}, up to record {position}"),
            )
        );
    }
    for one in beyond {
        say!("! {}", one.words(lang));
    }
    if !beyond.is_empty() {
        say!(
            "{}",
            lang.pick(
                "起動すると監査が警報を出し、ほかのサービスはその位置で待ちます（docs/runbooks/older-backup.md）。",
                "Once started, audit raises an alarm and the others wait there (docs/runbooks/older-backup.md).",
            )
        );
    }
    let log_key = Config::defaults_for_embedded(data).audit.log_key_path(data);
    for key in backup::key_files(data).iter().filter(|key| !key.exists()) {
        let (held_ja, held_en) = match *key == log_key {
            true => ("（署名者が持つ場合を除く）", ", unless a signer holds it"),
            false => ("", ""),
        };
        let key = key.display();
        say!(
            "! {}",
            lang.pick(
                format!("鍵 {key} がありません。起動する前に置いてください{held_ja}。"),
                format!("the key {key} is not there: put it there before you start{held_en}"),
            )
        );
    }
}
