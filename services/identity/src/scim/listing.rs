//! What a list is asked for: a filter, a part of what it finds, and which attributes of it
//! (RFC 7644, 3.4.2 and 3.4.3).

use axum::extract::{Query, rejection::QueryRejection};
use serde_json::{Value, json};

use super::{
    filter::{self, Test},
    refused::Refused,
    resource::member,
    schema::Kind,
    selection::Selection,
};

/// Most resources in one answer.
pub(super) const MAX_COUNT: u64 = 200;
/// How many where the caller does not say.
const COUNT: u64 = 100;

/// Parameters of an address.
pub(super) type Parameters = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// See the module.
#[derive(Debug)]
pub(super) struct Listing {
    /// What they fit; none = all.
    pub(super) test: Option<Test>,
    /// How many come before the first one wanted.
    pub(super) skip: u64,
    /// How many are wanted; none is a good answer to how many there are.
    pub(super) count: u64,
    /// Which attributes.
    pub(super) selection: Selection,
}

/// As it was sent.
#[derive(Debug, Default)]
struct Asked {
    filter: Option<String>,
    start: Option<i64>,
    count: Option<i64>,
    attributes: Vec<String>,
    excluded: Vec<String>,
}

impl Listing {
    /// From the parameters of an address.
    pub(super) fn of_query(kind: &'static Kind, parameters: Parameters) -> Result<Self, Refused> {
        let mut asked = Asked::default();
        for (name, value) in pairs(parameters)? {
            match name.as_str() {
                "filter" => asked.filter = Some(value),
                "startIndex" => asked.start = Some(number(&name, &value)?),
                "count" => asked.count = Some(number(&name, &value)?),
                "attributes" => asked.attributes.extend(names(&value)),
                "excludedAttributes" => asked.excluded.extend(names(&value)),
                // An order is not offered, and what is not known is passed over.
                _ => {}
            }
        }
        asked.judged(kind)
    }

    /// From the body of a search.
    pub(super) fn of_body(kind: &'static Kind, body: &[u8]) -> Result<Self, Refused> {
        let body: Value =
            serde_json::from_slice(body).map_err(|error| Refused::Body(error.to_string()))?;
        let several = |name: &str| -> Vec<String> {
            let given = member(&body, name).and_then(Value::as_array);
            let texts = given.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let number = |name: &str| match member(&body, name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(Refused::Body(format!("{name} is no whole number"))),
            },
        };
        let filter = match member(&body, "filter") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => return Err(Refused::Body("filter is no text".to_owned())),
        };
        let asked = Asked {
            filter,
            start: number("startIndex")?,
            count: number("count")?,
            attributes: several("attributes"),
            excluded: several("excludedAttributes"),
        };
        asked.judged(kind)
    }

    /// The part of what was found that is wanted.
    pub(super) fn part<T>(&self, found: Vec<T>) -> Vec<T> {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        found.into_iter().skip(skip).take(count).collect()
    }

    /// The answer.
    pub(super) fn answer(&self, total: u64, resources: Vec<Value>) -> Value {
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        listed(total, self.skip.saturating_add(1), resources)
    }
}

impl Asked {
    fn judged(self, kind: &'static Kind) -> Result<Listing, Refused> {
        let test = match &self.filter {
            Some(text) => Some(filter::parse(text).map_err(Refused::Filter)?.bind(kind)?),
            None => None,
        };
        // Less than one is one, and less than none is none (RFC 7644, 3.4.2.4).
        let start = self.start.map_or(1, |start| start.max(1)).unsigned_abs();
        let count = self
            .count
            .map_or(COUNT, |count| count.max(0).unsigned_abs());
        Ok(Listing {
            test,
            skip: start - 1,
            count: count.min(MAX_COUNT),
            selection: Selection::new(kind, &self.attributes, &self.excluded),
        })
    }
}

/// The attributes that the parameters of an address ask for.
pub(super) fn selection(kind: &'static Kind, parameters: Parameters) -> Result<Selection, Refused> {
    let (mut attributes, mut excluded) = (Vec::new(), Vec::new());
    for (name, value) in pairs(parameters)? {
        match name.as_str() {
            "attributes" => attributes.extend(names(&value)),
            "excludedAttributes" => excluded.extend(names(&value)),
            _ => {}
        }
    }
    Ok(Selection::new(kind, &attributes, &excluded))
}

/// A list as it is answered.
pub(super) fn listed(total: usize, start: u64, resources: Vec<Value>) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

fn pairs(parameters: Parameters) -> Result<Vec<(String, String)>, Refused> {
    match parameters {
        Ok(Query(pairs)) => Ok(pairs),
        Err(rejection) => Err(Refused::Body(rejection.body_text())),
    }
}

fn names(value: &str) -> impl Iterator<Item = String> {
    let names = value.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned)
}

fn number(name: &str, value: &str) -> Result<i64, Refused> {
    let number = value.parse();
    number.map_err(|_| Refused::Body(format!("{name} is no whole number")))
}
