//! Every stable code of the platform has its line in docs/errors.md, and every line its code.
//!
//! Codes are found in the sources by the few ways in which the house writes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{files, is_shipped, name, read, root};

const DOCUMENT: &str = "docs/errors.md";

/// Code to the file that answers with it.
fn in_sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in files("rs") {
        if is_shipped(&path) {
            for code in codes(&read(&path)) {
                found.insert(code, name(&path));
            }
        }
    }
    found
}

fn codes(text: &str) -> BTreeSet<String> {
    let text = text.split("\nmod tests {").next().unwrap_or(text);
    let mut found = BTreeSet::new();
    for function in ["fn code(", "fn family(", "fn words("] {
        for (signature, body) in bodies(text, function) {
            if signature.contains("&'static str") {
                found.extend(literals(body));
            }
        }
    }
    for (call, argument) in [
        (".fail(", 1),
        (".length(", 1),
        ("Reason::new(", 0),
        ("Answer::new(", 1),
    ] {
        for arguments in after(text, call).map(arguments) {
            found.extend(arguments.get(argument).and_then(|one| value(text, one)));
        }
    }
    for rest in after(text, "let (code,") {
        let statement = rest.split("};").next().unwrap_or(rest);
        found.extend(literals(statement));
    }
    // A rule of access decisions is known by its id.
    let before_code = match text.contains("pub static RULES") {
        true => "id: \"",
        false => " code: \"",
    };
    found.extend(after(text, before_code).filter_map(|rest| rest.split('"').next().and_then(code)));
    found
}

/// What follows each occurrence of `mark`.
fn after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(mark)
        .map(move |(at, _)| &text[at + mark.len()..])
}

/// Signature and body of each function that begins so.
fn bodies<'a>(text: &'a str, function: &'a str) -> Vec<(&'a str, &'a str)> {
    after(text, function)
        .filter_map(|rest| {
            let begin = rest.find('{')?;
            let mut depth = 0;
            let end = rest[begin..].find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0
            })?;
            Some((&rest[..begin], &rest[begin..begin + end]))
        })
        .collect()
}

/// The arguments of a call whose opening parenthesis was just passed.
fn arguments(rest: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut from) = (0, false, false, 0);
    let mut found = Vec::new();
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                found.push(rest[from..at].trim());
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(rest[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// The code an argument stands for: a literal, or a constant of the same file.
fn value(text: &str, argument: &str) -> Option<String> {
    let literal = match argument.strip_prefix('"') {
        Some(literal) => literal,
        None => {
            let constant = format!("const {argument}: &str = \"");
            text.split(&constant).nth(1)?
        }
    };
    literal.split('"').next().and_then(code)
}

/// Every literal that looks like a code.
fn literals(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .filter_map(code)
        .collect()
}

fn code(text: &str) -> Option<String> {
    let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (!text.is_empty() && text.chars().all(snake)).then(|| text.to_owned())
}

/// The codes at the beginning of the document's table rows.
fn in_document() -> Vec<String> {
    read(&root().join(DOCUMENT))
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next().and_then(code))
        .collect()
}

#[test]
fn every_code_has_one_line_in_the_document_and_every_line_a_code() {
    let sources = in_sources();
    let document = in_document();
    let listed: BTreeSet<&String> = document.iter().collect();
    assert_eq!(
        listed.len(),
        document.len(),
        "{DOCUMENT} lists a code twice"
    );
    let missing: Vec<String> = sources
        .iter()
        .filter(|(code, _)| !listed.contains(code))
        .map(|(code, file)| format!("{code} ({file})"))
        .collect();
    assert!(
        missing.is_empty(),
        "without a line in {DOCUMENT}: {missing:#?}"
    );
    let stale: Vec<_> = listed
        .into_iter()
        .filter(|code| !sources.contains_key(*code))
        .collect();
    assert!(
        stale.is_empty(),
        "in {DOCUMENT}, but nothing answers so: {stale:#?}"
    );
}

#[test]
fn codes_are_found_however_the_house_writes_them() {
    let source = r#"
pub const REUSED: &str = "key_reused";
impl Refusal for Refused {
    fn code(&self) -> &'static str {
        match self {
            Self::Inner(inner) => inner.code(),
            Self::Gone { .. } => "thing_gone",
        }
    }
    fn field(&self) -> Option<String> { Some("thing_id".into()) }
}
fn answer() {
    fields.fail(&format!("a[{}]", "x, y"), "word_unknown", "is not a word", "語");
    Answer::new(Code::Aborted, REUSED, "used", "使用済み");
    Answer::new(code_of(&refusal), reason, en.clone(), ja);
    let (code, ja) = match error { A => ("cell_required", "空欄".to_owned()), B => ("id_invalid", x) };
    Event { code: "person_unknown".to_owned() }
}

#[cfg(test)]
mod tests {
    fn code(&self) -> &'static str { "only_in_a_test" }
}
"#;
    let found: Vec<String> = codes(source).into_iter().collect();
    assert_eq!(
        found,
        [
            "cell_required",
            "id_invalid",
            "key_reused",
            "person_unknown",
            "thing_gone",
            "word_unknown"
        ]
    );
}
