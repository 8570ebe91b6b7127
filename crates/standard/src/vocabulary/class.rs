//! The classes of administrative information (重要性分類, clause 3-1).

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::UnknownWord;

/// A class of information. The order is strictness: III < II < I < S.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InformationClass {
    /// Everything else, by an explicit decision.
    III,
    /// Harm to the conduct of business.
    II,
    /// Must not be disclosed, or secret to operations.
    I,
    /// Class I whose loss would be very hard to restore and gravely hinder administration.
    S,
}

impl InformationClass {
    /// Every class, strictest first, as people list them.
    pub const ALL: &'static [Self] = &[Self::S, Self::I, Self::II, Self::III];
    /// Every code, in the same order.
    pub const CODES: &'static [&'static str] = &["S", "I", "II", "III"];

    /// The one spelling used in data, tokens and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
        }
    }

    /// What people read, in Japanese.
    pub const fn title_ja(self) -> &'static str {
        match self {
            Self::S => "重要性分類S",
            Self::I => "重要性分類Ⅰ",
            Self::II => "重要性分類Ⅱ",
            Self::III => "重要性分類Ⅲ",
        }
    }

    /// What people read, in English.
    pub const fn title_en(self) -> &'static str {
        match self {
            Self::S => "Class S",
            Self::I => "Class I",
            Self::II => "Class II",
            Self::III => "Class III",
        }
    }

    /// "S/I/II" of the standard: anything but III.
    pub const fn is_sensitive(self) -> bool {
        !matches!(self, Self::III)
    }
}

/// Accepts also the spellings of Japanese documents: Ｓ, Ⅰ, Ⅱ, Ⅲ and full-width letters.
impl FromStr for InformationClass {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "S" | "Ｓ" => Ok(Self::S),
            "I" | "Ⅰ" | "Ｉ" => Ok(Self::I),
            "II" | "Ⅱ" | "ＩＩ" => Ok(Self::II),
            "III" | "Ⅲ" | "ＩＩＩ" => Ok(Self::III),
            _ => Err(UnknownWord {
                vocabulary: "information class",
                word: text.to_owned(),
                known: Self::CODES,
            }),
        }
    }
}

impl fmt::Display for InformationClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for InformationClass {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for InformationClass {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
