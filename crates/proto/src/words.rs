//! The standard's words in the contracts, each way. On the wire a word may be missing, or be one of
//! a later version: then it is none.

use crate::common::v1 as wire;

/// One word of the wire for each of the standard's, named one after the other.
macro_rules! words {
    ($($word:ident { $($said:ident = $meant:ident),+ })+) => { $(
        impl wire::$word {
            /// The standard's word; none when unspecified.
            pub const fn word(self) -> Option<standard::$word> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$said => Some(standard::$word::$meant),)+
                }
            }

            /// The standard's word of a field's number; none when unspecified or unknown.
            pub fn word_of(number: i32) -> Option<standard::$word> {
                Self::try_from(number).ok()?.word()
            }

            /// The number of a field that may be left out.
            pub fn number_of(word: Option<standard::$word>) -> i32 {
                word.map_or(Self::Unspecified, Self::from).into()
            }
        }

        impl From<standard::$word> for wire::$word {
            fn from(word: standard::$word) -> Self {
                match word {
                    $(standard::$word::$meant => Self::$said,)+
                }
            }
        }
    )+ };
}

words! {
    InformationClass { Iii = III, Ii = II, I = I, S = S }
    NetworkClass { MyNumber = MyNumber, Lgwan = Lgwan, Internet = Internet, Independent = Independent }
    AccessPath { Office = Office, Telework = Telework, PublicLine = PublicLine }
    ServiceType {
        Outsourcing = Outsourcing, TermsOnly = TermsOnly, Negotiated = Negotiated,
        Government = Government
    }
}
