//! Identity as a service, on SQLite and on PostgreSQL.

#[path = "suite/accounts.rs"]
mod accounts;
#[path = "suite/attacks.rs"]
mod attacks;
#[path = "suite/authenticator.rs"]
mod authenticator;
#[path = "suite/cards.rs"]
mod cards;
#[path = "suite/authority.rs"]
mod authority;
#[path = "suite/decision.rs"]
mod decision;
#[path = "suite/example_city.rs"]
mod example_city;
#[path = "suite/grants.rs"]
mod grants;
#[path = "suite/imports.rs"]
mod imports;
#[path = "suite/journal.rs"]
mod journal;
#[path = "suite/keys.rs"]
mod keys;
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
#[path = "suite/recovery.rs"]
mod recovery;
#[path = "suite/secrets.rs"]
mod secrets;
#[path = "suite/sign_in.rs"]
mod sign_in;
#[path = "suite/town.rs"]
mod town;
