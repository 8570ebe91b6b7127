//! The log cut into tiles: C2SP tlog-tiles, 256 hashes or entries to a tile.
//!
//! A tile is named by its path and never changes: whoever has it may keep it for good. A partial one
//! is the beginning of the full one that follows.

use std::fmt;

use tlog_tiles::stored_hash_index;

/// Levels of the tree that one tile spans.
const HEIGHT: u8 = 8;
/// Hashes or entries in a full tile.
const WIDTH: u64 = 1 << HEIGHT;
/// Highest level of tiles there is: tlog-tiles has six.
const TOP: u8 = 5;
/// What one path element counts to: three digits of a tile's number.
const ELEMENT: u64 = 1000;

/// What a tile is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes at a level of tiles, 0 being that of the leaves.
    Hashes(u8),
    /// The entries themselves, as they are hashed.
    Entries,
}

/// A tile, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Of what.
    pub kind: TileKind,
    /// Its place in its level, from 0.
    pub number: u64,
    /// Hashes or entries in it, 1 to [`WIDTH`].
    pub width: u64,
}

/// Not the name of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct NoTile;

impl Tile {
    /// Reads `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`, what follows `tile/` in a path. There is
    /// one way to write each tile.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(path: &str) -> Result<Self, NoTile> {
        let (kind, place) = path.split_once('/').ok_or(NoTile)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().map_err(|_| NoTile)?),
        };
        let (number, width) = match place.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| NoTile)?),
            None => (place, WIDTH),
        };
        let tile = Self {
            kind,
            number: number_of(number)?,
            width,
        };
        let known = match kind {
            TileKind::Hashes(level) => level <= TOP,
            TileKind::Entries => true,
        };
        let sound = known && (1..=WIDTH).contains(&width) && tile.to_string() == path;
        if sound { Ok(tile) } else { Err(NoTile) }
    }

    /// Whether a log of so many leaves has it.
    pub fn is_within(&self, size: u64) -> bool {
        let at_its_level = size >> self.shift();
        let end = self.number.checked_mul(WIDTH);
        end.and_then(|first| first.checked_add(self.width))
            .is_some_and(|end| end <= at_its_level)
    }

    /// The places at its level, from the first: leaves for entries. Only for a tile that
    /// [`Self::is_within`] a log.
    pub fn places(&self) -> std::ops::Range<u64> {
        let first = self.number * WIDTH;
        first..first + self.width
    }

    /// Numbers of the nodes whose hashes it holds, in order. Only for a tile of hashes that
    /// [`Self::is_within`] a log.
    pub fn nodes(&self) -> Vec<u64> {
        let level = self.shift();
        let node = |place| stored_hash_index(level, place);
        self.places().map(node).collect()
    }

    fn shift(&self) -> u8 {
        match self.kind {
            TileKind::Hashes(level) => level * HEIGHT,
            TileKind::Entries => 0,
        }
    }
}

/// The path that [`Tile::parse`] reads.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "{level}/")?,
            TileKind::Entries => f.write_str("entries/")?,
        }
        let mut elements = vec![format!("{:03}", self.number % ELEMENT)];
        let mut above = self.number / ELEMENT;
        while above > 0 {
            elements.push(format!("x{:03}", above % ELEMENT));
            above /= ELEMENT;
        }
        elements.reverse();
        f.write_str(&elements.join("/"))?;
        if self.width < WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// `x001/x234/067` is 1234067, three digits to an element.
fn number_of(text: &str) -> Result<u64, NoTile> {
    text.split('/').try_fold(0_u64, |number, element| {
        let digits: u64 = element
            .trim_start_matches('x')
            .parse()
            .map_err(|_| NoTile)?;
        let number = number.checked_mul(ELEMENT).ok_or(NoTile)?;
        number.checked_add(digits).ok_or(NoTile)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(kind: TileKind, number: u64, width: u64) -> Tile {
        Tile {
            kind,
            number,
            width,
        }
    }

    #[test]
    fn a_path_names_one_tile() {
        for (path, named) in [
            ("0/000", tile(TileKind::Hashes(0), 0, 256)),
            ("0/000.p/1", tile(TileKind::Hashes(0), 0, 1)),
            (
                "5/x001/x234/067.p/255",
                tile(TileKind::Hashes(5), 1_234_067, 255),
            ),
            ("entries/x001/000", tile(TileKind::Entries, 1000, 256)),
        ] {
            assert_eq!(Tile::parse(path), Ok(named), "{path}");
        }
    }

    #[test]
    fn there_is_no_second_way_to_write_a_tile() {
        for path in [
            "",
            "0",
            "0/",
            "/000",
            "6/000",
            "00/000",
            "+0/000",
            "255/000",
            "data/000",
            "0/0",
            "0/0000",
            "0/x000",
            "0/x000/000",
            "0/001/000",
            "0/000/x001",
            "0/-01",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p/1/2",
            "0/000/",
            "0/０００",
            "entries/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Tile::parse(path), Err(NoTile), "{path}");
        }
    }

    #[test]
    fn a_log_has_the_tiles_that_its_leaves_fill() {
        let leaves = |width| tile(TileKind::Hashes(0), 1, width);
        assert!(leaves(44).is_within(300) && !leaves(45).is_within(300));
        let above = |width| tile(TileKind::Hashes(1), 0, width);
        assert!(above(1).is_within(300) && !above(2).is_within(511));
        assert!(!tile(TileKind::Entries, u64::MAX, 1).is_within(u64::MAX));
    }

    #[test]
    fn a_tile_holds_the_hashes_of_its_level_in_order() {
        let mut tree = crate::Tree::default();
        let leaf = |n: u64| crate::Leaf::of(&n.to_be_bytes()).hash();
        let nodes = tree.append((0..600).map(leaf));
        let hash = |number: u64| nodes[usize::try_from(number).expect("small")].hash;
        let second = tile(TileKind::Hashes(0), 1, 256);
        let hashes = second.nodes().into_iter().map(hash);
        assert!(hashes.eq((256..512).map(leaf)));
        // One level up stands the root of each full tile below.
        let above = tile(TileKind::Hashes(1), 0, 2).nodes();
        let mut below = crate::Tree::default();
        below.append((256..512).map(leaf));
        assert_eq!(hash(above[1]), below.root().hash);
    }
}
