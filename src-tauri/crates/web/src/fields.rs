//! Fields of a request that come as text, in its path and query, and the request that they mean. Pure.

use serde_json::{Map, Value};

/// Why fields are no request. A sentence.
pub type Fault = String;

/// Puts the fields of path and query into one object, each as its schema wants it. A field may be there once; unknown ones
/// are refused by name, so that a slip in a filter is not taken for no filter.
///
/// # Errors
/// A field that does not belong there, is there twice, or is not of its kind.
pub fn read(
    schemas: &Map<String, Value>,
    path: &[(String, String)],
    query: &str,
) -> Result<Map<String, Value>, Fault> {
    let mut request = Map::new();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let in_query = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
    for (name, text) in path.iter().cloned().chain(in_query) {
        let Some(schema) = schemas.get(&name) else {
            let known = schemas.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            return Err(format!("The field {} is not known here; known are: {known}.", shown(&name)));
        };
        let value = value(schema, &text)
            .ok_or_else(|| format!("The field {name} cannot be {}; it is {}.", shown(&text), kind(schema)))?;
        if request.insert(name.clone(), value).is_some() {
            return Err(format!("The field {name} was given twice; give it once."));
        }
    }
    Ok(request)
}

/// A text as its schema wants it; none if it cannot be that.
fn value(schema: &Value, text: &str) -> Option<Value> {
    if is(schema, "boolean") {
        return match text {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        };
    }
    if is(schema, "integer") {
        return text.parse::<i64>().ok().map(Value::from);
    }
    if is(schema, "number") {
        let number: f64 = text.parse().ok()?;
        return number.is_finite().then(|| Value::from(number));
    }
    Some(text.into())
}

/// Whether a value of this kind is allowed, alone or beside null.
fn is(schema: &Value, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == wanted,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    }
}

fn kind(schema: &Value) -> &'static str {
    if is(schema, "boolean") {
        "true or false"
    } else if is(schema, "integer") {
        "a whole number"
    } else {
        "a number"
    }
}

/// A text of somebody else's in a sentence of ours: short, and nothing that a terminal obeys.
fn shown(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("“{clean}”")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(query: &str, meant: Result<Value, &str>) {
        let schemas = json!({
            "id": { "type": "integer" },
            "limit": { "type": ["integer", "null"] },
            "with_gaps": { "type": ["boolean", "null"] },
            "gain": { "type": "number" },
            "search": { "type": ["string", "null"] },
            "format": { "$ref": "#/components/schemas/Format" },
        });
        let path = [("id".to_owned(), "7".to_owned())];
        let read = read(schemas.as_object().unwrap(), &path, query).map(Value::Object);
        match meant {
            Ok(meant) => assert_eq!(read, Ok(meant), "{query}"),
            Err(part) => {
                let fault = read.expect_err(query);
                assert!(fault.contains(part) && fault.ends_with('.'), "{query}: {fault}");
            }
        }
    }

    #[test]
    fn fields_become_what_their_schemas_say() {
        check("", Ok(json!({ "id": 7 })));
        check(
            "limit=5&with_gaps=true&search=a%20b+c&format=wav&gain=-1.5",
            Ok(json!({
                "id": 7, "limit": 5, "with_gaps": true, "search": "a b c", "format": "wav", "gain": -1.5
            })),
        );
        check("search=5", Ok(json!({ "id": 7, "search": "5" })));
        check("limit=five", Err("a whole number"));
        check("limit=5.0", Err("a whole number"));
        check("gain=nan", Err("a number"));
        check("with_gaps=1", Err("true or false"));
        check("limit=1&limit=2", Err("twice"));
        check("id=8", Err("twice"));
        check("limits=1", Err("not known"));
    }
}
