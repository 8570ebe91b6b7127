//! Between the contracts and the domain.

use identity_domain::{
    account::{self, Credential, CredentialId, CredentialStanding, Factor, Session, Standing},
    enforcement_point,
    grant::{GrantKind, Ground, Subject},
    organisation::{bureau, person, post, section},
};
use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use proto::{common::v1::AccessPath, identity::v1 as wire, timestamp};
use rpc::{Caller, Fields, status};
use tonic::Status;

use crate::{
    cards::Cards,
    publish,
    refused::Refused,
    secrets::{Handle, serial_of},
    sign_in::Grant,
    words,
};

/// Most bytes of a password, in UTF-8.
const PASSWORD: usize = account::password::MOST_BYTES;

/// A password as it was typed: nothing is trimmed.
pub(super) fn password(fields: &mut Fields, field: &str, value: &str) -> String {
    fields.bytes(field, value.as_bytes(), 1..=PASSWORD);
    value.to_owned()
}

/// A card's certificate, if its serial number is given.
pub(super) fn certificate(
    fields: &mut Fields,
    cards: &Cards,
    message: &wire::RegisterIdCardRequest,
) -> Option<account::CardCertificate> {
    let typed = fields.optional_text("certificate_serial", &message.certificate_serial, 64)?;
    let serial = serial_of(&typed);
    if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        fields.fail(
            "certificate_serial",
            "not_hexadecimal",
            "is not a hexadecimal number",
            "16進数ではありません",
        );
    }
    let issuer = cards.issuer(message.certificate_issuer.trim());
    if issuer.is_none() {
        fields.fail(
            "certificate_issuer",
            "card_issuer_unknown",
            "is not the name of one issuer of ID cards that is set up",
            "設定されたICカードの発行者の名前ではありません",
        );
    }
    let issuer = issuer?.to_owned();
    Some(account::CardCertificate { issuer, serial })
}

/// The person named, or the caller when none is.
pub(super) fn person_or_caller(fields: &mut Fields, caller: &Caller, named: &str) -> PersonId {
    match caller.person() {
        Some(person) if named.is_empty() => person.clone(),
        _ => fields.id("person_id", named),
    }
}

/// A new handle for the session the request came in.
pub(super) fn new_handle(caller: &Caller) -> Result<Handle, Status> {
    let principal = caller.principal();
    let session = principal.and_then(|principal| principal.session());
    match (caller.person(), session) {
        (Some(person), Some(session)) => Ok(Handle::draw(person.clone(), session.clone())),
        _ => Err(status::refused(Refused::NobodyIn)),
    }
}

pub(super) fn grant(grant: Grant) -> wire::SessionGrant {
    wire::SessionGrant {
        session: Some(session(&grant.person, &grant.id, &grant.session)),
        session_handle: grant.handle,
        access_token_ends_at: grant.token.as_ref().map(|token| timestamp(token.ends_at)),
        access_token: grant.token.map_or(String::new(), |token| token.text),
    }
}

pub(super) fn session(person: &PersonId, id: &SessionId, session: &Session) -> wire::Session {
    let factors = session.factors.iter().map(|factor| wire::VerifiedFactor {
        credential_id: factor.credential.to_string(),
        kind: factor.kind.to_string(),
        verified_at: Some(timestamp(factor.at)),
    });
    wire::Session {
        session_id: id.to_string(),
        person_id: person.to_string(),
        factors: factors.collect(),
        acr: session
            .assurance()
            .map_or("", |level| level.urn())
            .to_owned(),
        started_at: Some(timestamp(session.started_at)),
        ends_at: Some(timestamp(session.ends_at)),
        used_at: Some(timestamp(session.used_at)),
        client_id: session
            .chain
            .as_ref()
            .map_or(String::new(), |chain| chain.client.to_string()),
    }
}

fn factor(id: &CredentialId, known: &Credential) -> wire::Factor {
    let mut factor = wire::Factor {
        credential_id: id.to_string(),
        kind: known.factor.kind().to_string(),
        state: match known.standing {
            CredentialStanding::Pending => wire::FactorState::Pending,
            CredentialStanding::Live => wire::FactorState::Live,
            CredentialStanding::Lost => wire::FactorState::Lost,
        }
        .into(),
        since: Some(timestamp(known.since)),
        ..wire::Factor::default()
    };
    match &known.factor {
        Factor::Password { .. } | Factor::Totp { .. } => {}
        Factor::Passkey(passkey) => {
            factor.name.clone_from(&passkey.name);
            factor.backup_eligible = passkey.backup_eligible;
            factor.backed_up = passkey.backed_up;
        }
        Factor::IcCard {
            serial,
            certificate,
        } => {
            factor.serial.clone_from(serial);
            if let Some(certificate) = certificate {
                factor.certificate_serial.clone_from(&certificate.serial);
                factor.certificate_issuer.clone_from(&certificate.issuer);
            }
        }
        Factor::Federated(upstream) => {
            factor.provider_id.clone_from(&upstream.provider);
            factor.issuer.clone_from(&upstream.issuer);
            factor.subject.clone_from(&upstream.subject);
        }
        Factor::RecoveryCodes { left } => {
            factor.codes_left = u32::try_from(left.len()).unwrap_or(u32::MAX);
        }
    }
    factor
}

