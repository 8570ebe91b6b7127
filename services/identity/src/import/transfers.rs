//! 人事異動表: personnel orders, each from its day on (7-2-(9)-1). Entered whole or not at all.

mod enter;

use identity_domain::organisation::person::{self, Change, Order};
use jiff::Timestamp;
use kernel::{PersonId, PostId, SectionId};
use sheet::{Blank, Column, FileError, Layout, Reader, cell::Reason};

use super::{
    Contents,
    row::{Row, begins, contents, id, over},
};
use crate::people::{Posting, Wanted};

pub(super) use enter::enter;

const NUMBER: &str = "職員番号";
const NAME: &str = "氏名";
const KIND: &str = "異動種別";
const SECTION: &str = "新所属コード";
const POST: &str = "新職コード";
const DAY: &str = "発令日";
const NON_REGULAR: &str = "会計年度任用";

const COLUMNS: &[Column] = &[
    Column::required(NUMBER, &["person_id"]),
    Column::optional(NAME, &["名前", "name"]),
    Column::required(KIND, &["発令種別", "種別", "kind"]),
    Column::required(SECTION, &["異動先所属コード", "所属コード", "section_id"]),
    Column::optional(POST, &["職コード", "post_id"]),
    Column::required(DAY, &["異動日", "effective_on"]),
    Column::optional(NON_REGULAR, &["会計年度任用職員", "non_regular"]),
];

/// What a personnel order is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hire,
    Move,
    Second,
    Leave,
    Return,
    Retire,
    Beside,
    Without,
}

const KINDS: &[(&str, Kind)] = &[
    ("採用", Kind::Hire),
    ("再任用", Kind::Hire),
    ("異動", Kind::Move),
    ("配置換", Kind::Move),
    ("配置換え", Kind::Move),
    ("転任", Kind::Move),
    ("昇任", Kind::Move),
    ("降任", Kind::Move),
    ("出向", Kind::Second),
    ("派遣", Kind::Second),
    ("休職", Kind::Leave),
    ("休業", Kind::Leave),
    ("復帰", Kind::Return),
    ("復職", Kind::Return),
    ("退職", Kind::Retire),
    ("失職", Kind::Retire),
    ("免職", Kind::Retire),
    ("兼務", Kind::Beside),
    ("併任", Kind::Beside),
    ("兼務解除", Kind::Without),
    ("併任解除", Kind::Without),
    ("hired", Kind::Hire),
    ("moved", Kind::Move),
    ("seconded", Kind::Second),
    ("on_leave", Kind::Leave),
    ("returned", Kind::Return),
    ("retired", Kind::Retire),
    ("concurrent", Kind::Beside),
    ("concurrent_ended", Kind::Without),
];

/// An order as the table says it; where the section is not said, the post's.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    person: PersonId,
    change: Change,
    post: Option<PostId>,
    /// Whether the post comes or goes beside what else the person holds.
    beside: Option<bool>,
    at: Timestamp,
}

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Transfer(transfer) => transfer.key(),
        _ => String::new(),
    };
    let contents = contents(content, &Layout::new(COLUMNS), (NUMBER, key), columns, row)?;
    Ok(contents.whole())
}

fn columns(field: &str) -> &'static [&'static str] {
    match field {
        "section_id" => &[SECTION, POST],
        "post_id" => &[POST],
        "kind" => &[KIND],
        "effective_on" | "since" | "leaves_on" | "until" => &[DAY],
        _ => &[],
    }
}

fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let number = cells.parse(NUMBER, id);
    let kind = cells.choice(KIND, KINDS);
    let section = match kind {
        Some(Kind::Hire) => cells.parse(SECTION, id).map(Some),
        _ => cells.optional(SECTION, |cells, column| {
            cells.parse(column, id::<SectionId>)
        }),
    };
    let post = cells.optional(POST, |cells, column| cells.parse(column, id::<PostId>));
    let day = cells.date(DAY);
    let non_regular = cells.yes_no(NON_REGULAR, Blank::No);
    let name = match kind {
        Some(Kind::Hire) => cells.text(NAME, 1..=200),
        _ => cells.text(NAME, 0..=200),
    };
    let (kind, section, post) = (kind?, section?, post?);
    let change = change(cells, kind, section, post.as_ref(), name?, non_regular?);
    let at = match kind {
        // The last day of service: gone when it is over.
        Kind::Retire => over(day?),
        _ => begins(day?),
    };
    Some(Row::Transfer(Transfer {
        person: number?,
        change: change?,
        post,
        beside: match kind {
            Kind::Beside => Some(true),
            Kind::Without => Some(false),
            _ => None,
        },
        at: at?,
    }))
}

