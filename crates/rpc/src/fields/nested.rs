//! Lists, maps and messages within the message.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::Fields;

impl Fields {
    /// A repeated field of so many items, each judged by `one`, whose own field names are below
    /// `field[index]`. Items beyond the limit are not looked at.
    pub fn list<T, U>(
        &mut self,
        field: &str,
        items: &[T],
        count: RangeInclusive<usize>,
        mut one: impl FnMut(&mut Self, &T) -> U,
    ) -> Vec<U> {
        if !count.contains(&items.len()) {
            self.length(field, "list_length", items.len(), &count, ("items", "件"));
        }
        let within = items.iter().take(*count.end()).enumerate();
        within
            .map(|(at, item)| self.below(&format!("{field}[{at}]"), |fields| one(fields, item)))
            .collect()
    }

    /// A map from text to text: at most so many entries, keys of 1 to 64 characters, values of at
    /// most `chars`, which may have several lines.
    pub fn map(
        &mut self,
        field: &str,
        entries: &BTreeMap<String, String>,
        most: usize,
        chars: usize,
    ) -> BTreeMap<String, String> {
        if entries.len() > most {
            let unit = ("entries", "件");
            self.length(field, "map_length", entries.len(), &(0..=most), unit);
        }
        let within = entries.iter().take(most);
        within
            .map(|(key, value)| {
                let name = self.text(field, key, 1..=64);
                let value = self.below(&format!("{field}[{name:?}]"), |fields| {
                    fields.long_text("", value, 0..=chars)
                });
                (name, value)
            })
            .collect()
    }

    /// A message that must be there, judged by `judge`; none when it is not.
    pub fn message<T, U>(
        &mut self,
        field: &str,
        message: Option<&T>,
        judge: impl FnOnce(&mut Self, &T) -> U,
    ) -> Option<U> {
        if message.is_none() {
            self.fail(field, "required", "must be given", "必須です。");
        }
        self.optional_message(field, message, judge)
    }

    /// A message that may be left out.
    pub fn optional_message<T, U>(
        &mut self,
        field: &str,
        message: Option<&T>,
        judge: impl FnOnce(&mut Self, &T) -> U,
    ) -> Option<U> {
        message.map(|message| self.below(field, |fields| judge(fields, message)))
    }

    fn below<U>(&mut self, field: &str, judge: impl FnOnce(&mut Self) -> U) -> U {
        let outer = self.path.len();
        if outer > 0 {
            self.path.push('.');
        }
        self.path.push_str(field);
        let judged = judge(self);
        self.path.truncate(outer);
        judged
    }
}
