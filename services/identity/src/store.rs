//! How identity is kept: one table per aggregate.

mod accounts;
mod bootstraps;
mod bureaus;
mod cards;
mod delegations;
mod device_sign_ins;
mod enforcement_points;
mod grants;
mod migrations;
mod passkeys;
mod people;
mod posts;
pub(crate) mod query;
mod sealing_keys;
mod sections;
mod turn;

pub(crate) use accounts::Accounts;
pub(crate) use bootstraps::{BOOTSTRAP, Bootstraps};
pub(crate) use bureaus::Bureaus;
pub(crate) use device_sign_ins::{DeviceSignIns, forget_device_sign_ins, with_user_code};
pub(crate) use delegations::Delegations;
pub(crate) use enforcement_points::EnforcementPoints;
pub(crate) use grants::Grants;
pub use migrations::Migrator;
pub(crate) use people::People;
pub(crate) use posts::Posts;
pub(crate) use sections::Sections;

pub(crate) use cards::{card_holder, certificate_holder, keep_card};
pub(crate) use passkeys::{
    Challenge, keep_challenge, keep_passkey, passkey_holder, take_challenge,
};
pub(crate) use people::{in_section, search_key};
pub(crate) use posts::{with_holder, with_role};
pub(crate) use sealing_keys::{keep_sealing_key, sealing_keys};
pub(crate) use turn::take_turn;
