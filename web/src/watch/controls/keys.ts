/** What a key can ask of the player. */
export type Command = 'toggle' | 'back' | 'forward' | 'louder' | 'quieter' | 'mute' | 'fullscreen' | 'stats';

const COMMANDS: Record<string, Command> = {
  ' ': 'toggle',
  k: 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
  m: 'mute',
  f: 'fullscreen',
  s: 'stats',
};

/** The command of a key; none where the focused control has its own use for it. */
export function commandOf(event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'target'>): Command | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const command = COMMANDS[key] ?? null;
  return command && uses(event.target, key) ? null : command;
}

function uses(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (key === ' ') return target.closest('button, a') !== null;
  if (key === 'ArrowUp' || key === 'ArrowDown') return target.closest('[role=menu], [data-volume]') !== null;
  if (key === 'ArrowLeft' || key === 'ArrowRight') return target.closest('[data-volume]') !== null;
  return false;
}
