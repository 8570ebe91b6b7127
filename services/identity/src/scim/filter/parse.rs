//! From text to a filter. Whatever the text, it ends in a filter or in the place where it stopped
//! being one: the text is bounded, and so is how deep it goes.

use serde_json::Value;

use super::{Filter, Literal, Op, Path, Target};

/// Longest filter or path, in bytes.
const MAX_LENGTH: usize = 4096;
/// Most brackets inside one another.
const MAX_DEPTH: u32 = 32;

/// Why a text is no filter or path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{expected} expected at byte {at}")]
pub(in crate::scim) struct Unreadable {
    /// Where.
    pub(in crate::scim) at: usize,
    /// What should have been there.
    pub(in crate::scim) expected: &'static str,
}

type Read<T> = Result<T, Unreadable>;

/// Reads a filter.
pub(in crate::scim) fn parse(text: &str) -> Read<Filter> {
    let mut reader = Reader::new(text)?;
    let filter = reader.any_of(false)?;
    reader.end()?;
    Ok(filter)
}

/// Reads the path of a PATCH operation.
pub(in crate::scim) fn parse_path(text: &str) -> Read<Target> {
    let mut reader = Reader::new(text)?;
    let path = reader.path()?;
    let which = match reader.eat('[') {
        true => Some(reader.bracketed(true, ']')?),
        false => None,
    };
    let sub = match which.is_some() && reader.rest().starts_with('.') {
        true => {
            reader.at += 1;
            Some(reader.name()?)
        }
        false => None,
    };
    reader.end()?;
    Ok(Target { path, which, sub })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Read<Self> {
        let reader = Self {
            text,
            at: 0,
            depth: 0,
        };
        if text.len() > MAX_LENGTH {
            return Err(reader.expected("a shorter filter"));
        }
        Ok(reader)
    }

    /// Terms joined by "or". `inside` the brackets of an attribute there are no further such ones.
    fn any_of(&mut self, inside: bool) -> Read<Filter> {
        let mut left = self.all_of(inside)?;
        while self.word("or") {
            left = Filter::Or(left.into(), self.all_of(inside)?.into());
        }
        Ok(left)
    }

    fn all_of(&mut self, inside: bool) -> Read<Filter> {
        let mut left = self.term(inside)?;
        while self.word("and") {
            left = Filter::And(left.into(), self.term(inside)?.into());
        }
        Ok(left)
    }

    fn term(&mut self, inside: bool) -> Read<Filter> {
        if self.eat('(') {
            return self.bracketed(inside, ')');
        }
        let before = self.at;
        if self.word("not") {
            if self.eat('(') {
                return Ok(Filter::Not(self.bracketed(inside, ')')?.into()));
            }
            // An attribute may have that name.
            self.at = before;
        }
        let path = self.path()?;
        if !inside && self.rest().starts_with('[') {
            self.at += 1;
            return Ok(Filter::Each(path, self.bracketed(true, ']')?.into()));
        }
        let word = self.run(|c| c.is_ascii_alphabetic());
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let op = Op::read(word).ok_or_else(|| self.expected("a comparison such as eq"))?;
        Ok(Filter::Compare(path, op, self.literal()?))
    }

    /// What is between brackets, the first of which was just passed.
    fn bracketed(&mut self, inside: bool, close: char) -> Read<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.expected("fewer brackets"));
        }
        let inner = self.any_of(inside)?;
        if !self.eat(close) {
            return Err(self.expected("a closing bracket"));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn path(&mut self) -> Read<Path> {
        self.blank();
        let from = self.at;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '$');
        let text = self.run(plain);
        path(text).ok_or(Unreadable {
            at: from,
            expected: "the name of an attribute",
        })
    }

    fn name(&mut self) -> Read<String> {
        let from = self.at;
        let text = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'));
        match is_name(text) {
            true => Ok(text.to_owned()),
            false => Err(Unreadable {
                at: from,
                expected: "the name of an attribute",
            }),
        }
    }

    fn literal(&mut self) -> Read<Literal> {
        self.blank();
        let wrong = self.expected("a value in JSON");
        let text = match self.rest().starts_with('"') {
            true => self.quoted(),
            false => self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')),
        };
        match serde_json::from_str(text) {
            Ok(Value::String(text)) => Ok(Literal::Text(text)),
            // The library reads the last digits of some numbers otherwise than they were written.
            Ok(Value::Number(_)) => text.parse().map(Literal::Number).map_err(|_| wrong),
            Ok(Value::Bool(yes)) => Ok(Literal::Bool(yes)),
            Ok(Value::Null) => Ok(Literal::Null),
            _ => Err(wrong),
        }
    }

    /// A text with its quotes, or what there is of it.
    fn quoted(&mut self) -> &'a str {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let end = end.map_or(rest.len(), |(at, quote)| at + quote.len_utf8());
        self.at += end;
        &rest[..end]
    }

    /// Passes a word that stands by itself.
    fn word(&mut self, word: &str) -> bool {
        let before = self.at;
        self.blank();
        let found = self.run(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '[' | ']' | '"'));
        if found.eq_ignore_ascii_case(word) {
            return true;
        }
        self.at = before;
        false
    }

    fn eat(&mut self, c: char) -> bool {
        let before = self.at;
        self.blank();
        if self.rest().starts_with(c) {
            self.at += c.len_utf8();
            return true;
        }
        self.at = before;
        false
    }

    fn run(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        self.blank();
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    fn end(&mut self) -> Read<()> {
        self.blank();
        match self.rest() {
            "" => Ok(()),
            _ => Err(self.expected("and, or, or the end")),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn expected(&self, expected: &'static str) -> Unreadable {
        Unreadable {
            at: self.at,
            expected,
        }
    }
}

/// A path without brackets.
pub(in crate::scim) fn path(text: &str) -> Option<Path> {
    let (schema, rest) = match text.rsplit_once(':') {
        Some(("", _)) => return None,
        Some((schema, rest)) => (Some(schema.to_owned()), rest),
        None => (None, text),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (rest, None),
    };
    let good = is_name(name) && !name.starts_with('$') && sub.is_none_or(is_name);
    good.then(|| Path {
        schema,
        name: name.to_owned(),
        sub: sub.map(str::to_owned),
    })
}

/// `$ref` is the one name with a sign before it.
fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('$').unwrap_or(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain)
}
