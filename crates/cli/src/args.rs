//! The command line, as `--help` teaches it.

use clap::builder::RangedU64ValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand};
use reel_api::TitleId;
use reel_api::steering::Tier;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A streaming service of your own: publish films, and watch them in a browser.
#[derive(Parser)]
#[command(
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "\
Start with:
  reel up                                       the whole platform, on http://localhost:8080
  reel publish film.mp4 --title \"My film\"       encode a film and make it visible
  reel play \"My film\" --seconds 30              watch it without a screen, and measure

REEL_LOG=warn (or info, debug) logs more on standard error than errors."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the platform: functions, native Lambdas, an ISP edge and an IXP edge, and the pages
    Up(UpArgs),
    /// Upload a film, follow its encoding, and return when it can be played
    Publish(PublishArgs),
    /// Announce the titles of a CSV file, shown and found and not yet to be played; simulate viewers
    Seed(SeedArgs),
    /// Take titles over from a table in CSV or JSON, and report each row that cannot be
    Import(ImportArgs),
    /// Make a new model of what viewers watch, as it is made every night
    Train(TrainArgs),
    /// An ONNX model of your own, which ranks titles in place of the trained one
    #[command(subcommand)]
    Scorer(ScorerCommand),
    /// List the titles and where they are on their way to viewers
    Titles(TitlesArgs),
    /// Give an account a role: viewer, editor, operator or owner
    Grant(GrantArgs),
    /// Show what editors, operators and owners did, or check that the log of it was not changed
    Audit(AuditArgs),
    /// What players tell: figures, the event log, what could not be handled
    #[command(subcommand)]
    Events(EventsCommand),
    /// Play a title without a screen and report start-up, stalls, switches and bitrate
    Play(PlayArgs),
    /// Check that a title is complete: every segment there, contiguous, decodable, its keys right
    Verify(VerifyArgs),
    /// Run one edge: a segment cache in front of the origin or of another edge
    Edge(EdgeArgs),
    /// What was tried on viewers, and what came of it
    #[command(subcommand)]
    Experiment(ExperimentCommand),
    /// Print the document of the API, as OpenAPI 3.1
    Openapi,
    /// What was paid: the ledger, and whether it says what the payment provider's books say
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Add a function to the tree: its folder, its world and its entry in reel.toml
    New(NewArgs),
    /// Put this tree on AWS or LocalStack, whole or one function alone: `reel deploy --help`
    #[command(disable_help_flag = true, disable_version_flag = true)]
    Deploy(PassedArgs),
    /// Take a function's last version on AWS back: `reel rollback --help`
    #[command(disable_help_flag = true, disable_version_flag = true)]
    Rollback(PassedArgs),
    /// Delete a deployment on AWS and what it stores: `reel destroy --help`
    #[command(disable_help_flag = true, disable_version_flag = true)]
    Destroy(PassedArgs),
    /// Show what consumers on AWS could not handle, and send it again: `reel dead-records --help`
    #[command(disable_help_flag = true, disable_version_flag = true)]
    DeadRecords(PassedArgs),
    /// Write this program with all that it runs as one file; `script/release` builds what goes into it
    #[command(hide = true)]
    Release(ReleaseArgs),
}

#[derive(Subcommand)]
pub(crate) enum EventsCommand {
    /// Figures: plays, view time, completion, stalls, searches, the share of plays from recommendations
    Report(ReportArgs),
    /// List the streams of the event log, who reads them, and how far
    Streams(StreamsArgs),
    /// Show the last events of a stream, and with --follow those that come
    Tail(TailArgs),
    /// Show the records that a consumer could not handle, or send them again
    Dead(DeadArgs),
    /// Have a consumer read a stream again, from a position or a time
    Replay(ReplayArgs),
    /// Copy the archive to a folder: Parquet files that DuckDB and others read as one table
    Export(ExportArgs),
}

#[derive(ClapArgs)]
pub(crate) struct ExportArgs {
    /// The folder; what is there already is not copied again
    pub(crate) folder: PathBuf,

