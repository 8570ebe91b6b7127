//! A session of the command line's own: let in from a browser (RFC 8628), remembered in a file, and
//! refreshed from there until it is over.

mod answer;
mod remembered;

use std::{path::PathBuf, time::Duration};

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::{Failure, client::Here, language::Language, output::aside};
use answer::{Answer, Tokens};
use remembered::{File, Session};

/// The command line's `client_id`, registered from the start.
const CLIENT: &str = "sekisho-cli";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// By how much a device that is told to slow down does so (RFC 8628, 3.5).
const SLOWER: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(10);

/// Where identity answers browsers, and where the session is remembered.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Terminal {
    /// Where identity answers HTTP, as a browser reaches it.
    #[arg(
        id = "http",
        long,
        value_name = "URI",
        default_value = "http://localhost:7080",
        env = "SEKISHO_HTTP_ADDRESS"
    )]
    address: String,
    /// Where the session is remembered [default: cli-session.json in the data directory].
    #[arg(long, value_name = "FILE")]
    session_file: Option<PathBuf>,
}

impl Terminal {
    /// An access token: of the session that is remembered, or of one that is let in now.
    /// With `to_show` it is one for enforcement points.
    pub(crate) async fn sign_in(
        &self,
        here: &Here,
        to_show: bool,
        lang: Language,
    ) -> Result<String, Failure> {
        let http = client()?;
        // Nobody else refreshes meanwhile: a token that is used twice ends the session.
        let mut file = self.file(here)?;
        if let Some(known) = file.read()?.filter(|known| known.address == self.address) {
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", known.refresh_token.as_str()),
                resource(to_show),
            ];
            match self.ask(&http, "/oauth2/token", &form).await?.tokens() {
                Ok(tokens) => return self.keep(&mut file, tokens),
                Err(refused) if refused.is("invalid_grant") => file.forget()?,
                Err(refused) => return Err(refused.failure()),
            }
        }
        let tokens = self.let_in(&http, to_show, lang).await?;
        self.keep(&mut file, tokens)
    }

    /// Ends the session that is remembered; false when there is none.
    pub(crate) async fn sign_out(&self, here: &Here) -> Result<bool, Failure> {
        let mut file = self.file(here)?;
        let Some(known) = file.read()? else {
            return Ok(false);
        };
        let form = [("token", known.refresh_token.as_str())];
        let at = Self {
            address: known.address.clone(),
            ..self.clone()
        };
        let answer = at.ask(&client()?, "/oauth2/revoke", &form).await?;
        answer.done().map_err(|refused| refused.failure())?;
        file.forget()?;
        Ok(true)
    }

    async fn let_in(
        &self,
        http: &reqwest::Client,
        to_show: bool,
        lang: Language,
    ) -> Result<Tokens, Failure> {
        let asked = self.ask(http, "/oauth2/device_authorization", &[]).await?;
        let asked = asked.body().map_err(|refused| refused.failure())?;
        let text = |name: &str| asked.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(code), Some(user_code), Some(page)) = (
            text("device_code"),
            text("user_code"),
            text("verification_uri"),
        ) else {
            return Err(Failure::unexpected("the answer holds no code"));
        };
        aside(lang.pick(
            &format!("ブラウザで {page} を開き、コード {user_code} を入力してください。"),
            &format!("Open {page} in a browser and type the code {user_code}."),
        ));
        let interval = asked.get("interval").and_then(Value::as_u64).unwrap_or(5);
        let mut pause = Duration::from_secs(interval);
        let form = [
            ("grant_type", DEVICE_CODE),
            ("device_code", code.as_str()),
            resource(to_show),
        ];
        loop {
            tokio::time::sleep(pause).await;
            match self.ask(http, "/oauth2/token", &form).await?.tokens() {
                Ok(tokens) => return Ok(tokens),
                Err(refused) if refused.is("authorization_pending") => {}
                Err(refused) if refused.is("slow_down") => pause += SLOWER,
                Err(refused) => return Err(refused.failure()),
            }
        }
    }

    fn keep(&self, file: &mut File, tokens: Tokens) -> Result<String, Failure> {
        file.write(&Session {
            address: self.address.clone(),
            refresh_token: tokens.refresh_token,
        })?;
        Ok(tokens.access_token)
    }

    fn file(&self, here: &Here) -> Result<File, Failure> {
        let usual = || here.data.join("cli-session.json");
        File::open(self.session_file.clone().unwrap_or_else(usual))
    }

    async fn ask(
        &self,
        http: &reqwest::Client,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let uri = format!("{}{path}", self.address.trim_end_matches('/'));
        let form = form.iter().copied().chain([("client_id", CLIENT)]);
        // A form is written as the query of an address is.
        let form = reqwest::Url::parse_with_params(&uri, form).map_err(Failure::unexpected)?;
        let sent = http
            .post(&uri)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned())
            .send();
        let answer = sent.await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let body = answer.bytes().await;
        let body = body.map_err(|error| self.unreachable(&error))?;
        Ok(Answer::new(status, &body))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let uri = &self.address;
        Failure::new(
            format!("{uri} に接続できません（{error}）。宛先は --http で指定できます。"),
            format!("{uri} does not answer ({error}); --http says where to ask"),
        )
    }
}

/// For whom a token is to be (RFC 8707).
const fn resource(to_show: bool) -> (&'static str, &'static str) {
    let resource = match to_show {
        true => auth::ENFORCEMENT_POINTS,
        false => auth::AUDIENCE,
    };
    ("resource", resource)
}

fn client() -> Result<reqwest::Client, Failure> {
    runtime::crypto::install();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(Failure::unexpected)
}
