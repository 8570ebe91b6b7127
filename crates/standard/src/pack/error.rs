//! What is wrong with a pack: all of it, each with file and line.

use std::fmt;

/// One thing wrong in a pack's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, with the pack's directory: `packs/sendai/permit_kinds.toml`.
    pub file: String,
    /// The line, from 1; none when the file as a whole is at fault.
    pub line: Option<usize>,
    /// What is wrong, in English.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// The pack cannot be used. Holds every problem found, in order of file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for PackError {}
