/** As much of a terminal as the progress needs: what stands on it after a text was written. */

/** A screen of that width, long enough for everything. */
export class Screen {
  readonly width: number;
  lines: string[][] = [[]];
  row = 0;
  column = 0;

  constructor(width: number) {
    this.width = width;
  }

  write(text: string): void {
    for (const [token, , number, letter] of text.matchAll(/(\x1b\[\??(\d*)([A-Za-z])|[\s\S])/gu))
      this.put(token, letter, Number(number || 1));
  }

  private put(token: string, letter: string | undefined, n: number): void {
    const line = (): string[] => (this.lines[this.row] ??= []);
    if (letter === 'A') this.row = Math.max(0, this.row - n);
    else if (letter === 'K') line().length = Math.min(line().length, this.column);
    else if (letter === 'J') {
      line().length = Math.min(line().length, this.column);
      this.lines.length = this.row + 1;
    } else if (letter !== undefined && letter !== 'm')
      throw new Error(`the screen does not know ${JSON.stringify(token)}`);
    else if (token === '\r') this.column = 0;
    else if (token === '\n') {
      this.row++;
      this.column = 0;
      line();
    } else if (letter === undefined) {
      if (this.column >= this.width) {
        this.row++;
        this.column = 0;
      }
      line()[this.column++] = token;
    }
  }

  text(): string {
    return this.lines
      .map((line) =>
        Array.from(line, (c) => c ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }
}
