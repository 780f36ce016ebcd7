use audyn_engine::source::Source;
use audyn_engine::source::card::Card;
use audyn_engine::source::pipewire::PipeWire;
use audyn_model::Rate;

use super::{flags, lines, one, toml};

#[test]
fn nodes_and_cards_are_taken_with_their_channels() {
    let recorder = one(flags("-o a.wav --pipewire mixer -r 96000 --stream-channels 8 --pick-channels 3,1"));
    assert_eq!(recorder.name, "mixer");
    assert_eq!(
        recorder.source,
        Source::PipeWire(PipeWire {
            node: "mixer".into(),
            rate: Rate::new(96_000).unwrap(),
            stream_channels: 8,
            pick: vec![2, 0],
        })
    );
    let card = Card { device: String::new(), rate: Rate::HZ_48000, stream_channels: 1, pick: vec![] };
    assert_eq!(one(flags("-o a.wav -c 1 --device")).source, Source::Card(card));
    let file = "[defaults]\ninterface = \"eth0\"\n[[recorder]]\nname = \"desk\"\noutput = \"a.wav\"\n\
                device = \"alsa:hw:CARD=USB,DEV=0\"\n";
    let Source::Card(card) = one(toml(file)).source else { panic!("another kind") };
    assert_eq!(card.device, "alsa:hw:CARD=USB,DEV=0");
}

#[test]
fn what_belongs_to_a_network_stream_is_refused() {
    for (line, expected) in [
        ("--pipewire", "--pipewire: is empty; give a name from the list that `audyn inputs` shows"),
        ("--pipewire a --device b", "--device: contradicts --pipewire; give one of them"),
        ("--pipewire a -m 239.1.1.1", "-m/--multicast-addr: has no meaning with --pipewire; leave it out"),
        ("--device a --spp 48", "--spp: has no meaning with --device; leave it out"),
    ] {
        let problems = flags(&format!("-o a.wav {line}")).expect_err(line);
        assert_eq!(lines(&problems), [expected], "{line}");
    }
}
