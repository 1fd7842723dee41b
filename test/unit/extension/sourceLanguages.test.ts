import assert from 'node:assert/strict';
import { SourceLanguages } from '../../../src/extension/sourceLanguages';

class MapMemory {
  readonly values = new Map<string, unknown>();

  get<Value>(key: string, fallback: Value): Value {
    return this.values.has(key) ? (this.values.get(key) as Value) : fallback;
  }

  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }
}

describe('SourceLanguages', () => {
  it('remembers what was said of a file, for whoever reads the same memory', async () => {
    const memory = new MapMemory();
    await new SourceLanguages(memory, ['untitled']).set('file:///a', 'fr');
    const languages = new SourceLanguages(memory, ['untitled']);
    assert.equal(languages.of('file:///a'), 'fr');
    assert.equal(languages.of('file:///b'), undefined);
    await languages.set('file:///a', undefined);
    assert.equal(languages.of('file:///a'), undefined);
  });

  it('remembers a document without a file for this window only', async () => {
    const memory = new MapMemory();
    const languages = new SourceLanguages(memory, ['untitled']);
    await languages.set('untitled:Untitled-1', 'fr');
    assert.equal(languages.of('untitled:Untitled-1'), 'fr');
    assert.equal(new SourceLanguages(memory, ['untitled']).of('untitled:Untitled-1'), undefined);
    languages.forget('untitled:Untitled-1');
    assert.equal(languages.of('untitled:Untitled-1'), undefined);
    await languages.set('untitled:Untitled-1', 'fr');
    await languages.set('untitled:Untitled-1', undefined);
    assert.equal(languages.of('untitled:Untitled-1'), undefined);
  });

  it('forgets the files that were said the longest ago', async () => {
    const languages = new SourceLanguages(new MapMemory(), ['untitled']);
    for (let index = 0; index < 510; index++) await languages.set(`file:///${index}`, 'fr');
    await languages.set('file:///10', 'pt');
    assert.equal(languages.of('file:///9'), undefined);
    assert.equal(languages.of('file:///10'), 'pt');
    assert.equal(languages.of('file:///509'), 'fr');
  });
});
