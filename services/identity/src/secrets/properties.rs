//! Whatever is presented as a secret, reading it comes to an end, and what was written reads back.

use proptest::{collection::vec, prelude::*};

use super::{DeviceCode, Handle, OneTimeCode, RefreshToken, UserCode, serial_of};

proptest! {
    #[test]
    fn nothing_presented_makes_its_reader_panic(
        text in "\\PC{0,120}",
        bytes in vec(any::<u8>(), 0..200),
        change in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let person = "S1".parse().expect("an id");
        let handle = Handle::draw(person, "s-1".parse().expect("an id"));
        let (good, digest) = (handle.text(), handle.digest());
        let mut spoilt = good.clone().into_bytes();
        spoilt[change.index(good.len())] = byte;
        let spoilt = String::from_utf8_lossy(&spoilt).into_owned();
        for text in [text.as_str(), &String::from_utf8_lossy(&bytes), &spoilt] {
            if let Some(read) = Handle::read(text) {
                // Only what was written, in this one form, has its digest.
                prop_assert!(text == good || read.digest() != digest
                    || (read.person.as_str(), read.session.as_str()) != ("S1", "s-1"));
            }
            let _ = (DeviceCode::read(text).is_some(), RefreshToken::read(text).is_some());
            let _ = (OneTimeCode::typed(text).digest(), UserCode::typed(text).hash());
            let _ = serial_of(text);
        }
    }
}
