//! `sekisho sign-in`: an access token for the terminal.

use proto::identity::v1::{
    RefreshTokenRequest, SessionGrant, SignInWithPasswordRequest, VerifyTotpWithHandleRequest,
    sign_in_client::SignInClient,
};

use crate::{
    Failure,
    client::Connection,
    demo::{DemoSignIn, unused_code},
    language::Language,
    output::say,
    terminal::Terminal,
};

/// Signs a member of staff in and prints the access token, for
/// `authorization: Bearer ...`.
///
/// With --device, the session is let in from a browser, remembered, and used again the next time.
/// Without it and without --password-file, the demo sign-in of that staff number is used, with both
/// factors.
#[derive(Debug, clap::Args)]
pub(crate) struct SignIn {
    /// Staff number.
    #[arg(required_unless_present = "device")]
    person: Option<String>,
    /// Let this terminal in from a browser, where you are signed in.
    #[arg(long, conflicts_with_all = ["person", "password_file"])]
    device: bool,
    #[command(flatten)]
    terminal: Terminal,
    /// Read the password from this file instead of using the demo's.
    #[arg(long, value_name = "FILE")]
    password_file: Option<std::path::PathBuf>,
    /// One-time password of the second factor.
    #[arg(long, value_name = "CODE", requires = "password_file")]
    code: Option<String>,
    /// A token to show to enforcement points and applications: they ask by it whether you may enter,
    /// and nobody can act by it.
    #[arg(long)]
    to_show: bool,
    #[command(flatten)]
    connection: Connection,
}

impl SignIn {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let Some(person) = &self.person else {
                let here = &self.connection.here;
                say!("{}", self.terminal.sign_in(here, self.to_show, lang).await?);
                return Ok(());
            };
            let grant = match &self.password_file {
                Some(path) => {
                    let password = std::fs::read_to_string(path);
                    let password = password.map_err(|error| Failure::file(path, &error))?;
                    let password = password.trim_end_matches(['\r', '\n']);
                    let grant = password_only(&self.connection, person, password).await?;
                    match &self.code {
                        Some(code) => step_up(&self.connection, &grant, code.clone()).await?,
                        None => grant,
                    }
                }
                None => {
                    let sign_ins = self.connection.sign_ins()?;
                    both_factors(&self.connection, sign_ins.of(person)?, lang).await?
                }
            };
            if grant.access_token.is_empty() {
                return Err(Failure::new(
                    "このパスワードだけで用いるには短すぎます。--code にワンタイムパスワードを付けてください。",
                    "The password is too short to stand alone. Give a one-time password with --code.",
                ));
            }
            let token = match self.to_show {
                true => to_show(&self.connection, &grant).await?,
                false => grant.access_token,
            };
            say!("{token}");
            Ok(())
        })
    }
}

/// Signs in with the password alone.
pub(crate) async fn password_only(
    connection: &Connection,
    person: &str,
    password: &str,
) -> Result<SessionGrant, Failure> {
    let request = SignInWithPasswordRequest {
        person_id: person.to_owned(),
        password: password.to_owned(),
    };
    let answer = SignInClient::new(connection.anonymous()?)
        .sign_in_with_password(request)
        .await?;
    answer
        .into_inner()
        .grant
        .ok_or_else(|| Failure::unexpected("the answer holds no session"))
}

/// A token of that session for whoever is shown it.
async fn to_show(connection: &Connection, grant: &SessionGrant) -> Result<String, Failure> {
    let request = RefreshTokenRequest {
        session_handle: grant.session_handle.clone(),
        for_enforcement_points: true,
    };
    let answer = SignInClient::new(connection.anonymous()?)
        .refresh_token(request)
        .await?;
    Ok(answer.into_inner().access_token)
}

/// Verifies a one-time password in a session, which may have no access token yet.
async fn step_up(
    connection: &Connection,
    grant: &SessionGrant,
    code: String,
) -> Result<SessionGrant, Failure> {
    let request = VerifyTotpWithHandleRequest {
        session_handle: grant.session_handle.clone(),
        code,
    };
    let answer = SignInClient::new(connection.anonymous()?)
        .verify_totp_with_handle(request)
        .await?;
    answer
        .into_inner()
        .grant
        .ok_or_else(|| Failure::unexpected("the answer holds no session"))
}

/// Signs in with everything the demo sign-in has.
pub(crate) async fn both_factors(
    connection: &Connection,
    who: &DemoSignIn,
    lang: Language,
) -> Result<SessionGrant, Failure> {
    let grant = password_only(connection, &who.person, &who.password).await?;
    match &who.totp_secret {
        Some(secret) => {
            let code = unused_code(&connection.here.data, who, secret, lang).await?;
            step_up(connection, &grant, code).await
        }
        None => Ok(grant),
    }
}
