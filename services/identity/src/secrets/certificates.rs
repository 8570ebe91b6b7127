//! The certificates on ID cards: who issues them, and whether one is theirs and good now.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use identity_domain::account::CardCertificate;
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
    /// Whose each anchor is.
    names: Vec<String>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl CardIssuers {
    /// Issuers by name, the certificates of each in a PEM file.
    ///
    /// # Errors
    /// Names the issuer whose file cannot be read, holds no certificate or another issuer's.
    pub(crate) fn load(files: &BTreeMap<String, PathBuf>) -> Result<Self, String> {
        let mut issuers = Self {
            anchors: Vec::new(),
            names: Vec::new(),
            algorithms: rustls::crypto::ring::default_provider().signature_verification_algorithms,
        };
        for (name, path) in files {
            let told = |reason: String| format!("{name}: {}: {reason}", path.display());
            let read = anchors(path).map_err(told)?;
            if read.is_empty() {
                return Err(told("there is no certificate in it".to_owned()));
            }
            for anchor in read {
                let known = issuers.anchors.iter().position(|known| *known == anchor);
                if let Some(at) = known {
                    // Whose a card is must not depend on the order of the names.
                    let other = &issuers.names[at];
                    return Err(told(format!("a certificate is also that of {other}")));
                }
                issuers.anchors.push(anchor);
                issuers.names.push(name.clone());
            }
        }
        Ok(issuers)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// An issuer by its name; none need be given where there is but one.
    pub(crate) fn named(&self, name: &str) -> Option<&str> {
        let first = self.names.first()?;
        let alone = self.names.iter().all(|other| other == first);
        let known = self.names.iter().find(|known| *known == name);
        let known = known.or_else(|| (alone && name.is_empty()).then_some(first));
        known.map(String::as_str)
    }

    /// The names in their certificates, for browsers to offer only what they issued.
    pub(crate) fn subjects(&self) -> Vec<DistinguishedName> {
        let subjects = self.anchors.iter().map(|anchor| anchor.subject.as_ref());
        subjects.map(DistinguishedName::in_sequence).collect()
    }

    /// What a certificate is known by, if an issuer vouches for it as a client's at this time. The
    /// issuer has signed it itself: one between the two could give out any serial number, in any
    /// name.
    pub(crate) fn vouch(
        &self,
        certificate: &[u8],
        now: Timestamp,
    ) -> Result<CardCertificate, webpki::Error> {
        let certificate = CertificateDer::from(certificate);
        let certificate = EndEntityCert::try_from(&certificate)?;
        let since = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
        let path = certificate.verify_for_usage(
            self.algorithms.all,
            &self.anchors,
            &[],
            UnixTime::since_unix_epoch(since),
            KeyUsage::client_auth(),
            None,
            None,
        )?;
        let at = self.anchors.iter().position(|one| one == path.anchor());
        let issuer = at.map(|at| self.names[at].clone());
        let serial = certificate.serial().iter();
        let digits: String = serial.map(|byte| format!("{byte:02x}")).collect();
        Ok(CardCertificate {
            issuer: issuer.ok_or(webpki::Error::UnknownIssuer)?,
            serial: serial_of(&digits),
        })
    }
}

fn anchors(path: &Path) -> Result<Vec<TrustAnchor<'static>>, String> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    let read = certificates.map(|certificate| {
        let certificate = certificate.map_err(|error| error.to_string())?;
        let anchor = anchor_from_trusted_cert(&certificate).map_err(|error| error.to_string())?;
        Ok(anchor.to_owned())
    });
    read.collect()
}

/// A serial number however it is typed: colons, spaces, case and zeros before it do not matter.
pub(crate) fn serial_of(typed: &str) -> String {
    let digits = typed.chars().filter(|c| !matches!(c, ':' | ' '));
    let digits: String = digits.map(|c| c.to_ascii_lowercase()).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests;
