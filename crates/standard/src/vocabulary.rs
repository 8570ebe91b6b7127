//! The standard's own words, each a closed list with one spelling in data and two titles.

mod class;
mod clause_words;
mod external;
mod factor;
mod ground;
mod network;
mod path;
mod role;
mod step;

pub use class::InformationClass;
pub use clause_words::{Mode, ServiceName, Strength};
pub use external::{Channel, ServiceType};
pub use factor::{FactorCategory, FactorKind, amr_category};
pub use ground::ClassificationGround;
pub use network::NetworkClass;
pub use path::AccessPath;
pub use role::Role;
pub use step::StepRole;

/// A text that is not one of a vocabulary's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary} {word:?}, expected one of: {}", known.join(", "))]
pub struct UnknownWord {
    /// Which vocabulary was expected: `role`, `information class`.
    pub vocabulary: &'static str,
    /// The text that was there.
    pub word: String,
    /// The words there are.
    pub known: &'static [&'static str],
}

/// Declares a vocabulary: `Variant = "code", "日本語", "English";` for each word.
///
/// Serialised as the code; read back by `FromStr`, so that data and requests are judged alike.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident, $vocabulary:literal {
            $($(#[$word_doc:meta])* $word:ident = $code:literal, $ja:literal, $en:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $ja] $(#[$word_doc])* $word,)+
        }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];
            /// Every code, in the same order.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The one spelling used in data, tokens and events.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $code),+
                }
            }

            /// What people read, in Japanese.
            pub const fn title_ja(self) -> &'static str {
                match self {
                    $(Self::$word => $ja),+
                }
            }

            /// What people read, in English.
            pub const fn title_en(self) -> &'static str {
                match self {
                    $(Self::$word => $en),+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$word),)+
                    _ => Err($crate::UnknownWord {
                        vocabulary: $vocabulary,
                        word: text.to_owned(),
                        known: Self::CODES,
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests;
