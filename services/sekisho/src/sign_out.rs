//! `sekisho sign-out`: ends the session that `sign-in --device` remembers.

use crate::{Failure, client::Here, language::Language, output::aside, terminal::Terminal};

/// Ends the session that `sekisho sign-in --device` has remembered.
#[derive(Debug, clap::Args)]
pub(crate) struct SignOut {
    #[command(flatten)]
    terminal: Terminal,
    #[command(flatten)]
    here: Here,
}

impl SignOut {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        let ended = crate::block_on(self.terminal.sign_out(&self.here))?;
        aside(match ended {
            true => lang.pick("サインアウトしました。", "Signed out."),
            false => lang.pick(
                "記憶しているセッションはありません。",
                "No session is remembered.",
            ),
        });
        Ok(())
    }
}
