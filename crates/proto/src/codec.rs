//! The codec of every generated server and client: prost, but a message that cannot be decoded
//! (invalid UTF-8, a broken tag, a truncated field) is the caller's error and says so.

use std::marker::PhantomData;

use prost::Message;
use tonic::{
    Code, Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder},
};
use tonic_prost::ProstEncoder;
use tonic_types::{ErrorDetails, StatusExt};

/// The stable code of a message that is not valid protobuf of its type.
pub const MALFORMED: &str = "malformed_message";

/// See the module.
#[derive(Debug, Clone)]
pub struct StrictCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for StrictCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for StrictCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = StrictDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        StrictDecoder(PhantomData)
    }
}

/// Decodes one message, or says in a status what is wrong with it.
#[derive(Debug)]
pub struct StrictDecoder<U>(PhantomData<U>);

impl<U: Message + Default> Decoder for StrictDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        U::decode(buffer).map(Some).map_err(|error| {
            let mut details = ErrorDetails::with_error_info(
                MALFORMED,
                "sekisho",
                [("detail".to_owned(), error.to_string())],
            );
            details.set_localized_message("ja", "メッセージの形式が正しくありません。");
            Status::with_error_details(
                Code::InvalidArgument,
                format!("the message is not valid: {error}"),
                details,
            )
        })
    }
}
