//! What the shell itself refuses.

use std::time::Duration;

use kernel::{Challenge, ClauseId, Kind, Refusal};
use standard::Role;

/// A refusal of the shell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("this RPC is not in the access table")]
    NotListed,
    #[error("only a signed-in member of staff may do this")]
    PersonOnly,
    #[error("this needs one of the roles: {}", titles(.0, Role::title_en, ", "))]
    RoleMissing(Vec<Role>),
    #[error(
        "two factors of different kinds are needed for this: verify a further one in your session"
    )]
    TooWeak,
    #[error("only a registered enforcement point may do this")]
    EnforcementPointOnly,
    #[error("only the platform's own services may do this")]
    PlatformOnly,
    #[error("{places} requests are in work and no more are taken, try again in {} ms", after.as_millis())]
    Overloaded { places: usize, after: Duration },
    #[error("the idempotency key must be 1 to 64 visible ASCII characters")]
    IdempotencyKey,
    #[error("grpc-timeout must be 1 to 8 digits and one of the units H, M, S, m, u, n")]
    Deadline,
    #[error("the pack has no clause {0}")]
    ClauseNotFound(String),
    #[error("the pack has no kind of permit {0}")]
    PermitKindNotFound(String),
    #[error("the pack has no checklist {0}")]
    ChecklistNotFound(String),
}

impl Refusal for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::NotListed
            | Self::PersonOnly
            | Self::RoleMissing(_)
            | Self::TooWeak
            | Self::EnforcementPointOnly
            | Self::PlatformOnly => Kind::Denied,
            Self::Overloaded { .. } => Kind::Exhausted,
            Self::IdempotencyKey | Self::Deadline => Kind::Invalid,
            Self::ClauseNotFound(_) | Self::PermitKindNotFound(_) | Self::ChecklistNotFound(_) => {
                Kind::NotFound
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotListed => "rpc_not_listed",
            Self::PersonOnly => "person_required",
            Self::RoleMissing(_) => "role_missing",
            // As RFC 9470 calls it.
            Self::TooWeak => "insufficient_user_authentication",
            Self::EnforcementPointOnly => "enforcement_point_required",
            Self::PlatformOnly => "platform_service_required",
            Self::Overloaded { .. } => "overloaded",
            Self::IdempotencyKey => "idempotency_key_invalid",
            Self::Deadline => "deadline_malformed",
            Self::ClauseNotFound(_) => "clause_not_found",
            Self::PermitKindNotFound(_) => "permit_kind_not_found",
            Self::ChecklistNotFound(_) => "checklist_not_found",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match (self, self.kind()) {
            // アクセス制限.
            (Self::TooWeak, _) => vec![ClauseId::known("3-4-(1)-1")],
            // アクセス許可最小化.
            (_, Kind::Denied) => vec![ClauseId::known("7-2-(3)-2")],
            _ => Vec::new(),
        }
    }

    fn challenge(&self) -> Option<Challenge> {
        matches!(self, Self::TooWeak).then_some(Challenge {
            acr: auth::TWO_CATEGORIES,
            max_age: None,
        })
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { after, .. } => Some(*after),
            _ => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotListed => "この操作は許可一覧にありません。".into(),
            Self::PersonOnly => "サインインした職員だけが行えます。".into(),
            Self::RoleMissing(roles) => {
                format!(
                    "必要な役割がありません（{}）。",
                    titles(roles, Role::title_ja, "、")
                )
            }
            Self::TooWeak => {
                "種類の異なる二つの認証要素が必要です。セッションでもう一つ確認してください。"
                    .into()
            }
            Self::EnforcementPointOnly => "登録された接続点だけが行えます。".into(),
            Self::PlatformOnly => "システム内部のサービスだけが行えます。".into(),
            Self::Overloaded { places, after } => format!(
                "同時に処理できる要求は{places}件までです。{}ミリ秒後にもう一度お試しください。",
                after.as_millis()
            ),
            Self::IdempotencyKey => {
                "冪等キーは表示可能なASCII文字1〜64字で指定してください。".into()
            }
            Self::Deadline => {
                "grpc-timeout は1〜8桁の数字と単位（H・M・S・m・u・n）で指定してください。".into()
            }
            Self::ClauseNotFound(id) => format!("条項 {id} は対策基準にありません。"),
            Self::PermitKindNotFound(id) => format!("許可の種類 {id} はありません。"),
            Self::ChecklistNotFound(id) => format!("確認票 {id} はありません。"),
        }
    }
}

/// Roles by what people call them.
fn titles(roles: &[Role], title: fn(Role) -> &'static str, comma: &str) -> String {
    let titles: Vec<&str> = roles.iter().copied().map(title).collect();
    titles.join(comma)
}
