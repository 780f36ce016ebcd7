//! PipeWire's client thread.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{Clock, Mono};
use pipewire::context::Context;
use pipewire::core::Core;
use pipewire::main_loop::MainLoop;
use pipewire::properties::properties;
use pipewire::registry::Registry;
use pipewire::spa::param::ParamType;
use pipewire::spa::param::audio::{AudioFormat as SpaFormat, AudioInfoRaw};
use pipewire::spa::pod::serialize::PodSerializer;
use pipewire::spa::pod::{Object, Pod, Value};
use pipewire::spa::utils::{Direction, SpaTypes};
use pipewire::stream::{Stream, StreamFlags, StreamListener, StreamState};
use pipewire::types::ObjectType;

use super::cycles::Cycles;
use super::graph::Graph;
use super::{Error, Kind, Node};
use crate::rt::Cycle;
use crate::source::local::Port;

/// The thread looks after what is wanted this often.
const TURN: Duration = Duration::from_millis(50);
/// Before a connection, or a stream, is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the server may take to list its nodes.
const PATIENCE: Duration = Duration::from_secs(3);
/// Frames of a cycle that are asked for: 21 ms at 48 kHz, since a recorder is in no hurry.
const QUANTUM: u32 = 1024;
/// `SPA_AUDIO_CHANNEL_*`: their names, in the order of their numbers.
const POSITIONS: [&str; 24] = [
    "UNK", "NA", "MONO", "FL", "FR", "FC", "LFE", "SL", "SR", "FLC", "FRC", "RC", "RL", "RR", "TC", "TFL",
    "TFC", "TFR", "TRL", "TRC", "TRR", "RLC", "RRC", "FLW",
];
/// `SPA_AUDIO_CHANNEL_AUX0`.
const AUX: u32 = 0x1000;

/// The client. Its thread runs as long as something is wanted of it.
#[derive(Default)]
pub struct Client {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    wanted: Mutex<Vec<Wanted>>,
    ids: AtomicU64,
    stop: AtomicBool,
}

/// A node that somebody records.
#[derive(Clone)]
struct Wanted {
    id: u64,
    port: Port,
}

/// Ends what is wanted when dropped.
struct Wish {
    shared: Arc<Shared>,
    id: u64,
}

