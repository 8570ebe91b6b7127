//! `sekisho key`: the keys that sign people's access tokens, the audit log and workload tokens.

use std::path::PathBuf;

use auth::{RingKey, Rotation};
use clap::Subcommand;
use jiff::Timestamp;
use kernel::Clock as _;
use runtime::{Config, SystemClock};

use crate::{
    Failure,
    client::{Here, Machine},
    language::Language,
    output::say,
};

/// Shows the keys that sign people's access tokens, puts a new one in place, renews the key of the audit
/// log, and shows the public half of the workload key (docs/operating.md). For whoever may read the key
/// file; processes that run take over what it says.
#[derive(Debug, clap::Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    what: What,
    /// The key file, when it is not in the data directory.
    #[arg(long, value_name = "FILE", global = true)]
    file: Option<PathBuf>,
    #[command(flatten)]
    here: Here,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 一覧 / The keys by name, and from when each signs.
    List,
    /// 交換する / Announce a new key; it signs in ten minutes, and tokens of the old one stay good.
    Rotate {
        /// Somebody else may have the old keys: the new one signs at once, and no token of the old
        /// ones is good any more.
        #[arg(long)]
        compromised: bool,
    },
    /// 監査ログの鍵を引き継ぐ / A new key for the audit log. Stop audit first, or its signer: at audit's
    /// next start the old key signs that the new one follows it. The verifier key is printed.
    HandOver,
    /// ワークロード鍵の公開鍵 / The public half of the workload key (a JWK set), by which a signer
    /// elsewhere knows audit.
    Workload,
}

impl Key {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let mut config = Config::defaults_for_embedded(&self.here.data);
        if let What::HandOver = self.what {
            config.audit.log_key_file = self.file;
            let path = config.audit.log_key_path(&config.data_dir);
            let renewed = audit::renew_log_key(&path).map_err(|error| unusable(&error))?;
            say!("{renewed}");
            return Ok(());
        }
        if let What::Workload = self.what {
            let machine = Machine {
                workload_key: self.file,
            };
            say!("{}", machine.key(&self.here)?.key().jwks());
            return Ok(());
        }
        config.identity.signing_key_file = self.file;
        let path = config.identity.signing_key_path(&config.data_dir);
        let failed = |error: auth::KeyError| Failure::from(shell::StartError::from(error));
        if let What::Rotate { compromised } = self.what {
            let why = match compromised {
                true => Rotation::Compromised,
                false => Rotation::Planned,
            };
            auth::rotate(&path, SystemClock.now(), why).map_err(failed)?;
        }
        for key in auth::load_ring(&path).map_err(failed)? {
            say!("{}", line(&key, SystemClock.now(), lang));
        }
        Ok(())
    }
}

pub(crate) fn unusable(error: &audit::KeyFileError) -> Failure {
    let ja = match error {
        audit::KeyFileError::File { path, source } => return Failure::file(path, source),
        audit::KeyFileError::Open { path, mode } => format!(
            "鍵 {} は他人に読めます（{mode:o}）。600 にしてください。",
            path.display()
        ),
        audit::KeyFileError::Form { path, .. } | audit::KeyFileError::TooMany(path) => {
            format!("{} は監査ログの鍵ではありません。", path.display())
        }
        audit::KeyFileError::Lost(path) => format!("鍵 {} がありません。", path.display()),
    };
    Failure::new(ja, error.to_string())
}

fn line(key: &RingKey, now: Timestamp, lang: Language) -> String {
    let from = match key.signs_from == Timestamp::MIN {
        true => lang.pick("はじめから", "the beginning").to_owned(),
        false => key.signs_from.to_string(),
    };
    let state = match key.signs_from <= now {
        true => "",
        false => lang.pick("（予告）", " (announced)"),
    };
    format!("{}  {from}{state}", key.key.kid())
}
