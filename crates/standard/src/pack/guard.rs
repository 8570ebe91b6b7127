//! A condition an application must meet before anyone is asked to decide.

use std::{fmt, str::FromStr};

use kernel::ClauseId;

use super::Period;
use crate::{Channel, InformationClass, ServiceType};

/// One rule, when it applies, and the clause a refusal names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The clause it serves.
    pub clause: ClauseId,
    /// It applies when all of these hold; always, if there are none.
    pub when: Vec<Condition>,
    /// What must be so.
    pub rule: Rule,
}

/// When a guard applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The information is S, I or II.
    Sensitive,
    /// The application carries the cloud flag.
    Cloud,
    /// The application fills this field.
    Field(String),
}

/// What must be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The information's class is one of these.
    AllowedClasses(Vec<InformationClass>),
    /// The class may go to a service of this type; the cell may ask for more fields.
    Matrix(ServiceType),
    /// The class may go by this channel; the cell may ask for more fields.
    Channel(Channel),
    /// All these fields are filled.
    Required(Vec<String>),
    /// At least one of these fields is filled.
    RequiredOneOf(Vec<String>),
    /// Every item of this checklist is answered yes.
    Checklist(String),
    /// No personal information under article 7 item 2 of the ordinance.
    RefusesPersonalInformation,
    /// It has an end, no later than this long after its start.
    MaxPeriod(Period),
}

/// A condition's text is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown condition {0:?}, expected one of: sensitive, cloud, field:NAME")]
pub struct UnknownCondition(String);

impl FromStr for Condition {
    type Err = UnknownCondition;

    fn from_str(text: &str) -> Result<Self, UnknownCondition> {
        match text {
            "sensitive" => Ok(Self::Sensitive),
            "cloud" => Ok(Self::Cloud),
            _ => match text.strip_prefix("field:") {
                Some(field) if !field.is_empty() => Ok(Self::Field(field.to_owned())),
                _ => Err(UnknownCondition(text.to_owned())),
            },
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sensitive => f.write_str("sensitive"),
            Self::Cloud => f.write_str("cloud"),
            Self::Field(field) => write!(f, "field:{field}"),
        }
    }
}
