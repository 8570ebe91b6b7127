//! Letting in a device that has no browser (RFC 8628): it asks, its person answers, it goes on.

use std::time::Duration;

use identity_domain::{
    account::{self, ClientId},
    device_sign_in::{self, Answer, Asked, Command},
};
use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use sea_orm::ConnectionTrait;
use store::{Done, Failure, Request, Unit};

use crate::{
    failure::AnyFailure,
    identity::Identity,
    pace::{Pace, Paces, Strangers},
    refresh::Refreshed,
    refused::Refused,
    secrets::{DeviceCode, Link, RefreshToken, UserCode},
    sources::Source,
    store::{DeviceSignIns, forget_device_sign_ins, query, with_user_code},
    tokens::Audience,
};

/// How often a device asks whether it was let in.
pub(crate) const POLL_EVERY: Duration = Duration::from_secs(5);

/// How often what may be asked: no row is written and no code guessed faster than that.
pub(crate) struct DevicePaces {
    asking: Strangers<Source>,
    polling: Paces<String>,
    typing: Paces<PersonId>,
}

impl Default for DevicePaces {
    fn default() -> Self {
        Self {
            // Each is a row; the devices of an office begin together after a change of the network.
            asking: Strangers {
                sources: Paces::new(20, Duration::from_secs(1)),
                usual: Pace::new(50, Duration::from_secs(1)),
                shares: Paces::new(2, Duration::from_secs(30)),
                most: Pace::new(1_000, Duration::from_millis(100)),
            },
            // One too early is forgiven: networks are uneven.
            polling: Paces::new(2, POLL_EVERY),
            typing: Paces::new(10, Duration::from_secs(30)),
        }
    }
}

/// What a device gets when it asks.
pub(crate) struct DeviceCodes {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) ends_at: Timestamp,
}

/// What a device is told when it asks again.
pub(crate) enum Polled {
    /// Nobody has answered.
    Waiting,
    /// It asks too often.
    TooOften,
    /// It was not let in.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// There is no such device, or its code was used.
    Unknown,
    /// It was let in.
    In(Refreshed),
}

impl Identity {
    /// A device asks to be let in.
    ///
    /// # Errors
    /// [`Refused::TooManyDevices`] when too many ask at once, from there or everywhere.
    pub(crate) async fn device_asks(
        &self,
        client: &ClientId,
        source: &Source,
    ) -> Result<DeviceCodes, AnyFailure> {
        let paced = self.device_paces.asking.take(source);
        paced.map_err(|wait| Failure::Refused(Refused::TooManyDevices(wait)))?;
        let (code, user_code) = (
            DeviceCode {
                id: runtime::new_id().to_string(),
                link: Link::draw(),
            },
            UserCode::draw(),
        );
        let command = Command::Ask {
            id: code.id.clone(),
            chain: code.link.chain(client),
            secret: code.link.digest(),
            user_code: user_code.hash(),
        };
        let (id, command) = (&code.id, &command);
        let asked = self
            .store
            .transact(&self.nobodys_request(), |mut unit| async move {
                forget_device_sign_ins(&unit).await?;
                let done = unit.execute::<DeviceSignIns>(id, command, &()).await?;
                Ok((unit, done))
            })
            .await?;
        Ok(DeviceCodes {
            device_code: code.text(),
            user_code: user_code.text(),
            ends_at: asked.state.asked.map_or(self.now(), |asked| asked.ends_at),
        })
    }

    /// Which device waits for the code that somebody typed.
    ///
    /// # Errors
    /// [`device_sign_in::Refusal`] when none does; [`Refused::TooManyCodes`] after too many codes.
    pub(crate) async fn waiting_device(
        &self,
        person: &PersonId,
        user_code: &str,
    ) -> Result<Asked, AnyFailure> {
        let paced = self.device_paces.typing.take(person);
        paced.map_err(|wait| Failure::Refused(Refused::TooManyCodes(wait)))?;
        let db = self.store.database().read();
        Ok(waiting(db, user_code, self.now()).await?)
    }

    /// Lets the device in, as whoever the request is from: both it and its session, or neither.
    ///
    /// # Errors
    /// As [`Identity::waiting_device`], and as a factor's change where the session is not fresh.
    pub(crate) async fn approve_device(
        &self,
        person: &PersonId,
        user_code: &str,
        request: &Request,
    ) -> Result<SessionId, AnyFailure> {
        let asked = self.waiting_device(person, user_code).await?;
        let session = SessionId::from(runtime::new_id());
        let (asked, id) = (&asked, &session);
        let done = self
            .store
            .transact(request, |mut unit| async move {
                let done = self.let_in(&mut unit, person, asked, id).await?;
                Ok((unit, done))
            })
            .await?;
        self.withdraw(&done);
        Ok(session)
    }

