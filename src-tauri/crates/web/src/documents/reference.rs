//! The OpenAPI document as a page: no script, nothing from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// The page's style.
pub const STYLE: &str = include_str!("reference.css");

/// The page.
#[must_use]
pub fn page(document: &Value) -> String {
    let mut groups: BTreeMap<String, Vec<(&str, &str, &Value)>> = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in methods.as_object().into_iter().flatten() {
            groups.entry(group(path)).or_default().push((path, method, described));
        }
    }
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Audyn API</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body>\
         <h1>Audyn API</h1><p>The same as a document for programs: <a href=\"/api/openapi.json\">/api/openapi.json</a>. \
         Programs send <code>Authorization: Bearer</code> and a token; a refusal is always \
         <code>{code, message, request_id}</code>.</p><nav>",
    );
    for name in groups.keys() {
        let _ = write!(html, "<a href=\"#{0}\">{0}</a> ", escaped(name));
    }
    html.push_str("</nav>");
    for (name, operations) in &groups {
        let _ = write!(html, "<h2 id=\"{0}\">{0}</h2>", escaped(name));
        for (path, method, described) in operations {
            operation(&mut html, path, method, described);
        }
    }
    html.push_str("<h2>Types</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let name = escaped(name);
        let _ = write!(
            html,
            "<details id=\"type-{name}\"><summary>{name}</summary><pre>{}</pre></details>",
            escaped(&text)
        );
    }
    html.push_str("</body></html>\n");
    html
}

fn operation(html: &mut String, path: &str, method: &str, described: &Value) {
    let summary = escaped(described["summary"].as_str().unwrap_or_default());
    let method = escaped(&method.to_uppercase());
    let _ = write!(
        html,
        "<details><summary><b>{method}</b> <code>{}</code> <span>{summary}</span></summary>",
        escaped(path)
    );
    match described["security"][0]["session"][0].as_str() {
        Some(access) => _ = write!(html, "<p>For: {} and above.</p>", escaped(access)),
        None => html.push_str("<p>For everybody.</p>"),
    }
    let parameters = described["parameters"].as_array();
    for parameter in parameters.into_iter().flatten() {
        let field = |name: &str| escaped(parameter[name].as_str().unwrap_or_default());
        let needed = if parameter["required"] == true { "needed" } else { "if wanted" };
        let _ = write!(
            html,
            "<p><code>{}</code> in the {}, {needed}: {}</p>",
            field("name"),
            field("in"),
            schema(&parameter["schema"])
        );
    }
    let body = &described["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = write!(html, "<h3>Body</h3>{}", schema(body));
    }
    html.push_str("<h3>Replies</h3><ul>");
    for (status, reply) in described["responses"].as_object().into_iter().flatten() {
        let text = escaped(reply["description"].as_str().unwrap_or_default());
        let _ = write!(html, "<li><b>{}</b> {text} ", escaped(status));
        for content in reply["content"].as_object().into_iter().flatten() {
            html.push_str(&schema(&content.1["schema"]));
        }
        html.push_str("</li>");
    }
    html.push_str("</ul></details>");
}

/// A schema: a link to its type, or as it is.
fn schema(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#type-{name}\">{name}</a>");
    }
    format!("<pre>{}</pre>", escaped(&serde_json::to_string_pretty(schema).unwrap_or_default()))
}

/// The second part of a path: what it is about.
fn group(path: &str) -> String {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next()) {
        (Some("api"), Some(name)) if !name.contains('.') && name != "docs" => name.to_owned(),
        _ => "program".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_the_document_becomes_markup() {
        let evil = "<script>\"&";
        let document = json!({ "paths": { format!("/api/{evil}"): { "get": { "summary": evil } } } });
        let page = page(&document);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;&quot;&amp;"), "{page}");
    }

    #[test]
    fn the_page_keeps_to_its_own_policy() {
        let page = page(super::super::document());
        assert!(!page.contains("style=") && !page.contains("<script") && !page.contains("http://"));
        assert!(page.contains("/api/recorders/{id}/start"));
    }
}
