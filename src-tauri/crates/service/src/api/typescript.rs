//! The contract's types as TypeScript, for the client in `ui/src/api/contract.ts`.

use super::contract::Declared;
use super::wire::AppEvent;
use super::{ApiError, OPERATIONS};

/// The whole file.
#[must_use]
pub fn declarations() -> String {
    let config = ts_rs::Config::new().with_large_int("number");
    let mut declared = Declared::default();
    declared.add::<ApiError>(&config);
    declared.add::<AppEvent>(&config);
    for operation in OPERATIONS {
        (operation.types)(&config, &mut declared);
    }
    let mut text =
        String::from("// Generated from the contract in src-tauri/crates/service/src/api. Do not edit.\n\n");
    text += &declared.declarations.into_values().collect::<Vec<_>>().join("\n\n");
    text += "\n\n/** Every operation with its request and reply. */\nexport interface Operations {\n";
    for operation in OPERATIONS {
        let (doc, name) = (operation.doc.trim(), operation.name);
        let (request, reply) = (operation.request, operation.reply);
        text += &format!("  /** {doc} */\n  {name}: {{ request: {request}; reply: {reply} }};\n");
    }
    text += "}\n\n/** REST method and path of each operation. */\nexport const routes: Record<keyof Operations, readonly [string, string]> = {\n";
    for operation in OPERATIONS {
        text +=
            &format!("  {}: [\"{}\", \"{}\"],\n", operation.name, operation.method.as_str(), operation.path);
    }
    text += "};\n\n/** Who may call each operation; each level may what those before it may: viewer, studio, operator, admin. */\nexport const access: Record<keyof Operations, \"viewer\" | \"studio\" | \"operator\" | \"admin\"> = {\n";
    for operation in OPERATIONS {
        text += &format!("  {}: \"{}\",\n", operation.name, operation.access.as_str());
    }
    text + "};\n"
}
