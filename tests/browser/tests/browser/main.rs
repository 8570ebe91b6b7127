//! The sign-in pages in a real Chromium.

mod account;
mod card;
mod device;
mod driver;
mod passkeys;
mod reader;
mod recovery;
mod sign_in;
mod step_up;
mod town;
