//! The real random source: the only place where new ids and random bytes come from.

use rand::{TryRng, rngs::SysRng};
use uuid::Uuid;

/// A new id (UUIDv7): unique, and roughly in order of creation. The order is a convenience for
/// storage; nothing may rely on it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws new ids"
)]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes from the operating system, good for keys and secrets.
///
/// # Panics
/// When the operating system has no random source: nothing safe can be done without one.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_bytes_do_not_repeat() {
        assert_ne!(new_id(), new_id());
        assert_eq!(new_id().get_version_num(), 7);
        assert_ne!(random_bytes::<32>(), random_bytes::<32>());
    }
}
