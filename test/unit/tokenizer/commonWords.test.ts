import assert from 'node:assert/strict';
import { commonWordIds } from '../../../src/model/tokenizer/commonWords';

describe('commonWordIds', () => {
  it('are the first words of a vocabulary, in whatever order it is listed', () => {
    const words = Array.from({ length: 600 }, (_, id) => [`▁w${'a'.repeat(id + 1)}`, id + 10] as const);
    const ids = commonWordIds([...words].reverse());
    assert.deepEqual([Math.min(...ids), Math.max(...ids), ids.size], [10, 509, 500]);
  });

  it('leaves out what begins no word: pieces, numbers, punctuation, special tokens', () =>
    assert.deepEqual(
      [
        ...commonWordIds([
          ['</s>', 0],
          ['▁', 1],
          ['▁(', 2],
          ['▁2', 3],
          ['ing', 4],
          ['Ġthe', 5],
        ]),
      ],
      [5],
    ));
});