    async fn let_in(
        &self,
        unit: &mut Unit,
        person: &PersonId,
        asked: &Asked,
        session: &SessionId,
    ) -> Result<Done<account::State>, Failure<Either>> {
        let start = account::Command::StartForClient {
            session: session.clone(),
            chain: asked.chain.clone(),
            secret: asked.secret.clone(),
        };
        let started = self.account_in(unit, person, &start).await;
        let started = started.map_err(|failure| failure.map(Either::Account))?;
        let approve = Command::Approve {
            person: person.clone(),
            session: session.clone(),
        };
        let approved = unit.execute::<DeviceSignIns>(&asked.id, &approve, &());
        let approved = approved.await;
        approved.map_err(|failure| failure.map(|_| Either::Device))?;
        Ok(started)
    }

    /// Does not let the device in.
    ///
    /// # Errors
    /// As [`Identity::waiting_device`].
    pub(crate) async fn deny_device(
        &self,
        person: &PersonId,
        user_code: &str,
        request: &Request,
    ) -> Result<(), AnyFailure> {
        let asked = self.waiting_device(person, user_code).await?;
        let deny = Command::Deny {
            person: person.clone(),
        };
        let denied = self
            .store
            .execute::<DeviceSignIns>(&asked.id, &deny, &(), request);
        denied.await?;
        Ok(())
    }

    /// A device asks whether it was let in. Once it was, its code is the first token of its chain.
    pub(crate) async fn device_polls(
        &self,
        client: &ClientId,
        code: DeviceCode,
        audience: Audience,
    ) -> Result<Polled, AnyFailure> {
        let db = self.store.database().read();
        let state = query::one::<DeviceSignIns, device_sign_in::Refusal>(db, &code.id).await?;
        let asked = state.asked.filter(|asked| {
            asked.chain == code.link.chain(client) && asked.secret == code.link.digest()
        });
        let Some(asked) = asked else {
            return Ok(Polled::Unknown);
        };
        if self.device_paces.polling.take(&code.id).is_err() {
            return Ok(Polled::TooOften);
        }
        match state.answer {
            Answer::Waiting if self.now() < asked.ends_at => Ok(Polled::Waiting),
            Answer::Waiting => Ok(Polled::Expired),
            Answer::Denied => Ok(Polled::Denied),
            Answer::Approved { person, session } => {
                let first = RefreshToken {
                    person,
                    session,
                    link: code.link,
                };
                match self.follow(client, &first, audience).await {
                    Ok(refreshed) => Ok(Polled::In(refreshed)),
                    Err(Failure::Refused(_)) => Ok(Polled::Unknown),
                    Err(other) => Err(other.into()),
                }
            }
        }
    }
}

/// Who refused: the device's rules or the account's.
enum Either {
    Account(account::Refusal),
    Device,
}

impl From<Failure<Either>> for AnyFailure {
    fn from(failure: Failure<Either>) -> Self {
        match failure {
            Failure::Refused(Either::Account(refusal)) => Failure::Refused(refusal).into(),
            other => other.map(|_| device_sign_in::Refusal).into(),
        }
    }
}

async fn waiting(
    db: &impl ConnectionTrait,
    user_code: &str,
    now: Timestamp,
) -> Result<Asked, Failure<device_sign_in::Refusal>> {
    let hash = UserCode::typed(user_code).hash();
    let found = query::all::<DeviceSignIns, _>(db, with_user_code(&hash)).await?;
    let mut found = found.iter();
    let asked = found.find_map(|state| state.waiting(now).cloned());
    asked.ok_or(Failure::Refused(device_sign_in::Refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn devices_that_ask_without_end_hold_up_no_device_elsewhere() {
        let paces = DevicePaces::default();
        let at = |n: u32| Source::address(std::net::IpAddr::V4(n.into()));
        let flood = (0..100).map(|_| paces.asking.take(&at(1)));
        assert_eq!(flood.filter(Result::is_ok).count(), 20);
        for n in 2..100 {
            assert_eq!(
                paces.asking.take(&at(n)),
                Ok(()),
                "all use what is usual up"
            );
        }
        assert_eq!(paces.asking.take(&at(100)), Ok(()), "a share of its own");
    }
}
