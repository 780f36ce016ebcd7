//! The OpenAPI document of the whole door: the contract's, and what only HTTP has.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use audyn_service::api::{Access, OPERATIONS, openapi};
use serde_json::{Map, Value, json};

/// The document. It is true of every reply: each status that can come is listed with its schema.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(make)
}

fn make() -> Value {
    let mut document = openapi::document(env!("CARGO_PKG_VERSION"));
    let failure = json!({ "$ref": "#/components/schemas/ApiError" });
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let described = &mut document["paths"][operation.path][&method];
        let takes_body = described.get("requestBody").is_some();
        let mut statuses = vec![401, 403, 404, 409, 422, 429, 500, 503, 504];
        if takes_body {
            statuses.extend([400, 413, 415]);
        }
        refuse(described, &failure, statuses);
        described["security"] = security(operation.access);
    }
    let more = more(&failure);
    if let (Some(paths), Value::Object(more)) = (document["paths"].as_object_mut(), more) {
        paths.extend(more);
    }
    document["components"]["securitySchemes"] = json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-audyn",
            "description": "The cookie of a page that signed in (`audyn` without TLS). Everything but GET also needs the \
                header X-Audyn-Csrf with the token that signing in and /api/auth/me tell.",
        },
        "token": { "type": "http", "scheme": "bearer", "description": "A program's token, made by an administrator." },
    });
    document
}

fn security(access: Access) -> Value {
    let scope = serde_json::to_value(access).unwrap_or_default();
    json!([{ "session": [scope] }, { "token": [scope] }])
}

/// Lists refusals. The contract says `default` for all of them; here each that can come is named, and no other comes.
fn refuse(described: &mut Value, failure: &Value, statuses: impl IntoIterator<Item = u16>) {
    if let Some(responses) = described["responses"].as_object_mut() {
        responses.remove("default");
    }
    let statuses: BTreeSet<u16> = statuses.into_iter().chain([414, 421, 431]).collect();
    for status in &statuses {
        described["responses"][status.to_string()] = json!({
            "description": what(*status),
            "content": { "application/json": { "schema": failure } },
        });
    }
    if statuses.contains(&429) {
        described["responses"]["429"]["headers"] = json!({
            "Retry-After": {
                "description": "Seconds until it may be tried again.",
                "schema": { "type": "integer", "minimum": 1 },
            },
        });
    }
}

const fn what(status: u16) -> &'static str {
    match status {
        400 => "The body cannot be read.",
        401 => "Nobody is signed in, or the credential does not hold.",
        403 => "The caller may not, or another page asked.",
        404 => "There is no such thing.",
        409 => "It does not go with how things are now.",
        413 => "The body is too long.",
        414 => "The address is too long.",
        415 => "The body is not declared as JSON.",
        416 => "The range begins after the end.",
        421 => "The recorder does not answer to this name.",
        422 => "A value is out of range.",
        426 => "This address speaks WebSocket only.",
        429 => "Too many attempts; the message and Retry-After say how long to wait.",
        431 => "Too many header fields, or too long ones.",
        500 => "A fault of the program.",
        503 => "What is needed is not at hand.",
        504 => "It took too long and was given up.",
        _ => "Not done.",
    }
}

