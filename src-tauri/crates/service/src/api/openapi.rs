//! The OpenAPI 3.1 document of the contract.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{ApiError, Method, OPERATIONS, Operation};

/// The document, made from [`OPERATIONS`].
#[must_use]
pub fn document(version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    let failure = generator.subschema_for::<ApiError>();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in OPERATIONS {
        let [_, reply] = (operation.schemas)(&mut generator);
        let fields = fields(&generator, operation);
        let mut described = json!({
            "operationId": operation.name,
            "summary": operation.doc.trim(),
            "x-access": operation.access,
            "responses": {
                "200": { "description": "Done.", "content": { "application/json": { "schema": reply } } },
                "default": { "description": "Not done.", "content": { "application/json": { "schema": failure } } },
            },
        });
        let in_path = |name: &str| operation.path.contains(&format!("{{{name}}}"));
        let parameters: Vec<Value> = fields
            .properties
            .iter()
            .filter(|(name, _)| in_path(name) || operation.method == Method::Get)
            .map(|(name, schema)| {
                json!({
                    "name": name,
                    "in": if in_path(name) { "path" } else { "query" },
                    "required": in_path(name) || fields.required.contains(name),
                    "schema": schema,
                })
            })
            .collect();
        if !parameters.is_empty() {
            described["parameters"] = parameters.into();
        }
        let body: Map<String, Value> = fields
            .properties
            .iter()
            .filter(|(name, _)| !in_path(name))
            .map(|(n, s)| (n.clone(), s.clone()))
            .collect();
        if operation.method != Method::Get && !body.is_empty() {
            let required: Vec<&String> = fields.required.iter().filter(|name| !in_path(name)).collect();
            let schema = json!({ "type": "object", "properties": body, "required": required });
            described["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
        }
        paths.entry(operation.path).or_default().insert(operation.method.as_str().to_lowercase(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Audyn", "version": version, "license": { "name": "MIT OR Apache-2.0" } },
        "paths": paths,
        "components": { "schemas": generator.take_definitions(true) },
    })
}

impl Operation {
    /// The schemas of its request's fields, by name: what a door needs to read a field that comes as text.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let _ = (self.schemas)(&mut generator);
        fields(&generator, self).properties
    }
}

struct Fields {
    properties: Map<String, Value>,
    required: Vec<String>,
}

/// The fields of an operation's request.
fn fields(generator: &schemars::SchemaGenerator, operation: &Operation) -> Fields {
    let definition = generator.definitions().get(operation.request).cloned().unwrap_or_default();
    let properties = definition.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let required = definition.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    Fields { properties, required: required.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect() }
}
