//! How identity is kept: one table per aggregate.

mod access_reviews;
mod accounts;
mod bootstraps;
mod bureaus;
mod cards;
mod challenges;
mod delegations;
mod device_sign_ins;
mod emergency_accesses;
mod enforcement_points;
mod federation;
mod grants;
mod migrations;
mod passkeys;
mod people;
mod posts;
mod privileges;
mod provisionings;
pub(crate) mod query;
mod restricted_items;
mod sealing_keys;
mod sections;
mod service_ids;
mod shared_ids;
mod turn;
mod unused;

pub(crate) use access_reviews::{
    AccessReviews, due_reviews, last_reviews, open_review, open_reviews,
};
pub(crate) use accounts::{Accounts, standing};
pub(crate) use bootstraps::{BOOTSTRAP, Bootstraps};
pub(crate) use bureaus::Bureaus;
pub(crate) use delegations::Delegations;
pub(crate) use device_sign_ins::{DeviceSignIns, forget_device_sign_ins, with_user_code};
pub(crate) use emergency_accesses::EmergencyAccesses;
pub(crate) use enforcement_points::EnforcementPoints;
pub(crate) use grants::Grants;
pub use migrations::Migrator;
pub(crate) use people::People;
pub(crate) use posts::Posts;
pub(crate) use privileges::{Privileges, is_privileged};
pub(crate) use provisionings::Provisionings;
pub(crate) use restricted_items::{RestrictedItems, kept, to_item};
pub(crate) use sections::Sections;
pub(crate) use service_ids::ServiceIds;

pub(crate) use cards::{card_holder, certificate_holder, keep_card};
pub(crate) use challenges::{Challenge, keep_challenge, take_challenge};
pub(crate) use federation::{
    SignedOut, UpstreamSession, forget_upstream, keep_upstream, keep_upstream_session,
    signed_out_since, take_notice, upstream_holder, upstream_sessions,
};
pub(crate) use passkeys::{keep_passkey, passkey_holder};
pub(crate) use people::{in_section, search_key};
pub(crate) use posts::{with_holder, with_role};
pub(crate) use sealing_keys::{keep_sealing_key, sealing_keys};
pub(crate) use shared_ids::{SharedIds, in_use, in_violation, with_member};
pub(crate) use turn::take_turn;
pub(crate) use unused::{dormancy_due, service_over, unused_since};
