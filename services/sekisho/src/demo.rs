//! The demo city: its ledgers, and ready sign-ins, one for each role. Entered over gRPC, as anybody would.

mod city;
mod enrolment;
mod sign_ins;
mod staff;
mod totp;

use std::path::Path;

use kernel::Actor;

pub(crate) use sign_ins::{DemoSignIn, SignIns};
pub(crate) use totp::{totp_code, unused_code};

use crate::{
    Failure,
    client::{Connection, Machine},
    import::{Manner, Table, enter},
    language::Language,
    output::say,
};

/// Enters the demo city into a running platform. What is there already stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    machine: Machine,
    #[command(flatten)]
    connection: Connection,
    /// Identity's bootstrap secret [default: bootstrap-secret in the data directory].
    #[arg(long, value_name = "FILE")]
    bootstrap_secret: Option<std::path::PathBuf>,
}

impl Demo {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let secret = self
            .bootstrap_secret
            .unwrap_or_else(|| self.connection.here.data.join("bootstrap-secret"));
        crate::block_on(enter_city(&self.connection, &self.machine, &secret, lang))
    }
}

/// Enters every table, registers the enforcement points and prepares the sign-ins. Cut off, it can
/// be repeated.
pub(crate) async fn enter_city(
    connection: &Connection,
    machine: &Machine,
    secret: &Path,
    lang: Language,
) -> Result<(), Failure> {
    let platform = connection.machine(machine, Actor::Service("demo".to_owned()))?;
    say!(
        "\n{}",
        lang.pick(
            "見本市の台帳を取り込みます(誤りのある行は取り込まず、ここに示します)",
            "Entering the ledgers of Mihon City (bad rows are shown and left out)"
        )
    );
    for (table, content) in city::TABLES {
        say!("  {}", table.title(lang));
        if *table == Table::Networks {
            city::wait_for_organisation(&platform).await?;
        }
        let outcome = enter(
            platform.clone(),
            *table,
            content.to_vec(),
            Manner::default(),
        )
        .await?;
        outcome.print(lang);
    }
    city::register_enforcement_points(&platform).await?;
    say!("  {}", lang.pick("試用のサインイン", "demo sign-ins"));
    staff::prepare(connection, &platform, secret, lang).await
}
