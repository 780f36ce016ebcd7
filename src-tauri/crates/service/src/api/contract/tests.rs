use std::collections::HashSet;

use serde_json::Value;

use super::*;
use crate::api::{openapi, typescript};

#[test]
fn every_name_and_every_route_is_there_once() {
    let mut names = HashSet::new();
    let mut routes = HashSet::new();
    for operation in OPERATIONS {
        assert!(names.insert(operation.name), "{} twice", operation.name);
        // Two paths that differ in the names of their parameters only are one route.
        let route: Vec<&str> =
            operation.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
        assert!(routes.insert((operation.method, route.join("/"))), "{} has another's route", operation.name);
        assert!(operation.path.starts_with("/api/"), "{}", operation.name);
        assert!(operation.doc.trim().ends_with('.'), "{}", operation.name);
    }
}

#[test]
fn nothing_that_only_looks_changes_anything() {
    for operation in OPERATIONS {
        let reads = operation.method == Method::Get;
        let asks_before_acting =
            ["preview_names", "read_sdp", "select_studio", "change_own_password"].contains(&operation.name);
        assert!(reads || operation.access > Access::Viewer || asks_before_acting, "{}", operation.name);
    }
}

#[test]
fn the_openapi_document_resolves_and_names_every_path_parameter() {
    let document = openapi::document("1.2.3");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not there");
    }
    for operation in OPERATIONS {
        let described = &document["paths"][operation.path][operation.method.as_str().to_lowercase()];
        assert_eq!(described["operationId"], operation.name);
        for parameter in operation.path.split('{').skip(1).map(|part| part.split('}').next().unwrap()) {
            let found = described["parameters"].as_array().unwrap().iter().any(|known| {
                known["name"] == parameter && known["in"] == "path" && known["required"] == Value::Bool(true)
            });
            assert!(found, "{}: {parameter} is no field of {}", operation.name, operation.request);
        }
    }
}

/// The client's types are a file of their own, so that the UI builds without Rust. `UPDATE_CONTRACT=1` writes it anew.
#[test]
fn the_clients_types_are_those_of_the_contract() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/api/contract.ts");
    let wanted = typescript::declarations();
    if std::env::var_os("UPDATE_CONTRACT").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap();
    assert!(
        there == wanted,
        "ui/src/api/contract.ts is old: run the tests of audyn-service with UPDATE_CONTRACT=1"
    );
}
