//! Factors and sessions as lines of a page.

use identity_domain::account::{CredentialStanding, Factor, Session};
use jiff::{
    Timestamp,
    tz::{TimeZone, offset},
};
use standard::FactorKind;

use crate::pages::{
    federation,
    language::Language,
    visit::{Me, Visit},
};

/// A factor.
pub(super) struct FactorRow {
    pub(super) id: String,
    pub(super) title: &'static str,
    /// What tells it from others of its kind.
    pub(super) detail: String,
    pub(super) since: String,
    pub(super) lost: bool,
    pub(super) removable: bool,
    /// It can be reported lost.
    pub(super) losable: bool,
    /// It is the password, which is changed and not removed.
    pub(super) password: bool,
}

/// A session.
pub(super) struct SessionRow {
    pub(super) id: String,
    pub(super) present: bool,
    pub(super) factors: String,
    pub(super) started: String,
    pub(super) ends: String,
}

/// Every factor in use or lost; one that is only offered is not one yet.
pub(super) fn factors(visit: &Visit, me: &Me) -> Vec<FactorRow> {
    let language = visit.language;
    let known = me.account.credentials.iter();
    let known = known.filter(|(_, known)| known.standing != CredentialStanding::Pending);
    let mut rows: Vec<_> = known
        .map(|(id, known)| {
            let kind = known.factor.kind();
            let lost = known.standing == CredentialStanding::Lost;
            let row = FactorRow {
                id: id.to_string(),
                title: title(kind, language),
                detail: detail(visit, &known.factor),
                since: moment(known.since, language),
                lost,
                removable: !lost && !matches!(kind, FactorKind::Password | FactorKind::IcCard),
                losable: !lost && !matches!(kind, FactorKind::Password | FactorKind::RecoveryCode),
                password: !lost && kind == FactorKind::Password,
            };
            (lost, known.since, row)
        })
        .collect();
    rows.sort_by_key(|(lost, since, _)| (*lost, *since));
    rows.into_iter().map(|(.., row)| row).collect()
}

/// Live sessions, this one first.
pub(super) fn sessions(me: &Me, now: Timestamp, language: Language) -> Vec<SessionRow> {
    let live = me.account.sessions.keys().filter_map(|id| {
        let session = me.account.live_session(id, now)?;
        Some((id, session))
    });
    let mut live: Vec<_> = live.collect();
    live.sort_by_key(|(id, session)| (**id != me.id, std::cmp::Reverse(session.started_at)));
    live.into_iter()
        .map(|(id, session)| SessionRow {
            id: id.to_string(),
            present: *id == me.id,
            factors: kinds(session, language),
            started: moment(session.started_at, language),
            ends: moment(session.ends_at, language),
        })
        .collect()
}

fn kinds(session: &Session, language: Language) -> String {
    let kinds = session.factors.iter().map(|factor| factor.kind);
    let titles: Vec<_> = kinds.map(|kind| title(kind, language)).collect();
    titles.join(language.pick("、", ", "))
}

fn detail(visit: &Visit, factor: &Factor) -> String {
    let language = visit.language;
    match factor {
        Factor::IcCard {
            serial,
            certificate: Some(_),
        } => serial.clone(),
        Factor::IcCard { serial, .. } => {
            let only = language.pick("サインインには使えません", "not for signing in");
            format!("{serial} · {only}")
        }
        Factor::RecoveryCodes { left } => {
            let count = left.len();
            language.pick(format!("残り{count}個"), format!("{count} left"))
        }
        Factor::Passkey(passkey) => passkey.name.clone(),
        Factor::Federated(upstream) => {
            let name = federation::name(visit, &upstream.provider);
            format!("{name} · {}", upstream.subject)
        }
        _ => String::new(),
    }
}

fn title(kind: FactorKind, language: Language) -> &'static str {
    language.pick(kind.title_ja(), kind.title_en())
}

/// Japan's time, as people write it.
fn moment(at: Timestamp, language: Language) -> String {
    let form = language.pick("%Y年%-m月%-d日 %H:%M", "%-d %B %Y, %H:%M JST");
    let there = at.to_zoned(TimeZone::fixed(offset(9)));
    there.strftime(form).to_string()
}
