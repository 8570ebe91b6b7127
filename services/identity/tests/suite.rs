//! Identity as a service, on SQLite and on PostgreSQL.

#[path = "suite/access_reviews.rs"]
mod access_reviews;
#[path = "suite/accounts.rs"]
mod accounts;
#[path = "suite/attacks.rs"]
mod attacks;
#[path = "suite/authority.rs"]
mod authority;
#[path = "suite/bootstrap.rs"]
mod bootstrap;
#[path = "suite/card_door.rs"]
mod card_door;
#[path = "suite/cards.rs"]
mod cards;
#[path = "suite/changes.rs"]
mod changes;
#[path = "suite/decision.rs"]
mod decision;
#[path = "suite/decoders.rs"]
mod decoders;
#[path = "suite/delegations.rs"]
mod delegations;
#[path = "suite/dormant.rs"]
mod dormant;
#[path = "suite/emergency.rs"]
mod emergency;
#[path = "suite/example_city.rs"]
mod example_city;
#[path = "suite/federation.rs"]
mod federation;
#[path = "suite/floods.rs"]
mod floods;
#[path = "suite/grants.rs"]
mod grants;
#[path = "suite/imports.rs"]
mod imports;
#[path = "suite/journal.rs"]
mod journal;
#[path = "suite/keys.rs"]
mod keys;
#[path = "suite/leavers.rs"]
mod leavers;
#[path = "suite/movers.rs"]
mod movers;
#[path = "suite/oauth.rs"]
mod oauth;
#[path = "suite/organisation.rs"]
mod organisation;
#[path = "suite/pages.rs"]
mod pages;
#[path = "suite/passkeys.rs"]
mod passkeys;
#[path = "suite/passwords.rs"]
mod passwords;
#[path = "suite/privileges.rs"]
mod privileges;
#[path = "suite/recovery.rs"]
mod recovery;
#[path = "suite/refusals.rs"]
mod refusals;
#[path = "suite/restricted_items.rs"]
mod restricted_items;
#[path = "suite/scim.rs"]
mod scim;
#[path = "suite/secrets.rs"]
mod secrets;
#[path = "suite/service_ids.rs"]
mod service_ids;
#[path = "suite/shared_ids.rs"]
mod shared_ids;
#[path = "suite/sign_in.rs"]
mod sign_in;
#[path = "suite/town.rs"]
mod town;
#[path = "suite/transfers.rs"]
mod transfers;
