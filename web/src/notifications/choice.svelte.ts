import { changePreferences, preferences, type Preferences, type TopicPreference } from '../api/notification';
import { describe } from '../i18n/describe';

/** What the account has chosen. A change is shown at once, and taken back when it is refused. */
export class Choice {
  preferences: Preferences | null = $state.raw(null);
  saved = $state(false);
  failure = $state('');

  /** Changes go one after the other: each needs the version that the one before it made. */
  #last: Promise<void> = Promise.resolve();

  async load(): Promise<void> {
    this.failure = '';
    await preferences().then(
      (read) => (this.preferences = read),
      (error) => (this.failure = describe(error)),
    );
  }

  setTopic(topic: TopicPreference): void {
    this.#change((before) => ({
      ...before,
      topics: before.topics.map((other) => (other.topic === topic.topic ? topic : other)),
    }));
  }

  setLanguage(language: string | null): void {
    this.#change((before) => ({ ...before, language }));
  }

  #change(change: (before: Preferences) => Preferences): void {
    if (this.preferences) this.preferences = change(this.preferences);
    this.saved = false;
    this.#last = this.#last.then(() => this.#keep());
  }

  async #keep(): Promise<void> {
    if (!this.preferences) return;
    try {
      const kept = await changePreferences(this.preferences);
      // What was changed meanwhile goes on top of it.
      this.preferences = { ...this.preferences, version: kept.version };
      [this.saved, this.failure] = [true, ''];
    } catch (error) {
      await this.load();
      this.failure = describe(error);
    }
  }
}
