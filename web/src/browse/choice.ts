/** From where, and by which picture, a title was chosen. */
export interface Choice {
  row: string;
  /** The picture's name in a test. */
  variant?: string;
  /** The decision that put the title there. */
  decision?: string;
}

let chosen: (Choice & { titleId: string }) | null = null;

/** The viewer chose a title from a row. */
export function choose(titleId: string, choice: Choice): void {
  chosen = { ...choice, titleId };
}

/** How a title was chosen last; what recommendations and pictures are judged by. */
export function choiceOf(titleId: string): Choice | null {
  if (chosen?.titleId !== titleId) return null;
  const { titleId: _, ...choice } = chosen;
  return choice;
}
