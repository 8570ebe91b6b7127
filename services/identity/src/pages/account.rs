//! One's own factors and sessions.

mod rows;

use askama::Template;
use axum::extract::{Query, rejection::QueryRejection};
use identity_domain::account::{Command, CredentialId, Event};
use serde::Deserialize;

use super::{
    Outcome,
    errand::is_alone,
    federation::{Way, linked},
    fields::Notice,
    frame::Frame,
    posted::Posted,
    visit::{Me, Visit},
};
use rows::{FactorRow, SessionRow};

/// Longest account of what happened, in characters.
const CIRCUMSTANCES: usize = 2_000;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    frame: Frame,
    notice: Notice,
    number: String,
    level: &'static str,
    /// A second factor is missing.
    alone: bool,
    factors: Vec<FactorRow>,
    sessions: Vec<SessionRow>,
    has_totp: bool,
    /// Providers at which no account is linked.
    providers: Vec<Way>,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /account`.
pub(super) async fn shown(visit: Visit, done: Result<Query<Done>, QueryRejection>) -> Outcome {
    let me = visit.inside("/account")?;
    let done = done.map_or(String::new(), |Query(done)| done.done);
    let page = page(&visit, me, said(&visit, &done));
    Ok(visit.page(&page))
}

/// `POST /account/remove`.
pub(super) async fn remove(posted: Posted) -> Outcome {
    let command = Command::RemoveFactor {
        credential: CredentialId::new(posted.text("credential_id")),
    };
    carried_out(posted, &command, "removed").await
}

/// `POST /account/lost` (4-4-4).
pub(super) async fn lost(posted: Posted) -> Outcome {
    let told: String = posted
        .text("circumstances")
        .chars()
        .take(CIRCUMSTANCES)
        .collect();
    let command = Command::ReportLost {
        credential: CredentialId::new(posted.text("credential_id")),
        circumstances: told,
    };
    carried_out(posted, &command, "lost").await
}

async fn carried_out(posted: Posted, command: &Command, done: &str) -> Outcome {
    let mut visit = posted.visit;
    "/account".clone_into(&mut visit.here);
    let me = visit.inside("/account")?;
    let (identity, request) = (&visit.identity, visit.request());
    match identity.account(&me.person, command, &request).await {
        Ok(changed) => {
            let over = ends(&changed.events, &me.id);
            if over {
                visit.leave();
            }
            let place = format!("/account?done={done}");
            Ok(visit.go(if over { "/signed-out" } else { &place }))
        }
        Err(failure) => {
            let problem = visit.told(failure, "/account")?;
            let page = page(&visit, me, Notice::bad(problem));
            Ok(visit.form_again(&page))
        }
    }
}

/// Whether the present session went with it.
fn ends(events: &[Event], own: &kernel::SessionId) -> bool {
    events.iter().any(|event| match event {
        Event::SessionsRevoked { sessions, .. } | Event::CredentialLost { sessions, .. } => {
            sessions.contains(own)
        }
        _ => false,
    })
}

fn page(visit: &Visit, me: &Me, notice: Notice) -> Account {
    let frame = visit.frame();
    let factors = rows::factors(visit, me);
    let level = me.session.assurance().map_or("—", |level| {
        use identity_domain::account::Assurance::{Aal1, Aal2, Aal3};
        match level {
            Aal1 => frame.say("1（要素一つ）", "1 (one factor)"),
            Aal2 => frame.say("2（要素二つ）", "2 (two factors)"),
            Aal3 => frame.say(
                "3（複製できない要素）",
                "3 (a factor that cannot be copied)",
            ),
        }
    });
    Account {
        notice,
        number: me.person.to_string(),
        level,
        alone: is_alone(me),
        has_totp: me.account.totp().is_some(),
        providers: linked(visit, me, false),
        factors,
        sessions: rows::sessions(me, visit.now(), frame.language),
        frame,
    }
}

fn said(visit: &Visit, done: &str) -> Notice {
    let (ja, en) = match done {
        "password" => (
            "パスワードを変更しました。ほかのセッションは終了しました。",
            "The password is changed. Your other sessions have ended.",
        ),
        "totp" => (
            "ワンタイムパスワードを登録しました。",
            "The one-time password is set up.",
        ),
        "passkey" => ("パスキーを追加しました。", "The passkey is added."),
        "linked" => ("連携しました。", "The account is linked."),
        "removed" => ("認証要素を削除しました。", "The factor is removed."),
        "lost" => (
            "紛失を受け付けました。この要素は二度と使えません。",
            "The loss is recorded. This factor can never be used again.",
        ),
        "session" => ("セッションを終了しました。", "The session has ended."),
        _ => return Notice::default(),
    };
    Notice::good(visit.say(ja, en))
}
