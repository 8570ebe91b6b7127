//! Leaves of which the log kept the hash and dropped what they said. That a row calls itself pruned is not
//! believed: the log's own records of what was dropped have the authority (7-1-(4)-3).

use std::ops::Range;

use proto::audit::v1::RecordsPruned;

use super::Unsound;
use crate::store::{leaf::Leaf, prune};

/// What is gone, and what was said to be.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    gone: Vec<Range<u64>>,
    said: Vec<Range<u64>>,
}

impl Pruned {
    /// Takes in what a leaf is and says.
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if leaf.pruned.is_some() {
            self.is_gone(leaf.index);
        } else if leaf.source == prune::SOURCE
            && let Some(said) = leaf.said()
            && said.source == prune::SOURCE
            && let Some(Ok(event)) = said.event::<RecordsPruned>()
        {
            self.hear(&event);
        }
    }

    fn is_gone(&mut self, leaf: u64) {
        match self.gone.last_mut() {
            Some(last) if last.end == leaf => last.end += 1,
            _ => self.gone.push(leaf..leaf + 1),
        }
    }

    /// Takes in what was decided to be dropped.
    pub(super) fn hear(&mut self, event: &RecordsPruned) {
        let ranges = event.ranges.iter();
        self.said
            .extend(ranges.map(|range| range.from_index..range.to_index));
    }

    /// Whether anything is gone.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.is_empty()
    }

    /// Whether it was said of everything that is gone.
    ///
    /// # Errors
    /// [`Unsound::Unannounced`] with the first of which it was not.
    pub(super) fn judge(mut self) -> Result<(), Unsound> {
        self.said.sort_unstable_by_key(|range| range.start);
        let mut said = self.said.into_iter().peekable();
        let mut up_to = 0;
        for leaf in self.gone.into_iter().flatten() {
            while let Some(range) = said.next_if(|range| range.start <= leaf) {
                up_to = up_to.max(range.end);
            }
            if leaf >= up_to {
                return Err(Unsound::Unannounced(leaf));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_named_of_which_nothing_was_said() {
        for (gone, said, first) in [
            (&[][..], &[][..], None),
            (&[4, 5, 9], &[(9, 10), (4, 6)], None),
            (&[4, 5, 6], &[(4, 6), (5, 7)], None),
            (&[4, 8], &[(0, 9), (4, 5)], None),
            (&[4], &[], Some(4)),
            (&[4, 5, 6], &[(4, 5), (6, 7)], Some(5)),
            (&[3, 4], &[(4, 6)], Some(3)),
            (&[6], &[(4, 6)], Some(6)),
        ] {
            let mut pruned = Pruned {
                said: said.iter().map(|(from, to)| *from..*to).collect(),
                ..Pruned::default()
            };
            gone.iter().for_each(|leaf| pruned.is_gone(*leaf));
            let expected = first.map_or(Ok(()), |leaf| Err(Unsound::Unannounced(leaf)));
            assert_eq!(pruned.judge(), expected, "{gone:?} {said:?}");
        }
    }
}
