//! People who come, move and leave, and accounts that nobody uses: what follows from the days that were
//! set (7-2-(9)-1, 7-2-(9)-3).

mod changes;
mod city;
mod consequence;
mod dormant;
mod ends;
pub(crate) mod sweep;

pub(crate) use changes::{Posting, Wanted};
pub(crate) use city::City;
pub(crate) use consequence::{Consequence, What};
pub(crate) use dormant::Unused;
