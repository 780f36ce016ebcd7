//! A provider of `tests/oidc`, in a process of its own. `npm ci` there comes first.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// The provider. It ends with the test.
pub struct Provider {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub issuer: String,
    /// Where groups are, if it has such a place.
    #[allow(dead_code, reason = "one of the two has no groups")]
    pub graph: Option<String>,
}

impl Provider {
    /// Starts this one of `tests/oidc`.
    pub fn start(script: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/oidc");
        assert!(
            std::path::Path::new(folder).join("node_modules").exists(),
            "the provider is not installed: run `npm --prefix tests/oidc ci` first"
        );
        let mut child = Command::new("node")
            .arg(script)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| first[name].as_str().map(str::to_owned);
        Self { child, input, output, issuer: text("issuer").unwrap(), graph: text("graph") }
    }

    /// Tells it something; what was asked of it so far.
    pub fn tell(&mut self, told: Value) -> Value {
        writeln!(self.input, "{told}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
