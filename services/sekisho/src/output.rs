//! Printing for people and pipes.

use std::{
    fmt,
    io::{self, Write as _},
};

/// Prints a line on standard output.
macro_rules! say {
    () => { $crate::output::line(format_args!("")) };
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// A reader that has enough (`sekisho clauses | head -1`) is no failure; one that cannot take it
/// all (a full disk) must not be left with half of it unsaid.
pub(crate) fn line(words: fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    let written = out.write_fmt(words).and_then(|()| out.write_all(b"\n"));
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            drop(out);
            let _ = writeln!(io::stderr(), "sekisho: stdout: {error}");
            std::process::exit(1);
        }
        _ => {}
    }
}

/// What somebody else wrote, as text that moves nothing on a terminal.
pub(crate) fn harmless(text: &str) -> String {
    let text = text.chars().map(|c| if c == '\n' { ' ' } else { c });
    text.filter(|c| !c.is_control()).collect()
}

/// Prints a line on standard error, for what is not the command's result.
pub(crate) fn aside(words: &str) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "{words}");
}
