//! Values kept as JSON documents. They are read leniently: a program one version older or newer has written them, and one
//! field that cannot be read must not take the others with it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value for a column.
pub(super) fn write<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// `base`, with every field of the stored document that can be read laid over it. Paths of those that cannot are
/// returned beside it. Fields that `T` does not have are passed over.
pub(super) fn lay_over<T: Clone + Serialize + DeserializeOwned>(base: &T, stored: &str) -> (T, Vec<String>) {
    let (Ok(mut whole), Ok(Value::Object(stored))) =
        (serde_json::to_value(base), serde_json::from_str(stored))
    else {
        return (base.clone(), vec!["/".into()]);
    };
    let mut unread = Vec::new();
    let mut fields = Vec::new();
    collect("", &whole, Value::Object(stored), &mut fields);
    for (path, value) in fields {
        let mut tried = whole.clone();
        put(&mut tried, &path, value);
        if T::deserialize(&tried).is_ok() {
            whole = tried;
        } else {
            unread.push(path);
        }
    }
    (serde_json::from_value(whole).unwrap_or_else(|_| base.clone()), unread)
}

/// Fields of `stored` with their paths; into objects as far as `base` has an object there too.
fn collect(at: &str, base: &Value, stored: Value, fields: &mut Vec<(String, Value)>) {
    match (base, stored) {
        (Value::Object(base), Value::Object(stored)) => {
            for (name, value) in stored {
                let path = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                collect(&path, base.get(&name).unwrap_or(&Value::Null), value, fields);
            }
        }
        (_, stored) => fields.push((at.to_owned(), stored)),
    }
}

fn put(whole: &mut Value, path: &str, value: Value) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(Value::Object(parent)) = whole.pointer_mut(parent) {
        parent.insert(name.replace("~1", "/").replace("~0", "~"), value);
    }
}

#[cfg(test)]
mod tests;
