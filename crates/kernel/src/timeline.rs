//! What holds from when to when: who holds a post, where a person belongs.
//!
//! Each spell begins at an instant and lasts until the next one begins, or until its own end if
//! that is earlier. What is asked of it is asked for an instant, so that a spell to come begins by
//! itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that holds for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell<T> {
    /// What holds.
    pub value: T,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it; none = until the next spell.
    pub until: Option<Timestamp>,
}

/// Spells in the order of their beginnings, no two of which begin at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline<T>(Vec<Spell<T>>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// What holds at that instant.
    pub fn at(&self, now: Timestamp) -> Option<&Spell<T>> {
        self.begun(now)
            .filter(|spell| spell.until.is_none_or(|end| now < end))
    }

    /// The last spell begun by then, over or not.
    pub fn begun(&self, now: Timestamp) -> Option<&Spell<T>> {
        self.0.iter().rev().find(|spell| spell.since <= now)
    }

    /// Every spell as it was said, over or to come.
    pub fn spells(&self) -> &[Spell<T>] {
        &self.0
    }

    /// When what holds at that instant ends; none when nothing holds or no end is in sight. A spell
    /// of the same that follows without a gap is no end.
    pub fn end_of(&self, now: Timestamp) -> Option<Timestamp>
    where
        T: PartialEq,
    {
        let mut held = self.at(now)?;
        for next in self.0.iter().filter(|spell| now < spell.since) {
            let gap = held.until.is_some_and(|until| until < next.since);
            if gap || held.value != next.value {
                return held.until.into_iter().chain([next.since]).min();
            }
            held = next;
        }
        held.until
    }

    /// From the spell's beginning on, this. It takes the place of whatever had not begun by `now`.
    pub fn plan(&mut self, spell: Spell<T>, now: Timestamp) {
        self.0
            .retain(|known| known.since <= now && known.since < spell.since);
        self.0.push(spell);
    }

    /// From that instant on, nothing of what `which` picks.
    pub fn end(&mut self, from: Timestamp, which: impl Fn(&T) -> bool) {
        self.0
            .retain(|known| known.since < from || !which(&known.value));
        for known in self.0.iter_mut().filter(|known| which(&known.value)) {
            known.until = Some(known.until.map_or(from, |until| until.min(from)));
        }
    }

    /// Forgets what came before the last spell begun by `now`.
    pub fn forget(&mut self, now: Timestamp) {
        let begun = self.0.iter().rposition(|spell| spell.since <= now);
        self.0.drain(..begun.unwrap_or(0));
    }
}

impl<T> FromIterator<Spell<T>> for Timeline<T> {
    /// Of spells that begin at once the last one counts.
    fn from_iter<I: IntoIterator<Item = Spell<T>>>(spells: I) -> Self {
        let mut sorted: Vec<Spell<T>> = Vec::new();
        for spell in spells {
            let at = sorted.partition_point(|known| known.since < spell.since);
            if sorted
                .get(at)
                .is_some_and(|known| known.since == spell.since)
            {
                sorted[at] = spell;
            } else {
                sorted.insert(at, spell);
            }
        }
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn spell(value: char, since: i64, until: Option<i64>) -> Spell<char> {
        Spell {
            value,
            since: at(since),
            until: until.map(at),
        }
    }

    fn shown(timeline: &Timeline<char>) -> String {
        let held = (0..10).map(|second| timeline.at(at(second)));
        held.map(|spell| spell.map_or('-', |spell| spell.value))
            .collect()
    }

    #[test]
    fn a_spell_begins_by_itself_and_ends_with_the_next_or_by_its_own_end() {
        let timeline: Timeline<char> = [
            spell('b', 4, Some(7)),
            spell('a', 1, None),
            spell('c', 8, None),
        ]
        .into_iter()
        .collect();
        assert_eq!(shown(&timeline), "-aaabbb-cc");
        let ends: Vec<_> = [0, 1, 4, 7, 8]
            .map(|second| timeline.end_of(at(second)).map(|end| end.as_second()))
            .into();
        assert_eq!(ends, [None, Some(4), Some(7), None, None]);
    }

    #[test]
    fn what_goes_on_in_a_spell_of_the_same_has_not_ended() {
        for (second, third, expected) in [
            (spell('a', 4, None), spell('a', 6, Some(8)), Some(8)),
            (spell('a', 4, Some(6)), spell('a', 6, None), None),
            (spell('a', 4, Some(5)), spell('a', 6, None), Some(5)),
            (spell('a', 4, None), spell('b', 6, Some(8)), Some(6)),
            (spell('b', 4, None), spell('a', 6, None), Some(4)),
        ] {
            let all = [spell('a', 0, None), second, third];
            let timeline: Timeline<char> = all.clone().into_iter().collect();
            let end = timeline.end_of(at(1)).map(|end| end.as_second());
            assert_eq!(end, expected, "{all:?}");
        }
    }

    #[test]
    fn a_new_plan_takes_the_place_of_the_old_and_leaves_what_has_begun() {
        let mut timeline: Timeline<char> = [spell('a', 0, None)].into_iter().collect();
        timeline.plan(spell('b', 4, None), at(2));
        assert_eq!(shown(&timeline), "aaaabbbbbb");
        timeline.plan(spell('c', 6, None), at(2));
        assert_eq!(shown(&timeline), "aaaaaacccc");
        timeline.plan(spell('d', 1, Some(8)), at(2));
        assert_eq!(shown(&timeline), "addddddd--");
    }

    #[test]
    fn an_end_leaves_nothing_after_it_and_makes_nothing_longer() {
        let both = || -> Timeline<char> {
            [spell('a', 0, Some(3)), spell('b', 5, None)]
                .into_iter()
                .collect()
        };
        for (from, which, expected) in [
            (7, 'b', "aaa--bb---"),
            (5, 'b', "aaa-------"),
            (1, 'a', "a----bbbbb"),
            (4, 'a', "aaa--bbbbb"),
        ] {
            let mut timeline = both();
            timeline.end(at(from), |value| *value == which);
            assert_eq!(shown(&timeline), expected, "{which} from {from}");
        }
    }

    #[test]
    fn what_came_before_the_last_begun_is_forgotten_and_no_more() {
        let all = [
            spell('a', 0, None),
            spell('b', 2, Some(3)),
            spell('c', 6, None),
        ];
        for (now, kept) in [(1, 3), (4, 2), (6, 1), (9, 1)] {
            let mut timeline: Timeline<char> = all.clone().into_iter().collect();
            timeline.forget(at(now));
            assert_eq!(timeline.spells(), &all[3 - kept..], "at {now}");
        }
    }
}
