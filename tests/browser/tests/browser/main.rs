//! The sign-in pages in a real Chromium.

mod account;
mod driver;
mod passkeys;
mod sign_in;
mod town;
