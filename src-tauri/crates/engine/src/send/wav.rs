//! A WAV file as a source: read ahead by a thread of its own, so that a slow disk does not disturb the schedule.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use hound::{SampleFormat, WavReader};

use super::{Error, Plan};
use crate::rtp::payload::Encoding;

/// Packets that travel from the reader together.
const PACKETS_PER_BLOCK: usize = 64;
/// Blocks that are there before the first packet leaves.
const BLOCKS_AT_START: usize = 8;
/// Blocks read ahead. When they are full the reader waits; when they run out silence is sent and counted.
const BLOCKS: usize = 64;

/// What a WAV file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WavFormat {
    /// Samples per second and channel.
    pub hz: u32,
    /// Channels.
    pub channels: u16,
    /// Bits of a sample.
    pub bits: u16,
    /// Samples are floating point.
    pub float: bool,
    /// Samples per channel.
    pub frames: u32,
}

/// Packets' audio, or why there is no more.
type Block = Result<Vec<u8>, String>;

/// The receiving end of a reader thread. The thread ends with the file, or when this end is dropped.
pub(super) struct Feed {
    blocks: Receiver<Block>,
    /// Already taken from the reader, next first.
    ready: VecDeque<Block>,
    block: Vec<u8>,
    used: usize,
}

/// What became of a request for a packet's audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// It is all there.
    Whole,
    /// The source was too slow; it is silence.
    Late,
    /// The source has ended.
    Ended,
}

/// Looks at a WAV file.
///
/// # Errors
/// It cannot be opened, is no plain WAV file, or holds no samples.
pub fn inspect(path: &Path) -> Result<WavFormat, Error> {
    open(path).map(|(_, format)| format)
}

fn open(path: &Path) -> Result<(WavReader<BufReader<File>>, WavFormat), Error> {
    let wrong = |why: String| Error::Wav { path: path.to_owned(), why };
    let reader = WavReader::open(path).map_err(|e| wrong(format!("{e}; a plain WAV file is needed")))?;
    let spec = reader.spec();
    let format = WavFormat {
        hz: spec.sample_rate,
        channels: spec.channels,
        bits: spec.bits_per_sample,
        float: spec.sample_format == SampleFormat::Float,
        frames: reader.duration(),
    };
    if format.frames == 0 { Err(wrong("it holds no samples".to_owned())) } else { Ok((reader, format)) }
}

impl Feed {
    /// Opens the file and begins to read it.
    pub fn start(plan: &Plan, path: &Path, looped: bool) -> Result<Self, Error> {
        let (reader, format) = open(path)?;
        let wrong = |why: String| Error::Wav { path: path.to_owned(), why };
        if (format.hz, format.channels) != (plan.rate.hz(), plan.channels) {
            return Err(wrong(format!(
                "it has {} channels at {} Hz, the stream {} at {} Hz; they must agree",
                format.channels,
                format.hz,
                plan.channels,
                plan.rate.hz()
            )));
        }
        if plan.encoding == Encoding::L16 && format.bits > 16 {
            return Err(wrong(format!(
                "L16 would cut its {}-bit samples; send it as L24, or convert it",
                format.bits
            )));
        }
        if format.bits > 24 && !format.float {
            return Err(wrong(format!("L24 would cut its {}-bit samples; convert it", format.bits)));
        }
        let (sender, blocks) = sync_channel(BLOCKS);
        let (packet, encoding) = (plan.payload_bytes(), plan.encoding);
        std::thread::Builder::new()
            .name("send-wav".into())
            .spawn(move || read_ahead(reader, format, looped, encoding, packet, &sender))
            .map_err(|source| Error::Thread { name: "send-wav", source })?;
        // Waited for here, before the schedule begins. Fewer come only if the file is short.
        let ready = blocks.iter().take(BLOCKS_AT_START).collect();
        Ok(Self { blocks, ready, block: Vec::new(), used: 0 })
    }

    /// The next packet's audio.
    pub fn fill(&mut self, payload: &mut [u8]) -> Filled {
        if self.used >= self.block.len() {
            match self.ready.pop_front().map_or_else(|| self.blocks.try_recv(), Ok) {
                Ok(Ok(block)) => (self.block, self.used) = (block, 0),
                Ok(Err(why)) => {
                    tracing::warn!("the WAV file cannot be read further ({why}); sending ends here");
                    return Filled::Ended;
                }
                Err(TryRecvError::Empty) => {
                    payload.fill(0);
                    return Filled::Late;
                }
                Err(TryRecvError::Disconnected) => return Filled::Ended,
            }
        }
        payload.copy_from_slice(&self.block[self.used..][..payload.len()]);
        self.used += payload.len();
        Filled::Whole
    }
}

/// Reads the file into blocks of whole packets. The last packet is filled up with silence.
fn read_ahead(
    mut reader: WavReader<BufReader<File>>,
    format: WavFormat,
    looped: bool,
    encoding: Encoding,
    packet: usize,
    to: &SyncSender<Block>,
) {
    let room = packet * PACKETS_PER_BLOCK;
    let mut block = Vec::with_capacity(room);
    loop {
        let words: Box<dyn Iterator<Item = hound::Result<i32>>> = if format.float {
            Box::new(reader.samples::<f32>().map(|sample| sample.map(from_float)))
        } else {
            let shift = 32 - u32::from(format.bits);
            Box::new(reader.samples::<i32>().map(move |sample| sample.map(|s| s << shift)))
        };
        for word in words {
            let word = match word {
                Ok(word) => word,
                Err(error) => {
                    // Whoever listens has gone if this fails, and needs no reason.
                    let _ = to.send(Err(error.to_string()));
                    return;
                }
            };
            block.extend_from_slice(&word.to_be_bytes()[..encoding.bytes()]);
            if block.len() == room
                && to.send(Ok(std::mem::replace(&mut block, Vec::with_capacity(room)))).is_err()
            {
                return;
            }
        }
        if !looped || reader.seek(0).is_err() {
            break;
        }
    }
    block.resize(block.len().next_multiple_of(packet), 0);
    let _ = to.send(Ok(block));
}

/// A 24-bit word at full scale, rounded.
fn from_float(sample: f32) -> i32 {
    const FULL: f64 = 8_388_608.0;
    let word = (f64::from(sample) * FULL).round().clamp(-FULL, FULL - 1.0) as i32;
    word << 8
}
