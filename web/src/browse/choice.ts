let chosen: { titleId: string; row: string } | null = null;

/** The viewer chose a title from a row. */
export function choose(titleId: string, row: string): void {
  chosen = { titleId, row };
}

/** The row that a title was chosen from last; what recommendations are judged by. */
export function chosenFrom(titleId: string): string | null {
  return chosen?.titleId === titleId ? chosen.row : null;
}
