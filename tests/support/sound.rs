//! A PipeWire of a test's own, with one sink that goes nowhere, and a ramp to play into it. Included by the tests of
//! several crates. Wants the packages dbus, pipewire, pipewire-bin, pipewire-alsa and wireplumber, and no sound card.

#![allow(dead_code, reason = "each test that includes it needs a part")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Frames a second of the sink and the ramp.
pub const RATE: usize = 48_000;
/// The sink's `node.name`.
pub const SINK: &str = "test-sink";

/// PipeWire and who plays into it have the first word, as they have on a machine that gives them real-time priority: who is
/// late for a cycle spoils it for all. Where that is not permitted `nice` says so, and they do not.
pub const FIRST: [&str; 3] = ["nice", "-n", "-15"];

const PATIENCE: Duration = Duration::from_secs(60);

/// The word of 24 bits in each channel of the ramp's frame `number` (from 1 on): its number, and one that shows that the
/// number is whole.
pub fn frame(number: i32) -> [i32; 2] {
    // Not in proportion to the number, or a faded frame could pass for an earlier one.
    let mixed = number.wrapping_mul(1_640_531_527);
    [number, (mixed ^ (mixed >> 15)).wrapping_mul(-2_048_144_789) >> 9]
}

/// The ramp as a WAV file.
pub fn wav(frames: usize) -> Vec<u8> {
    let size = frames as u32 * 6;
    let mut file = b"RIFF".to_vec();
    file.extend((size + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend((RATE as u32).to_le_bytes());
    file.extend((RATE as u32 * 6).to_le_bytes());
    file.extend(b"\x06\0\x18\0data");
    file.extend(size.to_le_bytes());
    let low = |word: i32| -> [u8; 3] { word.to_le_bytes()[..3].try_into().unwrap() };
    file.extend((1..=frames as i32).flat_map(frame).flat_map(low));
    file
}

/// Waits until something is so.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// A process that ends with the test, by its own id.
pub struct Owned(pub Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program.
pub fn start(command: &mut Command) -> Owned {
    let program = command.get_program().to_string_lossy().into_owned();
    Owned(command.spawn().unwrap_or_else(|error| missing(&program, &error)))
}

fn missing(program: &str, error: &std::io::Error) -> ! {
    panic!(
        "{program}: {error}; install it by: apt-get install dbus pipewire pipewire-bin pipewire-alsa wireplumber"
    )
}

/// See the module. Dropping it ends its daemons.
pub struct Sound {
    pub dir: tempfile::TempDir,
    bus: String,
    daemons: Vec<Owned>,
    _bus: Owned,
}

impl Sound {
    /// The daemons, and the sink.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut bus = start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .env("XDG_RUNTIME_DIR", dir.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut address = String::new();
        BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut sound = Self { dir, bus: address.trim().to_owned(), daemons: Vec::new(), _bus: bus };
        sound.begin();
        sound.make_sink();
        sound
    }

    /// A program in this world.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.enter(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Makes this world a command's.
    pub fn enter(&self, command: &mut Command) {
        command
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .env("HOME", self.dir.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env_remove("PIPEWIRE_REMOTE");
    }

    /// Ends PipeWire, as a crash does.
    pub fn end(&mut self) {
        self.daemons.clear();
    }

    /// Starts PipeWire, also again; the sink has to be made again.
    pub fn begin(&mut self) {
        let socket = self.dir.path().join("pipewire-0");
        let _ = std::fs::remove_file(&socket);
        let pipewire = start(self.command(FIRST[0]).args(&FIRST[1..]).arg("pipewire"));
        self.daemons.push(pipewire);
        wait_for("PipeWire's socket", || socket.exists().then_some(()));
        let wireplumber = start(&mut self.command("wireplumber"));
        self.daemons.push(wireplumber);
    }

    pub fn make_sink(&self) {
        make_sink(|program| self.command(program));
    }

    pub fn destroy_sink(&self) {
        destroy_sink(|program| self.command(program));
    }

    /// What a program says.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        run(self.command(program), arguments)
    }

    /// Plays a file of so many frames into the sink, to its end. On a busy machine `pw-play` does not always notice that
    /// its last buffer was played; it is not waited for without end.
    pub fn play_out(&self, file: &Path, frames: usize) {
        let mut player = self.play(file);
        let most = Duration::from_secs_f64(frames as f64 / RATE as f64) + Duration::from_secs(15);
        let begun = Instant::now();
        wait_for("pw-play", || {
            let ended =
                player.0.try_wait().unwrap().map(|status| assert!(status.success(), "pw-play: {status}"));
            ended.or((begun.elapsed() > most).then_some(()))
        });
    }

    /// Plays a file into the sink.
    pub fn play(&self, file: &Path) -> Owned {
        start(self.command(FIRST[0]).args(&FIRST[1..]).args(["pw-play", "--target", SINK]).arg(file))
    }
}

fn run(mut command: Command, arguments: &[&str]) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.args(arguments).stdout(Stdio::piped()).output();
    String::from_utf8_lossy(&output.unwrap_or_else(|error| missing(&program, &error)).stdout).into_owned()
}

/// Makes the sink in the world of `command`.
pub fn make_sink(command: impl Fn(&str) -> Command) {
    let node = format!(
        "{{ factory.name=support.null-audio-sink node.name={SINK} media.class=Audio/Sink object.linger=true \
         audio.position=[FL FR] audio.rate={RATE} monitor.channel-volumes=false }}"
    );
    run(command("pw-cli"), &["create-node", "adapter", &node]);
    wait_for("the sink's ports", || run(command("pw-link"), &["--input"]).contains(SINK).then_some(()));
}

/// Takes the sink away.
pub fn destroy_sink(command: impl Fn(&str) -> Command) {
    let listed = run(command("pw-cli"), &["ls", "Node"]);
    let (before, _) = listed.split_once(&format!("node.name = \"{SINK}\"")).unwrap();
    let id = before.rsplit("\tid ").next().unwrap().split(',').next().unwrap().to_owned();
    run(command("pw-cli"), &["destroy", &id]);
}
