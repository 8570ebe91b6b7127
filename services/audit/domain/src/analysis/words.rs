//! What a rule says, in both languages.

use jiff::SignedDuration;
use standard::pack::{AnalysisRule, Counted, Detector};

use super::clock::Skew;

/// The sentences, Japanese and English.
pub(super) fn said(rule: &AnalysisRule, skew: Option<Skew>) -> (String, String) {
    match &rule.detector {
        Detector::Burst {
            counted,
            tolerated,
            window,
        } => burst(*counted, *tolerated, *window),
        Detector::TwoPlaces { .. } => (
            "移動できない短い時間に、離れた二つの場所から利用されました。".to_owned(),
            "Used at two places, sooner than anybody gets from one to the other.".to_owned(),
        ),
        Detector::OffHours { opens, closes } => {
            let hours = format!("{}-{}", opens.strftime("%H:%M"), closes.strftime("%H:%M"));
            (
                format!("開庁日の{hours}の外に、特権の必要な操作が行われました。"),
                format!("Privileged work outside of {hours} on an office day."),
            )
        }
        Detector::Dormant { .. } => (
            "長く使われていない、又は停止されたIDが使われました。".to_owned(),
            "An ID was used that nobody had used for long, or that was stopped.".to_owned(),
        ),
        Detector::SharedId { window } => (
            format!("共有IDが{}以内に二か所で使われました。", ja(*window)),
            format!("A shared ID was used at two places within {}.", en(*window)),
        ),
        Detector::Clock {
            ahead,
            behind,
            lasting,
        } => match skew {
            Some(Skew::Behind) => (
                format!(
                    "{}にわたり、すべての記録が{}以上遅れています。時計か配送を調べてください。",
                    ja(*lasting),
                    ja(*behind)
                ),
                format!(
                    "For {} every record has been late by {} or more: look at the clock, or at what carries \
                     the records.",
                    en(*lasting),
                    en(*behind)
                ),
            ),
            _ => (
                format!(
                    "記録の時刻がログの時計より{}を超えて進んでいます。",
                    ja(*ahead)
                ),
                format!(
                    "A record is ahead of the log's clock by more than {}.",
                    en(*ahead)
                ),
            ),
        },
        Detector::Overdue => (
            "記録がログに届いていません。".to_owned(),
            "Records have not reached the log.".to_owned(),
        ),
    }
}

fn burst(counted: Counted, tolerated: usize, window: SignedDuration) -> (String, String) {
    let (window_ja, window_en) = (ja(window), en(window));
    match counted {
        Counted::DeniedAccess => (
            format!("{window_ja}以内に{tolerated}回を超えてアクセスを拒否されました。"),
            format!("Access was denied more than {tolerated} times within {window_en}."),
        ),
        Counted::Export => (
            format!("{window_ja}以内に{tolerated}回を超えて情報を書き出しました。"),
            format!("Information was exported more than {tolerated} times within {window_en}."),
        ),
    }
}

/// The largest unit in which a span is a whole number.
fn unit(span: SignedDuration) -> (i64, &'static str, &'static str) {
    let seconds = span.as_secs();
    let units = [
        (86_400, "日", "day"),
        (3_600, "時間", "hour"),
        (60, "分", "minute"),
    ];
    let whole = units.into_iter().find(|(size, ..)| seconds % size == 0);
    let (size, ja, en) = whole.unwrap_or((1, "秒", "second"));
    (seconds / size, ja, en)
}

fn ja(span: SignedDuration) -> String {
    let (number, unit, _) = unit(span);
    format!("{number}{unit}")
}

fn en(span: SignedDuration) -> String {
    let (number, _, unit) = unit(span);
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        for (seconds, in_ja, in_en) in [
            (1, "1秒", "1 second"),
            (90, "90秒", "90 seconds"),
            (300, "5分", "5 minutes"),
            (3_600, "1時間", "1 hour"),
            (5_400, "90分", "90 minutes"),
            (172_800, "2日", "2 days"),
        ] {
            let span = SignedDuration::from_secs(seconds);
            assert_eq!((ja(span).as_str(), en(span).as_str()), (in_ja, in_en));
        }
    }
}
