use super::*;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).expect("short test fields");
    assert!(length < 128);
    [&[number << 3 | 2, length][..], bytes].concat()
}

fn entry(key: &str, value: &[u8]) -> Vec<u8> {
    field(5, &[field(1, key.as_bytes()), field(2, value)].concat())
}

fn sequence(text: &str) -> Vec<u8> {
    entry("sequence", &field(3, text.as_bytes()))
}

fn prev_hash(bytes: &[u8]) -> Vec<u8> {
    entry("prevhash", &field(4, bytes))
}

fn source() -> Vec<u8> {
    field(2, b"/sekisho/identity")
}

const SEVEN: &str = "00000000000000000007";

#[test]
fn a_record_is_placed_by_source_sequence_and_prevhash() {
    let record = [
        field(1, b"id"),
        source(),
        field(3, b"1.0"),
        entry("actor", &field(3, b"person/S0001")),
        sequence(SEVEN),
        entry("time", &field(7, &[0x08, 1])),
        prev_hash(&[9; 32]),
        field(6, b"data"),
    ]
    .concat();
    let placed = Placed {
        source: "/sekisho/identity".to_owned(),
        position: 7,
        prev_hash: [9; 32],
    };
    assert_eq!(Placed::read(&record), Ok(placed));
}

#[test]
fn of_anything_given_twice_the_last_counts() {
    let record = [
        field(2, b"/sekisho/forged"),
        sequence("00000000000000000001"),
        prev_hash(&[1; 32]),
        source(),
        sequence(SEVEN),
        // In one value, first as a string and then, rightly, as bytes.
        entry(
            "prevhash",
            &[field(3, &[b'x'; 32]), field(4, &[9; 32])].concat(),
        ),
    ]
    .concat();
    let placed = Placed::read(&record).expect("placed");
    assert_eq!(placed.source, "/sekisho/identity");
    assert_eq!(placed.position, 7);
    assert_eq!(placed.prev_hash, [9; 32]);

    // A later entry without a value takes the earlier one's place all the same.
    let emptied = [record, field(5, &field(1, b"sequence"))].concat();
    assert_eq!(Placed::read(&emptied), Err(Unplaced::Sequence));
}

#[test]
fn what_is_missing_or_misshapen_is_named() {
    let (sequence_ok, prev_ok) = (sequence(SEVEN), prev_hash(&[0; 32]));
    for (parts, reason) in [
        (
            [field(2, b""), sequence_ok.clone(), prev_ok.clone()],
            Unplaced::Source,
        ),
        (
            [field(2, &[0xff]), sequence_ok.clone(), prev_ok.clone()],
            Unplaced::Source,
        ),
        (
            [source(), sequence("7"), prev_ok.clone()],
            Unplaced::Sequence,
        ),
        (
            [source(), sequence("+0000000000000000007"), prev_ok.clone()],
            Unplaced::Sequence,
        ),
        (
            [source(), sequence("00000000000000000000"), prev_ok.clone()],
            Unplaced::Sequence,
        ),
        (
            [source(), sequence("99999999999999999999"), prev_ok.clone()],
            Unplaced::Sequence,
        ),
        (
            [
                source(),
                entry("sequence", &field(4, SEVEN.as_bytes())),
                prev_ok.clone(),
            ],
            Unplaced::Sequence,
        ),
        (
            [source(), entry("sequence", &[0x10, 7]), prev_ok],
            Unplaced::Sequence,
        ),
        (
            [source(), sequence_ok.clone(), prev_hash(&[0; 31])],
            Unplaced::PrevHash,
        ),
        (
            [
                source(),
                sequence_ok,
                entry("prevhash", &field(3, &[b'x'; 32])),
            ],
            Unplaced::PrevHash,
        ),
    ] {
        assert_eq!(Placed::read(&parts.concat()), Err(reason));
    }
    let broken = Placed::read(&[0x12, 0x7f, 1]);
    assert_eq!(broken, Err(Unplaced::Malformed(Malformed::Truncated)));
}
