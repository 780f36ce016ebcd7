mod change;
mod channels;
mod example;
mod file;
mod flags;
mod local;
mod never_panics;
mod sdp;

use std::io;
use std::path::Path;

use audyn_engine::source::Source;
use audyn_engine::source::aes67::Aes67;

use super::checked::{Config, Recorder};
use super::{Problems, check, parse};

/// What checks refer to as files on disk.
pub(super) const STEREO_SDP: &str = "v=0\r\no=- 4711 3 IN IP4 192.0.2.10\r\ns=Studio 1 PGM\r\nc=IN IP4 239.69.10.1/32\r\nt=0 0\r\n\
    m=audio 5006 RTP/AVP 98\r\na=rtpmap:98 L24/48000/2\r\na=ptime:1\r\n\
    a=source-filter: incl IN IP4 239.69.10.1 192.0.2.10\r\n\
    a=ts-refclk:ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0\r\na=mediaclk:direct=17\r\n";
pub(super) const EIGHT_SDP: &str = "v=0\no=- 1 1 IN IP4 192.0.2.11\ns=\nc=IN IP4 239.69.10.2/32\nt=0 0\n\
    m=audio 5004 RTP/AVP 97\na=rtpmap:97 L16/96000/8\na=ptime:0.125\na=ts-refclk:localmac=00-11-22-33-44-55\n\
    a=mediaclk:direct=0\n";
pub(super) const PAIR_SDP: &str = "v=0\no=- 2 1 IN IP4 192.0.2.12\ns=Pair\nt=0 0\na=group:DUP a b\n\
    m=audio 5004 RTP/AVP 96\nc=IN IP4 239.69.20.1/32\na=rtpmap:96 L24/48000/2\na=ptime:1\na=mid:a\n\
    m=audio 5008 RTP/AVP 96\nc=IN IP4 239.70.20.1/32\na=rtpmap:96 L24/48000/2\na=ptime:1\n\
    a=source-filter: incl IN IP4 239.70.20.1 192.0.2.13\na=mid:b\n";
pub(super) const TWO_SDP: &str = "v=0\no=- 3 1 IN IP4 192.0.2.14\ns=Two\nt=0 0\n\
    a=ts-refclk:ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0\na=mediaclk:direct=0\n\
    m=audio 5004 RTP/AVP 96\nc=IN IP4 239.69.30.1/32\na=rtpmap:96 L24/48000/2\na=ptime:1\n\
    m=audio 5004 RTP/AVP 97\nc=IN IP4 239.69.30.2/32\na=rtpmap:97 L24/48000/2\na=ptime:1\n";
pub(super) const AM824_SDP: &str = "v=0\no=- 4 1 IN IP4 192.0.2.15\ns=AES3\nt=0 0\n\
    m=audio 5004 RTP/AVP 96\nc=IN IP4 239.69.40.1/32\na=rtpmap:96 AM824/48000/2\na=ptime:1\n";

/// A source that has to be one of the network.
pub(super) fn network(source: &Source) -> &Aes67 {
    let Source::Aes67(source) = source else { panic!("another kind: {source:?}") };
    source
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    match path.to_str().unwrap_or_default() {
        "stereo.sdp" | "/etc/audyn/stereo.sdp" => Ok(STEREO_SDP.into()),
        "eight.sdp" => Ok(EIGHT_SDP.into()),
        "pair.sdp" => Ok(PAIR_SDP.into()),
        "two.sdp" => Ok(TWO_SDP.into()),
        "am824.sdp" => Ok(AM824_SDP.into()),
        // Longer when it is decoded: bytes above 127 become two.
        "noise.sdp" => Ok((0..200_000_u32).map(|n| (n * 7) as u8).collect()),
        "bad.sdp" => Ok(b"v=0\nm=audio 5004 RTP/AVP 96\n".into()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn lines(problems: &Problems) -> Vec<String> {
    problems.0.iter().map(ToString::to_string).collect()
}

/// A file's text, checked.
fn toml(text: &str) -> Result<Config, Problems> {
    check(&parse(text), &read)
}

/// Flags of `audyn record`, checked.
fn flags(line: &str) -> Result<Config, Problems> {
    let arguments = ["audyn", "record"].into_iter().chain(line.split_whitespace());
    let cli = crate::cli::parse(arguments).expect("the parser takes it");
    let Some(crate::cli::Command::Record(args)) = cli.command else { panic!("record was asked for") };
    check(&args.recorder(), &read)
}

fn one(config: Result<Config, Problems>) -> Recorder {
    let mut config = config.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(config.recorders.len(), 1);
    config.recorders.remove(0)
}
