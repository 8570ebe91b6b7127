//! The head of an HTTP request, a header to a line.

use http::{HeaderMap, HeaderName, HeaderValue};

/// What is a header in these lines: a server gets to see no other.
pub(crate) fn headers(lines: &[u8]) -> HeaderMap {
    let pairs = lines.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        Some((name, value))
    });
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name, value);
    }
    headers
}
