//! Identity's own instruments; docs/metrics.md lists them.

use std::sync::OnceLock;

use opentelemetry::metrics::Counter;

/// See the module.
#[derive(Debug)]
pub(crate) struct SignIn {
    recovery: Counter<u64>,
    held: Counter<u64>,
}

/// The one set of a process.
pub(crate) fn sign_in() -> &'static SignIn {
    static SIGN_IN: OnceLock<SignIn> = OnceLock::new();
    SIGN_IN.get_or_init(SignIn::new)
}

impl SignIn {
    fn new() -> Self {
        let meter = runtime::metrics::meter();
        let counter = |name: &'static str, words: &'static str| {
            meter.u64_counter(name).with_description(words).build()
        };
        Self {
            recovery: counter(
                "sekisho_identity_recovery_codes_used_total",
                "Recovery codes used: look at each",
            ),
            held: counter(
                "sekisho_identity_sign_ins_held_total",
                "Tries to sign in that were not looked at, since their source has to wait",
            ),
        }
    }

    /// A recovery code was used.
    pub(crate) fn recovered(&self) {
        self.recovery.add(1, &[]);
    }

    /// A try was not looked at.
    pub(crate) fn held(&self) {
        self.held.add(1, &[]);
    }
}
