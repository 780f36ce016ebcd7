//! The whole recorder against the least that could be done: what one process costs for N streams, as a ratio.
//!
//! Three processes run side by side on the same multicast groups of the loopback interface: a sender, a bare program
//! that sleeps 10 ms, drains every socket and writes the payload to files, and the recorder with meters on. Both
//! receivers get the same packets in the same seconds, so the ratio of their CPU time holds on any machine. Then both
//! end and the sender goes on alone: on loopback it would also pay for the delivery to every receiver.
//!
//! `cargo bench -p audyn-service --bench load -- [--seconds S] [--suffix wav|opus|flac|mp3] [N …]`

#![allow(unsafe_code, clippy::print_stdout, missing_docs)]

mod bare;
mod parts;
mod recorder;
mod sender;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use parts::{Load, Mark};

const ROLE: &str = "AUDYN_LOAD_ROLE";

fn main() {
    let load = Load::from_args();
    match std::env::var(ROLE).as_deref() {
        Ok("sender") => sender::run(&load),
        Ok("bare") => bare::run(&load),
        Ok("recorder") => recorder::run(&load),
        Ok(_) | Err(_) => compare(&load),
    }
}

fn compare(load: &Load) {
    println!("{} s each, stereo L24 at 48 kHz, 1 ms packets, {} files, meters on", load.seconds, load.suffix);
    println!("CPU in ms per stream and second; resident memory of the recorder; time to start all recorders");
    println!("| streams | bare | recorder | ratio | sender | lost samples | MB | MB/stream | start ms |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for streams in &load.counts {
        let mut sender = Role::start("sender", *streams, load);
        let mut bare = Role::start("bare", *streams, load);
        let mut recorder = Role::start("recorder", *streams, load);
        // The start is not what is measured: files are made, rings are touched for the first time.
        std::thread::sleep(Duration::from_secs(3));
        let [bare_ms, recorder_ms] = measure([&mut bare, &mut recorder], load.seconds, *streams);
        let end = recorder.mark();
        bare.end();
        recorder.end();
        let [sender_ms] = measure([&mut sender], load.seconds, *streams);
        sender.end();
        let mb = end.rss_kb as f64 / 1024.0;
        println!(
            "| {streams} | {bare_ms:.3} | {recorder_ms:.3} | {:.2} | {sender_ms:.3} | {} | {mb:.1} | {:.2} | {} |",
            recorder_ms / bare_ms,
            end.lost,
            mb / *streams as f64,
            end.start_ms
        );
    }
}

/// CPU milliseconds per stream and second of processes over the same seconds.
fn measure<const N: usize>(mut roles: [&mut Role; N], seconds: u64, streams: usize) -> [f64; N] {
    let before = roles.each_mut().map(|role| role.mark());
    std::thread::sleep(Duration::from_secs(seconds));
    let after = roles.each_mut().map(|role| role.mark());
    std::array::from_fn(|i| {
        let wall_s = (after[i].wall_ms - before[i].wall_ms) / 1000.0;
        (after[i].cpu_ms - before[i].cpu_ms) / (wall_s * streams as f64)
    })
}

/// One of the processes.
struct Role {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Role {
    fn start(role: &str, streams: usize, load: &Load) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("a running program has a path"))
            .args(["--suffix", &load.suffix, &streams.to_string()])
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the benchmark can start itself");
        let orders = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, orders, answers }
    }

    fn mark(&mut self) -> Mark {
        writeln!(self.orders, "mark").expect("the process runs");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the process runs");
        Mark::parse(&line)
    }

    fn end(self) {
        let Self { mut child, orders, answers } = self;
        drop(orders);
        drop(answers);
        let _ = child.wait();
    }
}
