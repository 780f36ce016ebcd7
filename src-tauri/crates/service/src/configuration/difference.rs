//! Two values, field by field.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::api::ApiError;
use crate::api::wire::FieldChange;

/// Fields told of one thing; more are told as one line.
const MOST_FIELDS: usize = 100;
/// Characters told of a value.
const MOST_CHARS: usize = 200;

/// The fields in which `after` differs from `before`, in order of their names. All of `after` if there is no `before`.
///
/// # Errors
/// A fault of the program.
pub(super) fn fields<T: Serialize>(before: Option<&T>, after: &T) -> Result<Vec<FieldChange>, ApiError> {
    let flat = |value: &T| {
        let mut fields = BTreeMap::new();
        flatten("", &serde_json::to_value(value).map_err(ApiError::internal)?, &mut fields);
        Ok::<_, ApiError>(fields)
    };
    let before = before.map(flat).transpose()?.unwrap_or_default();
    let after = flat(after)?;
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found: Vec<FieldChange> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).map(|text| shown(text)),
            after: after.get(name).map(|text| shown(text)),
        })
        .collect();
    if found.len() > MOST_FIELDS {
        let more = found.len() - MOST_FIELDS;
        found.truncate(MOST_FIELDS);
        found.push(FieldChange { field: format!("… and {more} more"), before: None, after: None });
    }
    Ok(found)
}

/// What is not set is not there; neither is what is empty.
fn flatten(at: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, value) in members {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                flatten(&path, value, fields);
            }
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            if !items.is_empty() {
                let texts: Vec<String> = items.iter().map(text).collect();
                fields.insert(at.to_owned(), texts.join(", "));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{at}[{index}]"), item, fields);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            fields.insert(at.to_owned(), text(value));
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_CHARS).collect();
    if text.chars().nth(MOST_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
