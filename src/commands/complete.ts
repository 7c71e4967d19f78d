/** Completion of what the parser does not know: ids and tags of checks, requirements, formats of reports. */

import { loadChecks } from '../load/checks.js';
import { productNames } from '../load/productNames.js';
import { builtIn } from '../load/products.js';
import { reporters } from '../reporters/index.js';
import { COMMANDS, type CommandName, OPTIONS, takenBy } from './options.js';
import { print } from './print.js';

/** Commands whose `--format` is that of a report, `check` also without its name. */
const RENDER: readonly (CommandName | undefined)[] = [...takenBy('report'), undefined];

/** Where nothing else can follow, names of files: `check` takes inventories. */
const FISH = `# completion of ha-preflight for fish:
#   ha-preflight completion > ~/.config/fish/completions/ha-preflight.fish
function __ha_preflight_complete
    set -l word (commandline -ct)
    set -l found (ha-preflight --get-yargs-completions (commandline -opc) "$word" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$word"
    end
end
complete -c ha-preflight -f -a '(__ha_preflight_complete)'`;

/** The script for a shell that the parser has none for. */
export const scriptFor = (shell = ''): string | undefined => (/(?:^|\/)fish$/.test(shell) ? FISH : undefined);

/** Possible last words, after the words of a command line so far; undefined: ask the parser. Fits `--only=x` as bash splits it. */
export async function complete(line: readonly string[]): Promise<string[] | undefined> {
  const words = line.slice(1).filter((word, i, all) => word !== '=' || i === all.length - 1);
  const current = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const before = words.at(-2);
  const command = words.find((word): word is CommandName => COMMANDS.some((name) => name === word));
  if (before === '--only' || before === '--skip') {
    const names = (await loadChecks()).flatMap((c): string[] => [c.id, ...(c.tags ?? [])]);
    // the last of a list
    const head = current.slice(0, current.lastIndexOf(',') + 1);
    return [...new Set(names)].map((name) => head + name);
  }
  // the parser knows these too, but not before the command's name is written
  if (before === '--product') return [...productNames];
  if (before === '--fail-on') return [...OPTIONS.check['fail-on'].choices];
  if (before === '--report') return Object.keys(reporters).map((format) => `${format}=`);
  if (before === '--format' && RENDER.includes(command)) return Object.keys(reporters);
  if (command === 'explain' && before === 'explain') {
    const ids = (await loadChecks()).map((c) => c.id as string);
    return [...ids, ...builtIn.requirements.keys()];
  }
  return undefined;
}

/** Prints what our own completion knows; false: the parser is to be asked. */
export async function completed(line: readonly string[]): Promise<boolean> {
  const words = await complete(line);
  if (words && words.length > 0) await print(words.join('\n'));
  return words !== undefined;
}
