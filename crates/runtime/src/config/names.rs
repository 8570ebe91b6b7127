//! Lists of names: none is empty, and none is there twice.

pub(super) fn check(key: &str, names: &[String], problem: &mut impl FnMut(&str, String)) {
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            problem(key, "a name is empty".into());
        }
        if names[..at].contains(name) {
            problem(key, format!("{name:?} is there twice"));
        }
    }
}
