//! Places where a test makes the process die or dawdle: the edges between what is durable and what is
//! not yet. Only in builds with debug assertions; a release has none of them.
//!
//! What happens where is said in the variable `FAILPOINTS`, as the crate `fail` reads it:
//! `store.commit.after=100*off->return` dies at the 101st passage, `consume.commit=sleep(50)` takes
//! 50 ms longer at each.

/// Reads what is to happen, for the rest of this process.
///
/// # Panics
/// When `FAILPOINTS` cannot be read.
pub fn prepare() {
    #[cfg(debug_assertions)]
    std::mem::forget(fail::FailScenario::setup());
}

/// One of those places. The action `return` is the end of the process: at once, and nothing is tidied
/// up.
pub fn point(name: &'static str) {
    #[cfg(debug_assertions)]
    fail::fail_point!(name, |_| std::process::abort());
    #[cfg(not(debug_assertions))]
    let _ = name;
}
