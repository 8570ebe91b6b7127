//! An answer of the OAuth server.

use reqwest::StatusCode;
use serde_json::Value;

use crate::Failure;

/// What came back.
pub(super) struct Answer {
    good: bool,
    body: Value,
}

/// A token for now and one for the next.
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

/// What was refused, by its code.
pub(super) struct Refused {
    code: String,
    description: String,
}

impl Answer {
    pub(super) fn new(status: StatusCode, body: &[u8]) -> Self {
        Self {
            good: status.is_success(),
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    pub(super) fn body(self) -> Result<Value, Refused> {
        if self.good {
            return Ok(self.body);
        }
        let text = |name: &str| self.body[name].as_str().unwrap_or("").to_owned();
        Err(Refused {
            code: text("error"),
            description: text("error_description"),
        })
    }

    pub(super) fn done(self) -> Result<(), Refused> {
        self.body().map(|_| ())
    }

    pub(super) fn tokens(self) -> Result<Tokens, Refused> {
        let body = self.body()?;
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        match (text("access_token"), text("refresh_token")) {
            (Some(access_token), Some(refresh_token)) => Ok(Tokens {
                access_token,
                refresh_token,
            }),
            _ => Err(Refused {
                code: String::new(),
                description: "the answer holds no tokens".to_owned(),
            }),
        }
    }
}

impl Refused {
    pub(super) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub(super) fn failure(self) -> Failure {
        let ja = match self.code.as_str() {
            "access_denied" => "ブラウザで拒否されました。",
            "expired_token" => "コードの有効期限が切れました。もう一度実行してください。",
            "invalid_client" => {
                "コマンドラインが登録されていません（設定 identity.clients の sekisho-cli）。"
            }
            "temporarily_unavailable" => {
                "ただいま応答できません。しばらくしてからもう一度お試しください。"
            }
            _ => "サインインできませんでした。",
        };
        let Self { code, description } = self;
        Failure::new(format!("{ja} [{code}]"), format!("{description} [{code}]"))
    }
}
