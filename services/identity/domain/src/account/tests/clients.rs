//! Going on with sessions, and the sessions of registered clients.

use super::*;

fn chain(of: u8) -> Chain {
    Chain {
        client: ClientId::new("cli"),
        family: digest(of),
    }
}

fn start(of: u8) -> Command {
    Command::StartForClient {
        session: id("c"),
        chain: chain(of),
        secret: digest(10),
    }
}

fn link(chain: Chain, secret: u8, next: u8) -> Command {
    Command::UseSession {
        session: id("c"),
        presented: Presented::Link {
            chain,
            secret: digest(secret),
            next: digest(next),
        },
    }
}

fn handle(session: &str, secret: &Digest) -> Command {
    Command::UseSession {
        session: id(session),
        presented: Presented::Handle(secret.clone()),
    }
}

/// With a client let in, whose first token is 10.
fn let_in() -> Stage {
    let mut stage = Stage::password_only();
    stage.done(start(9));
    stage.actor = Actor::Anonymous;
    stage
}

#[test]
fn a_client_gets_what_was_verified_and_not_a_moment_more() {
    let mut stage = Stage::password_only();
    let own = stage.state.sessions[&id("s")].clone();
    stage.later(SignedDuration::from_secs(60));
    stage.done(start(9));
    let session = &stage.state.sessions[&id("c")];
    assert_eq!(
        session.factors, own.factors,
        "the times of verification too"
    );
    assert_eq!(session.ends_at, stage.now + stage.facts.session_length);
    stage.later(FRESH);
    let stale = stage.ask(&start(9));
    assert_eq!(stale, Err(Refusal::StepUpNeeded(Assurance::Aal1)));
}

#[test]
fn in_a_clients_session_nothing_is_verified_changed_or_let_in() {
    let mut stage = let_in();
    stage.owner("c");
    let step_up = Command::StepUp {
        secret: digest(5),
        proof: right(),
    };
    for command in [step_up, offer("otp"), start(8)] {
        assert_eq!(stage.ask(&command), Err(Refusal::SessionOfClient));
    }
    let ended = stage.done(Command::SignOut);
    assert_eq!(ended, [Event::SessionEnded { session: id("c") }]);
}

/// Attack 19: a refresh token used twice ends its family.
#[test]
fn each_token_of_a_chain_is_good_once_and_a_second_use_ends_the_session() {
    let mut stage = let_in();
    stage.done(link(chain(9), 10, 11));
    stage.done(link(chain(9), 11, 12));
    let epoch = stage.state.epoch;
    for old in [10, 11] {
        let mut stage = stage.clone();
        let events = stage.done(link(chain(9), old, 13));
        assert!(
            matches!(&events[..], [Event::SessionsRevoked { sessions, .. }] if sessions == &[id("c")]),
            "{events:?}"
        );
        assert_eq!(stage.state.epoch, epoch + 1, "its access tokens are old");
        assert!(stage.state.sessions.contains_key(&id("s")), "no other is");
        for any in [12, 13] {
            let over = stage.ask(&link(chain(9), any, 14));
            assert_eq!(over, Err(Refusal::SessionOver), "the newest neither");
        }
    }
}

#[test]
fn whoever_knows_only_the_name_of_a_session_cannot_end_it() {
    let stage = let_in();
    let other = Chain {
        client: ClientId::new("portal"),
        ..chain(9)
    };
    // RFC 7009: what is no token is as good as revoked (2.2), another client's is refused (2.1).
    for (forged, ended) in [(chain(8), Ok(vec![])), (other, Err(Refusal::SessionOver))] {
        let refused = stage.ask(&link(forged.clone(), 10, 11));
        assert_eq!(refused, Err(Refusal::SessionOver));
        let end = Command::EndForClient {
            session: id("c"),
            chain: forged,
        };
        assert_eq!(stage.ask(&end), ended);
    }
    let by_handle = stage.ask(&handle("c", &digest(10)));
    assert_eq!(by_handle, Err(Refusal::SessionOver), "a token is no handle");
    let end = Command::EndForClient {
        session: id("c"),
        chain: chain(9),
    };
    let ended = stage.ask(&end).expect("ended");
    assert_eq!(ended, [Event::SessionEnded { session: id("c") }]);
}

/// Attack 13: refreshing is no way around a stop.
#[test]
fn neither_handle_nor_token_goes_on_when_the_account_or_its_person_is_stopped() {
    let stage = let_in();
    let secret = stage.state.sessions[&id("s")].secret.clone();
    let mut gone = stage.clone();
    gone.facts.in_service = false;
    let mut disabled = stage.clone();
    disabled.other(Authority::Manage);
    disabled.done(disable());
    disabled.done(Command::Enable {
        reason: "back".to_owned(),
    });
    for stopped in [gone, disabled] {
        for command in [link(chain(9), 10, 11), handle("s", &secret)] {
            assert_eq!(stopped.ask(&command), Err(Refusal::SessionOver));
        }
    }
}

#[test]
fn a_session_that_lies_idle_for_an_hour_is_over_and_each_use_begins_the_hour_anew() {
    let mut stage = Stage::password_only();
    let secret = stage.state.sessions[&id("s")].secret.clone();
    let (quarter, second) = (IDLE / 4, SignedDuration::from_secs(1));
    for _ in 0..5 {
        stage.later(quarter - second);
        assert_eq!(stage.done(handle("s", &secret)), [], "not worth a record");
        stage.later(second);
        assert_eq!(stage.done(handle("s", &secret)).len(), 1);
    }
    stage.later(IDLE - second);
    assert!(stage.state.live_session(&id("s"), stage.now).is_some());
    stage.later(second);
    assert!(stage.state.live_session(&id("s"), stage.now).is_none());
    assert_eq!(stage.ask(&handle("s", &secret)), Err(Refusal::SessionOver));
}
