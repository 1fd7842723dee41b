import assert from 'node:assert/strict';
import { panelOutput } from '../../../src/extension/panelOutput';
import type { PanelHead } from '../../../src/protocol/webview';
import {
  besideChoice,
  changeKind,
  fitViewState,
  methodsOf,
  showMean,
  stepHead,
  stepLayer,
} from '../../../webview/viewState';
import { outputs } from '../../ui/harness/panelFixtures';

/** 4 encoder and 2 decoder layers, 8 heads. */
const aligned = panelOutput(outputs.sentence(), 1, undefined, 'en');
/** 3 encoder and 6 decoder layers, 4 heads. */
const plain = panelOutput(outputs.plain(), 1, undefined, 'en');
const initial = fitViewState(undefined, plain);

describe('the view state', () => {
  it('begins with the words and their alignment', () => {
    assert.deepEqual([initial.kind, initial.method, initial.unit], ['cross', 'alignment', 'words']);
    assert.equal(fitViewState(undefined, { ...plain, methods: ['raw'] }).method, 'raw');
  });

  it('offers a word alignment of cross attention only', () => {
    assert.ok(methodsOf('cross', plain).includes('alignment'));
    assert.ok(!methodsOf('encoder', plain).includes('alignment'));
  });

  it('keeps what another output can show and replaces what it cannot', () => {
    const state = {
      ...initial,
      method: 'norm',
      layerIndex: 5,
      head: 3,
      scale: 'proportional',
      unit: 'subwords',
    } as const;
    assert.deepEqual(fitViewState(state, plain), state);
    const fitted = fitViewState(state, aligned);
    assert.ok(fitted.layerIndex < aligned.layerCounts.cross);
    assert.equal(fitViewState({ ...state, head: 7 }, plain).head, 'mean');
    assert.equal(fitViewState({ ...state, segmentIndex: 99 }, plain).segmentIndex, 0);
  });

  it('survives a saved state that it does not understand', () => {
    for (const saved of [undefined, null, 'view', { kind: 7, layerIndex: '1', scale: 3, head: {}, collapsed: 'text' }])
      assert.deepEqual(fitViewState(saved as Parameters<typeof fitViewState>[0], plain).method, 'alignment');
  });

  it('stops at the first and the last layer', () => {
    const state = { ...initial, method: 'raw', layerIndex: 5 } as const;
    assert.equal(stepLayer(state, plain, 1).layerIndex, 5);
    assert.equal(stepLayer(state, plain, -1).layerIndex, 4);
    assert.equal(stepLayer({ ...state, layerIndex: 0 }, plain, -1).layerIndex, 0);
  });

  it('goes round through all heads, the mean and the maximum', () => {
    let state = { ...initial, method: 'raw', head: 'mean' } as typeof initial;
    const seen: PanelHead[] = [];
    for (let press = 0; press < 6; press++) {
      state = stepHead(state, plain, 1);
      seen.push(state.head);
    }
    assert.deepEqual(seen, ['max', 0, 1, 2, 3, 'mean']);
    assert.equal(stepHead(state, plain, -1).head, 3);
    assert.equal(showMean({ ...state, head: 2 }).head, 'mean');
  });

  it('leaves a method without heads for raw attention', () => {
    assert.equal(stepHead(initial, plain, 1).method, 'raw');
    assert.equal(stepLayer({ ...initial, method: 'rollout' }, plain, 1).method, 'raw');
    assert.equal(stepLayer({ ...initial, method: 'norm' }, plain, 1).method, 'norm');
  });

  it('keeps layer and head over a change of kind where the new kind has them', () => {
    const state = { ...initial, method: 'raw', layerIndex: 2, head: 1 } as const;
    const changed = changeKind(state, plain, 'encoder');
    assert.deepEqual([changed.kind, changed.method, changed.layerIndex, changed.head], ['encoder', 'raw', 2, 1]);
    assert.ok(changeKind({ ...state, layerIndex: 5 }, plain, 'encoder').layerIndex < 3);
    assert.equal(changeKind(initial, plain, 'decoder').method, 'raw');
  });

  it('puts another map beside the first: the next head, of a word alignment the mean of raw heads', () => {
    assert.deepEqual(besideChoice({ ...initial, method: 'raw', head: 1 }, plain), {
      method: 'raw',
      layerIndex: initial.layerIndex,
      head: 2,
      variantIndex: 0,
    });
    const { method, head } = besideChoice(fitViewState(undefined, aligned), aligned);
    assert.deepEqual([method, head], ['raw', 'mean']);
    const file = { ...aligned, methods: ['alignment' as const] };
    assert.equal(besideChoice(fitViewState(undefined, file), file).method, 'alignment', 'there is no other');
  });
});
