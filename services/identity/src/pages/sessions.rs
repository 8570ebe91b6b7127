//! Ending sessions.

use identity_domain::account::{Command, Sessions};
use kernel::SessionId;

use super::{Outcome, posted::Posted, turned::Turned, visit::Visit};

/// Why, on the record.
const REASON: &str = "ended by the holder at the page";

/// `POST /sign-out`.
pub(super) async fn sign_out(posted: Posted) -> Outcome {
    end_with(posted.visit, &Command::SignOut).await
}

/// `POST /sign-out-everywhere`: every session, this one too.
pub(super) async fn everywhere(posted: Posted) -> Outcome {
    let all = Command::RevokeSessions {
        sessions: Sessions::All,
        reason: REASON.to_owned(),
    };
    end_with(posted.visit, &all).await
}

/// `POST /account/end-session`: one of the others.
pub(super) async fn end(posted: Posted) -> Outcome {
    let visit = &posted.visit;
    visit.inside("/account")?;
    let session: Result<SessionId, _> = posted.text("session_id").parse();
    let session = session.map_err(|_| Turned::unreadable(visit.language))?;
    let command = Command::RevokeSessions {
        sessions: Sessions::One(session),
        reason: REASON.to_owned(),
    };
    carry_out(visit, &command).await?;
    Ok(posted.visit.go("/account?done=session"))
}

async fn end_with(mut visit: Visit, command: &Command) -> Outcome {
    carry_out(&visit, command).await?;
    visit.leave();
    Ok(visit.go("/signed-out"))
}

/// Whoever has no session has nothing to end.
async fn carry_out(visit: &Visit, command: &Command) -> Result<(), Turned> {
    let Some(me) = &visit.me else {
        return Ok(());
    };
    let done = visit
        .identity
        .account(&me.person, command, &visit.request())
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(failure) => visit.told(failure, "/account").map(|_| ()),
    }
}
