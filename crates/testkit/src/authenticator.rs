//! An authenticator in software: what a browser and a passkey do, and what an attacker would.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use proto::identity::v1::PasskeyCeremony;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Where the platform's pages are, by default.
const ORIGIN: &str = "http://localhost:7080";

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// A passkey, and how the one who holds it behaves.
#[derive(Debug, Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    user: String,
    /// Rises with every signature; 0 for ever if it does not count.
    pub counter: u32,
    /// Whether it verifies its user.
    pub verifies: bool,
    /// Whether it is copied to other devices.
    pub synced: bool,
    /// Where the page is that it is used at.
    pub origin: String,
    /// Bits of the signature that are turned.
    pub forge: u8,
}

impl Authenticator {
    /// A new one; each seed another.
    ///
    /// # Panics
    /// With the seed 0.
    pub fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).expect("a key"),
            id: vec![seed; 20],
            user: String::new(),
            counter: 1,
            verifies: true,
            synced: false,
            origin: ORIGIN.to_owned(),
            forge: 0,
        }
    }

    /// What `navigator.credentials.create` would give.
    ///
    /// # Panics
    /// When what is asked is not what a relying party asks.
    pub fn create(&mut self, asked: &PasskeyCeremony) -> String {
        let options = options(asked);
        self.user = text(&options["user"]["id"]);
        let client = self.client("webauthn.create", &options);
        let mut data = self.head(&options["rp"]["id"], ATTESTED);
        data.extend([0; 16]);
        data.extend(length(&self.id));
        data.extend(&self.id);
        data.extend(self.public_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(length(&data));
        object.extend(&data);
        let response = json!({
            "attestationObject": encoded(&object),
            "clientDataJSON": encoded(client.as_bytes()),
            "transports": ["internal"],
        });
        self.credential(response)
    }

    /// What `navigator.credentials.get` would give.
    ///
    /// # Panics
    /// When what is asked is not what a relying party asks, or user verification is not required.
    pub fn get(&mut self, asked: &PasskeyCeremony) -> String {
        let options = options(asked);
        assert_eq!(options["userVerification"], "required");
        let client = self.client("webauthn.get", &options);
        let data = self.head(&options["rpId"], 0);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        let mut signature = signature.to_der().as_bytes().to_vec();
        *signature.last_mut().expect("bytes") ^= self.forge;
        let response = json!({
            "authenticatorData": encoded(&data),
            "clientDataJSON": encoded(client.as_bytes()),
            "signature": encoded(&signature),
            "userHandle": self.user,
        });
        self.credential(response)
    }

    fn credential(&self, response: Value) -> String {
        let credential = json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        });
        credential.to_string()
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        let client = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        client.to_string()
    }

    fn head(&mut self, relying_party: &Value, more: u8) -> Vec<u8> {
        let mut flags = PRESENT | more;
        if self.verifies {
            flags |= VERIFIED;
        }
        if self.synced {
            flags |= ELIGIBLE | BACKED_UP;
        }
        let mut data = Sha256::digest(text(relying_party)).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        if self.counter > 0 {
            self.counter += 1;
        }
        data
    }

    /// COSE: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().expect("x"), point.y().expect("y"));
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(x);
        key.extend(b"\x22\x58\x20");
        key.extend(y);
        key
    }
}

fn options(asked: &PasskeyCeremony) -> Value {
    let options: Value = serde_json::from_str(&asked.options_json).expect("JSON");
    options["publicKey"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).expect("short").to_be_bytes()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
