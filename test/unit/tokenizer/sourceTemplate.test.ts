import assert from 'node:assert/strict';
import { readSourceTemplate } from '../../../src/model/tokenizer/sourceTemplate';

const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const text = { Sequence: { id: 'A', type_id: 0 } };

describe('the template of a tokenizer.json', () => {
  it('is the tokens before and after the text', () => {
    const single = [special('a'), text, special('b'), special('c')];
    assert.deepEqual(readSourceTemplate({ type: 'TemplateProcessing', single }), { before: ['a'], after: ['b', 'c'] });
  });

  it('is unknown for other post-processors', () => {
    assert.equal(readSourceTemplate({ type: 'RobertaProcessing' }), undefined);
    assert.equal(readSourceTemplate(null), undefined);
  });
});
