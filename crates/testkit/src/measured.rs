//! What this process has measured, as Prometheus is told it.

/// The sum of a metric over everything that carries these labels (`source="ledger"`); 0 if there is none.
///
/// # Panics
/// When two instruments disagree about a name.
pub fn measured(metric: &str, labels: &[&str]) -> f64 {
    let page = runtime::metrics::exposition().expect("what was measured");
    let samples = page.lines().filter_map(|line| {
        let (named, value) = line.rsplit_once(' ')?;
        let (name, with) = named.split_once('{').unwrap_or((named, ""));
        let fits = name == metric && labels.iter().all(|label| with.contains(label));
        fits.then(|| value.parse::<f64>().ok()).flatten()
    });
    samples.sum()
}
