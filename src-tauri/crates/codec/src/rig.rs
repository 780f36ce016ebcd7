//! What the tests of all containers share: signals, a file in memory, and tools that are not ours.

use std::f64::consts::TAU;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output};

use audyn_model::{AudioFormat, Container, Rate, SampleFormat, SampleIndex};

use crate::about::tests::example;
use crate::{About, Bytes, Encoder, Error, Mend, Spec, decode, encoder};

/// A file as its owner keeps it.
#[derive(Clone, Debug, Default)]
pub(crate) struct File(pub Vec<u8>);

impl File {
    /// Carries out what an encoder wants, in its order.
    pub(crate) fn apply(&mut self, bytes: &mut Bytes) {
        self.0.append(&mut bytes.append);
        for patch in bytes.patches.drain(..) {
            let at = patch.at as usize;
            self.0[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
        }
    }

    pub(crate) fn mend(&mut self, mend: &Mend) {
        self.0.truncate(mend.keep as usize);
        self.apply(&mut Bytes { append: mend.append.clone(), patches: mend.patches.clone() });
    }
}

/// One kind of file.
pub(crate) fn spec(container: Container, samples: SampleFormat) -> Spec {
    Spec { container, samples, bitrate: 128_000, vbr: false, complexity: 5 }
}

/// Every kind of file that stores stereo, each once.
pub(crate) fn all_specs() -> Vec<Spec> {
    let kinds = [
        (Container::Wav, SampleFormat::Int16),
        (Container::Wav, SampleFormat::Int24),
        (Container::Wav, SampleFormat::Float32),
        (Container::Opus, SampleFormat::Int24),
        (Container::Flac, SampleFormat::Int16),
        (Container::Flac, SampleFormat::Int24),
        (Container::Mp3, SampleFormat::Int24),
    ];
    let mut specs: Vec<Spec> = kinds.map(|(container, samples)| spec(container, samples)).into();
    specs.extend([Container::Opus, Container::Mp3].map(|container| Spec {
        vbr: true,
        bitrate: 96_000,
        ..spec(container, SampleFormat::Int24)
    }));
    specs
}

pub(crate) fn format(hz: u32, channels: u16, bits: u8) -> AudioFormat {
    AudioFormat::new(Rate::new(hz).unwrap(), channels, bits).unwrap()
}

/// A file that begins at `first`.
pub(crate) fn about_at(first: i64, format: &AudioFormat) -> About {
    let mut about = example();
    about.first = SampleIndex(first);
    about.anchor.rate = format.rate;
    about
}

/// Sines of two thirds of full scale, one pitch for each channel, as a function of the absolute position.
pub(crate) fn sines(format: &AudioFormat, from: i64, frames: usize) -> Vec<i32> {
    let rate = f64::from(format.rate.hz());
    let keep = -1_i32 << (32 - u32::from(format.bits));
    (from..from + frames as i64)
        .flat_map(|at| {
            (0..format.channels).map(move |channel| {
                let hz = 440.0 + 110.0 * f64::from(channel);
                let phase = TAU * hz * at as f64 / rate;
                (phase.sin() * 1_431_655_765.0) as i32 & keep
            })
        })
        .collect()
}

/// An encoder together with its file.
pub(crate) struct Recording {
    pub file: File,
    pub encoder: Box<dyn Encoder>,
    bytes: Bytes,
}

impl Recording {
    pub(crate) fn begin(
        spec: &Spec,
        format: &AudioFormat,
        about: &About,
        before: &[i32],
    ) -> Result<Self, Error> {
        let (mut file, mut bytes) = (File::default(), Bytes::default());
        let encoder = encoder(spec, format, about, before, &mut bytes)?;
        file.apply(&mut bytes);
        Ok(Self { file, encoder, bytes })
    }

    pub(crate) fn encode(&mut self, frames: &[i32]) {
        self.encoder.encode(frames, &mut self.bytes).unwrap();
        self.file.apply(&mut self.bytes);
    }

    pub(crate) fn checkpoint(&mut self) {
        self.encoder.checkpoint(&mut self.bytes).unwrap();
        self.file.apply(&mut self.bytes);
    }