impl Client {
    /// Wants a node from now on; what is returned ends that when dropped.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn want(&self, port: Port) -> io::Result<Box<dyn Send>> {
        let mut thread = lock(&self.thread);
        if thread.as_ref().is_none_or(JoinHandle::is_finished) {
            let shared = Arc::clone(&self.shared);
            let clock = port.clock();
            *thread = Some(
                std::thread::Builder::new()
                    .name("audyn-pipewire".into())
                    .spawn(move || run(&shared, &*clock))?,
            );
        }
        let id = self.shared.ids.fetch_add(1, Ordering::Relaxed);
        lock(&self.shared.wanted).push(Wanted { id, port });
        Ok(Box::new(Wish { shared: Arc::clone(&self.shared), id }))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = lock(&self.thread).take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Wish {
    fn drop(&mut self) {
        lock(&self.shared.wanted).retain(|wanted| wanted.id != self.id);
    }
}

/// What can be recorded now.
///
/// # Errors
/// PipeWire is not there, or does not answer within three seconds.
pub fn nodes(clock: &dyn Clock) -> Result<Vec<Node>, Error> {
    let main_loop = main_loop()?;
    let connection = Connection::open(&main_loop)?;
    let until = clock.mono().after(PATIENCE);
    while !connection.is_listed() {
        if connection.gone.get() || clock.mono() >= until {
            return Err(Error::Away("no answer within 3 s".to_owned()));
        }
        main_loop.loop_().iterate(TURN);
    }
    let nodes = connection.graph.borrow().nodes();
    Ok(nodes)
}

fn main_loop() -> Result<MainLoop, Error> {
    pipewire::init();
    MainLoop::new(None).map_err(|error| Error::Away(error.to_string()))
}

/// The thread: turns of the client's loop, and a look at what is wanted after each.
fn run(shared: &Shared, clock: &dyn Clock) {
    let mut connection: Option<Connection> = None;
    let mut streams: Vec<Playing> = Vec::new();
    let main_loop = match main_loop() {
        Ok(main_loop) => main_loop,
        Err(error) => {
            lock(&shared.wanted).iter().for_each(|wanted| wanted.port.is_away(format!("{error}.")));
            return;
        }
    };
    let mut again = clock.mono();
    while !shared.stop.load(Ordering::Relaxed) {
        main_loop.loop_().iterate(TURN);
        let wanted = lock(&shared.wanted).clone();
        streams.retain(|playing| wanted.iter().any(|wanted| wanted.id == playing.id));
        if connection.as_ref().is_some_and(|connection| connection.gone.get()) {
            tracing::warn!("PipeWire is gone; its nodes are recorded again when it is back");
            streams.clear();
            connection = None;
            again = clock.mono().after(AGAIN);
        }
        if wanted.is_empty() {
            connection = None;
            continue;
        }
        if connection.is_none() {
            if clock.mono() < again {
                continue;
            }
            again = clock.mono().after(AGAIN);
            match Connection::open(&main_loop) {
                Ok(open) => connection = Some(open),
                Err(error) => {
                    wanted.iter().for_each(|wanted| wanted.port.is_away(capital(&error.to_string())))
                }
            }
        }
        if let Some(connection) = connection.as_ref().filter(|connection| connection.is_listed()) {
            wanted.iter().for_each(|wanted| look_after(connection, wanted, &mut streams, clock.mono()));
        }
    }
    // Streams before their connection.
    drop(streams);
    drop(connection);
}

/// Opens a wanted node's stream when the node is there, and closes it when the node or the stream is not.
fn look_after(connection: &Connection, wanted: &Wanted, streams: &mut Vec<Playing>, now: Mono) {
    let device = wanted.port.device();
    let name = &device.name;
    if let Some(at) = streams.iter().position(|playing| playing.id == wanted.id) {
        let playing = &streams[at];
        let gone = !connection.graph.borrow().has(&playing.serial);
        let failed = playing.failed.borrow().clone();
        if gone || failed.is_some() {
            let failed = failed.filter(|_| !gone);
            if playing.stream.is_some() {
                wanted.port.is_away(failed.map_or_else(
                    || format!("“{name}” is gone from PipeWire; it is recorded again when it is back."),
                    |why| format!("PipeWire ended the stream from “{name}” ({why}); it is tried again."),
                ));
                tracing::warn!(node = name.as_str(), "a PipeWire node is gone or failed; it is tried again");
            }
            streams[at].stream = None;
            streams[at].failed.take();
            if gone || now >= streams[at].again {
                streams.swap_remove(at);
            }
        } else if playing.stream.is_none() {
            if now >= playing.again {
                streams.swap_remove(at);
            }
        } else if playing.streams.get() {
            wanted.port.is_well();
        }
        return;
    }
    let Some(node) = connection.graph.borrow().find(name) else {
        wanted.port.is_away(format!(
            "There is no “{name}” in PipeWire: connect the device or start the program, or choose another node."
        ));
        return;
    };
    // Its ports are told after it, and it cannot be recorded without.
    if node.channels.is_empty() {
        return wanted.port.is_away(format!("“{name}” has no channels that could be recorded yet."));
    }
    let again = now.after(AGAIN);
    match Playing::open(connection, wanted, &node, again) {
        Ok(playing) => streams.push(playing),
        Err(error) => wanted.port.is_away(format!("PipeWire refused a stream from “{name}”: {error}.")),
    }
}

/// A connection to the server, and what it shows.
struct Connection {
    graph: Rc<RefCell<Graph>>,
    gone: Rc<Cell<bool>>,
    listed: Rc<Cell<bool>>,
    _listeners: (pipewire::registry::Listener, pipewire::core::Listener),
    _registry: Registry,
    core: Core,
    _context: Context,
}

impl Connection {
    fn open(main_loop: &MainLoop) -> Result<Self, Error> {
        let away = |error: pipewire::Error| Error::Away(error.to_string());
        let context = Context::new(main_loop).map_err(away)?;
        let core = context.connect(None).map_err(away)?;
        let registry = core.get_registry().map_err(away)?;
        let graph = Rc::new(RefCell::new(Graph::default()));
        let (gone, listed) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
        let (added, removed) = (Rc::clone(&graph), Rc::clone(&graph));
        let of_registry = registry
            .add_listener_local()
            .global(move |global| {
                let is_node = global.type_ == ObjectType::Node;
                if let Some(props) = global.props.filter(|_| is_node || global.type_ == ObjectType::Port) {
                    added.borrow_mut().add(global.id, is_node, |key| props.get(key));
                }
            })
            .global_remove(move |id| removed.borrow_mut().remove(id))
            .register();
        let (lost, done, told) = (Rc::clone(&gone), Rc::clone(&listed), Rc::clone(&graph));
        let of_core = core
            .add_listener_local()
            .info(move |info| {
                let rate = info.props().and_then(|props| props.get("default.clock.rate")?.parse().ok());
                told.borrow_mut().set_rate(rate);
            })
            .done(move |_, _| done.set(true))
            .error(move |id, _, result, _| {
                // The core itself: the connection is lost. Anything else is one object's trouble.
                if id == pipewire::core::PW_ID_CORE && result == -libc::EPIPE {
                    lost.set(true);
                }
            })
            .register();
        core.sync(0).map_err(away)?;
        let _listeners = (of_registry, of_core);
        Ok(Self { graph, gone, listed, _listeners, _registry: registry, core, _context: context })
    }

