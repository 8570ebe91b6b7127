//! Where the messages of the contracts hold a field of some name, and reading it from a message's
//! bytes without decoding the rest.

use std::collections::BTreeMap;

use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet, field_descriptor_proto::Type,
};

use crate::{DESCRIPTORS, wire::fields};

/// The numbers of the fields to go through, the last one a string's.
pub type Path = Vec<u32>;

/// For every message of the contracts, by its full name, the paths to the strings that `pick` takes
/// by their field's name, in order of declaration and at most so many fields deep.
pub fn paths<T>(
    depth: usize,
    pick: impl Fn(&str) -> Option<T>,
) -> BTreeMap<String, Vec<(Path, T)>> {
    let set = FileDescriptorSet::decode(DESCRIPTORS)
        .expect("the build wrote the descriptors that it compiled");
    let messages: Messages<'_> = set
        .file
        .iter()
        .flat_map(|file| {
            let named =
                |message: &'_ DescriptorProto| format!("{}.{}", file.package(), message.name());
            file.message_type
                .iter()
                .map(move |message| (named(message), message))
        })
        .collect();
    messages
        .keys()
        .map(|name| {
            let mut found = Vec::new();
            search(&messages, name, depth, &pick, &mut Vec::new(), &mut found);
            (name.clone(), found)
        })
        .collect()
}

/// Hands over every text at a path of a message, repeated fields included. What is malformed ends
/// the reading.
pub fn follow(message: &[u8], path: &[u32], take: &mut impl FnMut(&str)) {
    let Some((step, rest)) = path.split_first() else {
        return std::str::from_utf8(message).map_or((), take);
    };
    for (number, bytes) in fields(message).map_while(Result::ok) {
        if number == *step
            && let Some(bytes) = bytes
        {
            follow(bytes, rest, take);
        }
    }
}

type Messages<'a> = BTreeMap<String, &'a DescriptorProto>;

fn search<T>(
    messages: &Messages<'_>,
    name: &str,
    depth: usize,
    pick: &impl Fn(&str) -> Option<T>,
    path: &mut Path,
    found: &mut Vec<(Path, T)>,
) {
    let fields: &[FieldDescriptorProto] = messages.get(name).map_or(&[], |message| &message.field);
    for field in fields {
        path.push(u32::try_from(field.number()).unwrap_or_default());
        match field.r#type() {
            Type::String => found.extend(pick(field.name()).map(|what| (path.clone(), what))),
            Type::Message if path.len() < depth => {
                let inner = field.type_name().trim_start_matches('.');
                search(messages, inner, depth, pick, path, found);
            }
            _ => {}
        }
        path.pop();
    }
}
