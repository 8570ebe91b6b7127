//! What TLS does at the card door: it asks for a certificate and proves that its key is there. Whether
//! the certificate counts is judged afterwards, where the answer can be a page in words; a browser whose
//! handshake is refused shows nothing but an error of its own.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use runtime::config::IcCardSection;
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject as _},
    server::{
        NoServerSessionStorage,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};

use crate::secrets::CardIssuers;

/// Any certificate or none, but never one whose key is not there.
#[derive(Debug)]
struct KeyIsThere {
    issuers: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// How the door speaks TLS.
///
/// # Errors
/// Names the key of the section and the reason.
pub(super) fn configuration(
    section: &IcCardSection,
    issuers: &CardIssuers,
) -> Result<ServerConfig, String> {
    let provider = ring::default_provider();
    let cards = KeyIsThere {
        issuers: issuers.subjects(),
        algorithms: provider.signature_verification_algorithms,
    };
    let (certificates, key) = (certificates(section)?, key(section)?);
    let mut tls = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(Arc::new(cards))
        .with_single_cert(certificates, key)
        .map_err(|error| format!("certificate_file and key_file: {error}"))?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A session taken up again would vouch for a card that was taken out since.
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    tls.send_tls13_tickets = 0;
    Ok(tls)
}

/// Every request is proven anew: a connection answers one and ends.
pub(super) async fn once(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

fn certificates(section: &IcCardSection) -> Result<Vec<CertificateDer<'static>>, String> {
    let path = section.certificate_file.as_deref().unwrap_or(Path::new(""));
    let told =
        |error: &dyn std::fmt::Display| format!("certificate_file {}: {error}", path.display());
    let read = CertificateDer::pem_file_iter(path).map_err(|error| told(&error))?;
    let read: Result<Vec<_>, _> = read.collect();
    let read = read.map_err(|error| told(&error))?;
    if read.is_empty() {
        return Err(told(&"there is no certificate in it"));
    }
    Ok(read)
}

fn key(section: &IcCardSection) -> Result<PrivateKeyDer<'static>, String> {
    let path = section.key_file.as_deref().unwrap_or(Path::new(""));
    let told = |error: &dyn std::fmt::Display| format!("key_file {}: {error}", path.display());
    let mode = fs::metadata(path).map_err(|error| told(&error))?;
    let mode = mode.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(told(&format!(
            "is open to others (mode {mode:o}), make it 600"
        )));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| told(&error))
}

impl ClientCertVerifier for KeyIsThere {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.issuers
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use runtime::files::{OWNER_ONLY, publish};

    use super::*;

    fn told(certificate: &str, key: &str, mode: u32) -> Result<(), String> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        let own = KeyPair::generate().expect("a key");
        let issuer = CertificateParams::default()
            .self_signed(&own)
            .expect("signed");
        for (name, text, mode) in [
            ("issuers", issuer.pem().as_str(), OWNER_ONLY),
            ("certificate", certificate, OWNER_ONLY),
            ("key", key, mode),
        ] {
            publish(&path(name), text, mode).expect("written");
        }
        let section = IcCardSection {
            certificate_file: Some(path("certificate")),
            key_file: Some(path("key")),
            ..IcCardSection::default()
        };
        let issuers = [("city".to_owned(), path("issuers"))].into();
        let issuers = CardIssuers::load(&issuers).expect("issuers");
        configuration(&section, &issuers).map(|_| ())
    }

    #[test]
    fn what_the_door_cannot_speak_with_is_told_by_its_key_and_reason() {
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        let own = own.self_signed(&key).expect("signed").pem();
        let other = KeyPair::generate().expect("a key").serialize_pem();
        let key = key.serialize_pem();
        told(&own, &key, OWNER_ONLY).expect("both fit");
        for (certificate, key, mode, wrong, reason) in [
            ("", &key, OWNER_ONLY, "certificate_file ", "no certificate"),
            (&own, &own, OWNER_ONLY, "key_file ", "key"),
            (
                &own,
                &key,
                0o644,
                "key_file ",
                "is open to others (mode 644)",
            ),
            (
                &own,
                &other,
                OWNER_ONLY,
                "certificate_file and key_file",
                "",
            ),
        ] {
            let error = told(certificate, key, mode).expect_err(reason);
            assert!(error.starts_with(wrong), "{error}");
            assert!(error.contains(reason), "{error}");
        }
    }
}
