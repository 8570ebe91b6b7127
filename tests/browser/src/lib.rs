//! The sign-in pages in a real browser. The tests are in `tests/browser`; `make test-browser` runs
//! them, and keeps pictures of the pages in `target/screenshots`.
