//! Certificates of ID cards.

use std::sync::LazyLock;

use identity::decoders::Cards;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, ExtendedKeyUsagePurpose,
    IsCa, KeyPair,
};

use crate::{Target, jws::now};

/// Extensions that something goes by: key usage, basic constraints, subject's other names, names that an
/// issuer may use, extended key usage, policies, and one nobody knows.
const EXTENSIONS: [&[u64]; 7] = [
    &[2, 5, 29, 15],
    &[2, 5, 29, 19],
    &[2, 5, 29, 17],
    &[2, 5, 29, 30],
    &[2, 5, 29, 37],
    &[2, 5, 29, 32],
    &[2, 999, 1],
];

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "card_certificate",
        seeds: || vec![CITY.card.clone()],
        words: &[],
        read: |input| CITY.cards.vouch(input, now()),
    },
    Target {
        name: "card_extension",
        // Key usage: digital signature.
        seeds: || vec![vec![0, 3, 2, 7, 0x80]],
        words: &[],
        read: |input| {
            let (which, content) = input.split_first().unwrap_or((&0, &[]));
            let which = EXTENSIONS[usize::from(*which) % EXTENSIONS.len()];
            let more = CustomExtension::from_oid_content(which, content.to_vec());
            let card = certified(&CITY.issuer, &CITY.key, vec![more]);
            CITY.cards.vouch(&card, now())
        },
    },
];

static CITY: LazyLock<City> = LazyLock::new(City::found);

/// An issuer, and a card of its.
struct City {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
    card: Vec<u8>,
    cards: Cards,
}

impl City {
    fn found() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = || KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(parameters, key());
        let issuer = issuer.expect("an issuer");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), issuer.pem()).expect("written");
        let key = key();
        Self {
            cards: Cards::load(file.path()).expect("an issuer"),
            card: certified(&issuer, &key, Vec::new()),
            issuer,
            key,
        }
    }
}

fn certified(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    key: &KeyPair,
    more: Vec<CustomExtension>,
) -> Vec<u8> {
    let mut parameters = CertificateParams::default();
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    parameters.custom_extensions = more;
    let signed = parameters.signed_by(key, issuer);
    signed.expect("a certificate").der().to_vec()
}
