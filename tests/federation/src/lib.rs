//! Signing in with providers that are not of our making. The tests are in `tests`; `make test-federation`
//! and `make test-keycloak` run them.
