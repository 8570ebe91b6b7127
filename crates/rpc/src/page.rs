//! Pages of lists: how many, and from where on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::Fields;

const DEFAULT: u32 = 50;
const MAX: u32 = 500;
const MAX_TOKEN: usize = 1024;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most this many, 1 to 500.
    pub size: u32,
    /// Only what comes after this key; none = from the beginning.
    pub after: Option<String>,
}

impl Page {
    /// This part of a list that is not read from a database, in the order of its keys; and the token of
    /// the part after it, empty at the end of the list.
    pub fn of<T>(&self, list: impl IntoIterator<Item = (String, T)>) -> (Vec<T>, String) {
        let after = self.after.as_deref().unwrap_or_default();
        let wanted = usize::try_from(self.size).unwrap_or(usize::MAX);
        let mut rest = list.into_iter().filter(|(key, _)| key.as_str() > after);
        let here: Vec<_> = rest.by_ref().take(wanted).collect();
        let more = rest.next().is_some();
        let last = here.last().filter(|_| more);
        let next = last.map_or(String::new(), |(key, _)| next_page_token(key));
        (here.into_iter().map(|(_, item)| item).collect(), next)
    }
}

impl Fields {
    /// Reads `page_size` (0 = 50, at most 500) and `page_token`.
    pub fn page(&mut self, page_size: impl Into<i64>, page_token: &str) -> Page {
        let size = match page_size.into() {
            0 => DEFAULT,
            wanted => self.number("page_size", wanted, 1..=i64::from(MAX)) as u32,
        };
        let after = (!page_token.is_empty()).then(|| read(page_token));
        if after == Some(None) {
            self.fail(
                "page_token",
                "page_token_invalid",
                "is not a token of an earlier answer",
                "前回の応答で返されたトークンではありません。",
            );
        }
        Page {
            size,
            after: after.flatten(),
        }
    }
}

/// The token of the page that begins after this key. Callers must not read anything into it.
pub fn next_page_token(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn read(token: &str) -> Option<String> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_bounds_and_goes_on_where_the_last_ended() {
        let mut fields = Fields::new();
        assert_eq!(
            fields.page(0u32, ""),
            Page {
                size: 50,
                after: None
            }
        );
        let token = next_page_token("局/3");
        let page = fields.page(500i32, &token);
        assert_eq!(page.after.as_deref(), Some("局/3"));
        fields.done().expect("good");

        // The whole list, two at a time, and no empty page at its end.
        let list = || ["a", "b", "c", "d"].map(|key| (key.to_owned(), key));
        let (mut token, mut seen) = (String::new(), Vec::new());
        loop {
            let mut fields = Fields::new();
            let (here, next) = fields.page(2_u32, &token).of(list());
            fields.done().expect("good");
            seen.push(here);
            token = next;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, [["a", "b"], ["c", "d"]]);

        for (size, token) in [(501, ""), (-1, ""), (1, "not base64!"), (1, "_w")] {
            let mut fields = Fields::new();
            fields.page(size, token);
            assert!(fields.done().is_err(), "{size} {token}");
        }
    }
}
