use super::{flags, lines, network};

/// What flags about channels give: `width: picked…`, zero-based, or the problem.
fn check(line: &str, expected: &str) {
    let outcome = match flags(&format!("-o a.wav -m 239.1.1.1 {line}")) {
        Ok(config) => {
            let source = network(&config.recorders[0].source);
            format!("{}: {:?}", source.stream_channels, source.pick)
        }
        Err(problems) => lines(&problems).join("\n"),
    };
    assert_eq!(outcome, expected, "{line}");
}

#[test]
fn channels_are_chosen_by_offset() {
    check("", "2: []");
    check("-c 8", "8: []");
    check("--stream-channels 8 -c 2", "8: [0, 1]");
    check("--stream-channels 8 -c 2 --channel-offset 4", "8: [4, 5]");
    check("--stream-channels 8 --channel-offset 4", "8: [4, 5]");
    check("--stream-channels 8 --channel-offset 7", "8: [7]");
    check("--stream-channels 8 -c 8", "8: []");
    check("--stream-channels 1", "1: []");
    check("-c 4 --channel-offset 0", "4: []");
    check(
        "-c 4 --channel-offset 1",
        "--channel-offset: does not say how many channels the stream has; give --stream-channels as well",
    );
    check(
        "--stream-channels 4 -c 2 --channel-offset 3",
        "--channel-offset: 2 channels from channel 4 on reach beyond the 4 of the stream; the last recorded channel may be 4",
    );
    check(
        "--stream-channels 4 -c 5",
        "-c/--channels: 5 channels from channel 1 on reach beyond the 4 of the stream; the last recorded channel may be 4",
    );
    check(
        "--stream-channels 4 --channel-offset 4",
        "--channel-offset: 1 channel from channel 5 on reach beyond the 4 of the stream; the last recorded channel may be 4",
    );
    check("--channel-offset 64", "--channel-offset: 64 is out of range; give 0 to 63");
}

#[test]
fn channels_are_chosen_by_number() {
    check("--stream-channels 8 --pick-channels 5,6", "8: [4, 5]");
    check("--stream-channels 8 --pick-channels 6,5 -c 2", "8: [5, 4]");
    check("--stream-channels 8 --pick-channels 5 --pick-channels 6", "8: [4, 5]");
    check("-c 8 --pick-channels 5,6", "8: [4, 5]");
    check("-c 2 --pick-channels 1,2", "2: [0, 1]");
    check("--stream-channels 8 -c 8 --pick-channels 1", "8: [0]");
    check(
        "--pick-channels 5,6",
        "--pick-channels: does not say how many channels the stream has; give --stream-channels as well",
    );
    check(
        "-c 2 --pick-channels 5,6",
        "--pick-channels: does not say how many channels the stream has; give --stream-channels as well",
    );
    check(
        "--stream-channels 8 -c 3 --pick-channels 5,6",
        "-c/--channels: 3 is neither the 2 channels picked nor the 8 of the stream; leave it out",
    );
    check(
        "--stream-channels 4 --pick-channels 5",
        "--pick-channels: channel 5 is beyond the 4 channels of the stream; give numbers from 1 to 4",
    );
    check(
        "--stream-channels 4 --pick-channels 0",
        "--pick-channels: there is no channel 0; give channel numbers from 1 to 64, like 5,6",
    );
    check(
        "--stream-channels 4 --pick-channels 1,1",
        "--pick-channels: channel 1 is picked twice; name each once",
    );
    check(
        "--stream-channels 4 --pick-channels 1,",
        "--pick-channels: \"\" is not a whole number; give channel numbers from 1 to 64, like 5,6",
    );
    check(
        "--stream-channels 4 --pick-channels 1 --channel-offset 1",
        "--channel-offset: contradicts --pick-channels; give one of them",
    );
}
