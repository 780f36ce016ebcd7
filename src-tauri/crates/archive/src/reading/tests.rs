use std::os::unix::fs::symlink;

use super::*;

#[test]
fn a_file_is_opened_only_where_it_lies_within_the_root() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("archive");
    fs::create_dir_all(root.join("2026/studio")).unwrap();
    fs::create_dir_all(dir.path().join("archive-of-others")).unwrap();
    for file in ["archive/2026/studio/a.wav", "secret.wav", "archive-of-others/b.wav"] {
        fs::write(dir.path().join(file), file).unwrap();
    }
    symlink("2026/studio/a.wav", root.join("inside.wav")).unwrap();
    symlink(dir.path().join("secret.wav"), root.join("outside.wav")).unwrap();
    symlink(dir.path(), root.join("up")).unwrap();
    let check = |path: &Path, wanted: Result<&str, &str>| match (Reading::open(&root, path), wanted) {
        (Ok(mut file), Ok(wanted)) => {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(text, wanted);
        }
        (Err(error), Err(wanted)) => {
            let message = error.to_string();
            assert!(message.contains(wanted) && message.starts_with("cannot play "), "{message}");
        }
        (got, wanted) => panic!("{}: {got:?}, wanted {wanted:?}", path.display()),
    };
    let inside = "archive/2026/studio/a.wav";
    check(Path::new("2026/studio/a.wav"), Ok(inside));
    check(&root.join("2026/studio/a.wav"), Ok(inside));
    check(Path::new("2026/../2026/studio/a.wav"), Ok(inside));
    check(Path::new("inside.wav"), Ok(inside));
    check(Path::new("outside.wav"), Err("outside of the archive"));
    check(Path::new("../secret.wav"), Err("outside of the archive"));
    check(Path::new("up/secret.wav"), Err("outside of the archive"));
    check(&dir.path().join("secret.wav"), Err("outside of the archive"));
    check(&dir.path().join("archive-of-others/b.wav"), Err("outside of the archive"));
    check(Path::new("2026"), Err("not a file"));
    check(Path::new("none.wav"), Err("No such file"));
}

#[test]
fn a_file_is_being_written_while_its_writer_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let writer = File::create(&path).unwrap();
    let reading = Reading::open(dir.path(), Path::new("a.wav")).unwrap();
    assert!(!reading.is_being_written());
    writer.try_lock().unwrap();
    assert!(reading.is_being_written());
    writer.unlock().unwrap();
    assert!(!reading.is_being_written());
    // And asking leaves nothing behind that would keep a writer out.
    writer.try_lock().unwrap();
}
