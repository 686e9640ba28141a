/** What a video element does, to be drawn. Times in seconds. */
export class Media {
  paused = $state(true);
  ended = $state(false);
  seeking = $state(false);
  /** Playing, but there is nothing to show. */
  waiting = $state(false);
  /** The first picture is there. */
  ready = $state(false);
  time = $state(0);
  duration = $state(0);
  bufferedTo = $state(0);
  volume = $state(1);
  muted = $state(false);

  constructor(
    readonly video: HTMLVideoElement,
    signal: AbortSignal,
  ) {
    const on = (names: string[], act: () => void) =>
      names.forEach((name) => video.addEventListener(name, act, { signal }));
    on(['timeupdate', 'durationchange', 'progress', 'seeking', 'seeked'], () => this.#readTimes());
    on(['play', 'playing', 'pause', 'ended', 'seeking', 'seeked', 'volumechange'], () => this.#readState());
    on(['waiting'], () => (this.waiting = true));
    on(['playing', 'seeked', 'pause', 'ended'], () => (this.waiting = false));
    on(['loadeddata'], () => (this.ready = true));
  }

  /** Plays or pauses; a browser that forbids it leaves it paused. */
  toggle(): void {
    if (this.video.paused) void this.play();
    else this.video.pause();
  }

  async play(): Promise<void> {
    await this.video.play().catch(() => undefined);
  }

  seek(seconds: number): void {
    this.video.currentTime = Math.min(Math.max(seconds, 0), this.duration || 0);
    this.time = this.video.currentTime;
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(Math.max(volume, 0), 1);
    this.video.muted = this.video.volume === 0;
  }

  toggleMuted(): void {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
  }

  /** Seconds that can be played without fetching. */
  buffer(): number {
    return Math.max(0, this.bufferedTo - this.video.currentTime);
  }

  #readTimes(): void {
    this.time = this.video.currentTime;
    this.duration = Number.isFinite(this.video.duration) ? this.video.duration : 0;
    this.bufferedTo = endOfBuffer(this.video);
  }

  #readState(): void {
    this.paused = this.video.paused;
    this.ended = this.video.ended;
    this.seeking = this.video.seeking;
    this.volume = this.video.volume;
    this.muted = this.video.muted;
  }
}

/** The end of the buffered range that is playing. */
function endOfBuffer(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime + 0.3 && currentTime < buffered.end(i)) return buffered.end(i);
  }
  return currentTime;
}