    /// Print one JSON object: files, there_before, bytes
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct ReportArgs {
    /// How wide the windows are: hour or day (UTC)
    #[arg(long, default_value = "day", value_parser = ["hour", "day"])]
    pub(crate) width: String,

    /// How many windows, up to now
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=48))]
    pub(crate) windows: u32,

    /// Print one JSON object: totals, titles, edges, queries, empty_queries, sources, shares
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct StreamsArgs {
    /// Print one JSON object: streams
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct TailArgs {
    /// The stream: playback, interactions, or dead-STREAM
    #[arg(default_value = "playback")]
    pub(crate) stream: String,

    /// Begin with so many of the last records
    #[arg(long, default_value_t = 20)]
    pub(crate) last: usize,

    /// Go on with those that come, until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,

    /// Only events of this type, such as play_start
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,

    /// Print one JSON object a line: position, appended_at, key, data
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct DeadArgs {
    /// The stream that they stood in
    #[arg(default_value = "playback")]
    pub(crate) stream: String,

    /// Send those that were not sent again yet; every consumer of the stream sees them
    #[arg(long)]
    pub(crate) send_again: bool,

    /// Print one JSON object: records, or sent
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
#[group(id = "place", required = true, multiple = false, args = ["after", "since"])]
pub(crate) struct ReplayArgs {
    /// The stream
    pub(crate) stream: String,

    /// Who reads it again: `reel events streams` lists them
    #[arg(long)]
    pub(crate) consumer: String,

    /// Begin after this position; 0 for all that the log has
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,

    /// Begin with what was appended since this time, such as 2026-01-31T18:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Print one JSON object: from, after
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(Subcommand)]
pub(crate) enum ScorerCommand {
    /// Check a model, and have it rank titles from now on
    Set(SetScorerArgs),
    /// Show which one is set
    Show(ScorerArgs),
    /// Have the trained model rank titles again
    Remove(ScorerArgs),
}

#[derive(ClapArgs)]
pub(crate) struct SetScorerArgs {
    /// The ONNX file: one input, float32 [batch or 1, N], how much each title counts in a history; one output like it,
    /// a score for each
    pub(crate) model: PathBuf,

    /// The ids of the N titles in the order of the model's columns, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) titles: PathBuf,

    /// Print one JSON object: version, titles, bytes, milliseconds
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct ScorerArgs {
    /// Print one JSON object: version, titles, bytes, milliseconds; null where none is set
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(Subcommand)]
pub(crate) enum ExperimentCommand {
    /// What the titles earned that are tried in marked places of the first page, and what other ways of choosing them
    /// would have earned
    Report(ExperimentReportArgs),
}

/// What another program reads.
#[derive(ClapArgs)]
pub(crate) struct PassedArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub(crate) args: Vec<OsString>,
}

/// Where the platform is, and who asks.
#[derive(ClapArgs, Clone)]
pub(crate) struct PlatformArgs {
    /// The platform's base URL [default: the one that `reel up` noted, else http://localhost:8080];
    /// SSL_CERT_FILE names further roots for https
    #[arg(long, env = "REEL_URL")]
    pub(crate) url: Option<String>,

    /// An access token [default: one for the operator key that `reel up` noted in the data folder]
    #[arg(long, env = "REEL_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// The platform's data folder, where `reel up` notes the operator key
    #[arg(long, env = "REEL_DATA", default_value = ".reel")]
    pub(crate) data: PathBuf,
}

#[derive(ClapArgs)]
pub(crate) struct UpArgs {
    /// Where to listen; the edges listen on the two ports that follow, if these are free
    #[arg(long, env = "REEL_ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) addr: SocketAddr,

    /// The folder that holds everything the platform keeps
    #[arg(long, env = "REEL_DATA", default_value = ".reel")]
    pub(crate) data: PathBuf,

    /// The country of viewers, for titles that may be seen in some alone [default: unknown]
    #[arg(long, env = "REEL_COUNTRY", value_name = "CODE")]
    pub(crate) country: Option<String>,

    /// The header in which a front that every request comes through names the country of who asks
    #[arg(long, env = "REEL_COUNTRY_HEADER", value_name = "HEADER")]
    pub(crate) country_header: Option<String>,

    /// Publish no demo film and make no demo account
    #[arg(long)]
    pub(crate) no_demo: bool,

    /// The demo film; FILE with the ending .json describes its title [default: a generated film]
    #[arg(long, value_name = "FILE", conflicts_with = "no_demo")]
    pub(crate) demo: Option<PathBuf>,

    /// The server that takes our letters, smtp://USER@HOST or smtps://USER@HOST; its password is the secret
    /// smtp-password [default: letters stay in the data folder's outbox]
    #[arg(long, env = "REEL_SMTP", value_name = "URL")]
    pub(crate) smtp: Option<String>,

    /// Whom letters come from
    #[arg(long, env = "REEL_SENDER", default_value = "Reel <reel@localhost>")]
    pub(crate) sender: String,

    /// A push service besides those of known browsers, https://HOST
    #[arg(long = "push-service", env = "REEL_PUSH_SERVICES", value_name = "URL", value_delimiter = ',')]
    pub(crate) push_services: Vec<String>,

    /// Once ready, print one JSON object: url, edges, operator key file, demo sign-in
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(ClapArgs)]
pub(crate) struct PublishArgs {
    /// The film: any video file that ffmpeg reads
    pub(crate) file: PathBuf,

    /// What the title is called
    #[arg(long)]
    pub(crate) title: String,

    /// The title's id: the same again resumes a publish that was cut off
    #[arg(long, value_name = "UUID")]
    pub(crate) title_id: Option<TitleId>,

    /// Its name in addresses [default: made from the title]
    #[arg(long)]
    pub(crate) slug: Option<String>,

    /// What it is about
    #[arg(long, default_value = "")]
    pub(crate) description: String,

    /// The year it came out
    #[arg(long)]
    pub(crate) year: Option<u16>,

    /// A genre; may be given several times
    #[arg(long = "genre", value_name = "GENRE")]
    pub(crate) genres: Vec<String>,

    /// Whose it is and under which licence, shown with the title
    #[arg(long)]
    pub(crate) credit: Option<String>,

    /// The age it is for: 0, 6, 12, 16 or 18 [default: for adults alone]
    #[arg(long, value_name = "AGE")]
    pub(crate) maturity: Option<u8>,

    /// Print one JSON object: title_id, frames, renditions, seconds
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct SeedArgs {
    /// A CSV file with a header: a column title (or name), and as there are year, genres, cast, directors,
    /// description; several names in one field are parted by commas
    #[arg(required_unless_present = "viewers")]
    pub(crate) file: Option<PathBuf>,

    /// Take so many rows at most
    #[arg(long)]
    pub(crate) limit: Option<usize>,

    #[command(flatten)]
    pub(crate) audience: AudienceArgs,

    /// Print one JSON object: announced, there_before, refused; viewers
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct ImportArgs {
    /// A CSV file with a header, or with the ending .json an array of objects; docs/import.md names the columns. The
    /// same again changes nothing
    pub(crate) file: PathBuf,

    /// Show the titles to viewers before there is anything to play, where no column says otherwise
    #[arg(long)]
    pub(crate) announced: bool,

    /// Print one JSON object: made, updated, unchanged, refused, faults, ignored
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

/// Who is simulated.
#[derive(ClapArgs)]
pub(crate) struct AudienceArgs {
    /// Simulate so many viewers, in households, who search, browse, rate and watch through the API on the
    /// days before today. Their accounts are called household-N.seed-S@simulated.example, and nobody can sign
    /// in to them; their profiles' names end with (simulated), their devices' begin with simulated-. The same
    /// again changes nothing; more viewers are the same ones and more. The model is described in libs/audience
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub(crate) viewers: Option<usize>,

    /// Which viewers: another seed makes other households
    #[arg(long, default_value_t = 1, requires = "viewers")]
    pub(crate) seed: u64,

    /// On how many days they come, 1 to 28
    #[arg(long, default_value_t = 14, requires = "viewers", value_parser = clap::value_parser!(u64).range(1..=28))]
    pub(crate) days: u64,

    /// They watch only what can be played [default: announced titles too, as if they could be played]
    #[arg(long, requires = "viewers")]
    pub(crate) only_playable: bool,
}

#[derive(ClapArgs)]
pub(crate) struct TrainArgs {
    /// Print one JSON object: version (null where there is too little to learn from), viewers, titles, reason
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct TitlesArgs {
    /// Print one JSON object: titles
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct GrantArgs {
    /// The address of the account
    pub(crate) email: String,

    /// The role
    #[arg(value_parser = ["viewer", "editor", "operator", "owner"])]
    pub(crate) role: String,

    /// Print one JSON object: id, email, verified, role, created_at
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct AuditArgs {
    /// How many entries, up to the last
    #[arg(long, default_value_t = 50)]
    pub(crate) last: usize,

    /// Check that every entry follows from the one before, and fail when one does not
    #[arg(long)]
    pub(crate) verify: bool,

    /// Print one JSON object: entries, or entries, head, broken
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct PlayArgs {
    /// The title's name, slug or id
    pub(crate) title: String,

    /// Stop after so many seconds of the film [default: play it to its end]
    #[arg(long)]
    pub(crate) seconds: Option<f64>,

    /// Shape the network by a trace: a JSON list of {duration_ms, bandwidth_kbps, latency_ms}
    #[arg(long, value_name = "TRACE.json")]
    pub(crate) network: Option<PathBuf>,

    /// Print one JSON object: startup_ms, stall_ms, stalls, switches, mean_kbps, segments
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct VerifyArgs {
    /// The title's name, slug or id
    pub(crate) title: String,

    /// Print one JSON object: ok, renditions, problems
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct EdgeArgs {
    /// The edge's name: a-z, 0-9 and -
    #[arg(long)]
    pub(crate) id: String,

    /// Where it stands: isp or ixp
    #[arg(long, value_parser = tier)]
    pub(crate) tier: Tier,

    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub(crate) addr: SocketAddr,

    /// The URL that viewers reach it by [default: http://localhost:PORT]
    #[arg(long)]
    pub(crate) public_url: Option<String>,

    /// Where to fetch what it does not hold; the first that answers is used
    #[arg(long = "parent", value_name = "URL", required = true)]
    pub(crate) parents: Vec<String>,

    /// The platform that it reports to
    #[arg(long, env = "REEL_URL", default_value = "http://localhost:8080")]
    pub(crate) url: String,

    /// The folder of its cache
    #[arg(long, env = "REEL_EDGE_DATA")]
    pub(crate) data: PathBuf,

    /// How much of its disk the cache may use, in MiB
    #[arg(long, default_value_t = 4_096)]
    pub(crate) disk_mib: u64,

    /// How much memory the cache may use, in MiB
    #[arg(long, default_value_t = 128)]
    pub(crate) memory_mib: u64,

    /// A network that it serves, as CIDR; may be given several times [default: all]
    #[arg(long = "serves", value_name = "CIDR")]
    pub(crate) serves: Vec<String>,

    /// The key that checks viewers' tokens, hexadecimal
    #[arg(long, env = "REEL_DELIVERY_KEY", hide_env_values = true)]
    pub(crate) delivery_key: String,

    /// The key that signs its reports, hexadecimal
    #[arg(long, env = "REEL_EDGE_KEY", hide_env_values = true)]
    pub(crate) edge_key: String,
}

#[derive(ClapArgs)]
pub(crate) struct ExperimentReportArgs {
    /// Over so many days, 90 at most
    #[arg(long, default_value_t = 7)]
    pub(crate) days: u64,

    /// Print one JSON object: days, slots
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(Subcommand)]
pub(crate) enum BillingCommand {
    /// The sums of a month, by account of the ledger and currency
    Report(BillingReportArgs),
    /// Hold the ledger against the payment provider's books and the event log; catch up with what was never heard of
    Reconcile(ReconcileArgs),
}

#[derive(ClapArgs)]
pub(crate) struct BillingReportArgs {
    /// The month, such as 2026-11; without it, this one
    #[arg(long)]
    pub(crate) month: Option<String>,

    /// Print one JSON object: month, transactions, balances, balanced
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct ReconcileArgs {
    /// Over so many days
    #[arg(long, default_value_t = 3)]
    pub(crate) days: u64,

    /// Print one JSON object: compared, caught_up, differences
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}

#[derive(ClapArgs)]
pub(crate) struct NewArgs {
    /// The function's name: a-z, 0-9 and -
    pub(crate) name: String,

    /// What it is for, in one sentence
    #[arg(long, default_value = "Says hello")]
    pub(crate) description: String,
}

#[derive(ClapArgs)]
pub(crate) struct ReleaseArgs {
    /// The file to write
    pub(crate) out: PathBuf,
}

fn tier(text: &str) -> Result<Tier, String> {
    match text {
        "isp" => Ok(Tier::Isp),
        "ixp" => Ok(Tier::Ixp),
        _ => Err("a tier is isp or ixp".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reel_deploy_reads_is_passed_as_it_is() {
        let given = ["playback", "--canary", "10", "--help", "--version"];
        let args = Args::try_parse_from(["reel", "deploy"].into_iter().chain(given)).unwrap_or_else(|e| panic!("{e}"));
        let Command::Deploy(passed) = args.command else { panic!("it is a deployment") };
        assert_eq!(passed.args, given);
    }
}
