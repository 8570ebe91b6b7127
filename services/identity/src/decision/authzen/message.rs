//! What is asked, in AuthZEN's form: `subject`, `action`, `resource`, `context`.

use identity_domain::decision::{Action, Object};
use rpc::Fields;
use serde::Deserialize;
use serde_json::{Map, Value};
use standard::InformationClass;

use super::Refused;
use crate::decision::Question;

/// Most questions in one request, as over gRPC.
const MAX_QUESTIONS: usize = 100;
/// Longest access token looked at, in bytes.
const MAX_TOKEN: usize = 8_192;
/// The one type of subject there is.
const PERSON: &str = "person";
/// The one type of resource there is.
const SYSTEM: &str = "system";

/// One access asked for.
#[derive(Debug)]
pub(super) struct Ask {
    /// Before the names of its fields: empty, or `evaluations[3].`.
    pub(super) place: String,
    pub(super) subject: String,
    pub(super) token: String,
    pub(super) question: Question,
}

/// Everything one request asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) asks: Vec<Ask>,
    pub(super) until: Until,
    /// To be answered by itself and not in a list.
    pub(super) single: bool,
}

/// How far a list of questions is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum Until {
    #[default]
    #[serde(rename = "execute_all")]
    All,
    #[serde(rename = "deny_on_first_deny")]
    FirstDeny,
    #[serde(rename = "permit_on_first_permit")]
    FirstPermit,
}

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    whole: Evaluation,
    #[serde(default)]
    evaluations: Vec<Evaluation>,
    #[serde(default)]
    options: Options,
}

#[derive(Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Until,
}

#[derive(Clone, Default, Deserialize)]
struct Evaluation {
    subject: Option<Entity>,
    action: Option<Named>,
    resource: Option<Entity>,
    context: Option<Map<String, Value>>,
}

#[derive(Clone, Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

#[derive(Clone, Deserialize)]
struct Named {
    name: String,
}

/// A request for one evaluation.
pub(super) fn one(body: &[u8]) -> Result<Asked, Refused> {
    let whole: Evaluation = parse(body)?;
    let mut fields = Fields::new();
    let ask = ask(&mut fields, String::new(), whole);
    Refused::unless_good(fields)?;
    Ok(Asked {
        asks: ask.into_iter().collect(),
        until: Until::All,
        single: true,
    })
}

/// A request for several; what is given outside the list holds for each that does not say otherwise.
/// Without a list it is a request for one.
pub(super) fn several(body: &[u8]) -> Result<Asked, Refused> {
    let Body {
        whole,
        evaluations,
        options,
    } = parse(body)?;
    if evaluations.is_empty() {
        return one(body);
    }
    let mut fields = Fields::new();
    let asks = fields.list("evaluations", &evaluations, 1..=MAX_QUESTIONS, |_, one| {
        one.clone()
    });
    let mut asked = Asked {
        asks: Vec::with_capacity(asks.len()),
        until: options.evaluations_semantic,
        single: false,
    };
    for (at, one) in asks.into_iter().enumerate() {
        let one = Evaluation {
            subject: one.subject.or_else(|| whole.subject.clone()),
            action: one.action.or_else(|| whole.action.clone()),
            resource: one.resource.or_else(|| whole.resource.clone()),
            context: one.context.or_else(|| whole.context.clone()),
        };
        let judged = ask(&mut fields, format!("evaluations[{at}]."), one);
        asked.asks.extend(judged);
    }
    Refused::unless_good(fields)?;
    Ok(asked)
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::Malformed(error.to_string()))
}

/// None only when something is at fault.
fn ask(fields: &mut Fields, place: String, one: Evaluation) -> Option<Ask> {
    let name = |field: &str| format!("{place}{field}");
    for (field, given) in [
        ("subject", one.subject.is_some()),
        ("action", one.action.is_some()),
        ("resource", one.resource.is_some()),
    ] {
        if !given {
            fields.fail(&name(field), "required", "must be given", "必須です。");
        }
    }
    let (subject, action, resource) = (one.subject?, one.action?, one.resource?);
    for (field, kind, known) in [
        ("subject.type", &subject.kind, PERSON),
        ("resource.type", &resource.kind, SYSTEM),
    ] {
        if kind != known {
            fields.fail(
                &name(field),
                "entity_type_unknown",
                format!("must be {known}"),
                format!("{known} のみです。"),
            );
        }
    }
    let token = text(&subject.properties, "access_token");
    let token_field = name("subject.properties.access_token");
    fields.bytes(&token_field, token.as_bytes(), 1..=MAX_TOKEN);
    let system = fields.id(&name("resource.id"), &resource.id);
    let action = action.name.parse::<Action>().map_err(|error| {
        let ja = "use、administer、export、record、change のいずれかです。";
        fields.fail(&name("action.name"), "word_unknown", error.to_string(), ja);
    });
    let class = match text(&resource.properties, "information_class") {
        "" => None,
        word => {
            fields.word::<InformationClass>(&name("resource.properties.information_class"), word)
        }
    };
    let object = object(fields, &name("resource.properties."), &resource.properties);
    let context = one.context.unwrap_or_default();
    let device = fields.optional_id(&name("context.device_id"), text(&context, "device_id"));
    let shared_id = fields.optional_id(&name("context.shared_id"), text(&context, "shared_id"));
    Some(Ask {
        subject: subject.id,
        token: token.to_owned(),
        question: Question {
            system,
            action: action.ok()?,
            object,
            device,
            class,
            automated: context.get("automated") == Some(&Value::Bool(true)),
            shared_id,
        },
        place,
    })
}

/// What it is about beside the system: one thing at most.
fn object(fields: &mut Fields, place: &str, members: &Map<String, Value>) -> Option<Object> {
    let named = ["network_id", "terminal_id", "item_id"];
    let mut named = named
        .into_iter()
        .filter(|name| !text(members, name).is_empty());
    let about = named.next()?;
    let (field, id) = (format!("{place}{about}"), text(members, about));
    if let Some(second) = named.next() {
        fields.fail(
            &format!("{place}{second}"),
            "object_named_twice",
            format!("cannot be given beside {about}"),
            format!("{about} と同時には指定できません。"),
        );
    }
    Some(match about {
        "network_id" => Object::Network(fields.id(&field, id)),
        "terminal_id" => Object::Terminal(fields.id(&field, id)),
        _ => Object::Item(fields.id(&field, id)),
    })
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or("")
}
