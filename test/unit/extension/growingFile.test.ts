import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { GrowingFile } from '../../../src/extension/growingFile';

/** What VS Code shows of a file: it reads on an event, and only when the time of modification differs from the one it knows. */
class Reader {
  shown = '';
  knownAt = 0;

  constructor(private readonly file: () => GrowingFile) {}

  takeBytes(): void {
    this.shown = new TextDecoder().decode(this.file().read()); // leaves the byte order mark out
  }

  takeTime(): void {
    this.knownAt = this.file().modifiedAt;
  }

  readonly onChange = () => {
    const { modifiedAt } = this.file();
    if (modifiedAt === this.knownAt) return;
    this.knownAt = modifiedAt;
    this.takeBytes();
  };
}

describe('GrowingFile', () => {
  let file: GrowingFile;
  let reader: Reader;
  let eventCount = 0;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    eventCount = 0;
    reader = new Reader(() => file);
    file = new GrowingFile('', () => {
      eventCount++;
      setTimeout(reader.onChange, 1);
    });
  });
  afterEach(() => {
    file.dispose();
    mock.timers.reset();
  });

  it('is shown to the end when its last change comes between the two questions of an opening reader', () => {
    file.write('the source');
    reader.takeBytes();
    file.write('the translation');
    reader.takeTime();
    mock.timers.tick(2);
    assert.equal(reader.shown, 'the source', 'the reader takes the change for one that it has seen');
    mock.timers.tick(1000);
    mock.timers.tick(2);
    assert.equal(reader.shown, 'the translation');
  });

  it('is announced once for each change that is read', () => {
    for (const text of ['a', 'ab', 'abc']) {
      file.write(text);
      mock.timers.tick(2);
      assert.equal(reader.shown, text);
    }
    mock.timers.tick(5000);
    assert.equal(eventCount, 3);
  });

  it('is announced once more, and then never again, when nobody reads it', () => {
    file = new GrowingFile('', () => {
      eventCount++;
    });
    file.write('a');
    mock.timers.tick(60_000);
    assert.equal(eventCount, 2);
  });

  it('has a newer time than any version before, of this file or another', () => {
    const times = [file.modifiedAt];
    file.write('a');
    times.push(file.modifiedAt);
    times.push(new GrowingFile('', () => {}).modifiedAt);
    assert.ok(times[0] < times[1] && times[1] < times[2], times.join());
  });
});
