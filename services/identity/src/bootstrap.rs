//! The first sign-in of a new installation: a secret in a file, good for enrolling one person's two
//! factors.

use std::{fs, io, path::Path};

use identity_domain::{
    account::{self, Enrolment},
    bootstrap::{self, Facts},
};
use kernel::{Actor, PersonId};
use runtime::files;
use store::{Failure, Request, Unit};

use crate::{
    failure::AnyFailure,
    identity::Identity,
    secrets::OneTimeCode,
    store::{Accounts, BOOTSTRAP, Bootstraps, query},
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
            return self.end_when_enrolled().await.map_err(unready);
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
        let facts = Facts::default();
        let prepared = self
            .store
            .execute::<Bootstraps>(BOOTSTRAP, &command, &facts, &request);
        if prepared.await.map_err(unready)?.events.is_empty() {
            // Another replica was first: its secret counts.
            discard(&path);
        }
        Ok(())
    }

    /// Uses the secret to open an enrolment, both or neither.
    pub(crate) async fn bootstrap(
        &self,
        secret: &str,
        person: &PersonId,
        request: &Request,
    ) -> Result<Code, AnyFailure> {
        let using = bootstrap::Command::Use {
            secret: OneTimeCode::typed(secret).digest(),
            person: person.clone(),
        };
        let code = OneTimeCode::draw();
        let (using, drawn) = (&using, &code);
        let opened = self
            .store
            .transact(request, |mut unit| async move {
                let opened = self.use_secret(&mut unit, using, person, drawn).await?;
                Ok((unit, opened))
            })
            .await;
        let opened = match opened {
            Ok(opened) => opened,
            Err(failure) => {
                self.end_when_enrolled().await?;
                return Err(failure.into());
            }
        };
        Ok(Code {
            text: code.text(),
            ends_at: opened.ends_at,
        })
    }

    async fn use_secret(
        &self,
        unit: &mut Unit,
        using: &bootstrap::Command,
        person: &PersonId,
        code: &OneTimeCode,
    ) -> Result<Enrolment, Failure<BootstrapOr>> {
        let account = query::one::<Accounts, _>(unit.tx(), person.as_str()).await?;
        let facts = Facts {
            enrolled: account.has_two_factors(),
        };
        let used = unit.execute::<Bootstraps>(BOOTSTRAP, using, &facts).await;
        used.map_err(|failure| failure.map(BootstrapOr::Bootstrap))?;
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

    /// After an enrolment: with the second factor of whoever the secret was used for, it ends and its
    /// file goes. What fails here is done at the next enrolment or start; the secret opens nothing for
    /// somebody with two factors in any case.
    pub(crate) async fn end_bootstrap(&self) {
        if let Err(error) = self.end_when_enrolled().await {
            tracing::warn!(%error, "the bootstrap secret is not put away yet");
        }
    }

    /// Ends the secret when it has done what it is for, and removes the file of one that has ended.
    async fn end_when_enrolled(&self) -> Result<(), Failure<bootstrap::Refusal>> {
        match self.read_bootstrap().await? {
            bootstrap::State::Used { person, .. } => {
                let db = self.store.database().read();
                let account = query::one::<Accounts, _>(db, person.as_str()).await?;
                if !account.has_two_factors() {
                    return Ok(());
                }
                let facts = Facts { enrolled: true };
                let (end, request) = (bootstrap::Command::End, self.own_request());
                let ended = self
                    .store
                    .execute::<Bootstraps>(BOOTSTRAP, &end, &facts, &request);
                ended.await?;
            }
            bootstrap::State::Ended => {}
            bootstrap::State::Absent | bootstrap::State::Prepared(_) => return Ok(()),
        }
        discard(&self.runtime.config.data_dir.join(FILE));
        Ok(())
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

/// A secret that has ended opens nothing, so a file that stays is no harm.
fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "the bootstrap file stays");
    }
}
