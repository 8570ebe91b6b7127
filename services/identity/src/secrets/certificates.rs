//! The certificates on ID cards: who issues them, and whether one is theirs and good now.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use rustls::{
    DistinguishedName,
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, TrustAnchor, UnixTime, pem::PemObject as _},
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// Those whose certificates count.
pub(crate) struct CardIssuers {
    anchors: Vec<TrustAnchor<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl CardIssuers {
    /// The issuers in a PEM file.
    ///
    /// # Errors
    /// When it cannot be read, or holds no certificate.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| told(&error))?;
        let mut anchors = Vec::new();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| told(&error))?;
            let anchor = anchor_from_trusted_cert(&certificate).map_err(|error| told(&error))?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err(told(&"there is no certificate in it"));
        }
        Ok(Self {
            anchors,
            algorithms: rustls::crypto::ring::default_provider().signature_verification_algorithms,
        })
    }

    /// Their names, for browsers to offer only what they issued.
    pub(crate) fn names(&self) -> Vec<DistinguishedName> {
        let subjects = self.anchors.iter().map(|anchor| anchor.subject.as_ref());
        subjects.map(DistinguishedName::in_sequence).collect()
    }

    /// The serial number of a certificate, in hexadecimal, if an issuer vouches for it as a client's
    /// at this time.
    pub(crate) fn serial(
        &self,
        certificate: &[u8],
        chain: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<String, webpki::Error> {
        let certificate = CertificateDer::from(certificate);
        let chain: Vec<_> = chain
            .iter()
            .map(|der| CertificateDer::from(&der[..]))
            .collect();
        let certificate = EndEntityCert::try_from(&certificate)?;
        let since = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
        certificate.verify_for_usage(
            self.algorithms.all,
            &self.anchors,
            &chain,
            UnixTime::since_unix_epoch(since),
            KeyUsage::client_auth(),
            None,
            None,
        )?;
        let digits: String = certificate
            .serial()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(serial_of(&digits))
    }
}

/// A serial number however it is typed: colons, spaces, case and zeros before it do not matter.
pub(crate) fn serial_of(typed: &str) -> String {
    let digits = typed.chars().filter(|c| !matches!(c, ':' | ' '));
    let digits: String = digits.map(|c| c.to_ascii_lowercase()).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_serial_number_is_the_same_however_it_is_typed() {
        for typed in ["0A:BC", "0abc", "ab c", "abc"] {
            assert_eq!(serial_of(typed), "abc", "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_for_a_certificate_make_it_panic(bytes: Vec<u8>, cut in 0_usize..600, turned: u8) {
            let key = rcgen::KeyPair::generate().expect("a key");
            let own = rcgen::CertificateParams::default().self_signed(&key).expect("signed");
            let directory = tempfile::tempdir().expect("a directory");
            let file = directory.path().join("issuers.pem");
            std::fs::write(&file, own.pem()).expect("written");
            let issuers = CardIssuers::load(&file).expect("an issuer");
            let mut changed = own.der().to_vec();
            let at = cut % changed.len();
            changed[at] ^= turned;
            for certificate in [&bytes[..], &own.der()[..at], &changed] {
                let _ = issuers.serial(certificate, std::slice::from_ref(&bytes), Timestamp::UNIX_EPOCH);
            }
        }
    }
}
