//! The audit log verified with tools that are not of our making. The tests are in `tests`;
//! `make test-tlog` runs them.
