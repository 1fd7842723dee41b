import assert from 'node:assert/strict';
import { disagreement, toleranceFor, type WholeMeasurement } from '../../../src/model/devices/measurement';

const reference: WholeMeasurement = {
  kind: 'whole',
  firstMs: 30,
  singleMs: 10,
  batchMs: 40,
  targets: [
    [5, 6, 2],
    [7, 2],
  ],
  logProbabilities: [
    [-0.5, -1.2, -0.1],
    [-0.9, -0.2],
  ],
  forcedLogProbabilities: [
    [-0.5, -1.2, -0.1],
    [-0.9, -0.2],
  ],
};

const tolerance = { maximum: 0.02, mean: 0.005 };

function candidate(changes: Partial<WholeMeasurement>): WholeMeasurement {
  return { ...reference, ...changes };
}

describe('comparing a device with the CPU', () => {
  it('takes the same numbers, and ones that differ by rounding', () => {
    assert.equal(disagreement(reference, candidate({}), tolerance), undefined);
    const forcedLogProbabilities = [
      [-0.501, -1.199, -0.1],
      [-0.9, -0.2],
    ];
    assert.equal(disagreement(reference, candidate({ forcedLogProbabilities }), tolerance), undefined);
  });

  it('refuses the same tokens with other probabilities', () => {
    const forcedLogProbabilities = [
      [-0.5, -3.2, -0.1],
      [-0.9, -0.2],
    ];
    assert.match(
      disagreement(reference, candidate({ forcedLogProbabilities }), tolerance) ?? '',
      /without a cache.* 2\.0/,
    );
    const logProbabilities = [
      [-0.5, -1.2, -0.1],
      [-0.9, -0.9],
    ];
    assert.match(disagreement(reference, candidate({ logProbabilities }), tolerance) ?? '', /the search/);
  });

  it('refuses a small difference that is everywhere, which the largest alone would let pass', () => {
    const forcedLogProbabilities = reference.forcedLogProbabilities.map(row => row.map(value => value - 0.01));
    assert.match(disagreement(reference, candidate({ forcedLogProbabilities }), tolerance) ?? '', /mean 0\.010/);
  });

  it('lets the search part where two tokens are as good as equal, and compares nothing after it', () => {
    const parted = candidate({
      targets: [
        [5, 9, 2],
        [7, 2],
      ],
      logProbabilities: [
        [-0.5, -1.195, -3],
        [-0.9, -0.2],
      ],
    });
    assert.equal(disagreement(reference, parted, tolerance), undefined);
  });

  it('refuses another token where the one of the CPU was clearly worse for the device', () => {
    const parted = candidate({
      targets: [
        [5, 9, 2],
        [7, 2],
      ],
      logProbabilities: [
        [-0.5, -0.2, -0.1],
        [-0.9, -0.2],
      ],
    });
    assert.match(disagreement(reference, parted, tolerance) ?? '', /text 1 has token 9 at step 2, the CPU has 6/);
  });

  it('refuses outputs that are missing, cut short or too long', () => {
    assert.ok(disagreement(reference, candidate({ targets: [], logProbabilities: [] }), tolerance));
    assert.ok(
      disagreement(
        reference,
        candidate({
          targets: [
            [5, 6],
            [7, 2],
          ],
        }),
        tolerance,
      ),
    );
    assert.ok(
      disagreement(
        reference,
        candidate({
          targets: [
            [5, 6, 2],
            [7, 2, 4],
          ],
        }),
        tolerance,
      ),
    );
    assert.ok(disagreement(reference, candidate({ forcedLogProbabilities: [] }), tolerance));
  });

  it('refuses what is no number', () => {
    const forcedLogProbabilities = [
      [-0.5, Number.NaN, -0.1],
      [-0.9, -0.2],
    ];
    assert.match(disagreement(reference, candidate({ forcedLogProbabilities }), tolerance) ?? '', /no numbers/);
  });

  it('is stricter the more bits the parameters have', () => {
    const ofFile = (name: string) => toleranceFor([`onnx/${name}.onnx`]).maximum;
    assert.ok(ofFile('decoder_model_merged') < ofFile('decoder_model_merged_fp16'));
    assert.ok(ofFile('decoder_model_merged_fp16') < ofFile('decoder_model_merged_quantized'));
    assert.equal(ofFile('decoder_model_int8'), ofFile('decoder_model_quantized'));
  });
});
