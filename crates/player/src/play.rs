//! Plays a title.

use crate::cmaf::Init;
use crate::fetch::{Download as Piece, Fetched, Outcome};
use crate::manifest::{Kind, Rendition, SegmentEntry};
use crate::platform::Platform;
use crate::timeline::{Span, Timeline};
use crate::title::Title;
use crate::{PlayerError, Trace};
use reel_abr::{Abr, Download, Ladder, Progress, Settings, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What to play, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The platform's base URL; it may carry a path.
    pub base_url: String,
    /// The bearer token of the API.
    pub token: String,
    /// The title's id or slug.
    pub title: String,
    /// How many seconds of it to play; none for all.
    pub seconds: Option<f64>,
    /// A recorded network: time then passes as it would have over it, and nothing waits
    /// for real. None plays in real time.
    pub network: Option<Trace>,
    /// The device profile, for example `cli`.
    pub device: String,
    /// Gets each segment's line as it comes.
    pub lines: Option<tokio::sync::mpsc::UnboundedSender<SegmentLine>>,
}

/// What came of a playback.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What the title is called.
    pub title: String,
    /// From pressing play to the first picture (ms); over a recorded network without the
    /// platform's own answers.
    pub startup_ms: f64,
    /// Time without a picture after that (ms).
    pub stall_ms: f64,
    /// How often playback stalled.
    pub stalls: u32,
    /// How often the rendition changed.
    pub switches: u32,
    /// How many segments were given up under way for a smaller one.
    pub abandoned: u32,
    /// The mean of the played video renditions' bitrates (kbit/s).
    pub mean_kbps: f64,
    /// Frames of video that were fetched and decrypted.
    pub frames: u64,
    /// Bytes of video and audio.
    pub bytes: u64,
    /// Seconds of the title that were played.
    pub played_s: f64,
    /// The video segments, in order.
    pub segments: Vec<SegmentLine>,
}

/// A video segment, as it was fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentLine {
    /// Its number in the manifest.
    pub number: u64,
    /// The rendition's id.
    pub rendition: String,
    /// The rendition's bitrate (bit/s).
    pub bitrate: u64,
    /// Its size.
    pub bytes: u64,
    /// When it was asked for, since the start (ms).
    pub started_ms: f64,
    /// When it had come (ms).
    pub finished_ms: f64,
    /// What was buffered then, with it (ms).
    pub buffer_ms: f64,
    /// The pathway id of the edge that it came from.
    pub edge: String,
    /// `hit` or `miss`, as the edge says in `x-reel-cache`.
    pub cache: Option<String>,
}

/// Plays a title and reports.
///
/// # Errors
/// When the platform refuses, nothing can be fetched from any edge, or what comes is
/// damaged or cannot be decrypted.
pub async fn play(options: Options) -> Result<Report, PlayerError> {
    let timeline = Timeline::new(options.network.clone());
    let title = Title::open(Platform::new(&options.base_url, &options.token)?, &options.title, &options.device).await?;
    let rungs = ladder(&title)?;
    let video = *rungs.first().ok_or_else(|| nothing(&title))?;
    let segment_ms = video.segments.first().map_or(4_000.0, |segment| segment.duration.ms());
    let ladder = Ladder::new(&rungs.iter().map(|rung| rung.bandwidth as f64).collect::<Vec<_>>())?;
    let abr = Abr::new(ladder, Settings { segment_ms, ..Settings::default() });
    let mut session = Session::new(&title, rungs, abr, timeline, options.lines);
    session.run(options.seconds.unwrap_or(f64::INFINITY)).await?;
    Ok(session.finish())
}

fn nothing(title: &Title) -> PlayerError {
    let url = title.playback.dash_url.clone().unwrap_or_default();
    PlayerError::Manifest { url, why: "it has no video".into() }
}

/// The renditions to switch between: those of the codec that has most, each bitrate once.
fn ladder(title: &Title) -> Result<Vec<&Rendition>, PlayerError> {
    let video = title.manifest.of(Kind::Video);
    let family = |rendition: &Rendition| rendition.codec.split('.').next().unwrap_or_default().to_owned();
    let mut families = BTreeMap::<String, usize>::new();
    for rendition in &video {
        *families.entry(family(rendition)).or_default() += 1;
    }
    let most = families.into_iter().max_by_key(|(_, count)| *count).ok_or_else(|| nothing(title))?.0;
    let mut rungs: Vec<_> = video.into_iter().filter(|rendition| family(rendition) == most).collect();
    rungs.dedup_by_key(|rung| rung.bandwidth);
    let excess = rungs.len().saturating_sub(reel_abr::MAX_RUNGS);
    Ok(rungs.split_off(excess))
}