pub(super) fn account(person: &PersonId, state: &account::State, now: Timestamp) -> wire::Account {
    let factors = state
        .credentials
        .iter()
        .map(|(id, known)| factor(id, known));
    let sessions = state.sessions.keys().filter_map(|id| {
        let live = state.live_session(id, now)?;
        Some(session(person, id, live))
    });
    let enrolment = state.enrolment.as_ref().filter(|open| now < open.ends_at);
    wire::Account {
        person_id: person.to_string(),
        state: match state.standing {
            Standing::Absent => wire::AccountState::Absent,
            Standing::Active => wire::AccountState::Active,
            Standing::Disabled => wire::AccountState::Disabled,
        }
        .into(),
        epoch: state.epoch,
        factors: factors.collect(),
        sessions: sessions.collect(),
        enrolment_ends_at: enrolment.map(|open| timestamp(open.ends_at)),
    }
}

pub(super) fn bureau(state: bureau::State) -> Option<wire::Bureau> {
    let record = state.recorded?;
    Some(wire::Bureau {
        bureau_id: record.id.to_string(),
        name: record.name,
        ward: record.ward,
    })
}

pub(super) fn section(state: section::State) -> Option<wire::Section> {
    let record = state.recorded?;
    Some(wire::Section {
        section_id: record.id.to_string(),
        bureau_id: record.bureau.to_string(),
        name: record.name,
        parent_section_id: record.parent.map_or(String::new(), |id| id.to_string()),
    })
}

pub(super) fn post(state: post::State, now: Timestamp) -> Option<wire::Post> {
    let holder = state.holder(now).cloned();
    let record = state.recorded?;
    let place = &record.place;
    Some(wire::Post {
        post_id: record.id.to_string(),
        section_id: place.section().map_or(String::new(), ToString::to_string),
        bureau_id: place.bureau().map_or(String::new(), ToString::to_string),
        roles: record.roles.iter().map(ToString::to_string).collect(),
        holder_since: holder.as_ref().map(|held| timestamp(held.since)),
        holder_id: holder.map_or(String::new(), |held| held.value.to_string()),
        holdings: publish::holdings(&state.holders),
        title: record.title,
    })
}

pub(super) fn person(
    state: person::State,
    posts: Vec<post::State>,
    now: Timestamp,
) -> Option<wire::Person> {
    let record = state.registered?;
    let posts = posts.into_iter();
    Some(wire::Person {
        person_id: record.id.to_string(),
        section_id: record
            .section(now)
            .map_or(String::new(), ToString::to_string),
        display_name: record.name,
        non_regular: record.non_regular,
        posts: posts.filter_map(|held| post(held, now)).collect(),
        memberships: publish::memberships(&record.memberships),
    })
}

pub(super) fn entitlement(subject: &Subject, ground: &Ground) -> wire::Entitlement {
    wire::Entitlement {
        person_id: subject.person.to_string(),
        system_id: subject.system.to_string(),
        kind: words::grant_kind_on_wire(ground.kind).into(),
        permit_id: ground
            .permit
            .as_ref()
            .map_or(String::new(), ToString::to_string),
        starts_at: Some(timestamp(ground.starts_at)),
        ends_at: ground.ends_at.map(timestamp),
        item_id: subject
            .item
            .as_ref()
            .map_or(String::new(), ToString::to_string),
    }
}

pub(super) fn grant_kind(value: i32) -> Option<GrantKind> {
    match wire::EntitlementKind::try_from(value).ok()? {
        wire::EntitlementKind::Unspecified => None,
        wire::EntitlementKind::Use => Some(GrantKind::Use),
        wire::EntitlementKind::Privileged => Some(GrantKind::Privileged),
    }
}

pub(super) fn enforcement_point(state: enforcement_point::State) -> Option<wire::EnforcementPoint> {
    let record = state.registered?;
    Some(wire::EnforcementPoint {
        enforcement_point_id: record.id.to_string(),
        name: record.name,
        workload: record.workload,
        path: AccessPath::from(record.path).into(),
    })
}
