//! `grpcurl -plaintext [-H HEADER]... [-d JSON] ADDRESS list | describe NAME | SERVICE/METHOD`, by
//! server reflection.

use std::collections::BTreeMap;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MethodDescriptor, SerializeOptions,
};
use prost_types::FileDescriptorProto;
use sekisho_platform_tests::raw::Raw;
use tonic::{
    Request,
    client::Grpc,
    codegen::http::uri::PathAndQuery,
    metadata::{AsciiMetadataKey, AsciiMetadataValue},
    transport::Channel,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

#[derive(Default)]
struct Line<'a> {
    headers: Vec<&'a str>,
    data: &'a str,
    rest: Vec<&'a str>,
}

fn read(words: &[String]) -> Result<Line<'_>, String> {
    let mut line = Line::default();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word {
            "-plaintext" => {}
            "-H" => line.headers.push(value()?),
            "-d" => line.data = value()?,
            flag if flag.starts_with('-') => return Err(format!("{flag} is not known here")),
            other => line.rest.push(other),
        }
    }
    Ok(line)
}

/// What the server answers, as text.
pub(crate) async fn run(words: &[String]) -> Result<String, String> {
    let line = read(words)?;
    let (address, verb) = match line.rest[..] {
        [address, ref verb @ ..] => (address, verb),
        [] => return Err("grpcurl ADDRESS ...".to_owned()),
    };
    let channel = Channel::from_shared(format!("http://{address}")).map_err(told)?;
    let channel = channel.connect().await.map_err(told)?;
    let mut server = Server(ServerReflectionClient::new(channel.clone()));
    match verb {
        ["list"] => Ok(server.services().await?.join("\n")),
        ["describe", name] => {
            let pool = server.around(name).await?;
            let service = pool.get_service_by_name(name);
            let service = service.ok_or(format!("{name} is no service"))?;
            let methods = service.methods().map(|method| {
                let (asks, answers) = (method.input(), method.output());
                let (asks, answers) = (asks.full_name(), answers.full_name());
                format!("rpc {} ( .{asks} ) returns ( .{answers} );", method.name())
            });
            Ok(methods.collect::<Vec<_>>().join("\n"))
        }
        [path] => {
            let (service, method) = path.split_once('/').ok_or(format!("{path}: no method"))?;
            let pool = server.around(service).await?;
            let service = pool.get_service_by_name(service);
            let mut methods = service.iter().flat_map(|service| service.methods());
            let method = methods.find(|one| one.name() == method);
            call(
                channel,
                &method.ok_or(format!("{path}: no such RPC"))?,
                &line,
            )
            .await
        }
        _ => Err(format!("{verb:?} is not known here")),
    }
}

async fn call(
    channel: Channel,
    method: &MethodDescriptor,
    line: &Line<'_>,
) -> Result<String, String> {
    let data = if line.data.is_empty() {
        "{}"
    } else {
        line.data
    };
    let mut json = serde_json::Deserializer::from_str(data);
    let options = DeserializeOptions::new();
    let asked = DynamicMessage::deserialize_with_options(method.input(), &mut json, &options);
    let asked = asked.map_err(told)?;
    let mut request = Request::new(asked.encode_to_vec());
    for header in &line.headers {
        let (key, value) = header
            .split_once(':')
            .ok_or(format!("{header}: no value"))?;
        let key: AsciiMetadataKey = key.trim().parse().map_err(told)?;
        let value: AsciiMetadataValue = value.trim().parse().map_err(told)?;
        request.metadata_mut().insert(key, value);
    }
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path: PathAndQuery = path.parse().map_err(told)?;
    let mut client = Grpc::new(channel);
    client.ready().await.map_err(told)?;
    let answer = client.unary(request, path, Raw).await;
    let answer = answer.map_err(|status| format!("{:?}: {}", status.code(), status.message()))?;
    let bytes = answer.into_inner();
    let answer = DynamicMessage::decode(method.output(), bytes.as_slice()).map_err(told)?;
    let mut written = serde_json::Serializer::pretty(Vec::new());
    let options = SerializeOptions::new();
    answer
        .serialize_with_options(&mut written, &options)
        .map_err(told)?;
    String::from_utf8(written.into_inner()).map_err(told)
}

/// What a server tells of itself.
struct Server(ServerReflectionClient<Channel>);

impl Server {
    async fn ask(&mut self, message: MessageRequest) -> Result<MessageResponse, String> {
        let request = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(message),
        };
        let stream = self
            .0
            .server_reflection_info(futures::stream::iter([request]));
        let mut answers = stream.await.map_err(told)?.into_inner();
        let answer = answers.message().await.map_err(told)?;
        let answer = answer.and_then(|answer| answer.message_response);
        answer.ok_or("no answer".to_owned())
    }

    async fn services(&mut self) -> Result<Vec<String>, String> {
        match self
            .ask(MessageRequest::ListServices(String::new()))
            .await?
        {
            MessageResponse::ListServicesResponse(list) => {
                Ok(list.service.into_iter().map(|one| one.name).collect())
            }
            other => Err(format!("{other:?}")),
        }
    }

    /// The file in which a name is declared, and all that it needs.
    async fn around(&mut self, name: &str) -> Result<DescriptorPool, String> {
        let mut files = BTreeMap::new();
        let mut wanted = vec![MessageRequest::FileContainingSymbol(name.to_owned())];
        while let Some(next) = wanted.pop() {
            let found = match self.ask(next).await? {
                MessageResponse::FileDescriptorResponse(found) => found,
                other => return Err(format!("{other:?}")),
            };
            for bytes in found.file_descriptor_proto {
                let file = FileDescriptorProto::decode(bytes.as_slice()).map_err(told)?;
                let needed = file
                    .dependency
                    .iter()
                    .filter(|one| !files.contains_key(*one));
                wanted.extend(needed.cloned().map(MessageRequest::FileByFilename));
                files.insert(file.name().to_owned(), file);
            }
        }
        let mut pool = DescriptorPool::new();
        pool.add_file_descriptor_protos(files.into_values())
            .map_err(told)?;
        Ok(pool)
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
