//! A card reader: a card's certificate and key where Chromium looks for them (NSS), and the certificate of
//! the card door.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SerialNumber, date_time_ymd,
};
use runtime::{
    config::IcCardSection,
    files::{OWNER_ONLY, publish},
};
use tempfile::TempDir;

/// The serial number of the card's certificate.
pub(crate) const SERIAL: &str = "0A:BC";

/// See the module.
pub(crate) struct Reader {
    files: TempDir,
    port: u16,
}

impl Reader {
    pub(crate) fn new() -> Self {
        let reader = Self {
            files: tempfile::tempdir().expect("a directory"),
            port: testkit::free_port(),
        };
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).expect("signed").pem();
        reader.write("issuer.pem", &own);
        let issuer = Issuer::new(params, key);
        reader.issue(&issuer, "card", ExtendedKeyUsagePurpose::ClientAuth);
        reader.issue(&issuer, "door", ExtendedKeyUsagePurpose::ServerAuth);

        let keys = reader.home().join(".pki/nssdb");
        std::fs::create_dir_all(&keys).expect("a directory");
        let keys = format!("sql:{}", keys.display());
        let [card, key, both] = ["card.pem", "card.key", "card.p12"]
            .map(|name| reader.file(name).display().to_string());
        let export = [
            "pkcs12", "-export", "-in", &card, "-inkey", &key, "-out", &both,
        ];
        run("openssl", &[&export[..], &["-passout", "pass:"]].concat());
        run("certutil", &["-d", &keys, "-N", "--empty-password"]);
        run("pk12util", &["-d", &keys, "-i", &both, "-W", ""]);
        reader
    }

    /// The home directory of whoever the reader belongs to.
    pub(crate) fn home(&self) -> &Path {
        self.files.path()
    }

    /// Where the card is shown.
    pub(crate) fn door(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The door's settings.
    pub(crate) fn section(&self) -> IcCardSection {
        IcCardSection {
            issuers: [("city".to_owned(), self.file("issuer.pem"))].into(),
            listen: Some(([127, 0, 0, 1], self.port).into()),
            certificate_file: Some(self.file("door.pem")),
            key_file: Some(self.file("door.key")),
            ..IcCardSection::default()
        }
    }

    fn issue(&self, issuer: &Issuer<'_, KeyPair>, name: &str, usage: ExtendedKeyUsagePurpose) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0xbc]));
        params.extended_key_usages = vec![usage];
        params.not_before = date_time_ymd(2025, 1, 1);
        params.not_after = date_time_ymd(2030, 1, 1);
        let signed = params.signed_by(&key, issuer).expect("signed");
        self.write(&format!("{name}.pem"), &signed.pem());
        self.write(&format!("{name}.key"), &key.serialize_pem());
    }

    fn write(&self, name: &str, text: &str) {
        publish(&self.file(name), text, OWNER_ONLY).expect("written");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }
}

fn run(program: &str, arguments: &[&str]) {
    let ended = Command::new(program).args(arguments).output();
    let ended = ended.unwrap_or_else(|error| panic!("{program}: {error}"));
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{program}: {told}");
}
