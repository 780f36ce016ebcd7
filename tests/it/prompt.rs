//! Passwords that are typed: at a terminal that util-linux's `script` makes.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::rig::Rig;

/// The longest a test waits for the terminal to say something.
const PATIENCE: Duration = Duration::from_secs(90);

/// A shell at a terminal that runs the program and tells how the terminal was before and is afterwards.
struct Typing {
    shell: Child,
    keys: ChildStdin,
    told: Receiver<Vec<u8>>,
    seen: String,
}

impl Typing {
    fn at(rig: &Rig, command: &str) -> Self {
        // A shell that goes on after the signal, and that neither mends nor keeps a terminal's modes by itself.
        let steps = format!(
            "trap : INT QUIT; echo before=$(stty -g); sh -c 'echo process=$$; exec $AUDYN {command}'; echo code=$?; \
             echo after=$(stty -g); echo end"
        );
        let mut shell = Command::new("script")
            .args(["-qec", &steps, "/dev/null"])
            .env("SHELL", "/bin/sh")
            .env("AUDYN", env!("CARGO_BIN_EXE_audyn"))
            .env("AUDYN_CONFIG_DIR", rig.path("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, told) = channel();
        let mut screen = shell.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(1..) =
                screen.read(&mut some).map(|n| tell.send(some[..n].to_vec()).map_or(0, |()| n))
            {}
        });
        Self { keys: shell.stdin.take().unwrap(), shell, told, seen: String::new() }
    }

    fn until(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let more = self.told.recv_timeout(PATIENCE);
            let more = more.unwrap_or_else(|_| panic!("no {text:?} on the screen:\n{}", self.seen));
            self.seen += &String::from_utf8_lossy(&more);
        }
    }

    fn strike(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).unwrap();
    }

    /// What follows this name on the screen.
    fn value(&self, name: &str) -> &str {
        let (_, rest) = self.seen.split_once(&format!("{name}=")).unwrap();
        rest.split_whitespace().next().unwrap()
    }

    /// Waits for the end; the program's exit code. The terminal is as it was.
    fn end(&mut self) -> &str {
        self.until("\nend");
        assert_eq!(self.value("after"), self.value("before"), "{}", self.seen);
        self.value("code")
    }
}

impl Drop for Typing {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[test]
fn a_password_is_typed_twice_and_never_shown() {
    let rig = Rig::new();
    let mut typing = Typing::at(&rig, "user add ann@example.org --access admin");
    typing.until("Password of ann@example.org: ");
    typing.strike(b"correct horse battery\n");
    typing.until("The same again: ");
    typing.strike(b"correct horse battery\n");
    assert_eq!(typing.end(), "0");
    assert!(typing.seen.contains("ann@example.org may sign in."), "{}", typing.seen);
    assert!(!typing.seen.contains("horse"), "{}", typing.seen);
}

#[test]
fn whatever_ends_the_program_at_a_password_the_terminal_is_as_before() {
    for (key, code) in [(3, "130"), (0x1c, "131")] {
        let rig = Rig::new();
        let mut typing = Typing::at(&rig, "breakglass set");
        typing.until("Breakglass password: ");
        typing.strike(b"half of it");
        typing.strike(&[key]);
        assert_eq!(typing.end(), code);
        assert!(typing.seen.contains("nothing was changed"), "{}", typing.seen);
        assert!(!typing.seen.contains("half of it"), "{}", typing.seen);
    }
    // At the second question, and by another program.
    for (signal, code) in [("TERM", "143"), ("HUP", "129")] {
        let rig = Rig::new();
        let mut typing = Typing::at(&rig, "user add ann@example.org --access admin");
        typing.until("Password of ann@example.org: ");
        typing.strike(b"correct horse battery\n");
        typing.until("The same again: ");
        let sent = Command::new("kill").args(["-s", signal, typing.value("process")]).status().unwrap();
        assert!(sent.success());
        assert_eq!(typing.end(), code);
        assert!(!typing.seen.contains("may sign in"), "{}", typing.seen);
    }
}
