import assert from 'node:assert/strict';
import { panelOutput } from '../../../src/extension/panelOutput';
import {
  availableModes,
  changeMode,
  fitViewState,
  initialViewState,
  layerOfView,
  showMean,
  stepHead,
  stepLayer,
} from '../../../webview/viewState';
import { outputs } from '../../ui/harness/panelFixtures';

/** 4 encoder and 2 decoder layers, 8 heads, alignment declared. */
const aligned = panelOutput(outputs.sentence(), 1, undefined);
/** 3 encoder and 6 decoder layers, 4 heads, no alignment. */
const plain = panelOutput(outputs.plain(), 1, undefined);

describe('the view state', () => {
  it('begins with the word alignment where the model declares one, else with cross attention', () => {
    assert.equal(initialViewState(aligned).mode, 'alignment');
    assert.equal(initialViewState(plain).mode, 'cross');
    assert.deepEqual(availableModes(plain), ['cross', 'encoder', 'decoder']);
  });

  it('keeps what another output can show and replaces what it cannot', () => {
    const state = { mode: 'cross', layerIndex: 5, headIndex: 3, segmentIndex: 0, scale: 'proportional' } as const;
    assert.deepEqual(fitViewState(state, plain), state);
    const fitted = fitViewState(state, aligned);
    assert.equal(fitted.mode, 'cross');
    assert.ok(fitted.layerIndex < aligned.layerCounts.cross);
    assert.equal(fitViewState({ ...state, headIndex: 7 }, plain).headIndex, undefined);
    assert.equal(fitViewState({ ...state, mode: 'alignment' }, plain).mode, 'cross');
    assert.equal(fitViewState({ ...state, segmentIndex: 99 }, plain).segmentIndex, 0);
  });

  it('survives a saved state that it does not understand', () => {
    for (const saved of [undefined, null, 'view', { mode: 7, layerIndex: '1', scale: 3 }])
      assert.deepEqual(fitViewState(saved as Parameters<typeof fitViewState>[0], aligned).mode, 'alignment');
  });

  it('draws the word alignment from the layer that the model names', () => {
    assert.deepEqual(layerOfView({ ...initialViewState(aligned), layerIndex: 1 }, aligned), {
      kind: 'cross',
      layerIndex: 0,
    });
  });

  it('stops at the first and the last layer', () => {
    const state = { ...initialViewState(plain), layerIndex: 5 };
    assert.equal(stepLayer(state, plain, 1).layerIndex, 5);
    assert.equal(stepLayer(state, plain, -1).layerIndex, 4);
    assert.equal(stepLayer({ ...state, layerIndex: 0 }, plain, -1).layerIndex, 0);
  });

  it('goes round through all heads and the mean', () => {
    let state = initialViewState(plain);
    const seen: (number | undefined)[] = [];
    for (let press = 0; press < 5; press++) {
      state = stepHead(state, plain, 1);
      seen.push(state.headIndex);
    }
    assert.deepEqual(seen, [0, 1, 2, 3, undefined]);
    assert.equal(stepHead(initialViewState(plain), plain, -1).headIndex, 3);
    assert.equal(showMean({ ...state, headIndex: 2 }, plain).headIndex, undefined);
  });

  it('leaves the word alignment for cross attention at its layer and head', () => {
    const state = stepHead(initialViewState(aligned), aligned, 1);
    assert.deepEqual([state.mode, state.layerIndex, state.headIndex], ['cross', 0, 2]);
    assert.deepEqual(stepLayer(initialViewState(aligned), aligned, 1).mode, 'cross');
  });

  it('keeps layer and head over a change of mode where the new mode has them', () => {
    const state = { ...initialViewState(plain), layerIndex: 2, headIndex: 1 };
    assert.deepEqual(changeMode(state, plain, 'encoder'), { ...state, mode: 'encoder' });
    assert.ok(changeMode({ ...state, layerIndex: 5 }, plain, 'encoder').layerIndex < 3);
  });
});
