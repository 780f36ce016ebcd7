use std::collections::BTreeSet;

/// Names of the functions that are commands.
fn commands() -> BTreeSet<&'static str> {
    include_str!("../calls.rs")
        .split("#[tauri::command]\n")
        .skip(1)
        .map(|rest| {
            let (_, named) = rest.split_once("fn ").unwrap();
            named.split('(').next().unwrap()
        })
        .collect()
}

#[test]
fn the_page_may_use_every_command_and_nothing_else() {
    let permissions: toml::Table = toml::from_str(include_str!("../../../permissions/window.toml")).unwrap();
    let [permission] = permissions["permission"].as_array().unwrap().as_slice() else {
        panic!("one permission is enough")
    };
    let allowed = permission["commands"]["allow"].as_array().unwrap();
    let allowed: BTreeSet<_> = allowed.iter().map(|command| command.as_str().unwrap()).collect();
    assert_eq!(allowed, commands());
}

#[test]
fn the_page_may_hear_events_and_use_our_commands_and_nothing_else_of_the_shell() {
    let capability: serde_json::Value =
        serde_json::from_str(include_str!("../../../capabilities/main.json")).unwrap();
    assert_eq!(
        capability["permissions"],
        serde_json::json!(["core:event:allow-listen", "core:event:allow-unlisten", "window"])
    );
    assert_eq!((&capability["local"], capability.get("remote")), (&true.into(), None));
}

#[test]
fn the_content_policy_lets_in_nothing_foreign_and_nothing_inline() {
    let configuration: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tauri.conf.json")).unwrap();
    let policy = configuration["app"]["security"]["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    for (directive, sources) in policy {
        for source in sources.as_str().unwrap().split(' ') {
            assert!(
                ["'none'", "'self'", "ipc:", "http://ipc.localhost"].contains(&source),
                "{directive}: {source}"
            );
        }
    }
}
