use std::process::Command;

use super::*;

#[test]
fn free_and_total_are_what_df_says() {
    let dir = tempfile::tempdir().unwrap();
    let words = Command::new("df")
        .args(["--block-size=1", "--output=avail,size"])
        .arg(dir.path())
        .output()
        .expect("cannot run df; apt-get install coreutils");
    let text = String::from_utf8(words.stdout).unwrap();
    let by_df: Vec<u64> =
        text.lines().nth(1).unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
    let ours = space(dir.path()).unwrap();
    assert_eq!(ours.total, by_df[1]);
    // Others write to the same disk meanwhile.
    assert!(ours.free.abs_diff(by_df[0]) < 1 << 30, "{ours:?} {by_df:?}");
}

#[test]
fn a_folder_that_is_gone_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone");
    let message = space(&gone).unwrap_err().to_string();
    assert!(message.contains("measure") && message.contains(gone.to_str().unwrap()), "{message}");
}
