//! The first sign-in of a new installation: a secret in a file, good for one enrolment.

use std::{fs, io, path::Path};

use identity_domain::{
    account::{self, Enrolment},
    bootstrap,
};
use kernel::{Actor, PersonId};
use runtime::files;
use store::{Failure, Request, Unit};

use crate::{
    failure::AnyFailure,
    identity::Identity,
    secrets::OneTimeCode,
    store::{BOOTSTRAP, Bootstraps, query},
};

/// The file's name in the data directory.
const FILE: &str = "bootstrap-secret";

/// A one-time code and when it ends.
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) ends_at: jiff::Timestamp,
}

impl Identity {
    /// Writes the secret's file and makes the secret known, at the first start only.
    pub(crate) async fn prepare_bootstrap(&self) -> Result<(), shell::StartError> {
        let path = self.runtime.config.data_dir.join(FILE);
        let known = self.read_bootstrap().await.map_err(unready)?;
        if known != bootstrap::State::Absent {
            return Ok(());
        }
        let secret = OneTimeCode::draw();
        let line = format!("{}\n", secret.text());
        files::replace(&path, &line, files::OWNER_ONLY).map_err(|source| {
            shell::StartError::File {
                path: path.display().to_string(),
                source,
            }
        })?;
        let command = bootstrap::Command::Prepare(secret.digest());
        let request = self.own_request();
        let prepared = self
            .store
            .execute::<Bootstraps>(BOOTSTRAP, &command, &(), &request);
        if prepared.await.map_err(unready)?.events.is_empty() {
            // Another replica was first: its secret counts.
            discard(&path);
        }
        Ok(())
    }

    /// Spends the secret on opening one enrolment, both or neither.
    pub(crate) async fn bootstrap(
        &self,
        secret: &str,
        person: &PersonId,
        request: &Request,
    ) -> Result<Code, AnyFailure> {
        let spend = bootstrap::Command::Use {
            secret: OneTimeCode::typed(secret).digest(),
            person: person.clone(),
        };
        let code = OneTimeCode::draw();
        let (spend, drawn) = (&spend, &code);
        let opened = self
            .store
            .transact(request, |mut unit| async move {
                let opened = self.spend(&mut unit, spend, person, drawn).await?;
                Ok((unit, opened))
            })
            .await?;
        discard(&self.runtime.config.data_dir.join(FILE));
        Ok(Code {
            text: code.text(),
            ends_at: opened.ends_at,
        })
    }

    async fn spend(
        &self,
        unit: &mut Unit,
        spend: &bootstrap::Command,
        person: &PersonId,
        code: &OneTimeCode,
    ) -> Result<Enrolment, Failure<BootstrapOr>> {
        let spent = unit.execute::<Bootstraps>(BOOTSTRAP, spend, &()).await;
        spent.map_err(|failure| failure.map(BootstrapOr::Bootstrap))?;
        // Nobody is there yet who could open it: the service does.
        let mut context = unit.context().clone();
        context.actor = Actor::Service(self.store.source().to_owned());
        unit.set_context(context);
        let open = account::Command::OpenEnrolment {
            code: code.digest(),
        };
        let done = self.account_in(unit, person, &open).await;
        let done = done.map_err(|failure| failure.map(BootstrapOr::Account))?;
        done.state.enrolment.ok_or_else(|| Failure::Corrupt {
            table: "account",
            row: person.to_string(),
            reason: "no enrolment is open right after one was opened".to_owned(),
        })
    }

    async fn read_bootstrap(&self) -> Result<bootstrap::State, Failure<bootstrap::Refusal>> {
        let db = self.store.database().read();
        query::one::<Bootstraps, _>(db, BOOTSTRAP).await
    }
}

enum BootstrapOr {
    Bootstrap(bootstrap::Refusal),
    Account(account::Refusal),
}

impl From<Failure<BootstrapOr>> for AnyFailure {
    fn from(failure: Failure<BootstrapOr>) -> Self {
        match failure {
            Failure::Refused(BootstrapOr::Account(refusal)) => Failure::Refused(refusal).into(),
            other => other.map(|_| bootstrap::Refusal).into(),
        }
    }
}

fn unready(failure: Failure<bootstrap::Refusal>) -> shell::StartError {
    shell::StartError::Other(failure.to_string())
}

/// A spent secret opens nothing, so a file that stays is no harm.
fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "the bootstrap file stays");
    }
}