/// A playback under way.
struct Session<'a> {
    title: &'a Title,
    rungs: Vec<&'a Rendition>,
    audio: Option<&'a Rendition>,
    abr: Abr,
    timeline: Timeline,
    lines: Option<tokio::sync::mpsc::UnboundedSender<SegmentLine>>,
    inits: BTreeMap<usize, Init>,
    audio_init: Option<Init>,
    next_audio: usize,
    buffer_ms: f64,
    seen_ms: f64,
    playing: bool,
    steer_at_ms: f64,
    report: Report,
}

impl<'a> Session<'a> {
    fn new(
        title: &'a Title,
        rungs: Vec<&'a Rendition>,
        abr: Abr,
        timeline: Timeline,
        lines: Option<tokio::sync::mpsc::UnboundedSender<SegmentLine>>,
    ) -> Self {
        Self {
            title,
            rungs,
            audio: title.manifest.of(Kind::Audio).last().copied(),
            abr,
            timeline,
            lines,
            inits: BTreeMap::new(),
            audio_init: None,
            next_audio: 0,
            buffer_ms: 0.0,
            seen_ms: 0.0,
            playing: false,
            steer_at_ms: 0.0,
            report: Report { title: title.playback.name.clone(), ..Report::default() },
        }
    }

    /// Fetches and plays up to so many seconds.
    async fn run(&mut self, seconds: f64) -> Result<(), PlayerError> {
        let (mut end_ms, mut rung) = (0.0, None);
        let count = self.rungs.iter().map(|rung| rung.segments.len()).min().unwrap_or(0);
        for index in 0..count {
            if end_ms >= seconds * 1_000.0 {
                break;
            }
            let (fetched_rung, duration_ms) = self.next_segment(index, rung).await?;
            self.report.switches += u32::from(rung.is_some_and(|before| before != fetched_rung));
            rung = Some(fetched_rung);
            end_ms += duration_ms;
        }
        // What is buffered is watched to its end.
        self.timeline.wait(self.buffer_ms).await;
        self.report.played_s = end_ms / 1_000.0;
        Ok(())
    }

    /// Chooses and fetches the next video segment and the sound that goes with it.
    async fn next_segment(&mut self, index: usize, before: Option<usize>) -> Result<(usize, f64), PlayerError> {
        self.steer().await;
        let state = State { buffer_ms: self.buffer_ms, rung: before, playing: self.playing, ..State::default() };
        let decision = self.abr.choose(&state);
        self.timeline.wait(decision.wait_ms).await;
        self.pass_time();
        let (rung, fetched, span) = self.video(index, decision.rung).await?;
        let entry = &self.rungs[rung].segments[index];
        self.sound(entry).await?;
        self.arrived(entry, rung, &fetched, span);
        Ok((rung, entry.duration.ms()))
    }

    async fn steer(&mut self) {
        if self.timeline.now_ms() >= self.steer_at_ms {
            let first = self.steer_at_ms == 0.0;
            // The platform has just given the order: the first time is one interval away.
            let ttl_s = if first { 10 } else { self.title.steer().await };
            self.steer_at_ms = self.timeline.now_ms() + f64::from(ttl_s) * 1_000.0;
        }
    }

    /// Fetches a video segment; one that is given up is fetched again at the lower rung.
    async fn video(&mut self, index: usize, mut rung: usize) -> Result<(usize, Fetched, Span), PlayerError> {
        loop {
            self.ensure_init(rung).await?;
            let entry = &self.rungs[rung].segments[index];
            let started_ms = self.timeline.now_ms();
            let outcome =
                self.title.edges.get_watched(&entry.path, |piece| self.should_abandon(rung, started_ms, piece)).await?;
            let outcome = match outcome {
                Outcome::Complete(fetched) => self.abandoned_over_trace(rung, fetched),
                given_up => given_up,
            };
            match outcome {
                Outcome::Complete(fetched) => {
                    let span = self.timeline.book(started_ms, fetched.first_byte, fetched.bytes.len());
                    self.check_video(rung, &entry.path, &fetched, span)?;
                    return Ok((rung, fetched, span));
                }
                Outcome::GivenUp(lower) => rung = lower,
            }
            self.report.abandoned += 1;
            self.pass_time();
        }
    }

    async fn ensure_init(&mut self, rung: usize) -> Result<(), PlayerError> {
        if !self.inits.contains_key(&rung) {
            let init = self.title.init(self.rungs[rung]).await?;
            self.inits.insert(rung, init);
        }
        Ok(())
    }

    /// Asks the chooser about a download under way, in real time.
    fn should_abandon(&self, rung: usize, started_ms: f64, piece: &Piece) -> Option<usize> {
        let Timeline::Real(_) = self.timeline else { return None };
        let elapsed_ms = self.timeline.now_ms() - started_ms;
        self.ask_to_abandon(rung, elapsed_ms, piece.received as f64, piece.total.map_or(0.0, |total| total as f64))
    }

