use jiff::Timestamp;
use totp_rs::{Builder, Secret};

/// The one-time code that a generator with that secret (Base32, spaces allowed) shows at that time.
///
/// # Panics
/// When the secret is no Base32, or the time before 1970.
pub fn one_time_code(secret: &str, at: Timestamp) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).expect("base32");
    let generator = Builder::new().with_secret(secret).build();
    let seconds = u64::try_from(at.as_second()).expect("after 1970");
    generator
        .expect("a generator")
        .generate(seconds)
        .to_string()
}
