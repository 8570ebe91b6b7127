//! What a row says.

use std::collections::BTreeSet;

use identity_domain::organisation::{bureau, person};
use jiff::{Timestamp, civil::Date};
use kernel::{BureauId, IdSyntax, PersonId, PostId, SectionId, SystemId};
use sheet::{
    FileError, Good, Layout, Reader,
    cell::{self, Reason},
};
use standard::{Role, jst_instant};

use super::{Contents, transfers::Transfer};
use crate::organisation::Seating;

/// A row of any table.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// A bureau or ward.
    Bureau(bureau::Record),
    /// A section of a bureau.
    Section {
        id: SectionId,
        name: String,
        bureau: BureauId,
    },
    /// A third-class office of a section.
    Office {
        id: SectionId,
        name: String,
        parent: SectionId,
    },
    /// A member of staff, and the day of being hired.
    Person {
        entry: person::Entry,
        hired: Option<Timestamp>,
    },
    /// A post, and what is said of its holder.
    Post {
        id: PostId,
        title: String,
        seat: Seat,
        roles: BTreeSet<Role>,
        seating: Seating,
    },
    /// A personnel order.
    Transfer(Transfer),
    /// A person's right to use a system.
    Entitlement {
        person: PersonId,
        system: SystemId,
        ends_at: Option<Timestamp>,
    },
}

/// Where a post sits, as the table says it.
#[derive(Debug, Clone)]
pub(super) enum Seat {
    City,
    Bureau(BureauId),
    Section(SectionId),
    /// The code of a bureau, ward, section or third-class office: whichever has it.
    Unit(String),
}

/// Reads a file; of rows with the same key the first counts.
pub(super) fn contents(
    content: &[u8],
    layout: &Layout<'_>,
    (key_column, key): (&'static str, impl Fn(&Row) -> String),
    columns: fn(&str) -> &'static [&'static str],
    read: impl FnMut(&mut Reader<'_>) -> Option<Row>,
) -> Result<Contents, FileError> {
    let table = sheet::read(content, layout)?;
    let import = table.unique(table.import(read), key_column, key);
    Ok(Contents {
        table,
        key: key_column,
        columns,
        good: import.good,
        bad: import.bad,
        staff: None,
        whole: false,
    })
}

impl Contents {
    /// Lets it be entered whole or not at all.
    pub(super) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Puts what others refer to before them, wherever it stands in the file.
    pub(super) fn sorted_by(mut self, level: impl Fn(&Row) -> u8) -> Self {
        self.good.sort_by_key(|Good { value, .. }| level(value));
        self
    }
}

/// The moment a day begins, in Japan.
pub(super) fn begins(day: Date) -> Option<Timestamp> {
    jst_instant(day)
}

/// The moment after the end of a day, in Japan: what has a last day holds until it is over.
pub(super) fn over(day: Date) -> Option<Timestamp> {
    jst_instant(day.tomorrow().ok()?)
}

/// An id in a cell.
pub(super) fn id<T: std::str::FromStr<Err = IdSyntax>>(cell: &str) -> Result<T, Reason> {
    let text = cell::text(cell, 1..=64)?;
    text.parse().map_err(|error: IdSyntax| {
        Reason::new(
            "cell_not_an_id",
            "番号は64文字以内で、空白や斜線を含まないものとしてください。",
            error.to_string(),
        )
    })
}
