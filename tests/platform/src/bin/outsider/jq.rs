//! `jq -r PATH`, of a path such as `.entries[0].recordId`; `jq -j PATH`, with no newline after it.

use std::io::Read as _;

use serde_json::Value;

/// What stands at the path in the standard input; a text without its quotes.
pub(crate) fn run(words: &[String]) -> Result<String, String> {
    let [raw, path] = words else {
        return Err("jq -r PATH".to_owned());
    };
    let end = match raw.as_str() {
        "-r" => "\n",
        "-j" => "",
        other => return Err(format!("jq: {other} is not known here")),
    };
    let mut input = String::new();
    let read = std::io::stdin().read_to_string(&mut input);
    read.map_err(|error| format!("jq: {error}"))?;
    let whole: Value = serde_json::from_str(&input).map_err(|error| format!("jq: {error}"))?;
    let pointer = path.replace(['.', '['], "/").replace(']', "");
    match whole.pointer(&pointer) {
        Some(Value::String(text)) => Ok(format!("{text}{end}")),
        Some(other) => Ok(format!("{other}{end}")),
        None => Err(format!("jq: nothing at {path} of {input}")),
    }
}
