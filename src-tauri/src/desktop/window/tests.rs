use super::*;

#[test]
fn the_page_goes_nowhere_else() {
    let rows = [
        ("tauri://localhost/index.html", true),
        ("tauri://localhost/index.html?seat=kiosk#/kiosk", true),
        ("tauri://elsewhere/index.html", false),
        ("http://localhost/", false),
        ("https://example.org/", false),
        ("file:///etc/passwd", false),
        ("about:blank", false),
        ("data:text/html,<p>", false),
        ("javascript:alert(1)", false),
        ("blob:tauri://localhost/1", false),
        ("ipc://localhost/call", false),
    ];
    for (address, expected) in rows {
        assert_eq!(ours(&address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn a_render_node_tells_of_a_graphics_processor() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!graphics_processor(&folder.path().join("missing")));
    // A screen alone, as virtual machines have it, draws nothing.
    std::fs::write(folder.path().join("card0"), []).unwrap();
    assert!(!graphics_processor(folder.path()));
    std::fs::write(folder.path().join("renderD128"), []).unwrap();
    assert!(graphics_processor(folder.path()));
}

#[test]
fn the_page_is_ours() {
    for kiosk in [false, true] {
        assert!(ours(&address(kiosk).parse().unwrap()), "{}", address(kiosk));
    }
}
