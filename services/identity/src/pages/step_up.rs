//! Verifying further factors, or the same ones anew (RFC 9470).

use askama::Template;
use identity_domain::account::{Acr, Assurance, CredentialId, CredentialStanding};
use standard::FactorKind;

use super::{
    Outcome, card,
    errand::{Asked, Errand, live, to},
    federation::{Way, linked, may_reach},
    fields::{self, Input},
    frame::Frame,
    posted::Posted,
    totp::wrong,
    turned::Turned,
    visit::{Me, Visit},
};
use crate::{failure::AnyFailure, refused::Refused, secrets::Handle};

#[derive(Template)]
#[template(path = "step_up.html")]
struct StepUp {
    frame: Frame,
    errand: String,
    /// Why it is asked.
    reason: &'static str,
    password: Option<Input>,
    code: Option<Input>,
    /// A passkey can be used.
    passkey: bool,
    /// The way to the card door, for an account with a card.
    card: Option<String>,
    /// Providers that may verify.
    providers: Vec<Way>,
    /// The account has too few factors for what is asked.
    short: bool,
    number: String,
}

/// What was wrong with which factor.
#[derive(Default)]
struct Problems {
    password: String,
    code: String,
}

/// `GET /step-up`.
pub(super) async fn offered(visit: Visit, asked: Asked) -> Outcome {
    let errand = asked.errand(&visit, "/step-up")?;
    let me = visit.inside_for(&errand)?;
    if errand.is_met(me, visit.now()) {
        let next = errand.next(&visit);
        return Ok(visit.go(&next));
    }
    let page = form(&visit, me, &errand, Problems::default());
    Ok(visit.page(&page))
}

/// `POST /step-up`. What is asked for is in the sealed errand; the form only says which factor.
pub(super) async fn step_up(posted: Posted) -> Outcome {
    let errand = posted.errand();
    let visit = &posted.visit;
    let me = visit.inside_for(&errand)?;
    let handle = Handle::draw(me.person.clone(), me.id.clone());
    let (identity, request) = (&visit.identity, visit.request());
    let by_password = posted.text("factor") == FactorKind::Password.as_str();
    let verified = if by_password {
        let password = posted.text("password");
        let trying = identity.verify_password(handle, password, &request);
        visit.tried_inside(trying).await
    } else {
        let code = posted.text("code");
        let trying = identity.verify_totp(handle, code, &request);
        visit.tried_inside(trying).await
    };
    let visit = posted.visit;
    match verified {
        Ok(grant) => visit.go_on(grant, &errand).await,
        Err(failure) => refused(visit, &errand, by_password, failure),
    }
}

/// Whoever is signed in, with what changes of factors need verified within the last minutes; anybody
/// else is sent to do that first.
pub(super) fn freshly_inside<'a>(visit: &'a Visit, back: &'static str) -> Result<&'a Me, Turned> {
    let me = visit.inside(back)?;
    let errand = Errand::home(back, visit).freshly(me.account.needed_for_changes());
    if errand.is_met(me, visit.now()) {
        Ok(me)
    } else {
        Err(Turned::to(&to("/step-up", &errand, visit)))
    }
}

fn refused(visit: Visit, errand: &Errand, by_password: bool, failure: AnyFailure) -> Outcome {
    let problem = match failure {
        AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) if by_password => visit
            .say("パスワードが違います。", "This is not the password.")
            .to_owned(),
        AnyFailure::Shell(store::Failure::Refused(Refused::SignIn)) => wrong(&visit),
        other => visit.told(other, "/account")?,
    };
    let mut problems = Problems::default();
    if by_password {
        problems.password = problem;
    } else {
        problems.code = problem;
    }
    let Some(me) = &visit.me else {
        return Err(Turned::to("/sign-in"));
    };
    let page = form(&visit, me, errand, problems);
    Ok(visit.form_again(&page))
}

fn form(visit: &Visit, me: &Me, errand: &Errand, problems: Problems) -> StepUp {
    let frame = visit.frame();
    let enough = errand.enough(me);
    let asked = Remaining::of(visit, me, errand, &enough);
    let two = !enough.contains(&Acr::Level(Assurance::Aal1));
    // Two are asked for one after the other. A password is one category: for two it takes a
    // generator's code beside it.
    let after_code = me.account.totp().is_some() && !asked.totp;
    let code = asked.totp.then(|| fields::code(&frame, problems.code));
    let password = (asked.password && (!two || after_code)).then(|| Input {
        focus: code.is_none(),
        ..fields::password(&frame, problems.password)
    });
    let reason = if asked.totp && asked.password && two {
        frame.say(
            "認証要素を二つ、順に確認してください。",
            "Verify two factors, one after the other.",
        )
    } else {
        frame.say(
            "あと一つ、認証要素を確認してください。",
            "One more factor to verify.",
        )
    };
    // Where not any factor is a step towards it, only whoever may reach it is one.
    let any_factor = enough.iter().any(|acr| acr.counts(FactorKind::Password));
    let mut providers = linked(visit, me, true);
    providers.retain(|way| any_factor || may_reach(visit, &way.id, &enough));
    let card = asked
        .card
        .then(|| card::way_to_step_up(visit, errand))
        .flatten();
    let forms = code.is_some() || password.is_some();
    let none = !forms && !asked.passkey && card.is_none() && providers.is_empty();
    // A card takes a door.
    let door = visit.identity.cards.door.is_some();
    let own = live(me).filter(|kind| door || *kind != FactorKind::IcCard);
    let by_own = enough.iter().any(|acr| acr.is_reached_by(own.clone()));
    let mut ways = providers.iter();
    let reachable = by_own || ways.any(|way| may_reach(visit, &way.id, &enough));
    StepUp {
        reason,
        short: none || !reachable,
        providers,
        passkey: asked.passkey,
        card,
        errand: errand.sealed(&visit.identity),
        number: me.person.to_string(),
        password,
        code,
        frame,
    }
}

/// Factors that the account has, that are not verified freshly enough yet, and that lead to something
/// that is enough.
struct Remaining {
    password: bool,
    totp: bool,
    passkey: bool,
    card: bool,
}

impl Remaining {
    fn of(visit: &Visit, me: &Me, errand: &Errand, enough: &[Acr]) -> Self {
        let now = visit.now();
        let stale = |at| match errand.age(now) {
            Some(age) => now.duration_since(at).abs() > age,
            None => false,
        };
        let verified = |id: &CredentialId| {
            let mut factors = me.session.factors.iter();
            factors.any(|factor| factor.credential == *id && !stale(factor.at))
        };
        let has = |kind| {
            if !enough.iter().any(|acr| acr.counts(kind)) {
                return false;
            }
            let mut live = me.account.credentials.iter();
            live.any(|(id, known)| {
                known.standing == CredentialStanding::Live
                    && known.factor.kind() == kind
                    && known.factor.signs_in()
                    && !verified(id)
            })
        };
        Self {
            password: has(FactorKind::Password),
            totp: has(FactorKind::Totp),
            passkey: has(FactorKind::Passkey),
            card: has(FactorKind::IcCard),
        }
    }
}
