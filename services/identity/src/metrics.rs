//! Identity's own instruments; docs/metrics.md lists them.

use std::sync::OnceLock;

use opentelemetry::{KeyValue, metrics::Counter};

/// See the module.
#[derive(Debug)]
pub(crate) struct SignIn {
    recovery: Counter<u64>,
    held: Counter<u64>,
}

/// The service is there: what it counts stands at 0, but for what providers say.
pub(crate) fn begin() {
    emergencies().add(0, &[]);
    let SignIn { recovery, held } = sign_in();
    recovery.add(0, &[]);
    held.add(0, &[]);
    for outcome in [COMPUTED, REFUSED] {
        hashing().count(0, outcome);
    }
}

/// An ID for emergencies was opened.
pub(crate) fn emergency_opened() {
    emergencies().add(1, &[]);
}

fn emergencies() -> &'static Counter<u64> {
    static OPENED: OnceLock<Counter<u64>> = OnceLock::new();
    OPENED.get_or_init(|| {
        runtime::metrics::meter()
            .u64_counter("sekisho_identity_emergency_accesses_opened")
            .with_description("IDs for emergencies opened: look at each at once")
            .build()
    })
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
                "sekisho_identity_recovery_codes_used",
                "Recovery codes used: look at each",
            ),
            held: counter(
                "sekisho_identity_sign_ins_held",
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

/// Passwords that are hashed, or not.
#[derive(Debug)]
pub(crate) struct Hashing(Counter<u64>);

/// The one set of a process.
pub(crate) fn hashing() -> &'static Hashing {
    static HASHING: OnceLock<Hashing> = OnceLock::new();
    HASHING.get_or_init(|| {
        Hashing(
            runtime::metrics::meter()
                .u64_counter("sekisho_identity_password_hashes")
                .with_description("Passwords hashed or verified, or refused as too many at once")
                .build(),
        )
    })
}

const COMPUTED: &str = "computed";
const REFUSED: &str = "refused";

impl Hashing {
    /// One is computed.
    pub(crate) fn computed(&self) {
        self.count(1, COMPUTED);
    }

    /// There was no room for one.
    pub(crate) fn refused(&self) {
        self.count(1, REFUSED);
    }

    fn count(&self, passwords: u64, outcome: &'static str) {
        self.0.add(passwords, &[KeyValue::new("outcome", outcome)]);
    }
}

/// What providers of sign-ins say, and what became of it.
#[derive(Debug)]
pub(crate) struct Federation {
    said: Counter<u64>,
}

/// The one set of a process.
pub(crate) fn federation() -> &'static Federation {
    static FEDERATION: OnceLock<Federation> = OnceLock::new();
    FEDERATION.get_or_init(|| Federation {
        said: runtime::metrics::meter()
            .u64_counter("sekisho_identity_federation")
            .with_description("What providers of sign-ins said, by what became of it")
            .build(),
    })
}

impl Federation {
    pub(crate) fn count(&self, provider: &str, outcome: &'static str) {
        let attributes = [
            KeyValue::new("provider", provider.to_owned()),
            KeyValue::new("outcome", outcome),
        ];
        self.said.add(1, &attributes);
    }
}