/// What is ordered, if the row says what that kind of order needs and nothing it has no use for.
fn change(
    cells: &mut Reader<'_>,
    kind: Kind,
    section: Option<SectionId>,
    post: Option<&PostId>,
    name: String,
    non_regular: bool,
) -> Option<Change> {
    match kind {
        Kind::Hire => Some(Change::Hire {
            name,
            section: section?,
            non_regular,
        }),
        Kind::Move if section.is_none() && post.is_none() => {
            cells.refuse(SECTION, nothing_new());
            None
        }
        Kind::Move => Some(Change::Move(section)),
        // To another body of the city (外局, 行政委員会) it is a move.
        Kind::Second if section.is_some() || post.is_some() => Some(Change::Move(section)),
        Kind::Return => Some(Change::Return(section)),
        Kind::Second | Kind::Leave | Kind::Retire => {
            let unused = [(SECTION, section.is_some()), (POST, post.is_some())];
            let mut unused = unused.into_iter().filter(|(_, said)| *said);
            if let Some((column, _)) = unused.next() {
                cells.refuse(column, goes_nowhere());
                return None;
            }
            Some(if kind == Kind::Retire {
                Change::Retire
            } else {
                Change::Away
            })
        }
        Kind::Beside | Kind::Without => {
            if post.is_none() {
                cells.refuse(POST, no_post());
                return None;
            }
            if section.is_some() {
                cells.refuse(SECTION, stays());
                return None;
            }
            Some(Change::Stay)
        }
    }
}

impl Transfer {
    /// One order of a person in a list; further posts beside it, each once.
    fn key(&self) -> String {
        match (&self.post, self.beside) {
            (Some(post), Some(_)) => format!("{} {post}", self.person),
            _ => self.person.to_string(),
        }
    }

    fn section(&self) -> Option<SectionId> {
        match &self.change {
            Change::Hire { section, .. } => Some(section.clone()),
            Change::Move(section) | Change::Return(section) => section.clone(),
            Change::Away | Change::Retire | Change::Stay => None,
        }
    }

    /// What it asks for; `home` is the section of the post.
    fn wanted(&self, home: impl Fn(&PostId) -> Option<SectionId>) -> Wanted {
        let at = self.at;
        let home = || self.post.as_ref().and_then(&home);
        let change = match self.change.clone() {
            Change::Move(section) => Change::Move(section.or_else(home)),
            Change::Return(section) => Change::Return(section.or_else(home)),
            other => other,
        };
        let posting = match (&self.post, self.beside) {
            (Some(post), Some(true)) => Some(Posting::Beside {
                post: post.clone(),
                at,
            }),
            (Some(post), Some(false)) => Some(Posting::Without {
                post: post.clone(),
                at,
            }),
            // Who goes loses every post with that.
            _ if matches!(change, Change::Away | Change::Retire) => None,
            (post, None) => Some(Posting::Only {
                post: post.clone(),
                at,
            }),
            (None, Some(_)) => None,
        };
        Wanted {
            person: self.person.clone(),
            command: person::Command::Order(Order {
                id: self.person.clone(),
                change,
                at,
            }),
            posting,
        }
    }
}

fn nothing_new() -> Reason {
    Reason::new(
        "transfer_says_nothing",
        "新しい所属か職のどちらかを書いてください。",
        "says neither a new section nor a new post",
    )
}

fn goes_nowhere() -> Reason {
    Reason::new(
        "transfer_goes_nowhere",
        "この異動種別では空欄にしてください。",
        "must be blank: the person is not in service from then on",
    )
}

fn no_post() -> Reason {
    Reason::new(
        "transfer_needs_post",
        "兼務する職、又は兼務を解く職を書いてください。",
        "the post beside the others must be given",
    )
}

fn stays() -> Reason {
    Reason::new(
        "transfer_stays",
        "兼務で所属は変わりません。空欄にしてください。",
        "must be blank: a post beside the others changes no section",
    )
}
