//! Going on with a session: a new access token for whoever holds its handle, or the newest token of
//! its chain.

use identity_domain::account::{ClientId, Command, Event, Presented, Refusal, State};
use kernel::{Actor, Context, PersonId, SessionId};
use store::{Failure, Request};

use crate::{
    identity::Identity,
    refused::Refused,
    secrets::{Handle, RefreshToken},
    tokens::{Audience, Token},
};

type Answer<T> = Result<T, Failure<Refused>>;

/// What a client holds after a refresh.
pub(crate) struct Refreshed {
    pub(crate) token: Token,
    pub(crate) refresh_token: String,
}

impl Identity {
    /// A new token for whoever holds a session's present handle.
    pub(crate) async fn refresh(&self, handle: &str, audience: Audience) -> Answer<Token> {
        let handle = Handle::read(handle).ok_or_else(over)?;
        let state = self.hold(&handle).await?;
        let session = state.live_session(&handle.session, self.now());
        let session = session.ok_or_else(over)?;
        let held = (&handle.session, session);
        self.token(&handle.person, held, state.epoch, audience)
            .await
    }

    /// The account of whoever holds a session's present handle; that the session is used is kept.
    pub(crate) async fn hold(&self, handle: &Handle) -> Answer<State> {
        let mut state: State = self.read_account(&handle.person).await?;
        let known = state.live_session(&handle.session, self.now());
        // Most uses are not worth a record, and then nothing is written.
        if known.is_none_or(|session| session.use_is_due(self.now())) {
            let presented = Presented::Handle(handle.digest());
            state = self
                .go_on(&handle.person, &handle.session, presented)
                .await?;
        }
        let session = state.live_session(&handle.session, self.now());
        let own = session.filter(|live| live.chain.is_none() && live.secret == handle.digest());
        own.ok_or_else(over)?;
        Ok(state)
    }

    /// A new token for a client that presents the newest token of its chain, and the next of them.
    /// One that was used before ends the session.
    pub(crate) async fn follow(
        &self,
        client: &ClientId,
        presented: &RefreshToken,
        audience: Audience,
    ) -> Answer<Refreshed> {
        let RefreshToken {
            person,
            session,
            link,
        } = presented;
        let next = link.next();
        let state = self
            .go_on(
                person,
                session,
                Presented::Link {
                    chain: link.chain(client),
                    secret: link.digest(),
                    next: next.digest(),
                },
            )
            .await?;
        let live = state.live_session(session, self.now()).ok_or_else(over)?;
        let token = self.token(person, (session, live), state.epoch, audience);
        let token = token.await?;
        let refresh_token = RefreshToken {
            person: person.clone(),
            session: session.clone(),
            link: next,
        };
        Ok(Refreshed {
            token,
            refresh_token: refresh_token.text(),
        })
    }

    /// Ends a client's session, by any token of its chain. What is none ends nothing; another client's is
    /// refused.
    pub(crate) async fn end_for_client(
        &self,
        client: &ClientId,
        presented: &RefreshToken,
    ) -> Answer<()> {
        let command = Command::EndForClient {
            session: presented.session.clone(),
            chain: presented.link.chain(client),
        };
        let done = self
            .account(&presented.person, &command, &self.nobodys_request())
            .await;
        match done {
            Err(Failure::Refused(Refusal::SessionOver)) => Err(over()),
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(other) => Err(other.map(|_| Refused::SessionOver)),
        }
    }

    /// What is asked by nobody known: a secret speaks for itself.
    pub(crate) fn nobodys_request(&self) -> Request {
        let correlation = runtime::new_id().to_string();
        Context::new(Actor::Anonymous, self.now(), correlation).into()
    }

    pub(crate) async fn go_on(
        &self,
        person: &PersonId,
        session: &SessionId,
        presented: Presented,
    ) -> Answer<State> {
        let command = Command::UseSession {
            session: session.clone(),
            presented,
        };
        let done = self
            .account(person, &command, &self.nobodys_request())
            .await;
        let done = done.map_err(|failure| failure.map(|_| Refused::SessionOver))?;
        match done.events[..] {
            [Event::SessionsRevoked { .. }] => Err(over()),
            _ => Ok(done.state),
        }
    }
}

fn over() -> Failure<Refused> {
    Failure::Refused(Refused::SessionOver)
}