    pub(crate) fn finish(mut self, after: &[i32]) -> Vec<u8> {
        self.encoder.finish(after, &mut self.bytes).unwrap();
        self.file.apply(&mut self.bytes);
        self.file.0
    }
}

/// A whole file of `frames`, given in uneven pieces with a checkpoint after each.
pub(crate) fn record(spec: &Spec, format: &AudioFormat, about: &About, frames: &[i32]) -> Vec<u8> {
    let mut recording = Recording::begin(spec, format, about, &[]).unwrap();
    for piece in frames.chunks(10_007 * usize::from(format.channels)) {
        recording.encode(piece);
        recording.checkpoint();
    }
    recording.finish(&[])
}

/// All samples of a file, by our own decoder.
pub(crate) fn decoded(file: &[u8]) -> Result<Vec<i32>, Error> {
    let mut samples = Vec::new();
    let told = decode(&mut Cursor::new(file), &mut |frames| samples.extend_from_slice(frames))?;
    assert_eq!(samples.len() as u64, told.frames * u64::from(told.channels));
    Ok(samples)
}

/// Runs a tool; a missing one is a failure that says how to get it.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> Output {
    let package = match name {
        "opusinfo" | "opusdec" => "opus-tools",
        "ffprobe" => "ffmpeg",
        name => name,
    };
    match Command::new(name).args(arguments).output() {
        Ok(output) => output,
        Err(error) => panic!("{name}: {error}; install it by: apt-get install {package}"),
    }
}

/// Runs a tool on a file that holds `bytes` and has the right suffix; fails if the tool does, or says anything on its
/// error output.
pub(crate) fn quiet(
    name: &str,
    container: Container,
    bytes: &[u8],
    arguments: impl Fn(&str) -> Vec<String>,
) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("file.{}", container.suffix()));
    std::fs::write(&path, bytes).unwrap();
    quiet_at(name, &path, arguments)
}

pub(crate) fn quiet_at(name: &str, path: &Path, arguments: impl Fn(&str) -> Vec<String>) -> Vec<u8> {
    let arguments = arguments(path.to_str().unwrap());
    let output = tool(name, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let said = String::from_utf8_lossy(&output.stderr);
    // What ffmpeg says of every plain two-channel WAV and of every file without frames or with few, sox of every
    // extensible WAV with floats, and flac of every mended file, is no complaint.
    let harmless = [
        "cannot check MD5 signature since it was unset",
        "Guessed Channel Layout",
        "Cannot check for SPDIF",
        "Format mp3 detected only with low score",
        "Output file is empty, nothing was encoded",
        "sox WARN wav: wave header missing extended part of fmt chunk",
    ];
    let said: String =
        said.lines().filter(|line| !harmless.iter().any(|known| line.contains(known))).collect();
    assert!(
        output.status.success() && said.trim().is_empty(),
        "{name} {arguments:?}: {} {said}",
        output.status
    );
    output.stdout
}

/// All samples of a finished file, full scale, by ffmpeg, which may not even warn.
pub(crate) fn by_ffmpeg(container: Container, bytes: &[u8]) -> Vec<i32> {
    words(&quiet("ffmpeg", container, bytes, |path| ffmpeg_arguments("warning", path)))
}

/// All samples of a file that is still growing, by ffmpeg, which may wonder but not fail.
pub(crate) fn growing_by_ffmpeg(container: Container, bytes: &[u8]) -> Vec<i32> {
    words(&quiet("ffmpeg", container, bytes, |path| ffmpeg_arguments("error", path)))
}

fn ffmpeg_arguments(loudness: &str, path: &str) -> Vec<String> {
    ["-v", loudness, "-i", path, "-f", "s32le", "-c:a", "pcm_s32le", "-"].map(str::to_owned).into()
}

/// opusinfo finds nothing to warn of.
pub(crate) fn by_opusinfo(bytes: &[u8]) {
    let report = quiet("opusinfo", Container::Opus, bytes, |path| vec![path.to_owned()]);
    let report = String::from_utf8_lossy(&report).to_lowercase();
    assert!(!report.contains("warning") && !report.contains("error"), "{report}");
}

/// All samples of a file, full scale, by sox, which may not complain.
pub(crate) fn by_sox(container: Container, bytes: &[u8]) -> Vec<i32> {
    words(&quiet("sox", container, bytes, |path| {
        ["-D", path, "-t", "raw", "-e", "signed", "-b", "32", "-"].map(str::to_owned).into()
    }))
}

pub(crate) fn words(bytes: &[u8]) -> Vec<i32> {
    bytes.as_chunks().0.iter().map(|word| i32::from_le_bytes(*word)).collect()
}

/// The largest difference between two signals as a part of full scale; they must have one length.
pub(crate) fn difference(a: &[i32], b: &[i32]) -> f64 {
    assert_eq!(a.len(), b.len(), "lengths differ");
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max) / 2_147_483_648.0
}
