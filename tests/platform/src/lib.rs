//! Tests of the whole platform: see `tests/`. What they share with their programs is here.

pub mod raw;
