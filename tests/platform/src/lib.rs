//! Tests of the whole platform: see `tests/`.
