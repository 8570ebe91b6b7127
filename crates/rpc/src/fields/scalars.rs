//! Texts, ids, words, numbers, instants.

use std::{ops::RangeInclusive, str::FromStr};

use jiff::Timestamp;
use kernel::IdSyntax;
use standard::UnknownWord;

use super::Fields;

impl Fields {
    /// One line of text of so many characters, without control characters. White space around it
    /// is dropped; what nobody can see ([`kernel::is_blank`]) is none.
    pub fn text(&mut self, field: &str, value: &str, chars: RangeInclusive<usize>) -> String {
        self.judge_text(field, value, chars, |c| c.is_control())
    }

    /// Text of several lines: line breaks and tabs are allowed.
    pub fn long_text(&mut self, field: &str, value: &str, chars: RangeInclusive<usize>) -> String {
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        self.judge_text(field, value, chars, odd)
    }

    /// One line of text that may be left empty.
    pub fn optional_text(&mut self, field: &str, value: &str, max: usize) -> Option<String> {
        let text = self.text(field, value, 0..=max);
        (!text.is_empty()).then_some(text)
    }

    /// An id that must be there.
    pub fn id<T>(&mut self, field: &str, value: &str) -> T
    where
        T: FromStr<Err = IdSyntax> + Default,
    {
        match value.parse() {
            Ok(id) => id,
            Err(error) => {
                let ja = match &error {
                    IdSyntax::Empty => "必須です。".to_owned(),
                    IdSyntax::TooLong(n) => format!("IDは64文字以内です（{n}文字）。"),
                    IdSyntax::Character(c) => {
                        format!("IDに使えない文字があります（{c:?}）。")
                    }
                };
                self.fail(field, "id_invalid", error.to_string(), ja);
                T::default()
            }
        }
    }

    /// An id that may be left empty.
    pub fn optional_id<T>(&mut self, field: &str, value: &str) -> Option<T>
    where
        T: FromStr<Err = IdSyntax> + Default,
    {
        (!value.is_empty()).then(|| self.id(field, value))
    }

    /// A word of a vocabulary, by its code; none when at fault.
    pub fn word<T>(&mut self, field: &str, value: &str) -> Option<T>
    where
        T: FromStr<Err = UnknownWord>,
    {
        let parsed: Result<T, UnknownWord> = value.parse();
        if let Err(error) = &parsed {
            let ja = format!("次のいずれかです：{}", error.known.join("、"));
            self.fail(field, "word_unknown", error.to_string(), ja);
        }
        parsed.ok()
    }

    /// A value of a proto enum that must be given: `convert` answers none for the unspecified and
    /// for numbers it does not know. None when at fault.
    pub fn choice<T>(
        &mut self,
        field: &str,
        value: i32,
        convert: impl FnOnce(i32) -> Option<T>,
    ) -> Option<T> {
        let choice = convert(value);
        if choice.is_none() {
            let (code, en, ja) = match value {
                0 => (
                    "required",
                    "must be given".to_owned(),
                    "必須です。".to_owned(),
                ),
                n => (
                    "choice_unknown",
                    format!("{n} is not one of the choices"),
                    format!("選択肢にない値です（{n}）。"),
                ),
            };
            self.fail(field, code, en, ja);
        }
        choice
    }

    /// A whole number within bounds; the lower bound when at fault.
    pub fn number(&mut self, field: &str, value: i64, range: RangeInclusive<i64>) -> i64 {
        if range.contains(&value) {
            return value;
        }
        let (low, high) = (range.start(), range.end());
        self.fail(
            field,
            "number_out_of_range",
            format!("must be {low} to {high}, is {value}"),
            format!("{low}〜{high}で指定してください（{value}）。"),
        );
        *low
    }

    /// An instant that must be there; 1970 when at fault.
    pub fn timestamp(&mut self, field: &str, value: Option<&prost_types::Timestamp>) -> Timestamp {
        let given = self.optional_timestamp(field, value);
        if value.is_none() {
            self.fail(field, "required", "must be given", "必須です。");
        }
        given.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// An instant that may be left out.
    pub fn optional_timestamp(
        &mut self,
        field: &str,
        value: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        let value = value?;
        let instant = proto::instant(value);
        if instant.is_none() {
            self.fail(
                field,
                "timestamp_invalid",
                "is not an instant",
                "日時として正しくありません。",
            );
        }
        instant
    }

    /// Bytes, so many of them.
    pub fn bytes(&mut self, field: &str, value: &[u8], length: RangeInclusive<usize>) {
        if !length.contains(&value.len()) {
            self.length(
                field,
                "bytes_length",
                value.len(),
                &length,
                ("bytes", "バイト"),
            );
        }
    }

    fn judge_text(
        &mut self,
        field: &str,
        value: &str,
        chars: RangeInclusive<usize>,
        odd: impl Fn(char) -> bool,
    ) -> String {
        let written = value.trim();
        let text = if kernel::is_blank(written) {
            ""
        } else {
            written
        };
        let count = text.chars().count();
        if count == 0 && !chars.contains(&0) {
            self.fail(field, "required", "must be given", "必須です。");
        } else if !chars.contains(&count) {
            let unit = ("characters", "文字");
            self.length(field, "text_length", count, &chars, unit);
        }
        if let Some(c) = written.chars().find(|c| odd(*c)) {
            self.fail(
                field,
                "text_control_character",
                format!("has a control character ({})", c.escape_unicode()),
                format!("制御文字が含まれています（{}）。", c.escape_unicode()),
            );
        }
        text.to_owned()
    }

    pub(super) fn length(
        &mut self,
        field: &str,
        code: &'static str,
        count: usize,
        range: &RangeInclusive<usize>,
        (en, ja): (&str, &str),
    ) {
        let (low, high) = (range.start(), range.end());
        self.fail(
            field,
            code,
            format!("must have {low} to {high} {en}, has {count}"),
            format!("{low}〜{high}{ja}で指定してください（{count}{ja}）。"),
        );
    }
}
