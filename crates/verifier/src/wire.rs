//! Walks the fields of one protobuf message: tags, varints and lengths, nothing more.

/// Why bytes are not a protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The message ends inside a field.
    #[error("the message ends inside a field")]
    Truncated,
    /// A varint of more than 64 bits.
    #[error("a varint does not end")]
    Varint,
    /// Field number 0, or one beyond 2^29 - 1.
    #[error("a field number is out of range")]
    FieldNumber,
    /// Groups and reserved wire types.
    #[error("wire type {0} is not used in this message")]
    WireType(u8),
}

/// A field's value as far as the wire tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Varint.
    Varint(u64),
    /// 64-bit or 32-bit: never needed here.
    Number,
    /// String, bytes or message.
    Bytes(&'a [u8]),
}

/// The fields of a message, in order; stops after the first malformed one.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(Malformed::Truncated)?;
            self.rest = rest;
            // The tenth byte has room for one bit.
            if shift == 63 && *byte > 1 {
                return Err(Malformed::Varint);
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed::Varint)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).map_err(|_| Malformed::Truncated)?;
        let split = self.rest.split_at_checked(length);
        let (taken, rest) = split.ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 || number >= 1 << 29 {
            return Err(Malformed::FieldNumber);
        }
        let value = match (tag & 7) as u8 {
            0 => self.varint().map(Value::Varint)?,
            1 => self.take(8).map(|_| Value::Number)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Number)?,
            other => return Err(Malformed::WireType(other)),
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_type_is_stepped_over() {
        let message = [
            &[0x08, 0x96, 0x01][..],         // 1: varint 150
            &[0x11, 1, 2, 3, 4, 5, 6, 7, 8], // 2: fixed64
            &[0x1a, 2, b'h', b'i'],          // 3: bytes
            &[0x25, 1, 2, 3, 4],             // 4: fixed32
        ]
        .concat();
        let fields: Result<Vec<_>, _> = Fields::of(&message).collect();
        let expected = vec![
            (1, Value::Varint(150)),
            (2, Value::Number),
            (3, Value::Bytes(b"hi")),
            (4, Value::Number),
        ];
        assert_eq!(fields, Ok(expected));
    }

    #[test]
    fn malformed_messages_end_in_their_error() {
        for (message, error) in [
            (&[0x0a, 3, 1][..], Malformed::Truncated),
            (&[0x08], Malformed::Truncated),
            (&[0x09, 1, 2], Malformed::Truncated),
            (&[0x00, 0x00], Malformed::FieldNumber),
            (&[0x0b], Malformed::WireType(3)),
            (&[0x0f], Malformed::WireType(7)),
            (
                &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
                Malformed::Varint,
            ),
            (
                &[0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
                Malformed::Truncated,
            ),
        ] {
            assert_eq!(Fields::of(message).last(), Some(Err(error)), "{message:?}");
        }
    }
}