    fn ask_to_abandon(&self, rung: usize, elapsed_ms: f64, received_bytes: f64, total_bytes: f64) -> Option<usize> {
        if !self.playing {
            return None;
        }
        let buffer_ms = (self.buffer_ms - elapsed_ms).max(0.0);
        self.abr.abandon(&Progress { rung, received_bytes, total_bytes, elapsed_ms, buffer_ms })
    }

    /// The same over a recorded network: walks along the download that it would have been.
    fn abandoned_over_trace(&mut self, rung: usize, fetched: Fetched) -> Outcome {
        const STEP_S: f64 = 0.25;
        let Timeline::Traced { trace, now_s } = &self.timeline else { return Outcome::Complete(fetched) };
        let (start_s, total) = (*now_s, fetched.bytes.len() as f64);
        let end_s = trace.finish(start_s, total * 8.0);
        let begun = trace.bits_by(start_s + trace.latency_s());
        for step in 1..((end_s - start_s) / STEP_S) as u32 {
            let elapsed_s = f64::from(step) * STEP_S;
            let received = ((trace.bits_by(start_s + elapsed_s) - begun) / 8.0).max(0.0);
            if let Some(lower) = self.ask_to_abandon(rung, elapsed_s * 1_000.0, received, total) {
                self.timeline = Timeline::Traced { trace: trace.clone(), now_s: start_s + elapsed_s };
                return Outcome::GivenUp(lower);
            }
        }
        Outcome::Complete(fetched)
    }

    fn check_video(&mut self, rung: usize, path: &str, fetched: &Fetched, span: Span) -> Result<(), PlayerError> {
        let Some(init) = self.inits.get(&rung) else { return Ok(()) };
        let opened = self.title.unlock(path, &fetched.bytes, init)?;
        self.report.frames += opened.segment.samples.len() as u64;
        self.abr.observe(&Download {
            bytes: fetched.bytes.len() as f64,
            started_ms: span.started_ms,
            first_byte_ms: span.first_byte_ms,
            finished_ms: span.finished_ms,
            idle_ms: 0.0,
        });
        Ok(())
    }

    /// Fetches sound up to the end of a video segment.
    async fn sound(&mut self, video: &SegmentEntry) -> Result<(), PlayerError> {
        let Some(audio) = self.audio else { return Ok(()) };
        let end_s = video.time.seconds() + video.duration.seconds();
        while let Some(entry) = audio.segments.get(self.next_audio).filter(|entry| entry.time.seconds() < end_s) {
            if self.audio_init.is_none() {
                self.audio_init = Some(self.title.init(audio).await?);
            }
            let started_ms = self.timeline.now_ms();
            let fetched = self.title.edges.get(&entry.path).await?;
            self.timeline.book(started_ms, fetched.first_byte, fetched.bytes.len());
            if let Some(init) = &self.audio_init {
                self.title.unlock(&entry.path, &fetched.bytes, init)?;
            }
            self.report.bytes += fetched.bytes.len() as u64;
            self.next_audio += 1;
        }
        Ok(())
    }

    /// Lets the playhead run for the time that has passed.
    fn pass_time(&mut self) {
        let passed_ms = self.timeline.now_ms() - self.seen_ms;
        self.seen_ms += passed_ms;
        if !self.playing {
            return;
        }
        let stall_ms = (passed_ms - self.buffer_ms).max(0.0);
        // Less than a frame is not seen.
        if stall_ms > 20.0 {
            self.report.stall_ms += stall_ms;
            self.report.stalls += 1;
        }
        self.buffer_ms = (self.buffer_ms - passed_ms).max(0.0);
    }

    fn arrived(&mut self, entry: &SegmentEntry, rung: usize, fetched: &Fetched, span: Span) {
        self.pass_time();
        if !self.playing {
            self.playing = true;
            self.report.startup_ms = self.timeline.now_ms();
        }
        self.buffer_ms += entry.duration.ms();
        self.report.bytes += fetched.bytes.len() as u64;
        let line = SegmentLine {
            number: entry.number,
            rendition: self.rungs[rung].id.clone(),
            bitrate: self.rungs[rung].bandwidth,
            bytes: fetched.bytes.len() as u64,
            started_ms: span.started_ms,
            finished_ms: span.finished_ms,
            buffer_ms: self.buffer_ms,
            edge: fetched.pathway.clone(),
            cache: fetched.cache.clone(),
        };
        if let Some(lines) = &self.lines {
            // Nobody has to listen.
            let _ = lines.send(line.clone());
        }
        self.report.segments.push(line);
    }

    fn finish(self) -> Report {
        let mut report = self.report;
        let total: f64 = report.segments.iter().map(|line| line.bitrate as f64).sum();
        report.mean_kbps = total / report.segments.len().max(1) as f64 / 1_000.0;
        report
    }
}
