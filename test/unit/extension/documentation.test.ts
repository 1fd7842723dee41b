// The documents name whatever package.json declares: commands with their keys, settings with their defaults, scripts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const readme = readFileSync('README.md', 'utf8');
const words: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.nls.json', 'utf8'));
const { contributes, scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const titleOf = (title: string) => words[title.slice(1, -1)];
const commandTable = readme.slice(readme.indexOf('| command | keys |'), readme.indexOf('Chat agents of VS Code'));

describe('the README', () => {
  for (const { command, title } of contributes.commands)
    it(`names the command ${command}`, () => assert.ok(commandTable.includes(titleOf(title)), titleOf(title)));

  for (const { command, key } of contributes.keybindings)
    it(`gives the keys of ${command}`, () => {
      const { title } = contributes.commands.find((known: { command: string }) => known.command === command);
      const row = commandTable.split('\n').find(line => line.startsWith(`| Headlight: ${titleOf(title)}`));
      assert.equal(/`(.+)` \|$/.exec(row ?? '')?.[1].toLowerCase(), key);
    });

  for (const [id, { default: value }] of Object.entries<{ default: unknown }>(contributes.configuration.properties))
    it(`names the setting ${id} and its default`, () => {
      const row = readme.split('\n').find(line => line.startsWith('| `headlight.') && line.includes(`\`${id}\``));
      assert.ok(row, id);
      // An empty one is told in words.
      const shown = value === true ? 'on' : value === false ? 'off' : typeof value === 'object' ? '' : `${value}`;
      assert.ok(row.split('|')[2].includes(shown), row);
    });
});

describe('CONTRIBUTING', () => {
  const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
  for (const script of Object.keys(scripts))
    it(`tells what the script ${script} does`, () =>
      assert.match(contributing, new RegExp(`^\\| \`npm (?:run )?${script}(?: .*)?\` \\| \\S`, 'm')));
});