/// What only HTTP has.
fn more(failure: &Value) -> Value {
    let text = |kind: &str| json!({ "200": { "description": "Done.", "content": { kind: { "schema": { "type": "string" } } } } });
    let object = |properties: Value| {
        let schema = json!({ "type": "object", "properties": properties });
        json!({ "200": { "description": "Done.", "content": { "application/json": { "schema": schema } } } })
    };
    let form = |properties: Value, required: Value| {
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        json!({ "required": true, "content": { "application/json": { "schema": schema } } })
    };
    let string = json!({ "type": "string" });
    let signed_in = || {
        object(json!({
            "user": { "type": "object" }, "expires": string,
            "csrf": { "type": "string", "description": "For a page: goes into X-Audyn-Csrf." },
            "token": { "type": "string", "description": "For a program that asked for one: goes into Authorization." },
        }))
    };
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": string });
    let mut paths = Map::new();
    let mut add =
        |path: &str, method: &str, mut described: Value, statuses: &[u16], access: Option<Access>| {
            refuse(&mut described, failure, statuses.iter().copied());
            described["security"] = access.map_or_else(|| json!([]), security);
            paths.entry(path).or_insert_with(|| json!({}))[method] = described;
        };
    let viewer = Some(Access::Viewer);
    add(
        "/health",
        "get",
        json!({ "operationId": "health", "summary": "Whether it lives.", "responses": object(json!({ "status": string })) }),
        &[500],
        None,
    );
    add(
        "/metrics",
        "get",
        json!({ "operationId": "prometheus", "summary": "Every counter, for Prometheus.", "responses": text("text/plain") }),
        &[401, 403, 500, 504],
        viewer,
    );
    add(
        "/api/openapi.json",
        "get",
        json!({ "operationId": "openapi", "summary": "This document.", "responses": object(json!({})) }),
        &[401, 500],
        viewer,
    );
    add(
        "/api/docs",
        "get",
        json!({ "operationId": "docs", "summary": "This document, for people.", "responses": text("text/html") }),
        &[401, 500],
        viewer,
    );
    add(
        "/api/auth/ways",
        "get",
        json!({ "operationId": "ways_in", "summary": "How one can sign in here.", "responses": object(json!({})) }),
        &[500],
        None,
    );
    let token = json!({ "type": "boolean", "description": "A token in the reply instead of a cookie." });
    add(
        "/api/auth/local",
        "post",
        json!({
            "operationId": "sign_in", "summary": "Signs in with a local account.", "responses": signed_in(),
            "requestBody": form(json!({ "email": string, "password": string, "token": token }), json!(["email", "password"])),
        }),
        &[400, 401, 403, 413, 415, 422, 429, 500, 503, 504],
        None,
    );
    add(
        "/api/auth/breakglass",
        "post",
        json!({
            "operationId": "breakglass", "summary": "Signs in when the identity provider cannot be reached. Raises an alarm.",
            "responses": signed_in(),
            "requestBody": form(json!({ "password": string, "token": token }), json!(["password"])),
        }),
        &[400, 401, 403, 413, 415, 422, 429, 500, 503, 504],
        None,
    );
    add(
        "/api/auth/logout",
        "post",
        json!({ "operationId": "sign_out", "summary": "Ends the session.", "responses": object(json!({})) }),
        &[401, 403, 500, 503, 504],
        viewer,
    );
    let audio = json!({ "audio/*": { "schema": { "type": "string", "format": "binary" } } });
    let described = json!({
        "operationId": "file_content", "summary": "A recording, whole or in part (byte ranges); one that grows up to where it is.",
        "parameters": [
            id,
            { "name": "download", "in": "query", "required": false, "schema": { "type": "integer", "enum": [0, 1] } },
            { "name": "Range", "in": "header", "required": false, "schema": string },
        ],
        "responses": {
            "200": { "description": "All of it.", "content": audio },
            "206": { "description": "The part that was asked for.", "content": audio },
            "304": { "description": "It is as it was." },
        },
    });
    add("/api/assets/{id}/content", "get", described, &[401, 403, 404, 416, 422, 500, 503, 504], viewer);
    for (path, name, summary) in [
        (
            "/ws/levels",
            "levels",
            "WebSocket: levels, 30 times a second, as JSON or (subprotocol audyn.levels.v1) as frames.",
        ),
        ("/ws/events", "events", "WebSocket: facts as they come. The first message is resync."),
    ] {
        let described = json!({
            "operationId": name, "summary": summary,
            "responses": { "101": { "description": "From here on it is a WebSocket." } },
        });
        add(path, "get", described, &[401, 403, 426, 500, 503], viewer);
    }
    Value::Object(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_only_http_has_hides_an_operation() {
        let Value::Object(more) = more(&json!({})) else { unreachable!("it is an object") };
        for operation in OPERATIONS {
            assert!(!more.contains_key(operation.path), "{}", operation.name);
        }
    }
}