    /// Whether all that was there has been told.
    fn is_listed(&self) -> bool {
        self.listed.get()
    }
}

/// An open stream.
struct Playing {
    id: u64,
    serial: String,
    again: Mono,
    streams: Rc<Cell<bool>>,
    failed: Rc<RefCell<Option<String>>>,
    stream: Option<Open>,
}

struct Open {
    _listener: StreamListener<()>,
    stream: Stream,
}

impl Drop for Open {
    fn drop(&mut self) {
        // Its callback runs on PipeWire's own thread until this returns; then the listener can go.
        let _ = self.stream.disconnect();
    }
}

impl Playing {
    fn open(
        connection: &Connection,
        wanted: &Wanted,
        node: &Node,
        again: Mono,
    ) -> Result<Self, pipewire::Error> {
        let device = wanted.port.device();
        let (rate, channels) = (device.rate.hz(), device.channels);
        let mut props = properties! {
            "media.type" => "Audio",
            "media.category" => "Capture",
            "media.role" => "Production",
            "node.name" => "audyn",
            "node.description" => "Audyn",
            "target.object" => node.serial.as_str(),
            // Never another node in its place, and no mixing of its channels.
            "node.dont-reconnect" => "true",
            "stream.dont-remix" => "true",
            "node.latency" => format!("{QUANTUM}/{rate}")
        };
        if node.kind == Kind::Monitor {
            props.insert("stream.capture.sink", "true");
        }
        let stream = Stream::new(&connection.core, "audyn", props)?;
        let now = Arc::new(Cycle::default());
        let (intake, clock) = (wanted.port.connect(24), wanted.port.clock());
        let mut cycles = Cycles::new(intake, Arc::clone(&now), clock, rate, channels);
        let (streams, failed) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(None)));
        let (runs, fails) = (Rc::clone(&streams), Rc::clone(&failed));
        let listener = now
            .follow(stream.add_local_listener::<()>())
            .state_changed(move |_, (), _, state| {
                runs.set(state == StreamState::Streaming);
                match state {
                    StreamState::Error(why) => *fails.borrow_mut() = Some(why),
                    StreamState::Unconnected => *fails.borrow_mut() = Some("it was ended".to_owned()),
                    StreamState::Connecting | StreamState::Paused | StreamState::Streaming => {}
                }
            })
            .process(move |stream, ()| cycles.process(stream))
            .register()?;
        let format = format(rate, channels, &node.channels);
        let mut params: Vec<&Pod> = Pod::from_bytes(&format).into_iter().collect();
        stream.connect(
            Direction::Input,
            None,
            StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS | StreamFlags::RT_PROCESS,
            &mut params,
        )?;
        // Its first state is told while it connects, and is none of the troubles.
        failed.take();
        let stream = Some(Open { _listener: listener, stream });
        Ok(Self { id: wanted.id, serial: node.serial.clone(), again, streams, failed, stream })
    }
}

/// The format that is asked for: floats, the rate and as many channels as are recorded, in the node's own places.
fn format(rate: u32, channels: u16, places: &[String]) -> Vec<u8> {
    let mut info = AudioInfoRaw::new();
    info.set_format(SpaFormat::F32LE);
    info.set_rate(rate);
    info.set_channels(channels.into());
    let mut positions = [0; 64];
    for (at, position) in positions.iter_mut().enumerate().take(channels.into()) {
        *position = match (places.get(at).and_then(|place| number(place)), channels) {
            (Some(place), _) => place,
            (None, 1) => 2,
            (None, 2) => 3 + at as u32,
            (None, _) => AUX + at as u32,
        };
    }
    info.set_position(positions);
    let object = Object {
        type_: SpaTypes::ObjectParamFormat.as_raw(),
        id: ParamType::EnumFormat.as_raw(),
        properties: info.into(),
    };
    let written = PodSerializer::serialize(io::Cursor::new(Vec::new()), &Value::Object(object));
    written.map(|(cursor, _)| cursor.into_inner()).unwrap_or_default()
}

/// The number of a channel's place.
fn number(place: &str) -> Option<u32> {
    if let Some(aux) = place.strip_prefix("AUX") {
        return aux.parse::<u32>().ok().filter(|aux| *aux < 64).map(|aux| AUX + aux);
    }
    POSITIONS.iter().position(|own| *own == place).map(|at| at as u32)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
