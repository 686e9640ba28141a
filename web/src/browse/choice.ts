/** From where, and by which picture, a title was chosen. */
export interface Choice {
  row: string;
  /** The picture's name in a test; none when it was the poster. */
  variant?: string | undefined;
}

let chosen: (Choice & { titleId: string }) | null = null;

/** The viewer chose a title from a row. */
export function choose(titleId: string, row: string, variant?: string): void {
  chosen = { titleId, row, variant };
}

/** How a title was chosen last; what recommendations and pictures are judged by. */
export function choiceOf(titleId: string): Choice | null {
  return chosen?.titleId === titleId ? chosen : null;
}
