//! One cryptography provider for every TLS connection of the process.

/// Installs ring as rustls' provider. Call first thing in `main`; again does no harm.
pub fn install() {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    #[test]
    fn installing_twice_leaves_a_provider() {
        super::install();
        super::install();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }
}
