//! Whatever a file holds, reading it comes to an end and to words, never to a panic.

use proptest::{collection::vec, prelude::*};

use super::{Table, read};

const TABLES: [Table; 5] = [
    Table::Organisation,
    Table::Staff,
    Table::Posts,
    Table::Entitlements,
    Table::Transfers,
];

/// Good tables, one of each.
const GOOD: [&str; 5] = [
    "コード,名称,種別,上位コード\ntax,税制課,課公所,finance\n",
    "職員番号,氏名,所属コード,退職日\nS1,青葉 花子,tax,令和8年3月31日\n",
    "職コード,職名,課公所コード,役割,在職者\ntax-head,税制課長,tax,情報管理者,M1\n",
    "職員番号,システム番号,終了日\nS1,SYS-1,2026-12-31\n",
    "職員番号,異動種別,新所属コード,発令日\nS1,異動,roads,令和8年4月1日\n",
];

/// A table with some of its bytes changed, taken away or doubled.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..6);
    (prop::sample::select(GOOD.to_vec()), changes).prop_map(|(good, changes)| {
        let mut bytes = good.as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at + 1),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_table_makes_its_reader_panic(bytes in prop_oneof![vec(any::<u8>(), 0..400), spoilt()]) {
        for table in TABLES {
            // A table that is read has a row, good or bad, for every row that it has.
            if let Ok(contents) = read(table, &bytes) {
                let rows = contents.table.rows().count();
                prop_assert!(contents.good.len() <= rows, "{table:?}: {rows}");
            }
        }
    }
}

#[test]
fn the_good_tables_are_good() {
    for (table, good) in TABLES.into_iter().zip(GOOD) {
        let Ok(contents) = read(table, good.as_bytes()) else {
            panic!("{table:?} is read");
        };
        assert_eq!(
            (contents.good.len(), contents.bad.len()),
            (1, 0),
            "{table:?}"
        );
    }
}
