use proptest::prelude::*;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, SerialNumber,
};

use super::*;

/// Somebody who issues certificates; all of them have the same name in it.
struct Ca(Issuer<'static, KeyPair>, Certificate);

impl Ca {
    fn new(above: Option<&Self>) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = match above {
            Some(above) => params.signed_by(&key, &above.0),
            None => params.self_signed(&key),
        };
        Self(Issuer::new(params, key), own.expect("signed"))
    }

    fn card(&self) -> Certificate {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0xbc]));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.signed_by(&key, &self.0).expect("signed")
    }
}

fn load(issuers: &[(&str, &[&Ca])]) -> Result<CardIssuers, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let files = issuers.iter().map(|(name, own)| {
        let path = directory.path().join(name);
        let text: String = own.iter().map(|ca| ca.1.pem()).collect();
        std::fs::write(&path, text).expect("written");
        ((*name).to_owned(), path)
    });
    CardIssuers::load(&files.collect())
}

fn known(issuers: &CardIssuers, card: &Certificate) -> Result<(String, String), webpki::Error> {
    let now = Timestamp::from_second(1_800_000_000).expect("an instant");
    let known = issuers.vouch(card.der(), now)?;
    Ok((known.issuer, known.serial))
}

#[test]
fn a_certificate_is_known_by_the_issuer_that_signed_it_also_after_its_key_was_renewed() {
    let (city, renewed, ward) = (Ca::new(None), Ca::new(None), Ca::new(None));
    let issuers = load(&[("city", &[&city, &renewed]), ("ward", &[&ward])]).expect("issuers");
    for (ca, name) in [(&city, "city"), (&renewed, "city"), (&ward, "ward")] {
        let expected = (name.to_owned(), "abc".to_owned());
        assert_eq!(known(&issuers, &ca.card()), Ok(expected), "{name}");
    }
    known(&issuers, &Ca::new(None).card()).expect_err("a stranger's");
    known(&issuers, &Ca::new(Some(&city)).card()).expect_err("of one between");
}

#[test]
fn an_issuer_need_not_be_named_where_there_is_but_one() {
    let (city, renewed, ward) = (Ca::new(None), Ca::new(None), Ca::new(None));
    let one = load(&[("city", &[&city, &renewed])]).expect("an issuer");
    let two = load(&[("city", &[&city]), ("ward", &[&ward])]).expect("issuers");
    let none = load(&[]).expect("none");
    for (issuers, named, found) in [
        (&one, "", Some("city")),
        (&one, "city", Some("city")),
        (&one, "ward", None),
        (&two, "", None),
        (&two, "ward", Some("ward")),
        (&none, "", None),
    ] {
        assert_eq!(issuers.named(named), found, "{named:?}");
    }
}

#[test]
fn an_issuer_that_is_not_one_is_told_by_its_name_and_reason() {
    let city = Ca::new(None);
    for (issuers, reason) in [
        (&[("city", &[][..])][..], "no certificate"),
        (
            &[("city", &[&city][..]), ("ward", &[&city][..])],
            "also that of city",
        ),
    ] {
        let error = load(issuers).err().expect(reason);
        let (last, _) = issuers.last().expect("one");
        assert!(error.starts_with(&format!("{last}: ")), "{error}");
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_serial_number_is_the_same_however_it_is_typed() {
    for typed in ["0A:BC", "0abc", "ab c", "abc"] {
        assert_eq!(serial_of(typed), "abc", "{typed}");
    }
}

proptest! {
    #[test]
    fn no_bytes_for_a_certificate_make_it_panic(bytes: Vec<u8>, cut in 0_usize..600, turned: u8) {
        let ca = Ca::new(None);
        let issuers = load(&[("city", &[&ca])]).expect("an issuer");
        let own = ca.card();
        let mut changed = own.der().to_vec();
        let at = cut % changed.len();
        changed[at] ^= turned;
        for certificate in [&bytes[..], &own.der()[..at], &changed] {
            let _ = issuers.vouch(certificate, Timestamp::UNIX_EPOCH);
        }
    }
}
